"""What a proof tells: its figures, and every component with what became of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean
from typing import TypeAlias, TypedDict

from desra_studio.imaging.arrays import Mask
from desra_studio.metrics.fates import (
    Fate,
    Spot,
    count_fates,
    find_new,
    rank_witnesses,
    settle_fate,
)
from desra_studio.metrics.intervals import Interval, bound_regressions
from desra_studio.metrics.outside import OutsideFigures
from desra_studio.metrics.regression import (
    Regression,
    RegressionFigures,
    describe_regression,
    summarize_regressions,
)
from desra_studio.services.detection.judging import JudgedOutput
from desra_studio.services.detection.witnesses import Witness

Bounds: TypeAlias = tuple[float, float] | None
"""Low and high end of a 95 % interval; None where there is none, see `metrics.intervals`.

Where all or none was counted, one of them is the end of what there can be.
"""


class ControlFate(StrEnum):
    """What became of a component that was detected and rejected: it should have stayed."""

    KEPT = "kept"
    CHANGED = "changed"


@dataclass(frozen=True)
class WitnessWord:
    """What a witness says of a component; see `fates.Judgement`."""

    witness: str
    fate: Fate
    area_left: float
    depth_left: float


@dataclass(frozen=True, kw_only=True)
class ProofComponent:
    """What became of a component.

    Attributes:
        image_id: of the image that it is in.
        fate: of an artifact, or of a control.
        x, y, w, h: of its box, in px.
        area_px: its size.
        centre: x and y of a pixel of it, near its middle.
        words: what each witness says, of an artifact that people accepted.
        found_by: the witnesses that find it, of a new one.
        likeness: mean local SSIM with the original GAN-SR, of a control.
    """

    image_id: int
    fate: Fate | ControlFate
    x: int
    y: int
    w: int
    h: int
    area_px: int
    centre: tuple[int, int]
    words: tuple[WitnessWord, ...] = ()
    found_by: tuple[str, ...] = ()
    likeness: float | None = None


@dataclass(frozen=True, kw_only=True)
class WitnessFigures:
    """What one witness says of all components.

    Attributes:
        name, title, asks: of the witness.
        trained_on: whether a loss of this run asked for what it measures.
        seen, gone, fainter, still_there, added: see `fates.Testimony`.
        removal_rate: share of those seen that are gone.
        removal_interval: of that rate.
    """

    name: str
    title: str
    asks: str
    trained_on: bool
    seen: int
    gone: int
    fainter: int
    still_there: int
    added: int
    removal_rate: float | None
    removal_interval: Bounds


@dataclass(frozen=True)
class ControlFigures:
    """Components that should have stayed: rejected ones, and those of clean images.

    Attributes:
        components: how many there are.
        changed: those that are another picture than before.
        clean_images: images without an artifact among those that were looked at.
    """

    components: int
    changed: int
    clean_images: int


@dataclass(frozen=True)
class Sharpness:
    """Mean gradient of the luma outside the masks, in grey levels per px, of the three outputs."""

    gan: float | None
    after: float | None
    mse: float | None


@dataclass(frozen=True)
class Noise:
    """Mean local deviation on flat places outside the masks, in grey levels, of the outputs."""

    gan: float | None
    after: float | None
    mse: float | None


@dataclass(frozen=True, kw_only=True)
class ProofFigures(RegressionFigures):
    """What a fine-tuned model changed, good and bad; what cannot be told is None.

    The components are those that people accepted, and what became of each is said by the strictest
    witness that saw it and that no loss asked for.

    Attributes:
        before_components, removed, remaining, added, removal_rate, addition_rate: by that rule;
            of the components that a witness saw.
        headline: name of the strictest witness; empty where none saw anything.
        fainter, still_there: the two kinds of those that remain.
        unseen: accepted components that no witness saw before, so that none can judge them.
        witnesses: each by itself, the strictest first, those that were trained on last.
        controls: what should have stayed.
        removal_interval, addition_interval: of the two rates.
        images_wanting: images with components that lack until both have one; 0 for none.
        iou_before, iou_after: mean over images of the detected mask's IoU with the manual one.
        iou_fall: share of the first by which it fell: the figure of DeSRA's Table 4.
        psnr_outside, ssim_outside, variance_ratio_outside: against the original GAN-SR, outside
            the masks grown by the feather; the first in dB.
        sharpness, noise: there.
        sharpness_kept, detail_kept, edges_kept: 0 as MSE-SR, 1 as GAN-SR; see `OutsideFigures`.
    """

    headline: str
    fainter: int
    still_there: int
    unseen: int
    witnesses: list[WitnessFigures]
    controls: ControlFigures
    removal_interval: Bounds
    addition_interval: Bounds
    images_wanting: int
    iou_before: float | None
    iou_after: float | None
    iou_fall: float | None
    psnr_outside: float | None
    ssim_outside: float | None
    variance_ratio_outside: float | None
    sharpness: Sharpness
    noise: Noise
    sharpness_kept: float | None
    detail_kept: float | None
    edges_kept: float | None


def sort_components(before: Mask, manual: Mask | None, reviewed: bool) -> tuple[Mask, Mask]:
    """Return what is to go and what is to stay, both (H, W) bool.

    Where people have looked, it is theirs to say: what they left out of what was detected stays.

    Args:
        before: (H, W) bool, what the detector marks.
        manual: (H, W) bool, what people accepted; None where they found the image clean.
        reviewed: whether people have looked at all; else what was detected is to go.
    """
    nothing = before & False
    if not reviewed:
        return before, nothing
    if manual is None:
        return nothing, before
    return manual, find_new(before, manual)


def rank_all(judged: Iterable[JudgedOutput], trained_on: Sequence[str]) -> list[str]:
    """Return the names of the witnesses of a set of images, see `rank_witnesses`."""
    return rank_witnesses([spot.judgements for each in judged for spot in each.accepted],
                          trained_on)  # fmt: skip


def describe_components(
    image_id: int, judged: JudgedOutput, ranked: Sequence[str]
) -> list[ProofComponent]:
    """Return all components of an image with their fates."""
    found = [
        ProofComponent(
            image_id=image_id,
            fate=settle_fate(one.judgements, ranked),
            words=tuple(
                WitnessWord(name, said.fate, said.area_left, said.depth_left)
                for name, said in one.judgements.items()
            ),
            **_place(one.spot),
        )
        for one in judged.accepted
    ]
    found += [
        ProofComponent(image_id=image_id, fate=Fate.NEW, found_by=one.found_by, **_place(one.spot))
        for one in judged.added
    ]
    found += [
        ProofComponent(
            image_id=image_id,
            fate=ControlFate.CHANGED if one.changed else ControlFate.KEPT,
            likeness=one.likeness,
            **_place(one.spot),
        )
        for one in judged.controls
    ]
    return found


def summarize_proof(
    judged: Sequence[JudgedOutput],
    ranked: Sequence[str],
    witnesses: Mapping[str, Witness],
    trained_on: Sequence[str],
    outside: OutsideFigures,
    ious: Sequence[tuple[float, float]],
) -> ProofFigures:
    """Return the figures of a set of images.

    Args:
        judged: one for each image.
        ranked: see `rank_all`.
        witnesses: by name.
        trained_on: names of those that a loss of the run asked for.
        outside: what changed outside the masks.
        ious: of the detected mask before, and after, with the manual one, of each image with one.
    """
    settled = [[settle_fate(spot.judgements, ranked) for spot in each.accepted] for each in judged]
    counts = [
        count_fates(fates, len(each.added)) for fates, each in zip(settled, judged, strict=True)
    ]
    rows = [Regression(each.seen, each.gone, each.added) for each in counts]
    intervals = bound_regressions(rows)
    before = fmean(one for one, _ in ious) if ious else None
    after = fmean(two for _, two in ious) if ious else None
    return ProofFigures(
        **vars(describe_regression(summarize_regressions(rows), len(judged))),
        headline=next(iter(ranked), ""),
        fainter=sum(each.fainter for each in counts),
        still_there=sum(each.still_there for each in counts),
        unseen=sum(fate is Fate.UNSEEN for fates in settled for fate in fates),
        witnesses=[
            _describe_witness(name, witnesses[name], judged, name in trained_on)
            for name in [*ranked, *(name for name in witnesses if name not in ranked)]
        ],
        controls=ControlFigures(
            components=sum(len(each.controls) for each in judged),
            changed=sum(one.changed for each in judged for one in each.controls),
            clean_images=sum(not each.accepted for each in judged),
        ),
        removal_interval=tell_interval(intervals.removal_rate),
        addition_interval=tell_interval(intervals.addition_rate),
        images_wanting=intervals.wanting,
        iou_before=before,
        iou_after=after,
        iou_fall=(before - after) / before if before and after is not None else None,
        psnr_outside=outside.psnr,
        ssim_outside=outside.ssim,
        variance_ratio_outside=outside.variance_ratio,
        sharpness=Sharpness(outside.gan_sharpness, outside.after_sharpness, outside.mse_sharpness),
        noise=Noise(outside.gan_noise, outside.after_noise, outside.mse_noise),
        sharpness_kept=outside.sharpness_kept,
        detail_kept=outside.detail_kept,
        edges_kept=outside.edges_kept,
    )


def tell_interval(interval: Interval | None) -> Bounds:
    """Return an interval as a pair, for JSON."""
    return (interval.low, interval.high) if interval else None


def _describe_witness(
    name: str, witness: Witness, judged: Sequence[JudgedOutput], trained_on: bool
) -> WitnessFigures:
    counts = [
        count_fates(
            [spot.judgements[name].fate for spot in each.accepted],
            sum(name in one.found_by for one in each.added),
        )
        for each in judged
    ]
    rows = [Regression(each.seen, each.gone, each.added) for each in counts]
    total = summarize_regressions(rows)
    return WitnessFigures(
        name=name,
        title=witness.title,
        asks=witness.asks,
        trained_on=trained_on,
        seen=total.before_components,
        gone=total.removed,
        fainter=sum(each.fainter for each in counts),
        still_there=sum(each.still_there for each in counts),
        added=total.added,
        removal_rate=total.removal_rate,
        removal_interval=tell_interval(bound_regressions(rows).removal_rate),
    )


class _Place(TypedDict):
    x: int
    y: int
    w: int
    h: int
    area_px: int
    centre: tuple[int, int]


def _place(spot: Spot) -> _Place:
    x, y, width, height = spot.box
    return {"x": x, "y": y, "w": width, "h": height, "area_px": spot.area, "centre": spot.centre}
