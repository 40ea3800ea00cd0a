"""The signals that there are: name -> what computes it."""

from desra_studio.detection.signals import (
    detectors,
    directions,
    likeness,
    residuals,
    spectrum,
)
from desra_studio.detection.signals.signal import Signal

VERSION = 1
"""Of the values: a detector that was learned from others cannot read these. Raise it with them."""

SIGNALS: dict[str, Signal] = {
    signal.name: signal
    for module in (detectors, likeness, residuals, directions, spectrum)
    for signal in module.list_signals()
}


def list_names(with_lr: bool) -> tuple[str, ...]:
    """Return the names of the signals that can be computed with or without LR, in order."""
    return tuple(name for name, signal in SIGNALS.items() if with_lr or not signal.needs_lr)
