"""The discriminator against torch's own spectral norm in the layout that was released."""

import warnings

import pytest
import torch
from torch import nn
from torch.nn import functional

from desra_studio.errors import InputError, ModelError
from desra_studio.finetune.discriminator import (
    SpectralConv2d,
    UNetDiscriminator,
    build_discriminator,
    load_discriminator,
)

NAMES = [f"conv{index}" for index in range(1, 9)]


def make_reference(features):
    """The layers as the released file names them, with PyTorch's spectral norm."""
    widths = [1, 2, 4, 8, 4, 2, 1, 1, 1]
    layers = {"conv0": nn.Conv2d(3, features, 3, 1, 1), "conv9": nn.Conv2d(features, 1, 3, 1, 1)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # It is the old one on purpose.
        for index, name in enumerate(NAMES):
            kernel, stride = (4, 2) if index < 3 else (3, 1)
            convolution = nn.Conv2d(
                features * widths[index], features * widths[index + 1], kernel, stride, 1,
                bias=False,
            )  # fmt: skip
            layers[name] = nn.utils.spectral_norm(convolution)
    return nn.ModuleDict(layers)


def run_reference(layers, image):
    def act(name, value):
        return functional.leaky_relu(layers[name](value), 0.2)

    def double(value):
        return functional.interpolate(value, scale_factor=2, mode="bilinear", align_corners=False)

    x0 = act("conv0", image)
    x1 = act("conv1", x0)
    x2 = act("conv2", x1)
    x3 = act("conv3", x2)
    x4 = act("conv4", double(x3)) + x2
    x5 = act("conv5", double(x4)) + x1
    x6 = act("conv6", double(x5)) + x0
    return layers["conv9"](act("conv8", act("conv7", x6)))


def test_it_is_as_large_as_the_released_one():
    """As the log of Real-ESRGAN's training says of UNetDiscriminatorSN."""
    assert sum(value.numel() for value in UNetDiscriminator().parameters()) == 4_376_897


@pytest.mark.parametrize("features", [4, 6])
def test_a_released_layout_loads_and_scores_alike(tmp_path, features):
    torch.manual_seed(0)
    layers = make_reference(features).train()
    path = tmp_path / "netD.pth"
    torch.save({"params": layers.state_dict()}, path)
    discriminator = load_discriminator(path).train()
    assert discriminator.features == features
    assert set(discriminator.state_dict()) == set(layers.state_dict())
    image = torch.rand(2, 3, 32, 24)
    for _ in range(3):  # each pass in training moves the estimates on
        wanted, found = run_reference(layers, image), discriminator(image)
        assert found.shape == (2, 1, 32, 24)
        torch.testing.assert_close(found, wanted, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(discriminator.conv3.weight_u, layers["conv3"].weight_u)
    gradients = []
    for module, output in ((layers, wanted), (discriminator, found)):
        output.mean().backward()
        named = dict(module.named_parameters())
        gradients.append([named[f"{name}.weight_orig"].grad for name in NAMES])
    for wanted, found in zip(*gradients, strict=True):
        torch.testing.assert_close(found, wanted, atol=1e-6, rtol=1e-3)


def test_the_norm_becomes_one():
    torch.manual_seed(0)
    convolution = SpectralConv2d(3, 5, 3, 1).train()
    for _ in range(100):
        norm = convolution._estimate_norm()
    torch.testing.assert_close(
        norm, torch.linalg.matrix_norm(convolution.weight_orig.flatten(1), 2)
    )
    before = convolution.weight_u.clone()
    convolution.eval()(torch.rand(1, 3, 8, 8))
    assert torch.equal(convolution.weight_u, before)


def test_two_passes_before_the_gradients():
    discriminator = UNetDiscriminator(2).train()
    image = torch.rand(1, 3, 16, 16)
    (discriminator(image).mean() - discriminator(1 - image).mean()).backward()
    assert discriminator.conv1.weight_orig.grad.abs().sum() > 0


@pytest.mark.parametrize("size", [(8, 8), (13, 22), (9, 15)])
def test_any_size_from_eight_px(size):
    assert UNetDiscriminator(2)(torch.rand(1, 3, *size)).shape == (1, 1, *size)


def test_refuses(tmp_path):
    with pytest.raises(InputError, match="crops of 12x7 px"):
        UNetDiscriminator(2)(torch.rand(1, 3, 7, 12))
    with pytest.raises(InputError, match="got 0"):
        UNetDiscriminator(0)
    with pytest.raises(ModelError, match="cannot be read"):
        load_discriminator(tmp_path / "none.pth")
    for weights in ({"fc.weight": torch.zeros(3, 3)}, {"conv0.weight": torch.zeros(4, 3, 3, 3)}):
        with pytest.raises(ModelError, match=r"other.pth is not a U-Net discriminator"):
            build_discriminator(weights, "other.pth")
