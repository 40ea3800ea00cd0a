"""The losses: known values, what each asks for, and VGG19 with random weights."""

import math

import pytest
import torch
from torch.nn import functional
from torchvision.models import vgg19

from desra_studio.detection.artifact_map import compute_local_variance
from desra_studio.errors import ModelError
from desra_studio.finetune.losses import (
    VGG_WEIGHTS,
    ContrastLoss,
    PerceptualLoss,
    compute_fake_loss,
    compute_pixel_loss,
    compute_real_loss,
    weigh_inside,
)
from desra_studio.sr.upscale import to_tensor
from tests.factories.images import make_picture


@pytest.fixture(scope="module")
def perceptual(vgg_weights):
    return PerceptualLoss(vgg_weights)


def test_known_values():
    zeros, ones = torch.zeros(2, 3, 4, 4), torch.ones(2, 3, 4, 4)
    assert compute_pixel_loss(zeros, ones / 4) == 0.25
    assert compute_real_loss(zeros).item() == pytest.approx(math.log(2))
    assert compute_fake_loss(zeros).item() == pytest.approx(math.log(2))
    assert compute_real_loss(20 * ones) < 1e-6 < compute_fake_loss(20 * ones)


def test_contrast_is_that_of_the_detector():
    images = [make_picture(40, 48, seed) for seed in (1, 2)]
    expected = [
        (torch.from_numpy(compute_local_variance(image)).clamp_min(0) / 255**2 + 1 / 255**2).sqrt()
        for image in images
    ]
    found = [ContrastLoss()._compute_deviation(to_tensor(image)[None])[0] for image in images]
    for wanted, deviation in zip(expected, found, strict=True):
        other = deviation.permute(1, 2, 0)
        inside = tuple(slice((w - d) // 2, (w - d) // 2 + d)
                       for w, d in zip(wanted.shape[:2], other.shape[:2], strict=True))  # fmt: skip
        torch.testing.assert_close(wanted[inside], other, atol=2e-4, rtol=1e-3)


def test_contrast_asks_for_texture_not_for_lines():
    generator = torch.Generator().manual_seed(0)
    target = torch.rand(1, 3, 64, 64, generator=generator)
    shifted, flat = target.roll(1, 3), torch.full_like(target, 0.5)
    contrast = ContrastLoss()
    assert contrast(target, target) == 0
    assert contrast(shifted, target) < 0.2 * contrast(flat, target)
    assert compute_pixel_loss(shifted, target) > compute_pixel_loss(flat, target)
    assert contrast(target[..., :10], flat[..., :10]) == 0, "smaller than the window"
    flat.requires_grad_()
    contrast(flat, target).backward()
    assert flat.grad.isfinite().all()


def test_weights_of_the_inside():
    mask = torch.zeros(1, 1, 32, 32)
    mask[..., 16:] = 1
    assert weigh_inside(mask, 1.0) is None
    weight = weigh_inside(mask, 3.0)
    assert weight.unique().tolist() == [1, 3]
    target, torch_random = torch.zeros(1, 3, 32, 32), torch.Generator().manual_seed(0)
    inside, outside = mask * 0.5, (1 - mask) * 0.5
    assert compute_pixel_loss(inside, target, weight) == pytest.approx(3 * 0.5 / 4)
    assert compute_pixel_loss(outside, target, weight) == pytest.approx(0.5 / 4)
    noise, contrast = torch.rand(1, 3, 32, 32, generator=torch_random), ContrastLoss()
    even = torch.full_like(mask, 7.0)
    assert contrast(noise, target, even).item() == pytest.approx(contrast(noise, target).item())
    inner, outer = (contrast(noise * part, target, weight) for part in (mask, 1 - mask))
    assert inner > 2 * outer


def test_vgg_layers_are_before_their_relu(perceptual):
    wanted = {"conv1_2": 64, "conv2_2": 128, "conv3_4": 256, "conv4_4": 512, "conv5_4": 512}
    seen = perceptual._list_features(torch.rand(1, 3, 32, 32))
    assert [value.shape[1] for value in seen] == list(wanted.values())
    assert all(value.min() < 0 for value in seen)
    assert list(VGG_WEIGHTS) == list(wanted)
    # The same numbers in the network's own list: five blocks of 2, 2, 4, 4 and 4 convolutions.
    with torch.device("meta"):
        layers = list(vgg19(weights=None).features)
    block, place, indices = 1, 0, {}
    for index, layer in enumerate(layers):
        name = type(layer).__name__
        if name == "Conv2d":
            place += 1
            indices[f"conv{block}_{place}"] = index
        elif name == "MaxPool2d":
            block, place = block + 1, 0
    assert {name: indices[name] for name in VGG_WEIGHTS} == {
        "conv1_2": 2, "conv2_2": 7, "conv3_4": 16, "conv4_4": 25, "conv5_4": 34,
    }  # fmt: skip


def test_perceptual_loss(perceptual, vgg_weights):
    torch.manual_seed(1)
    output, target = torch.rand(1, 3, 32, 32, requires_grad=True), torch.rand(1, 3, 32, 32)
    assert perceptual(target, target) == 0
    value = perceptual(output, target)
    value.backward()
    assert output.grad.abs().sum() > 0
    assert all(weight.grad is None for weight in perceptual.parameters())
    # Its first term by hand.
    mean = torch.tensor([0.485, 0.456, 0.406]).reshape(1, 3, 1, 1)
    std = torch.tensor([0.229, 0.224, 0.225]).reshape(1, 3, 1, 1)

    def see(image):
        image = (image - mean) / std
        for index in (0, 2):
            weight, bias = (vgg_weights[f"features.{index}.{kind}"] for kind in ("weight", "bias"))
            image = functional.conv2d(image.relu() if index else image, weight, bias, padding=1)
        return image

    torch.testing.assert_close(perceptual._list_features(output)[0], see(output))
    first = 0.1 * functional.l1_loss(see(output), see(target))
    assert first < value


def test_refuses_weights_of_something_else(vgg_weights):
    others = {key: value for key, value in vgg_weights.items() if key != "features.2.weight"}
    for given in (others, {}):
        with pytest.raises(ModelError, match=r"not VGG19's .* Give torchvision's file"):
            PerceptualLoss(given)
