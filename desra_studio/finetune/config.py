"""Settings of trainings; apart from the trainers, so that pages know them without torch."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from desra_studio.errors import InputError
from desra_studio.setting import Setting, check_settings

CHECKPOINT = "checkpoint.pt"
"""Name of a training's checkpoint in its folder."""

Precision = Literal["auto", "fp32", "bf16"]


@dataclass(frozen=True)
class FinetuneConfig:
    """Settings of a run; the defaults are Real-ESRGAN's for paired fine-tuning."""

    iterations: Annotated[int, Setting("Optimiser steps", least=1)] = 1000
    batch: Annotated[int, Setting("Crops at once, on each device", least=1)] = 12
    crop: Annotated[
        int, Setting("Side in px of the SR image; smaller images make it smaller", least=1)
    ] = 256
    learning_rate: Annotated[float, Setting("Adam, betas 0.9 and 0.99", above=0, below=1)] = 1e-4
    ema: Annotated[
        float, Setting("Share of the average kept per step", title="EMA share", least=0, below=1)
    ] = 0.999
    seed: Annotated[int, Setting("Of crops, flips and weights", least=0)] = 0
    accumulate: Annotated[int, Setting("Batches that make one step", least=1)] = 1
    mask_share: Annotated[
        float,
        Setting("Crops that must show some of the mask", least=0, most=1),
    ] = 0.5
    warm_up: Annotated[int, Setting("Iterations until the full rate", least=0)] = 0
    decay: Annotated[
        float,
        Setting(
            "Share of the iterations over which the rate falls to 0 at the end", least=0, most=1
        ),
    ] = 0.0
    pixel_weight: Annotated[float, Setting("Of the L1 distance to the pseudo-GT", least=0)] = 1.0
    contrast_weight: Annotated[
        float, Setting("Of the squared distance of local standard deviations", least=0)
    ] = 0.0
    inside_weight: Annotated[
        float, Setting("A px inside the mask in the L1 distance, for one outside", above=0)
    ] = 1.0
    contrast_inside_weight: Annotated[
        float, Setting("A px inside the mask in the local contrast, for one outside", above=0)
    ] = 1.0
    perceptual_weight: Annotated[
        float, Setting("Of the L1 distance of VGG19's features", least=0)
    ] = 1.0
    adversarial_weight: Annotated[float, Setting("Of the discriminator's judgement", least=0)] = 0.1
    discriminator_rate: Annotated[float, Setting("Adam, betas 0.9 and 0.99", above=0, below=1)] = (
        1e-4
    )
    discriminator_features: Annotated[
        int, Setting("Width of a fresh one; the released one has 64", least=1)
    ] = 64
    discriminator_warm_up: Annotated[
        int, Setting("Iterations in which a fresh one learns before it counts", least=0)
    ] = 0
    precision: Annotated[
        Precision, Setting("auto: bf16 on a GPU that has it, where the generator works in it")
    ] = "auto"
    checkpoint_every: Annotated[int, Setting("Iterations; the last has one too", least=1)] = 200
    preview_every: Annotated[
        int, Setting("Iterations; the figures too, and the last has one", least=1)
    ] = 50

    def __post_init__(self) -> None:
        check_settings(self)
        if not any(getattr(self, name) for name in _WEIGHTS):
            raise InputError("All losses have the weight 0. Give at least one of them a weight.")


_WEIGHTS = ("pixel_weight", "contrast_weight", "perceptual_weight", "adversarial_weight")


QUICK = FinetuneConfig(
    iterations=400,
    batch=8,
    crop=128,
    learning_rate=2e-4,
    warm_up=50,
    contrast_weight=2000.0,
    decay=0.5,
    inside_weight=10.0,
    contrast_inside_weight=5.0,
    perceptual_weight=0.0,
    adversarial_weight=0.0,
    discriminator_features=16,
    discriminator_warm_up=100,
    checkpoint_every=100,
)
"""For a small generator on a CPU, chosen with the bundled pair by `bench deletion`.

The contrast loss keeps the detail that the discriminator is for elsewhere: one of 12 features made
each step six times as slow on a CPU and kept no more of it. The inside counts more than the outside
in both losses, since a generator cannot always tell them apart and would rather leave both; more
iterations delete hardly more and cost detail.
"""
PAPER = FinetuneConfig()
"""Real-ESRGAN's values, which DeSRA's authors took over, for a GPU.

Neither has a warm-up: they go on from a generator and a discriminator that have learnt already.
"""
LONG = FinetuneConfig(iterations=5000, checkpoint_every=1000, preview_every=200)
"""Where 1000 iterations are too few: DeSRA's authors say that they trained 5000."""
PRESETS = {"quick": QUICK, "paper": PAPER, "long": LONG}


