"""Settings of trainings; apart from the trainers, so that pages know them without torch."""

from dataclasses import dataclass

from desra_studio.errors import InputError


@dataclass(frozen=True)
class FinetuneConfig:
    """Settings of a run; the defaults are Real-ESRGAN's for paired fine-tuning.

    Attributes:
        iterations: optimiser steps.
        batch: crops per step.
        crop: side of a crop in HR px; smaller images make it smaller.
        learning_rate: Adam's, with betas 0.9 and 0.99.
        ema: share of the old average that each step keeps.
        seed: of crops, flips and torch.
    """

    iterations: int = 1000
    batch: int = 4
    crop: int = 256
    learning_rate: float = 1e-4
    ema: float = 0.999
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("iterations", "batch", "crop"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} must be at least 1, got {getattr(self, name)}.")
        if not 0 < self.learning_rate < 1:
            raise InputError(f"The learning rate must be in 0..1, got {self.learning_rate}.")
        if not 0 <= self.ema < 1:
            raise InputError(f"The EMA share must be at least 0 and below 1, got {self.ema}.")


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
            if getattr(self, name) < 1:
                raise InputError(f"{name} must be at least 1, got {getattr(self, name)}.")
        if not 0 < self.learning_rate < 1:
            raise InputError(f"The learning rate must be in 0..1, got {self.learning_rate}.")
