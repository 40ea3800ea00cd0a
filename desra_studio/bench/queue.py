"""The queue's benchmark: pages of 100 000 images over HTTP, against reading all of them."""

import os
import tempfile
import time
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode

from desra_studio.bench.crowd import CROWDS, count_refusals
from desra_studio.bench.queue_sample import PEOPLE, REGIONS, fill_dataset
from desra_studio.bench.server import run_server
from desra_studio.config import LOCAL_HOST, Settings
from desra_studio.errors import StudioError
from desra_studio.services.review.kinds import USUAL
from desra_studio.services.studio import Studio, open_studio
from desra_studio.storage import datasets, regions
from desra_studio.storage.queue_entries import cut, refresh_dataset

IMAGES = 100_000
REPEATS = 9
LIMIT = 100
TIMEOUT_S = 60
TARGET_MS = 50.0
CLAIM_NEXT = "queue/claim-next"
PROGRESS = "progress"
"""It counts every region of the dataset, and no page of the queue waits for it."""


def time_queue(images: int = IMAGES) -> dict[str, Any]:
    """Time the queue's routes over a dataset of so many images with ten regions each, in SQLite.

    Each route is asked in turns with the others, over one connection, of a server in a process of
    its own. The naive way is to read every image with its detection, review and regions, and to
    filter and sort them in Python.

    Returns:
        {"images", "regions", "build_seconds": filling the tables, "rebuild_seconds": making all of
        the queue's entries, "routes": {what is asked: {"median_ms", "worst_ms"}}, "progress_ms":
        median of counting all, "median_ms" and "worst_ms": the largest of the routes',
        "target_ms", "naive_ms", "ratio": naive over the same question's median, "crowds": {people
        who label at the same time: see `crowd.count_refusals`}}.

    Raises:
        StudioError: the server did not start, or refused an answer.
    """
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder) / "data"
        studio = open_studio(Settings(data_dir=data_dir, database_url="", blind_share=0))
        begun = time.perf_counter()
        with studio.database.write() as session:
            dataset_id = fill_dataset(session, images)
        built = time.perf_counter()
        with studio.database.write() as session:
            refresh_dataset(session, dataset_id)
        rebuilt = time.perf_counter()
        with run_server(data_dir) as (port, _):
            with closing(HTTPConnection(LOCAL_HOST, port, timeout=TIMEOUT_S)) as connection:
                times = _time_routes(connection, dataset_id, images)
            crowds = {people: count_refusals(port, dataset_id, people) for people in CROWDS}
        naive = time_naive(studio, dataset_id)
        studio.database.close()
    routes = {
        name: {"median_ms": round(median(each), 1), "worst_ms": round(max(each), 1)}
        for name, each in times.items()
    }
    progress = routes.pop(PROGRESS)
    return {
        "images": images,
        "regions": images * REGIONS,
        "build_seconds": round(built - begun, 1),
        "rebuild_seconds": round(rebuilt - built, 1),
        "routes": routes,
        "progress_ms": progress["median_ms"],
        "median_ms": max(each["median_ms"] for each in routes.values()),
        "worst_ms": max(each["worst_ms"] for each in routes.values()),
        "target_ms": TARGET_MS,
        "naive_ms": round(naive),
        "ratio": round(naive / routes["filter kind, middle page"]["median_ms"], 1),
        "crowds": crowds,
        "cores": os.cpu_count(),
    }


def list_routes(dataset_id: int, images: int) -> dict[str, str]:
    """Return what is asked: its name -> path and query."""
    middle, prefix = images // 2, f"/studio/api/datasets/{dataset_id}"
    filters: dict[str, dict[str, Any]] = {
        "state": {"state": ["unreviewed", "in progress"]},
        "kind": {"kind": USUAL[0]},
        "severity": {"severity": 4},
        "area": {"area_min": 0.07, "area_max": 0.08},
        "annotator": {"annotator": PEOPLE[0]},
        "assigned": {"assigned": PEOPLE[0]},
        "class": {"class": 3},
        "kind and class": {"kind": USUAL[0], "class": 3},
        "state, kind and severity": {
            "state": ["unreviewed", "accepted", "clean"], "kind": USUAL[0], "severity": 3,
        },
    }  # fmt: skip
    asked: dict[str, tuple[str, dict[str, Any]]] = {}
    for order in ("name", "area", "uncertainty", "disagreement", "dissent", "flagged"):
        asked[f"order {order}, first page"] = "queue", {"order": order}
        asked[f"order {order}, middle page"] = "queue", {"order": order, "offset": middle}
        asked[f"order {order}, around an image"] = "queue", {"order": order, "around": middle}
        asked[f"order {order}, step"] = "queue/step", {"order": order, "from": middle, "offset": 1}
        asked[f"order {order}, next"] = "queue/next", {"order": order, "after": middle}
        asked[f"order {order}, claim"] = CLAIM_NEXT, {"order": order, "after": middle}
    for name, values in filters.items():
        by_area = values | {"order": "area"}
        share = 3 if name in ("state", "annotator", "assigned") else 2
        asked[f"filter {name}, first page"] = "queue", by_area
        asked[f"filter {name}, middle page"] = "queue", by_area | {"offset": middle // share}
        asked[f"filter {name}, around an image"] = "queue", by_area | {"around": middle}
    asked["next where none is open"] = "queue/next", {"state": "clean", "after": middle}
    asked["claim where none is open"] = CLAIM_NEXT, {"state": "clean", "after": middle}
    asked[PROGRESS] = "progress", {}
    return {
        name: f"{prefix}/{path}?{urlencode(values, doseq=True)}"
        for name, (path, values) in asked.items()
    }


def choose_method(path: str) -> str:
    """Return how a path of `list_routes` is asked for."""
    return "POST" if f"/{CLAIM_NEXT}?" in path else "GET"


def _time_routes(
    connection: HTTPConnection, dataset_id: int, images: int
) -> dict[str, list[float]]:
    routes = list_routes(dataset_id, images)
    times: dict[str, list[float]] = {name: [] for name in routes}
    for repeat in range(REPEATS + 1):
        for name, path in routes.items():
            begun = time.perf_counter()
            connection.request(choose_method(path), path)
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 200:
                raise StudioError(f"{path} answered {answer.status}: {body[:200]!r}")
            if repeat:  # the first turn fills the caches of the system and of SQLite
                times[name].append(1000 * (time.perf_counter() - begun))
    return times


def time_naive(studio: Studio, dataset_id: int) -> float:
    """Return in ms how long a middle page of one kind takes in Python."""
    begun = time.perf_counter()
    with studio.database.read() as session:
        records = datasets.list_records(session, datasets.get_dataset(session, dataset_id))
        kinds: dict[int, set[str | None]] = {}
        for ids in cut([record.revision.id for record in records if record.revision], 500):
            for region in regions.list_regions(session, ids):
                kinds.setdefault(region.revision_id, set()).add(region.kind)
    found = [
        record
        for record in records
        if record.revision and USUAL[0] in kinds.get(record.revision.id, ())
    ]
    found.sort(key=lambda record: record.detection.area_px if record.detection else 0, reverse=True)
    middle = len(found) // 2
    page = [(record.image.name, record.state) for record in found[middle : middle + LIMIT]]
    if not page:
        raise StudioError("The naive way found nothing.")
    return 1000 * (time.perf_counter() - begun)
