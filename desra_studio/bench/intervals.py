"""How often intervals hold a known truth, and whom screening leaves out, in simulations."""

import time
from dataclasses import asdict
from typing import Any

import numpy as np

from desra_studio.metrics.coverage import POPULATIONS
from desra_studio.metrics.coverage import measure_coverage as measure_images
from desra_studio.metrics.intervals import bound_share
from desra_studio.study.screening_simulation import (
    PAIRS,
    LeftOut,
    simulate_checks,
    simulate_gold,
    simulate_repeats,
)
from desra_studio.study.simulation import Setting, measure_coverage

REPEATS = 400
SCORED_IMAGES = 500
SETTINGS = (
    Setting(),
    Setting(centre=0.5),
    Setting(centre=0.82),
    Setting(voter_sd=1.0, image_sd=0.5),
    Setting(voter_sd=0.5, image_sd=0.8, both_sd=0.5),
    Setting(voter_sd=0.3, image_sd=0.3),
    Setting(voters=10, images=40),
    Setting(voters=8, images=12),
    Setting(voter_sd=0.0, image_sd=0.0),
)
"""The first is the one that the figure is told of; the last has no effects at all."""
IMAGES = (3, 5, 7, 10, 15, 20, 30, 40)
GOLD = (3, 5, 7, 8, 9, 10, 12, 15)
WRONG = (1, 2, 3, 4)
REPEATED = (4, 9, 20, 40)
TOGETHER = ((5, 4, 3), (5, 4, 4), (6, 6, 5), (9, 9, 7))
"""Gold, repeats, and how many wrong ones of both leave a voter out."""


def time_intervals() -> dict[str, Any]:
    """Measure the coverage of the two-way interval and of Wilson's over seeded studies.

    Returns:
        {"repeats": studies per setting, "seconds": for all of it, and for the first setting
        "voters", "images", "truth", "coverage", "wilson_coverage"; "settings": [{the effects,
        "truth", "coverage", "wilson_coverage", "width"}]; "scores_seconds": for the interval of a
        ratio over 500 images, as Scores has three a detector; "gold", "gold_and_repeats" and
        "repeats_alone": whom rules leave out, see `describe_screening`; "shares", "rates" and
        "means": of scores and proofs, see `describe_images`}.
    """
    begun = time.perf_counter()
    rows = []
    for setting in SETTINGS:
        found = measure_coverage(setting, repeats=REPEATS)
        rows.append(
            {
                **asdict(setting),
                "truth": round(found.truth, 4),
                "coverage": round(found.two_way, 4),
                "wilson_coverage": round(found.wilson, 4),
                "width": round(found.width, 4),
            }
        )
    named = ("voters", "images", "truth", "coverage", "wilson_coverage")
    return {
        "repeats": REPEATS,
        **{name: rows[0][name] for name in named},
        "seconds": round(time.perf_counter() - begun, 1),
        "settings": rows,
        "scores_seconds": round(_time_ratio(), 3),
        **describe_images(),
        **describe_screening(),
    }


def describe_images() -> dict[str, dict[str, dict[str, float | bool]]]:
    """Return how often intervals over so many images hold the truth of simulated sets.

    Returns:
        {kind: {"7 images": {"least", "mean", "most": over the populations, "one_sided": share of
        sets that have a one-sided interval, "missed": of those that do not hold it, "holds":
        whether intervals are right often enough, and not too often}}}.
    """
    return {
        kind: {
            f"{images} images": {
                "least": round(found.least, 3),
                "mean": round(found.mean, 3),
                "most": round(found.most, 3),
                "one_sided": round(found.one_sided, 3),
                "missed": round(found.missed, 4),
                "holds": found.holds,
            }
            for images in IMAGES
            for found in [measure_images(kind, images)]
        }
        for kind in POPULATIONS
    }


def describe_screening() -> dict[str, dict[str, dict[str, float | bool]]]:
    """Return which share of careful and of random voters each rule on checks leaves out.

    Returns:
        {"gold": {"3 of 9": wrong of so many gold trials, {"careful", "random", "holds": at most 2 %
        of the one and at least 90 % of the other}}, "gold_and_repeats": the same, counted together,
        by how far preferences lie apart, "repeats_alone": the mildest rule on them that leaves out
        nine of ten random voters, with "same": share that careful voters answer the same}.
    """
    gold = {
        f"{wrong} of {trials}": _describe_rule(simulate_gold(trials, wrong))
        for trials in GOLD
        for wrong in WRONG
        if wrong <= trials
    }
    together = {
        f"{wrong} of {trials} gold and {repeats} repeats, {name}": _describe_rule(
            simulate_checks(trials, repeats, wrong, spread)
        )
        for trials, repeats, wrong in TOGETHER
        for name, spread in PAIRS.items()
    }
    alone: dict[str, dict[str, float | bool]] = {}
    for trials in REPEATED:
        for name, spread in PAIRS.items():
            same, found = simulate_repeats(trials, spread)
            alone[f"{trials}, {name}"] = {"same": round(same, 3), **_describe_rule(found)}
    return {"gold": gold, "gold_and_repeats": together, "repeats_alone": alone}


def _describe_rule(found: LeftOut) -> dict[str, float | bool]:
    return {
        "careful": round(found.careful, 4),
        "random": round(found.random, 4),
        "holds": found.holds,
    }


def _time_ratio() -> float:
    generator = np.random.default_rng(0)
    detected = generator.poisson(4, SCORED_IMAGES)
    hits = generator.binomial(detected, 0.7)
    begun = time.perf_counter()
    bound_share(hits, detected)
    return time.perf_counter() - begun
