"""Recognizing discriminators by the names of their weights; spandrel knows none."""

from collections.abc import Container

from desra_studio.sr.catalog import UNET_SN

_SIGNS = {
    UNET_SN: ("conv0.weight", "conv1.weight_orig", "conv8.weight_orig", "conv9.weight"),
    "VGG": ("conv0_0.weight", "conv0_1.weight", "bn0_1.weight", "linear2.weight"),
}


def name_discriminator(names: Container[str]) -> str | None:
    """Return UNET_SN or `VGG` (ESRGAN's, in BasicSR) for such names of weights, else None."""
    return next(
        (kind for kind, signs in _SIGNS.items() if all(sign in names for sign in signs)), None
    )
