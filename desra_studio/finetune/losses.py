"""What a generator is trained for: near the pseudo-GT, as busy as it, and taken for it."""

from collections.abc import Mapping

import cv2
import torch
from torch import Tensor, nn
from torch.nn import functional
from torchvision.models.vgg import cfgs, make_layers

from desra_studio.errors import ModelError
from desra_studio.sr.loader import StateDict

VGG_WEIGHTS: Mapping[str, float] = {
    "conv1_2": 0.1, "conv2_2": 0.1, "conv3_4": 1.0, "conv4_4": 1.0, "conv5_4": 1.0,
}  # fmt: skip
"""Layers before their ReLU and the weights of their distances, as Real-ESRGAN's."""

# Places in VGG19's list of layers.
_VGG_INDICES = {"conv1_2": 2, "conv2_2": 7, "conv3_4": 16, "conv4_4": 25, "conv5_4": 34}
_IMAGENET_MEAN, _IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)

# The window of Equation 7, whose standard deviations the detector compares.
_WINDOW_PX, _WINDOW_SIGMA = 11, 1.5
# Added to a variance, in squared parts of 1: the root has no slope to follow at 0. It is the
# variance of a grey level's rounding, about.
_VARIANCE_FLOOR = (1 / 255) ** 2


def weigh_inside(mask: Tensor, inside_weight: float) -> Tensor | None:
    """Return `inside_weight` where a mask, (N, 1, H, W) of 0 and 1, is set and 1 elsewhere.

    None where that is 1, too: then all px count alike.
    """
    return None if inside_weight == 1 else 1 + (inside_weight - 1) * mask


def compute_pixel_loss(output: Tensor, target: Tensor, weight: Tensor | None = None) -> Tensor:
    """Return the L1 distance of two batches, (N, 3, H, W) in 0..1, as a mean by weight.

    Args:
        output: of the generator.
        target: the pseudo-GT.
        weight: of each px, (N, 1, H, W); None where all count alike.
    """
    return _average((output - target).abs(), weight)


def compute_real_loss(scores: Tensor) -> Tensor:
    """Return the vanilla GAN's binary cross entropy of logits that ought to be 1."""
    return functional.binary_cross_entropy_with_logits(scores, torch.ones_like(scores))


def compute_fake_loss(scores: Tensor) -> Tensor:
    """Return the vanilla GAN's binary cross entropy of logits that ought to be 0."""
    return functional.binary_cross_entropy_with_logits(scores, torch.zeros_like(scores))


class ContrastLoss(nn.Module):
    """Squared distance of local standard deviations, under the Gaussian window of Equation 7.

    A network that cannot tell where exactly a line runs draws none: for L1 that is the best guess.
    This asks for as much contrast as the pseudo-GT has, wherever its lines run: the GAN's outside
    the mask, the MSE model's inside. Squared, since where the network cannot tell inside from
    outside, the mean of both keeps some of the GAN's detail, and the median of L1 all or none.
    """

    window: Tensor

    def __init__(self) -> None:
        super().__init__()
        window = torch.from_numpy(cv2.getGaussianKernel(_WINDOW_PX, _WINDOW_SIGMA)).float()
        self.register_buffer("window", window.reshape(1, 1, -1, 1).repeat(3, 1, 1, 1))

    def forward(self, output: Tensor, target: Tensor, weight: Tensor | None = None) -> Tensor:
        """Return the mean over the valid region; 0 where there is none.

        Arguments are those of `compute_pixel_loss`.
        """
        if min(output.shape[2:]) < _WINDOW_PX:
            return output.new_zeros(())
        distance = self._compute_deviation(output) - self._compute_deviation(target)
        margin = _WINDOW_PX // 2
        inner = slice(margin, -margin)
        return _average(distance.square(), None if weight is None else weight[..., inner, inner])

    def _compute_deviation(self, image: Tensor) -> Tensor:
        # The shift leaves the variance as it is, and float32 more digits of it.
        image = image - 0.5
        variance = self._blur(image.square()) - self._blur(image).square()
        return (variance.clamp_min(0) + _VARIANCE_FLOOR).sqrt()

    def _blur(self, image: Tensor) -> Tensor:
        rows = functional.conv2d(image, self.window, groups=3)
        return functional.conv2d(rows, self.window.transpose(2, 3), groups=3)


class PerceptualLoss(nn.Module):
    """Weighted L1 distances of what VGG19 sees (Johnson et al., ECCV 2016; layers as in ESRGAN).

    Args:
        weights: of VGG19's convolutions, `features.N.weight` and `.bias` as torchvision's file.

    Raises:
        ModelError: weights of something else.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, weights: StateDict) -> None:
        super().__init__()
        self.features = make_layers(cfgs["E"], batch_norm=False)[: max(_VGG_INDICES.values()) + 1]
        wanted = set(self.features.state_dict())
        named = {key.removeprefix("features."): value for key, value in weights.items()}
        try:
            self.features.load_state_dict({key: named[key] for key in wanted & set(named)})
        except RuntimeError as error:
            raise ModelError(
                f"The weights are not VGG19's ({str(error).splitlines()[1].strip()}). "
                "Give torchvision's file vgg19-dcbb9e9d.pth."
            ) from error
        self.register_buffer("mean", torch.tensor(_IMAGENET_MEAN).reshape(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor(_IMAGENET_STD).reshape(1, 3, 1, 1))
        # A ReLU in place would overwrite what is compared.
        for layer in self.features:
            if isinstance(layer, nn.ReLU):
                layer.inplace = False
        self.eval().requires_grad_(False)

    def forward(self, output: Tensor, target: Tensor) -> Tensor:
        """Return the weighted sum over layers, of (N, 3, H, W) in 0..1."""
        with torch.no_grad():
            wanted = self._list_features(target)
        found = self._list_features(output)
        terms = [
            weight * functional.l1_loss(mine.float(), theirs.float())
            for weight, mine, theirs in zip(VGG_WEIGHTS.values(), found, wanted, strict=True)
        ]
        return torch.stack(terms).sum()

    def _list_features(self, image: Tensor) -> list[Tensor]:
        value = (image - self.mean) / self.std
        seen = []
        for index, layer in enumerate(self.features):
            value = layer(value)
            if index in _VGG_INDICES.values():
                seen.append(value)
        return seen


def _average(values: Tensor, weight: Tensor | None) -> Tensor:
    """Return the mean of (N, C, H, W), by weights (N, 1, H, W) where there are some."""
    if weight is None:
        return values.mean()
    return (values * weight).sum() / (weight.sum() * values.shape[1])
