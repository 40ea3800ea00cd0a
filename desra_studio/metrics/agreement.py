"""How far two annotators of the same images agree: pixel IoU, and Krippendorff's alpha.

Alpha needs units that somebody could have judged either way. Regions that an annotator marked are
not enough: with these alone every unit has at least one yes, nothing can be agreed to be clean, and
alpha is near 0 or below however well two people agree. All pixels, or a grid of tiles, would be
too many: nearly all of them are clean at first sight, and alpha is then ruled by their number.

Units here are the regions that somebody or something pointed out:

- each 8-connected component of the union of both annotators' masks, and
- each component of the detector's proposal that neither of them touched: an agreed no.

Units do not overlap, so nothing counts twice. An annotator says yes to a unit with at least half of
its area marked. Alpha is then agreement, beyond chance, on whether a region that was pointed out is
an artifact: 1 is perfect, 0 is what chance gives, below 0 is worse. It depends on what the detector
proposed; compare alphas only of the same proposals. Where nothing was proposed in the whole set
there was nothing to say no to, and alpha is None.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desra_studio.errors import InputError
from desra_studio.imaging.arrays import BORDER_PX, Mask, check_same_size
from desra_studio.imaging.masks import count_pixels_inside, find_components
from desra_studio.metrics.mask_metrics import HIT_SHARE, score_image


@dataclass(frozen=True)
class ImageAgreement:
    """Two annotators on one image.

    Attributes:
        iou: |A and B| / |A or B| of their masks, 1 where both are empty.
        empty_both: neither marked anything.
        both, first_only, second_only, neither: units by who said yes.
        proposed: components of the detector's proposal.
    """

    iou: float
    empty_both: bool
    both: int
    first_only: int
    second_only: int
    neither: int
    proposed: int


@dataclass(frozen=True)
class Agreement:
    """Two annotators on a set of images.

    Attributes:
        images: how many.
        empty_both: those of them in which neither marked anything.
        iou: mean over images, those of `empty_both` counting as 1; None without images.
        alpha: Krippendorff's alpha over regions, at most 1; None where there is nothing to tell it
            from: no unit, no proposal, or the same answer everywhere.
        both, first_only, second_only, neither: units by who said yes.
    """

    images: int
    empty_both: int
    iou: float | None
    alpha: float | None
    both: int
    first_only: int
    second_only: int
    neither: int


def compare_annotations(first: Mask, second: Mask, proposed: Mask | None) -> ImageAgreement:
    """Compare two annotators' masks of one image.

    The border that the detector has no value for is left out, as in `score_image`: the IoU is then
    what a detector can hope to reach against either of them.

    Args:
        first: (H, W) bool.
        second: (H, W) bool.
        proposed: (H, W) bool, what the detector proposed to both; None where it proposed nothing.

    Raises:
        InputError: sizes that differ, or an image smaller than the map's window.
    """
    check_same_size(first, second, "the first annotator's mask", "the second annotator's mask")
    if proposed is not None:
        check_same_size(first, proposed, "the annotators' mask", "the detector's proposal")
    score = score_image(first, second)
    inner = np.s_[BORDER_PX:-BORDER_PX, BORDER_PX:-BORDER_PX]
    one, two = first[inner], second[inner]
    marked = find_components(one | two)
    enough = HIT_SHARE * marked.areas
    yes_one = count_pixels_inside(marked, one) >= enough
    yes_two = count_pixels_inside(marked, two) >= enough
    offered = find_components(
        np.zeros_like(one) if proposed is None else np.ascontiguousarray(proposed[inner])
    )
    untouched = np.count_nonzero(count_pixels_inside(offered, one | two) == 0)
    return ImageAgreement(
        iou=score.iou,
        empty_both=score.empty_both,
        both=int(np.count_nonzero(yes_one & yes_two)),
        first_only=int(np.count_nonzero(yes_one & ~yes_two)),
        second_only=int(np.count_nonzero(~yes_one & yes_two)),
        neither=int(untouched),
        proposed=len(offered),
    )


def compare_annotators(images: Iterable[ImageAgreement]) -> Agreement:
    """Add up over images: the IoU is a mean over images, alpha is over the units of all."""
    rows = list(images)
    both = sum(row.both for row in rows)
    first_only = sum(row.first_only for row in rows)
    second_only = sum(row.second_only for row in rows)
    neither = sum(row.neither for row in rows)
    answers = np.array([[1.0, 1.0], [1.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
    ratings = np.repeat(answers, [both, first_only, second_only, neither], axis=0).T
    return Agreement(
        images=len(rows),
        empty_both=sum(row.empty_both for row in rows),
        iou=float(np.mean([row.iou for row in rows])) if rows else None,
        alpha=compute_alpha(ratings) if any(row.proposed for row in rows) else None,
        both=both,
        first_only=first_only,
        second_only=second_only,
        neither=neither,
    )


def compute_alpha(ratings: NDArray[np.float64]) -> float | None:
    """Return Krippendorff's alpha of nominal ratings, from their coincidence matrix.

    With o the coincidences of values within units, n_c how often value c occurs in pairs and n
    their sum:

        alpha = 1 - (n - 1) (n - sum o_cc) / (n^2 - sum n_c^2)

    (Krippendorff 2011, 'Computing Krippendorff's Alpha-Reliability', nominal data, any number of
    raters, missing ratings.)

    Args:
        ratings: (raters, units) float, any numbers as names of the values; NaN is missing.

    Returns:
        At most 1, which is perfect; 0 is chance. None where no unit has two ratings, or where all
        ratings that can be paired are the same: agreement by chance cannot be told from true one.

    Raises:
        InputError: not two-dimensional.
    """
    if ratings.ndim != 2:
        raise InputError(
            f"Ratings must be (raters, units), got shape {ratings.shape}; NaN stands for missing."
        )
    values = np.unique(ratings[~np.isnan(ratings)])
    counts = np.array([np.count_nonzero(ratings == value, axis=0) for value in values], np.float64)
    counts = counts.reshape(len(values), ratings.shape[1])
    # A unit that only one rater judged has nothing to be compared with.
    paired = counts[:, counts.sum(axis=0) >= 2]
    raters = paired.sum(axis=0)
    matches = float(np.sum(paired * (paired - 1) / (raters - 1)))
    occurrences = paired.sum(axis=1)
    total = float(occurrences.sum())
    by_chance = total**2 - float(np.sum(occurrences**2))
    return 1 - (total - 1) * (total - matches) / by_chance if by_chance else None
