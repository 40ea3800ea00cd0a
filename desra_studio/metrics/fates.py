"""What became of artifacts: what a witness sees of each before fine-tuning, and after it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from desra_studio.imaging.arrays import Mask, check_same_size
from desra_studio.imaging.masks import Components, count_pixels_inside, find_components

FAINTER_SHARE = 0.75
"""Of the depth or the area: with at most this much left, a component is fainter.

A convention: nobody has measured from where on people see it.
"""


class Fate(StrEnum):
    """What became of a component that was to go, or that fine-tuning has brought."""

    GONE = "gone"
    FAINTER = "fainter"
    STILL_THERE = "still_there"
    UNSEEN = "unseen"
    NEW = "new"


@dataclass(frozen=True)
class Spot:
    """Where a component is.

    Attributes:
        box: x, y, width, height in px.
        area: in px.
        centre: x, y of its px that is nearest to its centre of mass.
    """

    box: tuple[int, int, int, int]
    area: int
    centre: tuple[int, int]


@dataclass(frozen=True)
class Evidence:
    """What a witness sees in one output.

    Attributes:
        depth: (H, W) float32, how much of an artifact a px is, 0 for none.
        mask: (H, W) bool, the artifacts that it would mark.
    """

    depth: NDArray[np.float32]
    mask: Mask


@dataclass(frozen=True, kw_only=True)
class Rule:
    """When a witness has seen a component, and when it is gone.

    Attributes:
        seen_from: mean depth inside it from which on the witness has seen it.
        gone_below: mean depth below which it is gone; None where its own mask decides about both:
            it has seen what it marks some of, and that is gone once it marks nothing of it.
        relative: whether `gone_below` is a share of the mean depth before.
    """

    seen_from: float = 0.0
    gone_below: float | None = None
    relative: bool = False


@dataclass(frozen=True)
class Judgement:
    """What one witness says of one component.

    Attributes:
        fate: one of all but NEW; UNSEEN where it did not see it before either.
        area_left: px inside that are still marked over those that were; above 1 where it grew.
        depth_left: mean depth inside after fine-tuning over that before.
    """

    fate: Fate
    area_left: float
    depth_left: float


def judge_components(
    components: Components, before: Evidence, after: Evidence, rule: Rule
) -> list[Judgement]:
    """Judge each of a mask's components, in their order.

    Raises:
        InputError: sizes that differ.
    """
    for evidence in (before, after):
        check_same_size(components.labels, evidence.mask, "the mask", "a witness's mask")
    depths = [_average_inside(components, evidence.depth) for evidence in (before, after)]
    if rule.gone_below is None:
        areas = [count_pixels_inside(components, evidence.mask) for evidence in (before, after)]
        seen, gone = areas[0] > 0, areas[1] == 0
    else:
        limits = rule.gone_below * (depths[0] if rule.relative else np.ones_like(depths[0]))
        seen = depths[0] >= max(rule.seen_from, 0 if rule.relative else rule.gone_below)
        gone = depths[1] < limits
        by_px = np.append(0, limits)[components.labels]
        areas = [
            count_pixels_inside(components, evidence.depth >= by_px) for evidence in (before, after)
        ]
    area_left = areas[1] / np.maximum(areas[0], 1)
    depth_left = depths[1] / np.maximum(depths[0], 1e-12)
    fainter = np.minimum(area_left, depth_left) <= FAINTER_SHARE
    fates = np.select([~seen, gone, fainter], [2, 0, 1], 3)
    names = (Fate.GONE, Fate.FAINTER, Fate.UNSEEN, Fate.STILL_THERE)
    return [
        Judgement(names[fate], float(area), float(depth))
        for fate, area, depth in zip(fates, area_left, depth_left, strict=True)
    ]


def describe_spot(components: Components, index: int) -> Spot:
    """Return where one of a mask's components is."""
    x, y, width, height = components.boxes[index].tolist()
    rows, columns = np.nonzero(components.labels[y : y + height, x : x + width] == index + 1)
    nearest = int(np.hypot(rows - rows.mean(), columns - columns.mean()).argmin())
    return Spot(
        box=(x, y, width, height),
        area=int(components.areas[index]),
        centre=(x + int(columns[nearest]), y + int(rows[nearest])),
    )


def find_new(after: Mask, *known: Mask) -> Mask:
    """Return, (H, W) bool, the components of a mask that touch none of those known before."""
    components = find_components(after)
    apart = np.ones(len(components), np.bool_)
    for mask in known:
        apart &= count_pixels_inside(components, mask) == 0
    marked: Mask = np.append(False, apart)[components.labels]
    return marked


def average_inside(components: Components, values: NDArray[np.float32]) -> list[float]:
    """Return the mean of (H, W) values inside each component."""
    return [float(value) for value in _average_inside(components, values)]


@dataclass(frozen=True, kw_only=True)
class Testimony:
    """What one witness says of all components of a set of images.

    Attributes:
        seen: components that it saw before.
        gone, fainter, still_there: what became of those.
        added: components that it finds after fine-tuning only.
    """

    seen: int
    gone: int
    fainter: int
    still_there: int
    added: int = 0

    @property
    def removal_rate(self) -> float | None:
        """Share of the components seen that are gone; None where it saw none."""
        return self.gone / self.seen if self.seen else None


def count_fates(fates: Sequence[Fate], added: int = 0) -> Testimony:
    """Count what became of components; those that nobody saw are left out."""
    return Testimony(
        seen=sum(fate is not Fate.UNSEEN for fate in fates),
        gone=fates.count(Fate.GONE),
        fainter=fates.count(Fate.FAINTER),
        still_there=fates.count(Fate.STILL_THERE),
        added=added,
    )


def rank_witnesses(
    judged: Sequence[Mapping[str, Judgement]], trained_on: Sequence[str] = ()
) -> list[str]:
    """Return the names of witnesses, the strictest one that was not trained on first.

    Strict is who says of the smallest share of what it saw that it is gone. Those that a loss asked
    for come last, whatever they say, and those that saw nothing are left out.

    Args:
        judged: what each witness says, of every component.
        trained_on: names of those that a loss asked for.
    """
    names = list(dict.fromkeys(name for component in judged for name in component))
    rates = {
        name: count_fates([component[name].fate for component in judged]).removal_rate
        for name in names
    }
    heard = {name: rate for name, rate in rates.items() if rate is not None}
    return sorted(heard, key=lambda name: (name in trained_on, heard[name]))


def settle_fate(judgements: Mapping[str, Judgement], ranked: Sequence[str]) -> Fate:
    """Return what the first of the witnesses that saw a component says of it."""
    fates = (judgements[name].fate for name in ranked)
    return next((fate for fate in fates if fate is not Fate.UNSEEN), Fate.UNSEEN)


def _average_inside(components: Components, values: NDArray[np.float32]) -> NDArray[np.float64]:
    sums = np.bincount(components.labels.ravel(), values.ravel(), len(components) + 1)[1:]
    return np.asarray(sums / np.maximum(components.areas, 1), np.float64)
