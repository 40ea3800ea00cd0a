"""Finding the masks in what people bring: images, or files of other labelling programs."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from desra_studio.errors import InputError
from desra_studio.imaging.arrays import Mask, Size
from desra_studio.imaging.io import SUFFIXES as IMAGE_SUFFIXES
from desra_studio.interchange.labels import ImageLabel, ReadLabels
from desra_studio.interchange.reading import SUFFIXES, read_label_file
from desra_studio.interchange.segmentation_masks import (
    is_segmentation_folder,
    read_segmentation_folder,
)
from desra_studio.services.datasets.layout import LABEL_FOLDER, fit_label
from desra_studio.services.folders import FolderReader

IGNORED = frozenset({"interface.xml"})
"""What Label Studio's export has beside its tasks."""


@dataclass(frozen=True)
class FoundMask:
    """The mask of one image.

    Attributes:
        origin: the file that it is in.
        decode: returns it, (H, W) bool, for an image of a size; InputError where it does not fit,
            or nothing of it could be used.
    """

    origin: str
    decode: Callable[[Size], Mask]


@dataclass
class FoundLabels:
    """Masks by the name of their image, and a line on each thing that was left out."""

    masks: dict[str, FoundMask] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)

    def add(self, name: str, found: FoundMask) -> None:
        """Add a mask; of two for one image the first counts."""
        if name in self.masks:
            first = self.masks[name].origin
            self.lines.append(f"{found.origin}: {name} left out, it is in {first}, too")
        else:
            self.masks[name] = found


def find_labels(
    path: Path, reader: FolderReader, max_megapixels: float, labels: Collection[str] | None = None
) -> FoundLabels:
    """Find masks in a file of labels, or in a folder of masks or such files.

    Args:
        path: a .json or .xml file, or a folder: GT-Mask or the folder that it is in, images of
            masks, label files (LabelMe has one per image), or CVAT's segmentation masks.
        reader: of masks that are images.
        max_megapixels: of the largest image.
        labels: names of the labels that count in label files; None for all.

    Raises:
        InputError: nothing that could be a label is there.
    """
    found = FoundLabels()
    if path.is_file():
        _add_file(found, path, read_label_file(path, labels, max_megapixels))
    elif is_segmentation_folder(path):
        _add_file(found, path, read_segmentation_folder(path, labels, max_megapixels))
    elif path.is_dir():
        for file in _list_label_files(path):
            try:
                _add_file(found, file, read_label_file(file, labels, max_megapixels))
            except InputError as error:
                found.lines.append(str(error))
        if not found.masks:
            _add_images(found, path, reader)
    if not found.masks:
        reasons = " ".join(found.lines[:3])
        raise InputError(
            f"{path.name} holds no masks: no images, and no file of COCO, LabelMe, Label Studio or "
            f"CVAT. {reasons}".rstrip()
        )
    found.lines += reader.lines
    return found


def _list_label_files(folder: Path) -> Iterator[Path]:
    """Yield the files of labels in a folder, and in the folders in it."""
    for path in sorted((*folder.iterdir(), *folder.glob("*/*"))):
        if path.suffix.lower() in SUFFIXES and path.is_file() and path.name not in IGNORED:
            yield path


def _add_file(found: FoundLabels, path: Path, read: ReadLabels) -> None:
    found.lines += [f"{path.name}: {note}" for note in read.notes]
    for image in read.images:
        found.add(image.stem, FoundMask(path.name, partial(_decode_label, image)))


def _decode_label(image: ImageLabel, size: Size) -> Mask:
    if image.size and image.size != size:
        raise InputError(f"its label is of {image.size} px, but the image is {size} px")
    mask = image.decode(size)
    if not mask.any() and not image.is_clean:
        raise InputError("none of its annotations marks anything, or none could be used")
    return mask


def _add_images(found: FoundLabels, folder: Path, reader: FolderReader) -> None:
    named = (path for path in folder.iterdir() if path.name.lower() == LABEL_FOLDER.lower())
    inner = next(named, folder)
    held = {path.suffix.lower() for path in inner.iterdir()} & IMAGE_SUFFIXES
    if not held:
        return
    for name, path in reader.list_images(inner).items():
        found.add(name, FoundMask(path.name, partial(_decode_image, path, reader)))


def _decode_image(path: Path, reader: FolderReader, size: Size) -> Mask:
    return fit_label(path, reader.read_mask(path), size)
