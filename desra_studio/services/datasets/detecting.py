"""Detecting artifacts in what was just imported, in one dataset or in one of each model."""

from dataclasses import asdict

from desra_studio.detection.detector import DetectorParams
from desra_studio.services.datasets.importing import ImportReport
from desra_studio.services.datasets.reading_models import shift_report
from desra_studio.services.detection.dataset import detect_dataset
from desra_studio.services.studio import Report, Studio, ignore_progress


def detect_imported(
    studio: Studio, imported: ImportReport, params: DetectorParams, report: Report = ignore_progress
) -> dict[str, object]:
    """Detect in every dataset of an import, and return what there is to tell of it.

    Args:
        studio: the installation.
        imported: pairs, of one model or of several.
        params: of the detector.
        report: of the progress.

    Returns:
        the fields of `DatasetDetection` for the first dataset, with the notes on all; and, where
        there are several, `models`: the fields of each `ImportedModel`, and `marked`.

    Raises:
        InputError: see `detect_dataset`.
    """
    if not imported.models:
        return asdict(detect_dataset(studio, imported.dataset_id, params, report))
    detected, before = [], 0
    for each in imported.models:
        part = shift_report(report, before, imported.all_images, each.model)
        detected.append(detect_dataset(studio, each.dataset_id, params, part))
        before += each.images
    models = [
        asdict(each) | {"marked": found.marked}
        for each, found in zip(imported.models, detected, strict=True)
    ]
    notes = list(dict.fromkeys(note for found in detected for note in found.notes))
    return asdict(detected[0]) | {"notes": notes, "models": models}
