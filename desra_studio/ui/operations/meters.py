"""What Prometheus reads at /metrics."""

from collections.abc import Iterator

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from desra_studio.services.operations.figures import read_figures
from desra_studio.services.studio import Studio
from desra_studio.ui.operations.request_watch import Answered

SAVE = ("POST", "/studio/api/images/{image_id}/mask")
OTHER = "other"
"""In place of a path that the table of routes has not, and of its method: they have no end."""
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Seconds."""


class Meters:
    """Counts the requests of one application, and reads the rest where it stands."""

    content_type = CONTENT_TYPE_LATEST

    def __init__(self, studio: Studio) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "desra_studio_requests",
            "Requests that were answered; status 0: nobody was there any more.",
            ["method", "route", "status"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "desra_studio_request_seconds",
            "From the first to the last byte.",
            ["method", "route"],
            buckets=BUCKETS,
            registry=self._registry,
        )
        self._saves = Counter(
            "desra_studio_saves", "Masks that were saved in Review.", registry=self._registry
        )
        self._registry.register(_InstallationCollector(studio))
        ProcessCollector(registry=self._registry)

    def count(self, answered: Answered) -> None:
        """Count a request."""
        is_known = bool(answered.route)
        method, route = (answered.method, answered.route) if is_known else (OTHER, OTHER)
        self._requests.labels(method, route, str(answered.status)).inc()
        self._seconds.labels(method, route).observe(answered.seconds)
        if (method, route) == SAVE and 200 <= answered.status < 300:
            self._saves.inc()

    def render(self) -> bytes:
        """Return all figures in Prometheus's text format."""
        return generate_latest(self._registry)


class _InstallationCollector(Collector):
    def __init__(self, studio: Studio) -> None:
        self._studio = studio

    def describe(self) -> list[Metric]:
        """Name nothing before it is asked for: the names are ours alone."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Yield what the installation has at this moment."""
        figures = read_figures(self._studio)
        info = {"version": figures.version, "schema": figures.schema}
        yield InfoMetricFamily("desra_studio_build", "What runs.", value=info)
        jobs = GaugeMetricFamily(
            "desra_studio_jobs", "Jobs that there are.", labels=["kind", "status"]
        )
        for (kind, status), count in figures.jobs.items():
            jobs.add_metric([kind, status], count)
        yield jobs
        free, total = figures.disk_free, figures.disk_total
        about = "of the disk of the data directory"
        yield GaugeMetricFamily("desra_studio_disk_free_bytes", f"Free {about}.", value=free)
        yield GaugeMetricFamily("desra_studio_disk_bytes", f"Size {about}.", value=total)
