"""Detectors side by side: how they are named, what ran on a dataset, and running what has not."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from desra_studio.detection.baseline_detector import (
    BaselineParams,
    MapMaker,
    compute_baseline_map,
    detect_in_baseline_map,
)
from desra_studio.detection.detector import METHOD, DetectorParams
from desra_studio.detection.detectors import (
    BASELINES,
    FROM_FILES,
    LEARNED_METHOD,
    NAMED,
    NETWORK_METHOD,
)
from desra_studio.detection.learned.file import ENDING, parse_detector_file, read_detector
from desra_studio.errors import InputError
from desra_studio.imaging.io import decode_png
from desra_studio.imaging.masks import encode_mask_png
from desra_studio.services.code_version import describe_code_version
from desra_studio.services.detection.class_maps import ClassSource, open_class_source
from desra_studio.services.detection.dataset import detect_pair, encode_map
from desra_studio.services.studio import Report, Studio, ignore_progress
from desra_studio.setting import complete_settings
from desra_studio.storage import datasets
from desra_studio.storage.datasets import ImageRecord
from desra_studio.storage.tables import Detection
from desra_studio.wording import count_noun

AnyParams: TypeAlias = DetectorParams | BaselineParams

COMPARED = "desra-compared"
"""Method of DeSRA's detections that were made to be scored: Review goes on with its own."""
NETWORK_INPUT_PX = 512
"""Side of the square that PAL4VST sees; PAL4Inpainting takes the image's own size."""
NETWORK_ENDINGS = (".pt", ".pth", ".torchscript", ".jit")


@dataclass(frozen=True)
class DetectorRun:
    """What one detector marked in a dataset.

    Attributes:
        params: of the detector.
        segmentation: identity of the network that named the classes; None for all weights 1.
        detections: the newest of each image, by the image's id.
        otherwise: of how many images the detection in Review was made with other parameters or
            another network.
    """

    params: AnyParams
    segmentation: str | None
    detections: dict[int, Detection]
    otherwise: int = 0

    @property
    def method(self) -> str:
        """A key of DETECTORS."""
        return METHOD if isinstance(self.params, DetectorParams) else self.params.method

    @property
    def title(self) -> str:
        """What people read: the method with its settings."""
        if isinstance(self.params, BaselineParams):
            return self.params.describe()
        words = f"DeSRA, {self.params.describe(self.segmentation is not None)}"
        if self.segmentation:
            words += f" by {self.segmentation}"
        if self.otherwise:
            words += f"; {count_noun(self.otherwise, 'image')} with other settings"
        return words

    def as_dict(self) -> dict[str, Any]:
        """Return method, parameters and network as plain values: what runs it again."""
        return describe_params(self.params) | {"segmentation": self.segmentation}


def describe_params(params: AnyParams) -> dict[str, Any]:
    """Return parameters with their method, as plain values; `read_params` reads them."""
    return {"method": METHOD} | params.as_dict()


def read_params(values: dict[str, Any]) -> AnyParams:
    """Return the parameters that `describe_params`, or a detection's row, has kept."""
    if values.get("method") in BASELINES:
        return complete_settings(BaselineParams, values)
    return complete_settings(DetectorParams, values)


def parse_detector(text: str, studio: Studio | None = None) -> AnyParams:
    """Read a detector as people write it: `desra`, `ldl:0.005`, `FILE.pt:0.5`, `FILE.json`.

    What stands after the colon is the threshold; the other parameters are the defaults. A network
    sees squares of 512 px; `FILE.pt@768` is for others, `FILE.pt@0` for the image's own size. With
    a studio a file's bytes are stored, so that the detector can be run again when it is gone.

    Raises:
        InputError: an unknown name, a threshold that is no number or out of range, no such file.
    """
    name, threshold = split_detector(text)
    if name == METHOD and threshold is not None:
        return DetectorParams(contrast_threshold=threshold)
    if name == METHOD:
        return DetectorParams()
    if name in NAMED:
        return BaselineParams(method=name, threshold=threshold)
    if Path(name).suffix == ENDING:
        return make_learned_params(Path(name).expanduser(), threshold, studio)
    path, input_px = split_network(name)
    return make_network_params(path, threshold, input_px, studio)


