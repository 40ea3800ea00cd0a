"""What fine-tuning removed and what it added: components before against components after."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desra_studio.imaging.arrays import Mask, check_same_size
from desra_studio.imaging.masks import Components, count_pixels_inside, find_components


@dataclass(frozen=True)
class Regression:
    """Components of one image, or of a set, before and after fine-tuning.

    Attributes:
        before_components: components of the original GAN-SR.
        removed: those of them that no component of the fine-tuned output touches.
        added: components of the fine-tuned output that touch none of the original's.
    """

    before_components: int
    removed: int
    added: int

    @property
    def remaining(self) -> int:
        """Components of the original that are still there."""
        return self.before_components - self.removed

    @property
    def removal_rate(self) -> float | None:
        """Share of the original's components that have vanished; None where it had none."""
        return self.removed / self.before_components if self.before_components else None

    @property
    def addition_rate(self) -> float | None:
        """New components over the original's; None where it had none."""
        return self.added / self.before_components if self.before_components else None


@dataclass(frozen=True, kw_only=True)
class RegressionFigures:
    """The figures of a regression, as they are told and stored.

    Attributes:
        removal_rate, addition_rate, before_components, removed, remaining, added: see `Regression`.
        images: how many they are of.
    """

    removal_rate: float | None
    addition_rate: float | None
    before_components: int
    removed: int
    remaining: int
    added: int
    images: int


def compare_masks(before: Mask, after: Mask) -> Regression:
    """Compare the detected masks of one image, both (H, W) bool.

    Raises:
        InputError: sizes that differ.
    """
    old, new = _find_changes(before, after)
    return Regression(
        before_components=len(old.apart),
        removed=int(np.count_nonzero(old.apart)),
        added=int(np.count_nonzero(new.apart)),
    )


def summarize_regressions(regressions: Iterable[Regression]) -> Regression:
    """Add up over images."""
    rows = list(regressions)
    return Regression(
        sum(row.before_components for row in rows),
        sum(row.removed for row in rows),
        sum(row.added for row in rows),
    )


@dataclass(frozen=True)
class _Side:
    """The components of one mask, and which of them, (N,) bool, touch none of the other's."""

    components: Components
    apart: NDArray[np.bool_]


def _find_changes(before: Mask, after: Mask) -> tuple[_Side, _Side]:
    check_same_size(before, after, "the mask before", "the mask after")
    old, new = find_components(before), find_components(after)
    return (
        _Side(old, count_pixels_inside(old, after) == 0),
        _Side(new, count_pixels_inside(new, before) == 0),
    )


def describe_regression(regression: Regression, images: int) -> RegressionFigures:
    """Return a regression's figures, for JSON and the page."""
    return RegressionFigures(
        removal_rate=regression.removal_rate,
        addition_rate=regression.addition_rate,
        before_components=regression.before_components,
        removed=regression.removed,
        remaining=regression.remaining,
        added=regression.added,
        images=images,
    )
