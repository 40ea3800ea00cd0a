"""Labelled images from folders, to learn a detector from."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from desra_studio.detection.learned.samples import LabelledImage, measure_image
from desra_studio.detection.signals.grid import Grid, reduce_map
from desra_studio.detection.signals.sources import Sources
from desra_studio.detection.signals.table import SIGNALS, list_names
from desra_studio.errors import InputError
from desra_studio.imaging.arrays import Mask, RgbImage
from desra_studio.services.folders import FolderReader
from desra_studio.services.studio import Report, ignore_progress


@dataclass(frozen=True)
class LabelledFolders:
    """Folders whose images belong together by name.

    Attributes:
        gan, reference: of GAN-SR, and of what it is compared with.
        labels: of masks, a folder for each person.
        lr: of LR, enlarged to the size of GAN-SR; None without. Nothing is learned from it: it
            made no difference where that was tried, and the detector can do without.
    """

    gan: Path
    reference: Path
    labels: tuple[Path, ...]
    lr: Path | None = None

    def list_options(self) -> dict[str, Path]:
        """Return the folders by the options that commands give them by, labels left out."""
        options = {"--gan": self.gan, "--mse": self.reference}
        return options | ({"--lr": self.lr} if self.lr else {})


@dataclass(frozen=True)
class LabelledSet:
    """Images with their labels, measured.

    Attributes:
        images: what was measured, in the order of their names.
        pairs: GAN-SR and its reference of each, for detectors that compute maps of their own.
        signals: the names of what is learned from.
        lr_signals: the names of what needs LR; empty without.
        lr_cells: these on the grid, for each image, (rows, columns, lr_signals) float32.
        digest: SHA-256 over names and labels.
    """

    images: tuple[LabelledImage, ...]
    pairs: tuple[tuple[RgbImage, RgbImage], ...]
    signals: tuple[str, ...]
    lr_signals: tuple[str, ...]
    lr_cells: tuple[Grid, ...]
    digest: str

    @property
    def people(self) -> int:
        """Labels that an image has at most."""
        return max(len(image.labels) for image in self.images)


def read_labelled_folders(
    folders: LabelledFolders, reader: FolderReader, report: Report = ignore_progress
) -> LabelledSet:
    """Read images and the masks that at least one person gave them, and measure the signals.

    An image without a mask is left out; so is one whose files cannot be used, which the reader's
    lines tell.

    Raises:
        InputError: folders that do not fit, or no image that could be used.
    """
    options = folders.list_options()
    matched = reader.match(options)
    marked = [reader.list_images(folder, list(options.values())) for folder in folders.labels]
    names = [name for name in matched if any(name in paths for paths in marked)]
    if not names:
        given = ", ".join(map(str, folders.labels))
        raise InputError(
            f"No mask in {given} has the name of an image. Masks are called as GAN-SR is."
        )
    signals = list_names(with_lr=False)
    lr_signals = tuple(name for name in list_names(with_lr=True) if name not in signals)
    lr_signals = lr_signals if folders.lr else ()
    images, pairs, lr_cells, digest = [], [], [], hashlib.sha256()
    for number, name in enumerate(names):
        report(number, len(names), f"Measuring {name}")
        try:
            gan, reference, *lr = reader.read_together(list(matched[name].values()))
            labels = [reader.read_mask(paths[name]) for paths in marked if name in paths]
            sources = Sources(gan, reference, *lr)
            image = measure_image(name, sources, labels, signals)
            cells = [reduce_map(SIGNALS[signal].compute(sources)) for signal in lr_signals]
        except InputError as error:
            reader.note_fault(name, error)
            continue
        images.append(image)
        pairs.append((gan, reference))
        lr_cells += [np.stack(cells, axis=2)] if cells else []
        digest.update(describe_labels(name, labels))
    if not images:
        raise InputError("No labelled image could be used. " + " ".join(reader.lines[:3]))
    return LabelledSet(
        tuple(images), tuple(pairs), signals, lr_signals, tuple(lr_cells), digest.hexdigest()
    )


def describe_labels(name: str, labels: Sequence[Mask]) -> bytes:
    """Return what tells an image's labels from any others."""
    parts = [name.encode(), *(np.packbits(label).tobytes() for label in labels)]
    return hashlib.sha256(b"\0".join(parts)).digest()