def compute_kept_share(ema: float, iteration: int) -> float:
    """Return the share of itself that a running average keeps at an iteration, from 1.

    Early on the average follows faster: with a fixed 0.999 a short run would hardly leave the
    weights it started from. A share of 0.999 is reached after 9990 iterations.
    """
    return min(ema, iteration / (iteration + 10))


def compute_rate(config: FinetuneConfig, iteration: int) -> float:
    """Return the generator's learning rate in an iteration, from 1 on: up, level, down to 0."""
    risen = min(1.0, iteration / max(1, config.warm_up))
    falling = config.decay * config.iterations
    left = config.iterations + 1 - iteration
    return config.learning_rate * risen * (min(1.0, left / falling) if falling else 1.0)


def get_preset(name: str) -> FinetuneConfig:
    """Return the settings of this name; InputError where there are none."""
    if name not in PRESETS:
        raise InputError(f"No preset named {name!r}. Take {', '.join(PRESETS)}.")
    return PRESETS[name]


def rename_weights(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings that were stored once, under the names that they have today.

    There was one weight of the outside, of both losses; now each has one of the inside. The same
    px count as much as before: both losses are means by weight.
    """
    settings = dict(stored)
    outside = settings.pop("outside_weight", None)
    if outside is not None:
        settings |= {"inside_weight": 1 / outside, "contrast_inside_weight": 1 / outside}
    return settings


@dataclass(frozen=True)
class DialStop:
    """A place on the way from keeping detail to deleting artifacts, by the weights of `quick`.

    Attributes:
        title: what it is for.
        inside_weight, contrast_inside_weight: see `FinetuneConfig`.
        removal: share of the artifacts that is gone by the strictest witness that no loss asks for.
        detail: detail kept outside the masks, 0 as MSE-SR, 1 as GAN-SR. Both with the bundled pair,
            on 18 images of other sources; None where that was not measured.
    """

    title: str
    inside_weight: float
    contrast_inside_weight: float
    removal: float | None = None
    detail: float | None = None


DIAL = (
    DialStop("Keep more detail", 10, 1, removal=0.67, detail=0.83),
    DialStop("Keep some more", 10, 3, removal=0.88, detail=0.81),
    DialStop("As the preset", QUICK.inside_weight, QUICK.contrast_inside_weight, 0.91, 0.78),
    DialStop("Delete some more", 10, 10, removal=0.94, detail=0.70),
    DialStop("Delete more", 10, 30, removal=0.94, detail=0.56),
)
"""From keeping more detail to deleting more; only a contrast loss makes the two weights mean that.
"""


@dataclass(frozen=True)
class DeriveConfig:
    """Settings of deriving an MSE-SR model."""

    max_iterations: Annotated[int, Setting("Optimiser steps at most", least=1)] = 4000
    check_every: Annotated[int, Setting("Steps between two validations", least=1)] = 100
    patience: Annotated[
        int, Setting("Validations in a row without a gain after which it ends", least=1)
    ] = 6
    minimum_gain_db: Annotated[float, Setting("A smaller rise in PSNR is none", unit="dB")] = 0.01
    batch: Annotated[int, Setting("Crops per step", least=1)] = 8
    crop: Annotated[
        int, Setting("Side of a crop in HR px; smaller images make it smaller", least=1)
    ] = 128
    learning_rate: Annotated[float, Setting("Adam, betas 0.9 and 0.99", above=0, below=1)] = 2e-4
    ema: Annotated[
        float,
        Setting("Share of the average kept per step", title="EMA share", least=0, below=1),
    ] = 0.995
    seed: Annotated[int, Setting("Of degradations, crops and torch", least=0)] = 0

    def __post_init__(self) -> None:
        check_settings(self)
