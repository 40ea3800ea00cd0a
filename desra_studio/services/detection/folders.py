"""Running the detector over folders of images, without the database."""

import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from desra_studio.config import Settings
from desra_studio.detection.class_weights import compute_class_weights, load_released_intervals
from desra_studio.detection.detector import Detection, DetectorParams, detect_artifacts
from desra_studio.detection.regions import MarkedRegions
from desra_studio.errors import InputError
from desra_studio.imaging.arrays import LabelMap, RgbImage, check_same_size, size_of
from desra_studio.imaging.io import list_images, read_label_map, spell_name
from desra_studio.imaging.masks import encode_mask_png
from desra_studio.imaging.staging import stage_folder
from desra_studio.references import MSE_SR, Reference
from desra_studio.services.detection.class_maps import NONE, find_segmentation
from desra_studio.services.folders import FolderReader, naming
from desra_studio.services.scales import enlarge_lr
from desra_studio.services.studio import Report, ignore_progress

if TYPE_CHECKING:
    from desra_studio.detection.segmentation import Segmenter


@dataclass(frozen=True)
class DetectedImage:
    """One line of what `detect` prints."""

    name: str
    components: int
    area_px: int
    score: float
    seconds: float


class FolderClasses:
    """Where the class labels of a folder's images come from, and what the classes weigh.

    Attributes:
        weights: (150,) float32; the released table where None.
        note: why all weights are 1; empty where they are not.
    """

    def __init__(
        self,
        maps: dict[str, Path] | None = None,
        segmenter: "Segmenter | None" = None,
        weights: NDArray[np.float32] | None = None,
        note: str = "",
    ) -> None:
        self.weights, self.note = weights, note
        self._maps, self._segmenter = maps, segmenter
        self._lock = threading.Lock()

    @property
    def identity(self) -> str:
        """What names the classes."""
        return self._segmenter.identity if self._segmenter else "class maps"

    def label(self, name: str, gan_sr: RgbImage) -> LabelMap | None:
        """Return the class map of an image, (H, W) uint8, or None without any."""
        if self._maps is not None:
            if name not in self._maps:
                raise InputError(f"--class-maps has no map named {name}.")
            return read_label_map(self._maps[name])
        if self._segmenter is None:
            return None
        with self._lock:  # one image at a time: the network uses every core by itself
            return self._segmenter.segment(gan_sr)

    def read_weights(self) -> NDArray[np.float32]:
        """Return what the classes weigh, (150,) float32."""
        if self.weights is not None:
            return self.weights
        return compute_class_weights(load_released_intervals())

    def describe(self, params: DetectorParams) -> dict[str, Any]:
        """Return, for JSON, what the classes were taken from."""
        return {
            "source": None if self.note else self.identity,
            "weights": "all 1" if self.note else params.class_weights,
            "note": self.note,
        }


def open_folder_classes(
    settings: Settings,
    params: DetectorParams,
    class_maps: Path | None = None,
    segmentation: str | None = None,
    weights: NDArray[np.float32] | None = None,
) -> FolderClasses:
    """Open class maps or a segmentation network for folders.

    Args:
        settings: device and default network.
        params: of the detector; its weight set `none` needs no classes.
        class_maps: folder of 8-bit PNGs of ADE20K indices, of the images' names.
        segmentation: see `class_maps.open_class_source`.
        weights: (150,) float32 of a calibrated set; the released table where None.

    Raises:
        InputError: a folder or a network that cannot be used.
    """
    if class_maps and params.class_weights != NONE:
        return FolderClasses(list_images(class_maps), weights=weights)
    folder, note = find_segmentation(settings, params.class_weights, segmentation)
    if folder is None:
        return FolderClasses(note=note)
    from desra_studio.detection.segmentation import Segmenter
    from desra_studio.sr.loader import choose_device

    segmenter = Segmenter.load(folder, choose_device(settings.device))
    return FolderClasses(None, segmenter, weights)


def detect_folders(
    gan: Path,
    mse: Path,
    out: Path,
    params: DetectorParams,
    classes: FolderClasses,
    reader: FolderReader,
    save_maps: bool = False,
    report: Report = ignore_progress,
    reference: Reference = MSE_SR,
) -> dict[str, Any]:
    """Detect on two folders matched by name; write `mask/NAME.png` and, if asked, `map/NAME.npz`.

    What lies in `mse` is what `reference` says; of LR images, they are enlarged here.

    Returns:
        {"images": [{"name", "components", "area_px", "score", "seconds"}], "seconds", "reference":
        what people call it, "classes": {"source", "weights", "note"}, "notes": a line per file that
        was left out or converted}.

    Raises:
        InputError: no image could be used; then nothing is written.
    """
    weights = classes.read_weights()

    def detect_one(staged: Path, name: str, gan_sr: RgbImage, mse_sr: RgbImage) -> Detection:
        labels = classes.label(name, gan_sr)
        detection = detect_artifacts(gan_sr, mse_sr, params, labels, weights)
        if save_maps:
            np.savez_compressed(staged / "map" / f"{name}.npz", D=detection.maps.d)
        return detection

    result = write_masks(gan, mse, out, save_maps, detect_one, reader, report, reference)
    return result | {"classes": classes.describe(params)}


def write_masks(
    gan: Path,
    mse: Path,
    out: Path,
    save_maps: bool,
    detect_one: Callable[[Path, str, RgbImage, RgbImage], MarkedRegions | Detection],
    reader: FolderReader,
    report: Report,
    reference: Reference = MSE_SR,
) -> dict[str, Any]:
    """Write what `detect_one` finds in every pair that can be used."""
    started = time.perf_counter()
    with stage_folder(out) as staged:
        (staged / "mask").mkdir()
        if save_maps:
            (staged / "map").mkdir()
        option = "--lr" if reference.is_enlarged else "--mse"
        pairs = reader.match({"--gan": gan, option: mse})

        def write_one(name: str) -> DetectedImage:
            begun = time.perf_counter()
            gan_sr, mse_sr = reader.read_together(list(pairs[name].values()))
            with naming(name):
                if reference.is_enlarged:
                    mse_sr = enlarge_lr(pairs[name][option], mse_sr, size_of(gan_sr))
                check_same_size(gan_sr, mse_sr, "GAN-SR", reference.title)
                found = detect_one(staged, name, gan_sr, mse_sr)
            (staged / "mask" / f"{name}.png").write_bytes(encode_mask_png(found.mask))
            return DetectedImage(
                spell_name(name),
                len(found.regions),
                int(np.count_nonzero(found.mask)),
                found.score,
                round(time.perf_counter() - begun, 4),
            )

        images = reader.run(write_one, list(pairs), report)
    return {
        "images": [asdict(image) for image in images],
        "seconds": round(time.perf_counter() - started, 4),
        "reference": reference.title,
        "notes": reader.lines,
    }
