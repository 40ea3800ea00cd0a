"""The U-Net discriminator of Real-ESRGAN, which judges every pixel of an SR image.

Wang et al., "Real-ESRGAN" (ICCVW 2021), section 3.3. The names of its parts are those of the
released file RealESRGAN_x4plus_netD, so that a training can go on from it.
"""

import math
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from desra_studio.errors import InputError, ModelError
from desra_studio.sr.catalog import UNET_SN
from desra_studio.sr.checkpoints import check_finite, find_part
from desra_studio.sr.discriminators import name_discriminator
from desra_studio.sr.loader import StateDict, parse_weights

RELEASED_FEATURES = 64
"""Width of the released discriminator's first layer."""
MINIMUM_PX = 8
"""Smallest side of an image: it is halved three times."""

_SLOPE = 0.2


class SpectralConv2d(nn.Module):
    """A convolution without bias whose kernel is divided by its largest singular value.

    Miyato et al., "Spectral normalization for GANs" (ICLR 2018), algorithm 1: one step of the
    power iteration at each pass in training. Its parts are named as in released files:
    `weight_orig`, `weight_u`, `weight_v`.
    """

    weight_u: Tensor
    weight_v: Tensor

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int) -> None:
        super().__init__()
        self.stride = stride
        self.weight_orig = nn.Parameter(torch.empty(outputs, inputs, kernel, kernel))
        nn.init.kaiming_uniform_(self.weight_orig, a=math.sqrt(5))
        for name, length in (("weight_u", outputs), ("weight_v", inputs * kernel**2)):
            self.register_buffer(name, functional.normalize(torch.randn(length), dim=0))

    def forward(self, value: Tensor) -> Tensor:
        """Convolve (N, inputs, H, W)."""
        # In bfloat16 the singular value would be off by up to 1 %.
        with torch.autocast(value.device.type, enabled=False):
            weight = self.weight_orig / self._estimate_norm()
        return functional.conv2d(value, weight, stride=self.stride, padding=1)

    def _estimate_norm(self) -> Tensor:
        matrix = self.weight_orig.flatten(1)
        if self.training:
            with torch.no_grad():
                self.weight_v.copy_(functional.normalize(matrix.T @ self.weight_u, dim=0))
                self.weight_u.copy_(functional.normalize(matrix @ self.weight_v, dim=0))
        # Clones, since the next pass writes into both before this one's gradients are taken.
        return self.weight_u.clone() @ (matrix @ self.weight_v.clone())


class UNetDiscriminator(nn.Module):
    """Scores each pixel of an SR image, higher for more like the real ones.

    Args:
        features: width of the first layer; the released one has 64.
    """

    def __init__(self, features: int = RELEASED_FEATURES) -> None:
        super().__init__()
        if features < 1:
            raise InputError(f"A discriminator needs at least 1 feature, got {features}.")
        self.features = features
        self.conv0 = nn.Conv2d(3, features, 3, 1, 1)
        self.conv1 = SpectralConv2d(features, 2 * features, 4, 2)
        self.conv2 = SpectralConv2d(2 * features, 4 * features, 4, 2)
        self.conv3 = SpectralConv2d(4 * features, 8 * features, 4, 2)
        self.conv4 = SpectralConv2d(8 * features, 4 * features, 3, 1)
        self.conv5 = SpectralConv2d(4 * features, 2 * features, 3, 1)
        self.conv6 = SpectralConv2d(2 * features, features, 3, 1)
        self.conv7 = SpectralConv2d(features, features, 3, 1)
        self.conv8 = SpectralConv2d(features, features, 3, 1)
        self.conv9 = nn.Conv2d(features, 1, 3, 1, 1)

    def forward(self, image: Tensor) -> Tensor:
        """Return the scores.

        Args:
            image: (N, 3, H, W) in 0..1, H and W at least 8.

        Returns:
            (N, 1, H, W) logits.

        Raises:
            InputError: an image that is too small.
        """
        if min(image.shape[2:]) < MINIMUM_PX:
            raise InputError(
                f"The discriminator got crops of {image.shape[3]}x{image.shape[2]} px. "
                f"Give a crop of at least {MINIMUM_PX} px."
            )
        levels = [_activate(self.conv0(image))]
        for convolution in (self.conv1, self.conv2, self.conv3):
            levels.append(_activate(convolution(levels[-1])))
        value = levels.pop()
        for convolution in (self.conv4, self.conv5, self.conv6):
            skipped = levels.pop()
            value = _activate(convolution(_enlarge(value, skipped))) + skipped
        value = _activate(self.conv8(_activate(self.conv7(value))))
        scores: Tensor = self.conv9(value)
        return scores


def load_discriminator(path: Path) -> UNetDiscriminator:
    """Load a .pth or .safetensors file with the layout of RealESRGAN_x4plus_netD, of any width.

    Raises:
        ModelError: missing, damaged, not finite, or of another layout.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ModelError(
            f"{path} cannot be read: {error.strerror}. Give a discriminator's weight file."
        ) from error
    return build_discriminator(parse_weights(data, path.name), path.name)


def build_discriminator(weights: StateDict, name: str) -> UNetDiscriminator:
    """Make the discriminator that a state dict belongs to.

    A prefix before its names is dropped, and so are other networks' weights; see `find_part`.

    Raises:
        ModelError: of another layout, or weights that are not finite.
    """
    part = find_part(weights, lambda one: name_discriminator(one) == UNET_SN, name)
    weights = part.weights if part else weights
    first = weights.get("conv0.weight")
    discriminator = UNetDiscriminator(first.shape[0] if first is not None and first.ndim else 1)
    try:
        discriminator.load_state_dict(weights)
    except RuntimeError as error:
        reason = str(error).splitlines()[1].strip().rstrip(". ")
        raise ModelError(
            f"{name} is not a U-Net discriminator as RealESRGAN_x4plus_netD is one ({reason}). "
            "Give its file, or none to train a fresh one."
        ) from error
    check_finite(weights, name)
    return discriminator.float()


def _activate(value: Tensor) -> Tensor:
    return functional.leaky_relu(value, _SLOPE)


def _enlarge(value: Tensor, like: Tensor) -> Tensor:
    """Enlarge to the size of `like`: twice, or one px less where that was odd."""
    return functional.interpolate(value, like.shape[2:], mode="bilinear", align_corners=False)
