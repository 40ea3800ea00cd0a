"""The precision-recall curve of the chosen detector: from the newest job that traced it."""

from typing import Any

from desra_studio.errors import InputError
from desra_studio.services import jobs
from desra_studio.services.detection.detectors import list_detector_runs
from desra_studio.services.studio import Studio
from desra_studio.ui.scores.table import make_key


def show_curve(
    studio: Studio, dataset: int, detector: dict[str, Any], title: str, mask_set: str, busy: bool
) -> dict[str, Any]:
    """Return the value of the curve.

    Args:
        studio: the installation.
        dataset: its id.
        detector: its method and parameters, as plain values.
        title: the detector in words.
        mask_set: hash of the labels as they are now, all regions counting.
        busy: whether a job runs, so that none can be started.
    """
    traced = next(
        (
            job.result
            for job in jobs.list_jobs(studio, "curve")
            if job.succeeded
            and job.result["dataset_id"] == dataset
            and job.result["detector"] == detector
        ),
        None,
    )
    shown = {name: traced[name] for name in ("points", "chosen", "best")} if traced else {}
    return {
        "title": title,
        "busy": busy,
        "stale": traced is not None and traced["mask_set"] != mask_set,
        "points": [],
        **shown,
    }


def find_detector(studio: Studio, dataset: int, key: str) -> dict[str, Any]:
    """Return the detector of this key as plain values.

    Raises:
        InputError: none of the dataset's detectors has it.
    """
    for run in list_detector_runs(studio, dataset):
        detector = run.as_dict()
        if make_key(detector) == key:
            return detector
    raise InputError("This detector is not in the table any more. Load the page again.")
