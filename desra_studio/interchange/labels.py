"""What a file of labels says about images, whichever program wrote it."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TypeAlias

import numpy as np

from desra_studio.errors import InputError
from desra_studio.imaging.arrays import Mask, Size
from desra_studio.imaging.io import spell_name
from desra_studio.imaging.opening import MAX_MEGAPIXELS

Area: TypeAlias = Callable[[Mask], None]
"""Marks the pixels of one annotation in an (H, W) bool mask."""


@dataclass(frozen=True)
class ReadOptions:
    """What counts of a file.

    Attributes:
        labels: names of the labels whose annotations count; None for all.
        max_megapixels: largest image that is read.
    """

    labels: Collection[str] | None = None
    max_megapixels: float = MAX_MEGAPIXELS

    def counts(self, label: str) -> bool:
        """Whether annotations of a label count."""
        return self.labels is None or label in self.labels


@dataclass(frozen=True)
class ImageLabel:
    """The annotations of one image.

    Attributes:
        image: the image's name as the file has it, which may have folders before it.
        size: in px as the file says; None where it does not say, and then nothing is marked.
        areas: the annotations that count; each marks its pixels in a mask of this size.
        left_out: how many annotations of the chosen labels could not be used; `ReadLabels.notes`
            says why.
        others: how many annotations have labels that were not chosen.
    """

    image: str
    size: Size | None
    areas: tuple[Area, ...] = ()
    left_out: int = 0
    others: int = 0

    @property
    def stem(self) -> str:
        """The image's name without folders and ending, whichever system wrote it."""
        return PurePosixPath(cut_folders(self.image)).stem

    @property
    def is_clean(self) -> bool:
        """Whether the file lists the image and has no annotation of it, not even an unused one."""
        return not (self.areas or self.left_out or self.others)

    def decode(self, size: Size | None = None) -> Mask:
        """Return the union of all areas, (H, W) bool.

        Args:
            size: of the mask where the file does not say one.

        Raises:
            InputError: neither the file nor the caller knows the size.
        """
        size = self.size or size
        if size is None:
            raise InputError(f"{self.image}: the file does not say how large the image is.")
        mask = np.zeros((size.height, size.width), np.bool_)
        for mark in self.areas:
            mark(mask)
        return mask


@dataclass(frozen=True)
class ReadLabels:
    """What a file of labels says.

    Attributes:
        form: the format that the file turned out to be in.
        images: in the order of the file; one that is there twice is there twice.
        labels: names of all labels that annotations have, whether they count or not; sorted.
        notes: a line for each kind of thing that was left out, with the image and how many.
    """

    form: str
    images: tuple[ImageLabel, ...]
    labels: tuple[str, ...]
    notes: tuple[str, ...]


Entry: TypeAlias = tuple[str, Callable[[], Area]]
"""The label of an annotation, and what makes its area or raises InputError with the reason."""


class LabelCollector:
    """Gathers images, and in words what was left out of them."""

    def __init__(self, form: str, options: ReadOptions) -> None:
        self.form, self.options = form, options
        self._images: list[ImageLabel] = []
        self._notes: list[str] = []
        self._labels: set[str] = set()

    def add_note(self, image: str, text: str) -> None:
        """Tell something about an image."""
        self._notes.append(f"{_show(image)}: {_show(text)}")

    def add_image(self, image: str, size: Size | None, entries: Iterable[Entry]) -> None:
        """Add an image with those of its annotations that count and can be used."""
        image = _spell(image)
        areas: list[Area] = []
        reasons: Counter[str] = Counter()
        others = 0
        for label, make_area in entries:
            label = _spell(label)
            self._labels.add(label)
            if not self.options.counts(label):
                others += 1
                continue
            try:
                areas.append(make_area())
            except InputError as error:
                reasons[str(error)] += 1
        for reason, count in reasons.items():
            what = "an annotation" if count == 1 else f"{count} annotations"
            self.add_note(image, f"{what} left out: {reason}")
        self._images.append(ImageLabel(image, size, tuple(areas), reasons.total(), others))

    def finish(self) -> ReadLabels:
        """Return what was gathered."""
        labels = tuple(sorted(self._labels))
        return ReadLabels(self.form, tuple(self._images), labels, tuple(self._notes))


def _spell(text: str) -> str:
    r"""Return a text such that it can be stored and sent: JSON may hold lone surrogates."""
    return spell_name(text.encode("utf-8", "surrogatepass").decode("utf-8", "surrogateescape"))


def _show(text: str) -> str:
    """Return a text of a file as part of one line."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)


def cut_folders(address: str) -> str:
    """Return the last part of a path, whichever system wrote it."""
    return address.replace("\\", "/").rpartition("/")[2]


def check_size(width: int, height: int, max_megapixels: float) -> Size:
    """Return the size of an image.

    Raises:
        InputError: not positive, or of more than `max_megapixels`.
    """
    if width < 1 or height < 1:
        raise InputError(f"an image of {width}x{height} px cannot be.")
    size = Size(width, height)
    if width * height > max_megapixels * 1e6:
        megapixels = width * height / 1e6
        raise InputError(f"{size} is {megapixels:.0f} megapixels, more than {max_megapixels:g}.")
    return size
