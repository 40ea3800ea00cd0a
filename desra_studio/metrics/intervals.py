"""How sure the figures of a set are: 95 % intervals over its images.

The images are what counts, never single components: components of one image share its difficulty,
and taking them for independent makes intervals too short.

Method: the ratio of two sums over images, its error by linearisation (Cochran 1977, 'Sampling
Techniques', 6.3; the cluster-robust error of one stage), Student's t of the images less one, on the
scale of log odds for shares and of logarithms for rates (Korn and Graubard 1999, 'Analysis of
Health Surveys', 2.3). A mean of shares gets a quarter of an image of 0 and of 1 each, without which
the skew of values near 1 is not seen in few images (after Agresti and Coull 1998, The American
Statistician 52). Chosen by measuring: `coverage` simulates images of differing difficulty, crowding
and bursts, and counts how many 95 % intervals hold the truth; `desra-studio bench intervals` prints
it. Least and most over the populations, 20 000 sets each:

    images   3            5            7            10           20           40
    shares   0.968-0.990  0.955-0.983  0.946-0.978  0.936-0.975  0.932-0.973  0.932-0.970
    rates    0.968-0.988  0.956-0.982  0.947-0.975  0.942-0.969  0.939-0.965  0.942-0.967
    means    0.999-1.000  0.992-1.000  0.984-0.992  0.978-0.986  0.966-0.979  0.956-0.975

An interval is shown from the number on at which no population lies outside of 0.93 to 0.98: 7
images for shares and rates, 20 for means, which are held too often before. The one-sided intervals,
of sets in which all or none is counted, miss the truth in fewer than 0.6 % of sets at any number,
so that they are always shown. The BCa bootstrap holds a share in 74 % with 3 images, and a mean
near 1 in 67 to 84 % with 8. The limit of it all: new components that come in still stronger bursts
(0.89 to 0.92 where the variance of an image's own rate is twice the square of its mean).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit, stdtrit

from desra_studio.errors import InputError
from desra_studio.metrics.mask_metrics import ImageScore
from desra_studio.metrics.regression import Regression

CONFIDENCE = 0.95
LEAST_IMAGES = 7
"""With something to count, from which on an interval of a share or a rate is shown; see above."""
LEAST_MEAN_IMAGES = 20
"""From which on an interval of a mean over images is shown; see above."""
PSEUDO_IMAGES = 0.25
"""Of 0, and of 1, that a mean is given for its interval."""
WIDTHLESS = 1e-9

Rows: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class Interval:
    """Bounds of a figure, in the figure's own unit; the figure itself lies between them.

    Attributes:
        low, high: the bounds.
        one_sided: whether all or none was counted, so that one bound is the end of what there can
            be, and the other one holds by itself with the whole confidence.
    """

    low: float
    high: float
    one_sided: bool = False


@dataclass(frozen=True)
class Bounds:
    """Intervals of many sets: (sets,) each, as `Interval` has them."""

    low: Rows
    high: Rows
    one_sided: NDArray[np.bool_]


@dataclass(frozen=True)
class ScoresWanting:
    """How many images more each figure of a `SetScore` needs for an interval, 0 for none."""

    iou: int
    precision: int
    recall: int


@dataclass(frozen=True)
class ScoreIntervals:
    """Intervals of the figures of a `SetScore`.

    Attributes:
        iou, precision, recall: None where there is none; see `bound_mean` and `bound_share`.
        wanting: images with something to count that lack until there is one.
    """

    iou: Interval | None
    precision: Interval | None
    recall: Interval | None
    wanting: ScoresWanting


@dataclass(frozen=True)
class RegressionIntervals:
    """Intervals of the rates of a `Regression`.

    Attributes:
        removal_rate, addition_rate: None where there is none; see `bound_share`, `bound_rate`.
        wanting: images with components before that lack until both have one.
    """

    removal_rate: Interval | None
    addition_rate: Interval | None
    wanting: int


def count_images_wanting(images: int, least: int = LEAST_IMAGES) -> int:
    """Return how many images more it takes for an interval; 0 where there are enough.

    Args:
        images: that have something to count.
        least: `LEAST_IMAGES` for a share or a rate, `LEAST_MEAN_IMAGES` for a mean over images.
    """
    return max(0, least - images)


def bound_scores(scores: Sequence[ImageScore], *, confidence: float = CONFIDENCE) -> ScoreIntervals:
    """Return the intervals of IoU, precision and recall of a set of images.

    Args:
        scores: one per image, as for `summarize_scores`.
        confidence: share of such intervals that should hold the truth, above 0 and below 1.

    Raises:
        InputError: see `bound_share`.
    """
    iou = bound_mean([row.iou for row in scores], confidence=confidence)
    detected, manual = [row.detected for row in scores], [row.manual for row in scores]
    precision = bound_share([row.detected_hits for row in scores], detected, confidence=confidence)
    recall = bound_share([row.manual_hits for row in scores], manual, confidence=confidence)
    return ScoreIntervals(
        iou=iou,
        precision=precision,
        recall=recall,
        wanting=ScoresWanting(
            iou=0 if iou else count_images_wanting(len(scores), LEAST_MEAN_IMAGES),
            precision=0
            if precision
            else count_images_wanting(sum(count > 0 for count in detected)),
            recall=0 if recall else count_images_wanting(sum(count > 0 for count in manual)),
        ),
    )


def bound_regressions(
    regressions: Sequence[Regression], *, confidence: float = CONFIDENCE
) -> RegressionIntervals:
    """Return the intervals of the removal and the addition rate of a set of images.

    Args:
        regressions: one per image, as for `summarize_regressions`.
        confidence: share of such intervals that should hold the truth, above 0 and below 1.

    Raises:
        InputError: see `bound_share`.
    """
    before = [row.before_components for row in regressions]
    removed, added = [row.removed for row in regressions], [row.added for row in regressions]
    removal = bound_share(removed, before, confidence=confidence)
    addition = bound_rate(added, before, confidence=confidence)
    wanting = (
        0 if removal and addition else count_images_wanting(sum(count > 0 for count in before))
    )
    return RegressionIntervals(removal, addition, wanting)


def bound_share(
    hits: ArrayLike, counts: ArrayLike, *, confidence: float = CONFIDENCE
) -> Interval | None:
    """Return the interval of sum(hits) / sum(counts), both summed over all images.

    Where all are hits, or none is, it is one-sided: with N images, of which so many could all have
    been whole by a chance of 1 less the confidence, the share of images that are is at least
    (1 - confidence)^(1/N) (the rule of three, by images, which is as little as their components
    can be worth).

    Args:
        hits: (N,) finite numbers, one per image, from 0 to the count.
        counts: (N,) finite numbers of at least 0, one per image.
        confidence: share of such intervals that should hold the truth, above 0 and below 1.

    Returns:
        None with nothing to count; with fewer than `LEAST_IMAGES` images that have anything to
        count, unless it is one-sided; and where all of these give the same share, as an interval
        without width would claim a certainty that nobody has.

    Raises:
        InputError: lengths that differ, numbers that are not finite or out of their range, or a
            confidence outside 0..1.
    """
    above, below = _check_rows(hits, counts, confidence)
    if (above > below).any():
        raise InputError("An image has more hits than it has to count.")
    if not below.any():
        return None
    above, below = _keep_counted(above, below)
    return _pick(bound_shares(above, below, confidence), above.shape[1], LEAST_IMAGES)


def bound_rate(
    events: ArrayLike, counts: ArrayLike, *, confidence: float = CONFIDENCE
) -> Interval | None:
    """Return the interval of sum(events) / sum(counts), which may be above 1.

    Without any events it is one-sided: as in `bound_share`, by images, if an image with events has
    no more of them than it has to count.

    Args:
        events: (N,) finite numbers of at least 0, one per image.
        counts: (N,) finite numbers of at least 0, one per image.
        confidence: share of such intervals that should hold the truth, above 0 and below 1.

    Returns:
        None as in `bound_share`.

    Raises:
        InputError: see `bound_share`.
    """
    above, below = _check_rows(events, counts, confidence)
    if not below.any():
        return None
    above, below = _keep_counted(above, below)
    return _pick(bound_rates(above, below, confidence), above.shape[1], LEAST_IMAGES)


def bound_mean(values: ArrayLike, *, confidence: float = CONFIDENCE) -> Interval | None:
    """Return the interval of a mean over images.

    Where all are 1, or all 0, it is one-sided; see `bound_share`.

    Args:
        values: (N,) numbers in 0..1, one per image.
        confidence: share of such intervals that should hold the truth, above 0 and below 1.

    Returns:
        None with fewer than `LEAST_MEAN_IMAGES` images, unless it is one-sided.

    Raises:
        InputError: numbers that are not in 0..1, or a confidence outside 0..1.
    """
    rows, ones = _check_rows(values, np.ones(np.shape(values)), confidence)
    if (rows > ones).any():
        raise InputError(f"A mean is bounded of numbers in 0..1, got {rows.max():g}.")
    if not len(rows):
        return None
    return _pick(bound_means(rows[None], confidence), len(rows), LEAST_MEAN_IMAGES)


def bound_shares(above: Rows, below: Rows, confidence: float = CONFIDENCE) -> Bounds:
    """Return the intervals of shares of many sets, however few images they have.

    Args:
        above: (sets, images) hits.
        below: (sets, images) counts, all above 0.
        confidence: as in `bound_share`.
    """
    ratio, error = _estimate_ratio(above, below)
    low, high = _widen_odds(ratio, error, above.shape[1], confidence)
    return _bound_one_side(low, high, ratio, above.shape[1], confidence)


def bound_rates(above: Rows, below: Rows, confidence: float = CONFIDENCE) -> Bounds:
    """Return the intervals of rates of many sets, however few images they have.

    Args:
        above: (sets, images) events.
        below: (sets, images) counts, not all 0.
        confidence: as in `bound_rate`.
    """
    ratio, error = _estimate_ratio(above, below)
    images = above.shape[1]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        factor = np.exp(_find_quantile(images, confidence) * error / ratio)
    none = ratio == 0
    most = 1 - (1 - confidence) ** (1 / images)
    return Bounds(np.where(none, 0, ratio / factor), np.where(none, most, ratio * factor), none)


def bound_means(values: Rows, confidence: float = CONFIDENCE) -> Bounds:
    """Return the intervals of means of many sets, however few images they have.

    Args:
        values: (sets, images) in 0..1.
        confidence: as in `bound_mean`.
    """
    images = values.shape[1]
    mean = values.mean(axis=1)
    every = images + 2 * PSEUDO_IMAGES
    middle = (values.sum(axis=1) + PSEUDO_IMAGES) / every
    squares = ((values - middle[:, None]) ** 2).sum(axis=1)
    squares += PSEUDO_IMAGES * (middle**2 + (1 - middle) ** 2)
    error = np.sqrt(squares / (every - 1) / every)
    low, high = _widen_odds(middle, error, images, confidence)
    low, high = np.minimum(low, mean), np.maximum(high, mean)
    return _bound_one_side(low, high, mean, images, confidence)


def _estimate_ratio(above: Rows, below: Rows) -> tuple[Rows, Rows]:
    """Return the ratio of the sums over images, and its standard error, (sets,) each."""
    images, total = above.shape[1], below.sum(axis=1)
    ratio = above.sum(axis=1) / total
    residuals = above - ratio[:, None] * below
    spread = images / max(1, images - 1) * (residuals**2).sum(axis=1)
    return ratio, np.sqrt(spread) / total


def _widen_odds(share: Rows, error: Rows, images: int, confidence: float) -> tuple[Rows, Rows]:
    with np.errstate(divide="ignore", invalid="ignore"):
        half = _find_quantile(images, confidence) * error / (share * (1 - share))
        odds = logit(share)
        return expit(odds - half), expit(odds + half)


def _find_quantile(images: int, confidence: float) -> float:
    return float(stdtrit(max(1, images - 1), (1 + confidence) / 2))


def _bound_one_side(low: Rows, high: Rows, share: Rows, images: int, confidence: float) -> Bounds:
    """Put one bound in the place of both where a share is 0 or 1."""
    least = (1 - confidence) ** (1 / images)
    none, every = share == 0, share == 1
    return Bounds(
        low=np.where(none, 0, np.where(every, least, low)),
        high=np.where(every, 1, np.where(none, 1 - least, high)),
        one_sided=none | every,
    )


def _check_rows(above: ArrayLike, below: ArrayLike, confidence: float) -> tuple[Rows, Rows]:
    if not 0 < confidence < 1:
        raise InputError(
            f"The confidence must lie between 0 and 1, got {confidence}; 0.95 is usual."
        )
    numerators = np.asarray(above, dtype=np.float64)
    denominators = np.asarray(below, dtype=np.float64)
    if numerators.ndim != 1 or numerators.shape != denominators.shape:
        raise InputError(
            "An interval needs one number per image, got shapes "
            f"{numerators.shape} and {denominators.shape}."
        )
    if not (np.isfinite(numerators).all() and np.isfinite(denominators).all()):
        raise InputError(
            "An interval needs finite numbers: leave out the images that have no figure."
        )
    least = min(numerators.min(initial=0), denominators.min(initial=0))
    if least < 0:
        raise InputError(f"Counts must be 0 or more, got {least:g}.")
    return numerators, denominators


def _keep_counted(above: Rows, below: Rows) -> tuple[Rows, Rows]:
    """Return the images that have anything to count, as the only set."""
    counted = (above > 0) | (below > 0)
    return above[counted][None], below[counted][None]


def _pick(bounds: Bounds, images: int, least: int) -> Interval | None:
    low, high = float(bounds.low[0]), float(bounds.high[0])
    if bounds.one_sided[0]:
        return Interval(low, high, one_sided=True)
    # Rounding of the sums leaves some width where there is none.
    return Interval(low, high) if images >= least and high - low > WIDTHLESS else None
