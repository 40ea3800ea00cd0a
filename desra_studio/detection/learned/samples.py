"""Labelled images as a detector learns from them."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from desra_studio.detection.map_detector import FloatMap
from desra_studio.detection.signals.grid import CELL_PX, Grid, add_surroundings, compute_cells
from desra_studio.detection.signals.sources import Sources
from desra_studio.errors import InputError
from desra_studio.imaging.arrays import Mask, check_same_size

CELLS_EACH = 4096
"""Cells that an image gives at most: neighbours say the same."""


@dataclass(frozen=True)
class LabelledImage:
    """What was measured in an image, and what people marked there.

    Attributes:
        name: of the image.
        cells: its signals, (rows, columns, n) float32.
        labels: (H, W) bool each, one for each person; their differences are kept.
    """

    name: str
    cells: Grid
    labels: tuple[Mask, ...]

    @property
    def grid(self) -> Grid:
        """The features, (rows, columns, F) float32, made anew each time: they take much room."""
        return add_surroundings(self.cells)

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width in px."""
        return self.labels[0].shape

    @property
    def is_marked(self) -> bool:
        """Whether anybody marked anything."""
        return any(label.any() for label in self.labels)

    def average_labels(self) -> FloatMap:
        """Return the share of each cell that is marked, as a mean over people, 0..1."""
        marked = np.asarray(np.mean(np.stack(self.labels), axis=0), np.float32)
        height, width = self.shape
        size = (-(-width // CELL_PX), -(-height // CELL_PX))
        return np.asarray(cv2.resize(marked, size, interpolation=cv2.INTER_AREA), np.float32)


def measure_image(
    name: str, sources: Sources, labels: Sequence[Mask], signals: Sequence[str]
) -> LabelledImage:
    """Measure an image's signals beside its labels.

    Raises:
        InputError: no label, one of another size, or a signal that cannot be computed.
    """
    if not labels:
        raise InputError(f"{name} has no label. Label it, or leave it out.")
    for label in labels:
        check_same_size(sources.gan_sr, label, f"{name}: GAN-SR", "its label")
    return LabelledImage(name, compute_cells(sources, signals), tuple(labels))


@dataclass(frozen=True)
class Rows:
    """Cells of images, in rows: features (N, F), targets (N,) and how much each counts (N,)."""

    features: NDArray[np.float32]
    targets: NDArray[np.float32]
    counts: NDArray[np.float32]


def draw_rows(images: Sequence[LabelledImage], seed: int) -> Rows:
    """Draw cells of images. Each image counts alike, however large it or its artifacts are."""
    random = np.random.default_rng(seed)
    features, targets, counts = [], [], []
    for image in images:
        grid = image.grid
        flat = grid.reshape(-1, grid.shape[2])
        number = min(len(flat), CELLS_EACH)
        drawn = random.choice(len(flat), number, replace=False)
        features.append(flat[drawn])
        targets.append(image.average_labels().ravel()[drawn])
        counts.append(np.full(number, 1 / number, np.float32))
    return Rows(np.concatenate(features), np.concatenate(targets), np.concatenate(counts))
