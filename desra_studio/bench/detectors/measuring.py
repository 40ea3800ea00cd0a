"""How well detectors find artifacts of known kinds, and what they make of honest detail."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from desra_studio.bench.deletion import list_demo, load_pair
from desra_studio.bench.detectors.judging import (
    Verdict,
    bound_difference,
    compare_iou,
    describe_kind,
    describe_verdicts,
    judge_mask,
    round_figure,
)
from desra_studio.bench.detectors.kinds import KINDS
from desra_studio.bench.detectors.learned import LearnedContestant
from desra_studio.bench.detectors.scenes import Piece, make_pieces, make_scenes
from desra_studio.bench.detectors.tuning import Contestant, ReleasedDesra, Signal
from desra_studio.detection.detectors import NAMED
from desra_studio.detection.learned.training import LEAST_IMAGES
from desra_studio.errors import InputError
from desra_studio.imaging.io import list_images
from desra_studio.services.studio import Report, ignore_progress

COUNT = 48
"""Scenes, half of which are trained on."""
LEAST_PHOTOS = 4
"""Two to train on and two to test on: wrong texture comes from another photograph."""
LEAST_COUNT = 2 * LEAST_IMAGES
"""Half of them to train on, from which a detector can learn."""
NOT_PROVED = (
    "These artifacts are drawn by a recipe: how well a detector finds them says little about those "
    "that a GAN makes, and of those another detector may find more. The truth lacks what the "
    "bundled model itself made badly, so that whoever marks it is blamed."
)

Verdicts = dict[str, list[Verdict]]
"""Name of the contestant -> one per test scene."""


def list_contestants() -> list[Contestant]:
    """Return who takes part, untrained; another one is a line here."""
    return [
        *(Signal(method) for method in NAMED),
        ReleasedDesra(),
        LearnedContestant(),
    ]


def measure_detectors(
    photos: Path | None = None,
    seed: int = 0,
    count: int = COUNT,
    report: Report = ignore_progress,
    enter: Callable[[], Sequence[Contestant]] = list_contestants,
) -> dict[str, Any]:
    """Train every contestant on one half of the photographs, and judge it on the other half.

    Then each kind is left out of the training in turn, and judged: what nobody was shown.

    Args:
        photos: folder of photographs, at least 4; those of the demo without it.
        seed: of all that is drawn, 0 or more.
        count: scenes, at least 8.
        report: told how far it is.
        enter: returns who takes part.

    Returns:
        {"not_proved": what the figures do not say, "seed", "scenes" and "photographs":
        {"training", "test"}, "detectors": {name: see `describe_verdicts`}, "chosen": {name of a
        single signal: {"threshold", "area_share", "training_iou"}}, "by_kind": {name: {kind: see
        `describe_kind`}}, "left_out": the same, of each kind after training without it, "seconds":
        {"scenes", "detectors", "left_out"}}; with a contestant that is no single signal also
        "against_best", see `compare_with_best`.

    Raises:
        InputError: too few or too small photographs, too few scenes, or a seed below 0.
    """
    if count < LEAST_COUNT:
        raise InputError(f"The bench needs at least {LEAST_COUNT} scenes, got {count}.")
    if seed < 0:
        raise InputError(f"The seed must be 0 or more, got {seed}.")
    folder = list_images(photos) if photos else list_demo()
    halves = split_photos(list(folder.items()), seed)
    moments = [time.perf_counter()]
    pair, sizes = load_pair(), (count // 2, count - count // 2)
    shown, unseen = (
        make_pieces(half, size, 2 * seed + number, pair, report)
        for number, (half, size) in enumerate(zip(halves, sizes, strict=True))
    )
    tests = make_scenes(unseen, 2 * seed + 1)
    moments.append(time.perf_counter())
    contestants = enter()
    rounds = 1 + len(KINDS)

    def judge(number: int, kinds: Sequence[str], what: str) -> Verdicts:
        scenes, found = make_scenes(shown, 2 * seed, kinds), Verdicts()
        for place, contestant in enumerate(contestants):
            done = number * len(contestants) + place
            report(done, rounds * len(contestants), f"{contestant.name}, {what}")
            contestant.train(scenes)
            found[contestant.name] = [judge_mask(contestant.mark(test), test) for test in tests]
        return found

    found = judge(0, list(KINDS), "all kinds")
    chosen = describe_chosen(contestants)
    moments.append(time.perf_counter())
    left_out = {
        kind: judge(number, [other for other in KINDS if other != kind], f"without {kind}")
        for number, kind in enumerate(KINDS, start=1)
    }
    moments.append(time.perf_counter())
    names = [contestant.name for contestant in contestants]
    singles = [each.name for each in contestants if isinstance(each, Signal | ReleasedDesra)]
    figures = {
        "not_proved": NOT_PROVED,
        "seed": seed,
        "scenes": dict(zip(("training", "test"), sizes, strict=True)),
        "photographs": {
            "training": _count_photos(shown),
            "test": _count_photos(unseen),
        },
        "detectors": {name: describe_verdicts(found[name]) for name in names},
        "chosen": chosen,
        "by_kind": {
            name: {kind: describe_kind(found[name], kind) for kind in KINDS} for name in names
        },
        "left_out": {
            name: {kind: describe_kind(left_out[kind][name], kind) for kind in KINDS}
            for name in names
        },
        "seconds": {
            part: round(end - begun, 1)
            for part, begun, end in zip(
                ("scenes", "detectors", "left_out"), moments, moments[1:], strict=False
            )
        },
    }
    if len(singles) < len(names):
        figures["against_best"] = compare_with_best(found, singles, seed)
    return figures


def split_photos(
    photos: Sequence[tuple[str, Path]], seed: int
) -> tuple[list[tuple[str, Path]], list[tuple[str, Path]]]:
    """Share photographs out by chance: to train on, and to test on.

    Raises:
        InputError: fewer than 4.
    """
    if len(photos) < LEAST_PHOTOS:
        raise InputError(
            f"The bench needs at least {LEAST_PHOTOS} photographs, two to train on and two to test "
            f"on, got {len(photos)}. Give a folder of more."
        )
    order = np.random.default_rng(seed).permutation(len(photos))
    shuffled = [photos[index] for index in order]
    return shuffled[: len(photos) // 2], shuffled[len(photos) // 2 :]


def describe_chosen(contestants: Sequence[Contestant]) -> dict[str, dict[str, float | None]]:
    """Return what training chose for each single signal."""
    return {
        each.name: {
            "threshold": float(f"{each.chosen.threshold:.4g}"),
            "area_share": each.chosen.area_share,
            "training_iou": round_figure(each.chosen.iou),
        }
        for each in contestants
        if isinstance(each, Signal) and each.chosen
    }


def compare_with_best(found: Verdicts, singles: Sequence[str], seed: int) -> dict[str, Any]:
    """Compare whoever is no single signal with the best of those.

    Which one is best the test scenes themselves say, in favour of the single signals.

    Args:
        found: what was judged.
        singles: names of the single signals in it, at least one.
        seed: of the bootstrap.

    Returns:
        {name: {"best": name, "iou_difference": mean IoU above the best one's, "low", "high": of
        its 95 % interval, see `bound_difference`; None where there is none}}.
    """
    best = max(singles, key=lambda name: compare_iou(found[name], found[singles[0]]))
    compared = {}
    for name in (name for name in found if name not in singles):
        interval = bound_difference(found[name], found[best], seed)
        compared[name] = {
            "best": best,
            "iou_difference": round_figure(compare_iou(found[name], found[best])),
            "low": round_figure(interval.low if interval else None),
            "high": round_figure(interval.high if interval else None),
        }
    return compared


def _count_photos(pieces: Sequence[Piece]) -> int:
    return len({piece.photo for piece in pieces})
