"""A model that is ready to run on the images of a dataset; needs torch."""

from collections.abc import Callable
from dataclasses import dataclass

from desra_studio.imaging.io import decode_png, encode_png
from desra_studio.services.models.registry import load_model
from desra_studio.services.studio import Studio
from desra_studio.sr.loader import choose_device
from desra_studio.sr.upscale import Upscaler
from desra_studio.storage.tables import Image, Model


@dataclass(frozen=True)
class ModelRunner:
    """A model with its weights on the device."""

    model: Model
    upscaler: Upscaler

    def store_output(self, studio: Studio, image: Image) -> str:
        """Upscale an image's LR, store the output and return its address."""
        lr = decode_png(studio.blobs.get(image.lr_sha or ""))
        return studio.blobs.put(encode_png(self.upscaler.upscale(lr)))


def open_runner(studio: Studio, model: Model, tell: Callable[[str], None]) -> ModelRunner:
    """Load a model for the device of the settings.

    Args:
        studio: the installation.
        model: with weights.
        tell: called with a line for what has to be changed on the way.

    Raises:
        ModelError: it cannot be loaded.
    """
    device = choose_device(studio.settings.device)
    return ModelRunner(model, Upscaler(load_model(studio, model), device, tell=tell))
