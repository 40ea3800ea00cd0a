"""Detectors to put beside a dataset's own: baselines, DeSRA at another threshold, a network."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

from desra_studio.detection.detector import DetectorParams
from desra_studio.detection.detectors import DETECTORS
from desra_studio.detection.regions import RegionParams
from desra_studio.errors import InputError
from desra_studio.services.detection.detectors import (
    AnyParams,
    DetectorRun,
    list_detector_runs,
    make_network_params,
    parse_detector,
)
from desra_studio.services.studio import Studio
from desra_studio.storage import datasets


@dataclass(frozen=True)
class NetworkFile:
    """A TorchScript file, and the side of the square in px that it sees; 0 for the image's own."""

    path: Path
    input_px: int


def list_comparisons() -> list[tuple[str, str]]:
    """Return the baselines that can be run as they are: (in words, as `parse_detector` reads)."""
    return [
        (f"{detector.title} at {value:g}", name if only else f"{name}:{value:g}")
        for name, detector in DETECTORS.items()
        for only in [len(detector.compared_at) == 1]
        for value in detector.compared_at
    ]


def choose_comparisons(
    studio: Studio,
    dataset_id: int,
    names: Sequence[str],
    contrast: float | None = None,
    network: NetworkFile | None = None,
) -> list[AnyParams]:
    """Return the detectors to run on a dataset.

    They get the area threshold and the morphology of the detector that Review shows: only the map
    and its threshold differ.

    Args:
        studio: the installation.
        dataset_id: of the dataset.
        names: as `list_comparisons` gives them.
        contrast: of another DeSRA; None for none.
        network: a TorchScript file that may be run; None for none.

    Raises:
        InputError: nothing chosen, all of it ran already, a value out of range, or a file that
            cannot be used.
    """
    known = [name for _, name in list_comparisons()]
    for name in names:
        # Anything else could be the path of a program.
        if name not in known:
            raise InputError(f"No baseline is named {name!r}. There are: {', '.join(known)}.")
    wanted = [parse_detector(name) for name in names]
    if contrast is not None:
        wanted.append(DetectorParams(contrast_threshold=contrast))
    if network:
        wanted.append(make_network_params(network.path, input_px=network.input_px, studio=studio))
    if not wanted:
        raise InputError("Choose at least one detector to run.")
    runs = list_detector_runs(studio, dataset_id)
    wanted = adopt_cleaning(runs, wanted)
    with studio.database.read() as session:
        records = datasets.list_records(session, datasets.get_dataset(session, dataset_id))
    images = {record.image.id for record in records}
    done = [run.params for run in runs if images <= run.detections.keys()]
    left = [params for params in wanted if params not in done]
    if not left:
        raise InputError("What you chose is in the table already. Choose another detector.")
    return left


def adopt_cleaning(runs: Sequence[DetectorRun], wanted: Sequence[AnyParams]) -> list[AnyParams]:
    """Return detectors with the area threshold and morphology of the first run, Review's.

    Another DeSRA keeps nothing of its own but its contrast threshold.
    """
    own = runs[0].params if runs else DetectorParams()
    cleaning = {field.name: getattr(own, field.name) for field in fields(RegionParams)}
    return [
        replace(own, contrast_threshold=params.contrast_threshold)
        if isinstance(params, DetectorParams) and isinstance(own, DetectorParams)
        else replace(params, **cleaning)
        for params in wanted
    ]
