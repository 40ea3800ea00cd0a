"""Settings of trainings; apart from the trainers, so that pages know them without torch."""

import math
from dataclasses import dataclass
from typing import Literal, get_args

from desra_studio.errors import InputError

CHECKPOINT = "checkpoint.pt"
"""Name of a training's checkpoint in its folder."""

Precision = Literal["auto", "fp32", "bf16"]


@dataclass(frozen=True)
class FinetuneConfig:
    """Settings of a run; the defaults are Real-ESRGAN's for paired fine-tuning.

    Attributes:
        iterations: optimiser steps.
        batch: crops that go through the networks at once, on each device.
        crop: side of a crop in HR px; smaller images make it smaller.
        learning_rate: Adam's for the generator, with betas 0.9 and 0.99.
        ema: share of the old average that each step keeps.
        seed: of crops, flips and torch.
        accumulate: batches whose gradients make one step.
        mask_share: share of crops that must show some of the mask; the others lie anywhere.
        warm_up: iterations over which the generator's learning rate rises to its value.
        pixel_weight: of the L1 distance to the pseudo-GT.
        contrast_weight: of the squared distance of local standard deviations.
        outside_weight: how much a px outside the mask counts in these two, for one inside.
        perceptual_weight: of the L1 distance of VGG19's features.
        adversarial_weight: of the discriminator's judgement.
        discriminator_rate: Adam's for the discriminator.
        discriminator_features: width of a fresh discriminator; the released one has 64.
        discriminator_warm_up: iterations in which a fresh discriminator learns before its
            judgement counts.
        precision: `auto` is bf16 on a GPU that has it, where the generator works in it, else fp32.
        checkpoint_every: iterations between two checkpoints; the last iteration has one too.
        preview_every: iterations between two previews; the last iteration has one too.
    """

    iterations: int = 1000
    batch: int = 4
    crop: int = 256
    learning_rate: float = 1e-4
    ema: float = 0.999
    seed: int = 0
    accumulate: int = 1
    mask_share: float = 0.5
    warm_up: int = 50
    pixel_weight: float = 1.0
    contrast_weight: float = 0.0
    outside_weight: float = 1.0
    perceptual_weight: float = 1.0
    adversarial_weight: float = 0.1
    discriminator_rate: float = 1e-4
    discriminator_features: int = 64
    discriminator_warm_up: int = 100
    precision: Precision = "auto"
    checkpoint_every: int = 200
    preview_every: int = 50

    def __post_init__(self) -> None:
        for name in _COUNTS:
            _check_least(name, getattr(self, name), 1)
        for name in (*_WEIGHTS, "warm_up", "discriminator_warm_up"):
            _check_least(name, getattr(self, name), 0)
        if not 0 < self.outside_weight < math.inf:
            raise InputError(f"The outside weight must be above 0, got {self.outside_weight}.")
        for name in ("learning_rate", "discriminator_rate"):
            _check_rate(name, getattr(self, name))
        _check_ema(self.ema)
        if not 0 <= self.mask_share <= 1:
            raise InputError(f"The mask share must be in 0..1, got {self.mask_share}.")
        if self.precision not in get_args(Precision):
            raise InputError(
                f"No precision named {self.precision!r}. Take {', '.join(get_args(Precision))}."
            )
        if not any(getattr(self, name) for name in _WEIGHTS):
            raise InputError("All losses have the weight 0. Give at least one of them a weight.")


_WEIGHTS = ("pixel_weight", "contrast_weight", "perceptual_weight", "adversarial_weight")
_COUNTS = (
    "iterations", "batch", "crop", "accumulate", "discriminator_features", "checkpoint_every",
    "preview_every",
)  # fmt: skip


def _check_least(name: str, value: float, least: int) -> None:
    # Not `value < least`, which nan would pass.
    if not value >= least:
        raise InputError(f"{name} must be at least {least}, got {value}.")


def _check_rate(name: str, value: float) -> None:
    if not 0 < value < 1:
        raise InputError(f"The {name.replace('_', ' ')} must be in 0..1, got {value}.")


def _check_ema(value: float) -> None:
    if not 0 <= value < 1:
        raise InputError(f"The EMA share must be at least 0 and below 1, got {value}.")


QUICK = FinetuneConfig(
    iterations=1000,
    batch=8,
    crop=128,
    learning_rate=2e-4,
    contrast_weight=2000.0,
    outside_weight=20.0,
    perceptual_weight=0.0,
    adversarial_weight=0.0,
    discriminator_features=16,
    checkpoint_every=100,
)
"""For a small generator on a CPU, chosen on held-out images with the bundled pair.

The contrast loss keeps the detail outside the masks that the discriminator is for elsewhere: one of
12 features made each step six times as slow on a CPU and kept no more of it. The outside counts
that much, since a generator cannot always tell it from the inside and would smooth both. After 400
iterations three quarters of the components are not always gone.
"""
PAPER = FinetuneConfig()
"""METHOD's and Real-ESRGAN's values, for a GPU."""
LONG = FinetuneConfig(iterations=10_000, checkpoint_every=1000, preview_every=200)
"""Where 1000 iterations are too few."""
PRESETS = {"quick": QUICK, "paper": PAPER, "long": LONG}


def get_preset(name: str) -> FinetuneConfig:
    """Return the settings of this name; InputError where there are none."""
    if name not in PRESETS:
        raise InputError(f"No preset named {name!r}. Take {', '.join(PRESETS)}.")
    return PRESETS[name]


@dataclass(frozen=True)
class DeriveConfig:
    """Settings of deriving an MSE-SR model.

    Attributes:
        max_iterations: optimiser steps at most.
        check_every: steps between two validations.
        patience: validations in a row without a gain after which it ends.
        minimum_gain_db: a rise in PSNR below this is none.
        batch: crops per step.
        crop: side of a crop in HR px; smaller images make it smaller.
        learning_rate: Adam's, with betas 0.9 and 0.99.
        ema: share of the old average that each step keeps.
        seed: of degradations, crops and torch.
    """

    max_iterations: int = 4000
    check_every: int = 100
    patience: int = 6
    minimum_gain_db: float = 0.01
    batch: int = 8
    crop: int = 128
    learning_rate: float = 2e-4
    ema: float = 0.995
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("max_iterations", "check_every", "patience", "batch", "crop"):
            _check_least(name, getattr(self, name), 1)
        _check_rate("learning_rate", self.learning_rate)
        _check_ema(self.ema)
