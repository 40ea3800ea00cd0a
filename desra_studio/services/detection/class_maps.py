"""Class maps of images: by the SegFormer that the settings name, made once and kept."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from desra_studio.config import Settings
from desra_studio.detection.segmentation_weights import (
    SegmentationUnavailableError,
    choose_default,
    find_weights,
    identify_weights,
)
from desra_studio.imaging.arrays import LabelMap
from desra_studio.imaging.io import decode_label_map, decode_png, encode_label_map
from desra_studio.services.devices import AUTO, guess_device
from desra_studio.services.studio import Studio
from desra_studio.storage import weight_sets

if TYPE_CHECKING:
    from desra_studio.detection.segmentation import Segmenter

NONE = "none"
NO_CLASSES = "All class weights are 1"


class ClassMapper:
    """Names the classes of stored images; the network is loaded when the first image needs it.

    Attributes:
        identity: of the network's weights.
    """

    def __init__(self, studio: Studio, folder: Path) -> None:
        self.identity = identify_weights(folder)
        self._studio, self._folder = studio, folder
        self._segmenter: Segmenter | None = None

    def map_image(self, image_sha: str) -> str:
        """Return the address of the class map of a stored image, made now if it has to be.

        Raises:
            InputError, ModelError: the network cannot be loaded or run.
        """
        database = self._studio.database
        with database.read() as session:
            known = weight_sets.find_class_map(session, image_sha, self.identity)
        if known:
            return known
        labels = self.load().segment(decode_png(self._studio.blobs.get(image_sha)))
        labels_sha = self._studio.blobs.put(encode_label_map(labels))
        with database.write() as session:
            weight_sets.put_class_map(session, image_sha, self.identity, labels_sha)
        return labels_sha

    def load(self) -> "Segmenter":
        """Return the network, loaded once."""
        if self._segmenter is None:
            # Brings torch and transformers in, which takes seconds.
            from desra_studio.detection.segmentation import Segmenter
            from desra_studio.sr.loader import choose_device

            device = choose_device(self._studio.settings.device)
            self._segmenter = Segmenter.load(self._folder, device)
        return self._segmenter


@dataclass(frozen=True)
class ClassSource:
    """Where class labels come from.

    Attributes:
        mapper: None where there are none, and all weights are 1.
        note: why there are none; empty where there are.
    """

    mapper: ClassMapper | None
    note: str

    @property
    def identity(self) -> str | None:
        """The network's identity; None where there is none."""
        return self.mapper.identity if self.mapper else None


def open_class_source(
    studio: Studio, weight_set: str, segmentation: str | None = None
) -> ClassSource:
    """Return what names the classes for a detector with this weight set.

    Without network and without a local copy of the weights, the detector goes on without classes
    and says so.

    Args:
        studio: the installation.
        weight_set: name of the detector's weight set; `none` needs no classes.
        segmentation: hub id or folder; `auto` for SegFormer-B5 on a GPU and B0 on a CPU, `none` for
            no classes; None for what the settings say.

    Raises:
        InputError: a folder or a name that cannot be used.
    """
    folder, note = find_segmentation(studio.settings, weight_set, segmentation)
    return ClassSource(ClassMapper(studio, folder) if folder else None, note)


def find_segmentation(
    settings: Settings, weight_set: str, segmentation: str | None = None
) -> tuple[Path | None, str]:
    """Return the folder of the network's weights, or None and why; see `open_class_source`."""
    wanted = segmentation or settings.segmentation
    if weight_set == NONE:
        return None, f"{NO_CLASSES}, as the weight set 'none' says."
    if wanted == NONE:
        return None, f"{NO_CLASSES}: segmentation is switched off."
    name = choose_default(guess_device(settings.device)) if wanted == AUTO else wanted
    try:
        return find_weights(name), ""
    except SegmentationUnavailableError:
        return None, (
            f"{NO_CLASSES}: {name} is not on this machine and could not be fetched. To weigh "
            "classes, set DESRA_STUDIO_SEGMENTATION to a folder that holds a SegFormer."
        )


def read_class_map(studio: Studio, labels_sha: str) -> LabelMap:
    """Read a stored class map, (H, W) uint8."""
    return decode_label_map(studio.blobs.get(labels_sha))
