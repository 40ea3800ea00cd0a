"""What there is to know about a signal."""

from collections.abc import Callable
from dataclasses import dataclass

from desra_studio.detection.map_detector import FloatMap
from desra_studio.detection.signals.sources import Sources


@dataclass(frozen=True, kw_only=True)
class Signal:
    """A number for each px that may tell an artifact from honest detail.

    Attributes:
        name: what files of learned detectors call it.
        about: what it measures, and where that comes from.
        compute: (H, W) float32, finite, of the size of the images.
        needs_lr: whether it looks at LR.
    """

    name: str
    about: str
    compute: Callable[[Sources], FloatMap]
    needs_lr: bool = False
