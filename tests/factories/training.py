"""Settings of small trainings."""

from dataclasses import replace

from desra_studio.finetune.config import QUICK, FinetuneConfig
from desra_studio.finetune.degradation import DegradationRanges

SHORT = replace(QUICK, iterations=12, batch=2, crop=64, learning_rate=1e-3, ema=0.9)
"""The quick preset, twelve iterations of it."""

TINY = FinetuneConfig(
    iterations=6, batch=2, crop=32, learning_rate=1e-3, ema=0.9, warm_up=2, contrast_weight=1.0,
    perceptual_weight=0.0, adversarial_weight=0.1, discriminator_features=2,
    discriminator_warm_up=2, checkpoint_every=2,
)  # fmt: skip
"""Both warm-ups end within it, and it leaves checkpoints."""

GENTLE = DegradationRanges(blur_sigma=(0.5, 0.5), noise_share=0, jpeg_share=0)
"""LR images that are only a little blurred."""