def split_detector(text: str) -> tuple[str, float | None]:
    """Return name and threshold of a detector as people write it: `ldl:0.005`."""
    name, colon, limit = text.rpartition(":")
    try:
        return (name, float(limit)) if colon else (text, None)
    except ValueError:
        # The colon of a drive, or of a folder's name.
        return text, None


def split_network(name: str) -> tuple[Path, int]:
    """Return path and input size in px of a network as people write it: `FILE.pt@768`."""
    path, _, size = name.rpartition("@")
    if path and size.isdecimal():
        return Path(path).expanduser(), int(size)
    return Path(name).expanduser(), NETWORK_INPUT_PX


def make_network_params(
    path: Path,
    threshold: float | None = None,
    input_px: int = NETWORK_INPUT_PX,
    studio: Studio | None = None,
) -> BaselineParams:
    """Return the parameters of a TorchScript network, having loaded its file, and stored it.

    Raises:
        InputError: no such file, not TorchScript, or a value out of range.
    """
    if path.suffix not in NETWORK_ENDINGS:
        raise InputError(
            f"No detector named {str(path)!r}. There are: {', '.join(NAMED)}, TorchScript files "
            f"ending in {', '.join(NETWORK_ENDINGS)}, and learned ones ending in {ENDING}."
        )
    from desra_studio.detection.torchscript import TorchscriptDetector

    TorchscriptDetector(path, input_size=input_px or None)
    data = path.read_bytes()
    sha = studio.blobs.put(data) if studio else hashlib.sha256(data).hexdigest()
    return BaselineParams(
        method=NETWORK_METHOD,
        threshold=threshold,
        network=sha,
        network_name=path.name,
        input_px=input_px,
    )


def make_learned_params(
    path: Path, threshold: float | None = None, studio: Studio | None = None
) -> BaselineParams:
    """Return the parameters of a learned detector, having read its file, and stored it.

    Threshold and area threshold are those that it learned, where no other threshold is given.

    Raises:
        InputError: no such file, none of a learned detector, or a threshold out of range.
    """
    detector = read_detector(path)
    data = path.read_bytes()
    sha = studio.blobs.put(data) if studio else hashlib.sha256(data).hexdigest()
    return BaselineParams(
        method=LEARNED_METHOD,
        threshold=detector.threshold if threshold is None else threshold,
        area_threshold=detector.area_threshold,
        network=sha,
        network_name=path.name,
    )


def list_detector_runs(studio: Studio, dataset_id: int) -> list[DetectorRun]:
    """Return every detector that ran on a dataset, the one that Review shows first.

    That has the newest detection of every image in Review, also where they were not made alike; the
    others follow, newest first.
    """
    with studio.database.read() as session:
        dataset = datasets.get_dataset(session, dataset_id)
        detections = datasets.list_all_detections(session, dataset)
    runs: dict[str, DetectorRun] = {}
    reviewed: dict[int, tuple[str, Detection]] = {}
    for detection in detections:
        params = read_params(detection.params | {"method": detection.method})
        key = _identify(params, detection.segmentation)
        # Taken out and put back, so that the order is that of the newest detections.
        run = runs.pop(key, None) or DetectorRun(params, detection.segmentation, {})
        run.detections[detection.image_id] = detection
        runs[key] = run
        if detection.method == METHOD:
            reviewed[detection.image_id] = key, detection
            last = key
    if not reviewed:
        return list(runs.values())[::-1]
    own = runs.pop(last)
    current = replace(
        own,
        detections={image: detection for image, (_, detection) in reviewed.items()},
        otherwise=sum(key != last for key, _ in reviewed.values()),
    )
    return [current, *list(runs.values())[::-1]]


