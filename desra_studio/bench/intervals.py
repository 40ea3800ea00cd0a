"""How often the intervals of user studies hold a known truth, in simulated studies."""

import time
from dataclasses import asdict
from typing import Any

import numpy as np

from desra_studio.metrics.intervals import bootstrap_ratio
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


def time_intervals() -> dict[str, Any]:
    """Measure the coverage of the two-way interval and of Wilson's over seeded studies.

    Returns:
        {"repeats": studies per setting, "seconds": for all of it, and for the first setting
        "voters", "images", "truth", "coverage", "wilson_coverage"; "settings": [{the effects,
        "truth", "coverage", "wilson_coverage", "width"}]; "scores_seconds": for the interval of a
        ratio over 500 images, as Scores has three a detector}.
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
    }


def _time_ratio() -> float:
    generator = np.random.default_rng(0)
    detected = generator.poisson(4, SCORED_IMAGES)
    hits = generator.binomial(detected, 0.7)
    begun = time.perf_counter()
    bootstrap_ratio(hits, detected)
    return time.perf_counter() - begun
