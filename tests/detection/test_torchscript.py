"""Networks of every accepted kind of output; everything else is refused in one line."""

import warnings
import zipfile

import numpy as np
import pytest
import torch
from torch import nn

from desra_studio.detection.torchscript import (
    IMAGENET_MEAN,
    IMAGENET_STD,
    TorchscriptDetector,
)
from desra_studio.errors import InputError
from tests.factories.images import make_pair

MEAN, STD = torch.tensor(IMAGENET_MEAN), torch.tensor(IMAGENET_STD)


class Redness(nn.Module):
    """Gives back the red channel in 0..1, undoing the normalisation: (1, 1, h, w)."""

    def __init__(self):
        super().__init__()
        self.register_buffer("mean", MEAN.view(1, 3, 1, 1))
        self.register_buffer("std", STD.view(1, 3, 1, 1))

    def forward(self, x):
        return (x * self.std + self.mean)[:, :1]


class Three(Redness):
    def forward(self, x):
        return (x * self.std + self.mean)[:, 0]


class Logit(Redness):
    def forward(self, x):
        red = (x * self.std + self.mean)[:, :1]
        return 8 * red - 4


class TwoLogits(Redness):
    def forward(self, x):
        red = (x * self.std + self.mean)[:, :1]
        return torch.cat([2 - 4 * red, 4 * red - 2], dim=1)


class TwoProbabilities(Redness):
    def forward(self, x):
        red = (x * self.std + self.mean)[:, :1]
        return torch.cat([1 - red, red], dim=1)


class Half(Redness):
    def forward(self, x):
        return (x * self.std + self.mean)[:, :1].half()


class Labels(Redness):
    def forward(self, x):
        return ((x * self.std + self.mean)[:, :1] > 0.5).to(torch.int64)


class InTuple(Redness):
    def forward(self, x):
        red = (x * self.std + self.mean)[:, :1]
        return red, torch.zeros(3)


class InList(Redness):
    def forward(self, x):
        return [(x * self.std + self.mean)[:, :1], torch.zeros(3)]


class InDict(Redness):
    def forward(self, x):
        return {"aux": torch.zeros(3), "out": (x * self.std + self.mean)[:, :1]}


class InOtherDict(Redness):
    def forward(self, x):
        return {"mask": (x * self.std + self.mean)[:, :1], "aux": torch.zeros(3)}


class Quarter(Redness):
    def forward(self, x):
        red = (x * self.std + self.mean)[:, :1]
        return torch.nn.functional.avg_pool2d(red, 4)


class Noisiness(nn.Module):
    """Local deviation, as a logit: a detector of noise."""

    def forward(self, x):
        grey = x.mean(dim=1, keepdim=True)
        mean = torch.nn.functional.avg_pool2d(grey, 9, 1, 4, False, False)
        square = torch.nn.functional.avg_pool2d(grey * grey, 9, 1, 4, False, False)
        return 100 * (square - mean * mean) - 4


class ThreeClasses(nn.Module):
    def forward(self, x):
        return x


class Batch(nn.Module):
    def forward(self, x):
        return torch.cat([x, x])[:, :1]


class Flat(nn.Module):
    def forward(self, x):
        return x[0, 0]


class Empty(nn.Module):
    def forward(self, x):
        return x[:, :1, :0]


class NoTensor(nn.Module):
    def forward(self, x):
        return "clean"


class Nothing(nn.Module):
    def forward(self, x):
        return (x[:, :1], x)[2:]


class NotFinite(nn.Module):
    def forward(self, x):
        return x[:, :1] / 0


class ManyLabels(nn.Module):
    def forward(self, x):
        return (x[:, :1] > 0).to(torch.int64) * 7


class Fails(nn.Module):
    def forward(self, x):
        return x @ torch.zeros(7, 7)


class Raises(nn.Module):
    def forward(self, x):
        assert x.shape[2] == 7, "seven rows alone"
        return x


@pytest.fixture
def save(tmp_path):
    """Write a network as TorchScript and return its path."""

    def write(network, traced=False):
        path = tmp_path / f"{type(network).__name__}.pt"
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "`torch.jit", FutureWarning)
            if traced:
                script = torch.jit.trace(network, torch.zeros(1, 3, 16, 16))
            else:
                script = torch.jit.script(network)
            torch.jit.save(script, path)
        return path

    return write


@pytest.fixture
def image():
    return np.random.default_rng(0).integers(0, 256, (24, 36, 3), dtype=np.uint8)


def sigmoid(values):
    return 1 / (1 + np.exp(-values))


@pytest.mark.parametrize("traced", [False, True])
@pytest.mark.parametrize(
    ("network", "expect"),
    [
        (Redness, lambda red: red),
        (Three, lambda red: red),
        (TwoProbabilities, lambda red: red),
        (Half, lambda red: red),
        (Logit, lambda red: sigmoid(8 * red - 4)),
        (TwoLogits, lambda red: sigmoid(8 * red - 4)),
        (Labels, lambda red: red > 0.5),
        (InTuple, lambda red: red),
    ],
)
def test_accepts(save, image, network, expect, traced):
    result = TorchscriptDetector(save(network(), traced), input_size=None).compute_map(image)
    assert result.shape == (24, 36)
    assert result.dtype == np.float32
    assert np.abs(result - expect(image[:, :, 0] / 255)).max() < 1e-3


