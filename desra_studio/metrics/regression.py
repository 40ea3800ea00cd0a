"""What fine-tuning removed and what it added: components before against components after."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from desra_studio.imaging.arrays import Mask, check_same_size
from desra_studio.imaging.masks import count_pixels_inside, find_components


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


def compare_masks(before: Mask, after: Mask) -> Regression:
    """Compare the detected masks of one image, both (H, W) bool.

    Raises:
        InputError: sizes that differ.
    """
    check_same_size(before, after, "the mask before", "the mask after")
    old, new = find_components(before), find_components(after)
    return Regression(
        before_components=len(old),
        removed=int(np.count_nonzero(count_pixels_inside(old, after) == 0)),
        added=int(np.count_nonzero(count_pixels_inside(new, before) == 0)),
    )


def summarize_regressions(regressions: Iterable[Regression]) -> Regression:
    """Add up over images."""
    rows = list(regressions)
    return Regression(
        sum(row.before_components for row in rows),
        sum(row.removed for row in rows),
        sum(row.added for row in rows),
    )