def run_detectors(
    studio: Studio,
    dataset_id: int,
    wanted: Sequence[AnyParams],
    report: Report = ignore_progress,
) -> list[str]:
    """Run detectors on a dataset, each on the images it has not run on, and return notes.

    What Review shows stays what it is, also where DeSRA runs with other parameters.

    Raises:
        InputError: nothing is upscaled yet, an image too small for a map, or a network that fails.
    """
    with studio.database.read() as session:
        records = datasets.list_records(session, datasets.get_dataset(session, dataset_id))
    if not records:
        raise InputError("No image of this dataset is upscaled yet. Upscale it first.")
    done = {
        _identify(run.params, run.segmentation): run.detections
        for run in list_detector_runs(studio, dataset_id)
        if not run.otherwise
    }
    notes: list[str] = []
    total = len(wanted) * len(records)
    for number, params in enumerate(wanted):
        runner = _Runner(studio, params)
        have = done.get(_identify(params, runner.classes.identity), {})
        missing = [record for record in records if record.image.id not in have]
        if runner.classes.note:
            notes.append(runner.classes.note)
        rows = []
        for index, record in enumerate(missing):
            report(number * len(records) + index, total, f"Detecting in {record.image.name}")
            try:
                rows.append(runner.detect(record))
            except InputError as error:
                raise InputError(f"{record.image.name}: {error}") from error
        with studio.database.write() as session:
            session.add_all(rows)
    report(total, total, "Done")
    return list(dict.fromkeys(notes))


class _Runner:
    """One detector, loaded once for all images."""

    def __init__(self, studio: Studio, params: AnyParams) -> None:
        self.studio, self.params = studio, params
        self.classes = ClassSource(None, "")
        self._network: MapMaker | None = None
        if isinstance(params, DetectorParams):
            self.classes = open_class_source(studio, params.class_weights)

    def detect(self, record: ImageRecord) -> Detection:
        """Detect on an image and return the row to be written."""
        if isinstance(self.params, DetectorParams):
            row = detect_pair(self.studio, record.gan, record.mse, self.params, self.classes)
            row.method = COMPARED
            return row
        studio = self.studio
        values = compute_baseline_map(
            decode_png(studio.blobs.get(record.gan.blob_sha)),
            decode_png(studio.blobs.get(record.mse.blob_sha)),
            self.params,
            self._load_network(self.params),
        )
        found = detect_in_baseline_map(values, self.params)
        return Detection(
            image_id=record.image.id,
            gan_rendition_id=record.gan.id,
            mse_rendition_id=record.mse.id,
            method=self.params.method,
            params=self.params.as_dict(),
            map_sha=studio.blobs.put(encode_map(values)),
            mask_sha=studio.blobs.put(encode_mask_png(found.mask)),
            regions=[asdict(region) for region in found.regions],
            code_version=describe_code_version(),
            area_px=int(np.count_nonzero(found.mask)),
            score=found.score,
        )

    def _load_network(self, params: BaselineParams) -> MapMaker | None:
        """Return what a detector's file holds, loaded for the first image; None without a file."""
        if params.method in FROM_FILES and self._network is None:
            path = self.studio.blobs.find(params.network)
            self._network = load_network(path, params, self.studio.settings.device)
        return self._network


def load_network(path: Path, params: BaselineParams, device: str) -> MapMaker:
    """Load what a detector's file holds, a network for the device of this name.

    Raises:
        InputError: a file that cannot be used, or a device that is not there.
    """
    if params.method == LEARNED_METHOD:
        return parse_detector_file(path.read_bytes(), params.network_name)
    from desra_studio.detection.torchscript import TorchscriptDetector
    from desra_studio.sr.loader import choose_device

    return TorchscriptDetector(
        path, str(choose_device(device)), params.input_px or None, params.network_name
    )


def _identify(params: AnyParams, segmentation: str | None) -> str:
    return f"{sorted(describe_params(params).items())} {segmentation}"