@pytest.mark.parametrize("network", [InList, InDict, InOtherDict])
def test_accepts_containers(save, image, network):
    result = TorchscriptDetector(save(network()), input_size=None).compute_map(image)
    assert np.allclose(result, image[:, :, 0] / 255, atol=1e-5)


def test_the_network_sees_its_size_and_the_map_has_the_images(save):
    class Sized(nn.Module):
        def forward(self, x):
            assert x.shape[2] == 64, "64 rows"
            assert x.shape[3] == 64, "64 columns"
            return x[:, :1] * 0.229 + 0.485

    ramp = np.repeat(np.linspace(0, 255, 90).round()[None, :, None], 40, 0).repeat(3, 2)
    image = ramp.astype(np.uint8)
    result = TorchscriptDetector(save(Sized()), input_size=64).compute_map(image)
    assert result.shape == (40, 90)
    assert np.abs(result - image[:, :, 0] / 255).max() < 0.02


def test_a_smaller_output_is_resized(save):
    image = np.full((24, 36, 3), 51, np.uint8)
    result = TorchscriptDetector(save(Quarter()), input_size=None).compute_map(image)
    assert result.shape == (24, 36)
    assert np.allclose(result, 0.2, atol=1e-6)


def test_a_noisy_square_is_found(save):
    gan, _ = make_pair((96, 96))
    result = TorchscriptDetector(save(Noisiness()), input_size=None).compute_map(gan)
    assert (result[20:60, 20:60] > 0.5).mean() > 0.9
    assert (result[70:] < 0.5).all()


def test_is_repeatable_and_leaves_the_image_alone(save, image):
    before = image.copy()
    detector = TorchscriptDetector(save(Logit()), input_size=32)
    first = detector.compute_map(image)
    assert np.array_equal(first, detector.compute_map(image))
    assert np.array_equal(image, before)
    flipped = detector.compute_map(image[:, ::-1])
    assert np.allclose(flipped[:, ::-1], first, atol=1e-4), "views are taken, too"


def test_networks_do_not_train(save, image):
    class Dropout(nn.Module):
        def __init__(self):
            super().__init__()
            self.drop = nn.Dropout(0.9)

        def forward(self, x):
            return self.drop(torch.ones_like(x[:, :1]) * 0.25)

    result = TorchscriptDetector(save(Dropout().train()), input_size=None).compute_map(image)
    assert np.all(result == 0.25)


@pytest.mark.parametrize(
    ("network", "says"),
    [
        (ThreeClasses, r"shape \(1, 3, 24, 36\), but a map must be \(1, 1, h, w\)"),
        (Batch, r"shape \(2, 1, 24, 36\)"),
        (Flat, r"shape \(24, 36\)"),
        (Empty, r"shape \(1, 1, 0, 36\)"),
        (NoTensor, "gives a str, not a tensor"),
        (Nothing, "gives a tuple, not a tensor"),
        (NotFinite, "not finite"),
        (ManyLabels, "from 0 to 7 in 1 channels"),
        (Fails, r"36x24 px on cpu \(RuntimeError: "),
        (Raises, "seven rows alone"),
    ],
)
def test_refuses_outputs(save, image, network, says):
    detector = TorchscriptDetector(save(network()), input_size=None)
    with pytest.raises(InputError, match=says) as refusal:
        detector.compute_map(image)
    message = str(refusal.value)
    assert message.startswith(f"{network.__name__}.pt")
    assert "\n" not in message


def refuse_file(path):
    with pytest.raises(InputError) as refusal:
        TorchscriptDetector(path)
    assert "\n" not in str(refusal.value)
    return str(refusal.value)


def test_refuses_what_is_no_file(tmp_path):
    for path in (tmp_path, tmp_path / "none.pt"):
        assert f"{path} is not a file" in refuse_file(path)


def test_refuses_other_files(tmp_path, save):
    path = tmp_path / "other.pt"
    whole = save(Redness()).read_bytes()
    for data in (b"", b"text" * 99, b"PK\x03\x04" + bytes(99), whole[: len(whole) // 2]):
        path.write_bytes(data)
        assert "other.pt is not a TorchScript file" in refuse_file(path)
    torch.save(Redness().state_dict(), path)
    assert "weights alone are not enough" in refuse_file(path)


def test_refuses_missing_extensions(tmp_path, save):
    path = tmp_path / "extended.pt"
    with zipfile.ZipFile(save(ThreeClasses())) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            code = old.read(name).replace(b"return x", b"return ops.mmdeploy.resize(x)")
            new.writestr(name, code)
    message = refuse_file(path)
    assert "Unknown builtin op: mmdeploy::resize" in message
    assert "not installed" in message


def test_refuses_arguments(save, image):
    path = save(Redness())
    with pytest.raises(InputError, match="got 0"):
        TorchscriptDetector(path, input_size=0)
    with pytest.raises(InputError, match="'nonsense' cannot be used"):
        TorchscriptDetector(path, device="nonsense")
    detector = TorchscriptDetector(path)
    for wrong in (image[:, :, 0], image.astype(np.float32)):
        with pytest.raises(InputError, match=r"GAN-SR must be \(H, W, 3\) uint8"):
            detector.compute_map(wrong)
