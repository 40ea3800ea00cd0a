"""SegFormer on images: sizes, classes, the exact argmax in little memory, and what is refused."""

import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import interpolate

from desra_studio.detection.segmentation import Segmenter, fit_input, upsample_argmax
from desra_studio.detection.segmentation_weights import identify_weights
from desra_studio.errors import InputError, ModelError
from desra_studio.imaging.arrays import Size
from tests.factories.segformers import edit_config, save_tiny_segformer


@pytest.fixture(scope="module")
def tiny_folder(tmp_path_factory):
    return save_tiny_segformer(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="module")
def tiny(tiny_folder):
    return Segmenter.load(tiny_folder)


@pytest.fixture
def copied(tiny_folder, tmp_path):
    """The tiny network's folder, to be spoilt."""
    return shutil.copytree(tiny_folder, tmp_path / "copied")


def make_coarse_noise(height, width, seed=0):
    """Noise that is as coarse as a third of the image, so that classes form regions."""
    random = np.random.default_rng(seed)
    coarse = random.integers(0, 256, (-(-height // 3), -(-width // 3), 3), dtype=np.uint8)
    return np.repeat(np.repeat(coarse, 3, 0), 3, 1)[:height, :width].copy()


@pytest.mark.parametrize("shape", [(48, 70), (700, 90), (1, 1), (3, 400)])
def test_labels_have_the_image_size(tiny, shape):
    labels = tiny.segment(make_coarse_noise(*shape))
    assert labels.shape == shape
    assert labels.dtype == np.uint8
    assert labels.max() < 150
    assert labels.flags.c_contiguous


def test_agrees_with_the_plain_way(tiny, tiny_folder):
    from transformers import SegformerForSemanticSegmentation

    image = make_coarse_noise(640, 656)
    network = SegformerForSemanticSegmentation.from_pretrained(tiny_folder).eval()
    values = (image / 255 - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]
    with torch.no_grad():
        pixels = torch.tensor(values, dtype=torch.float32).permute(2, 0, 1)[None]
        logits = network(pixels).logits
    assert logits.shape == (1, 150, 160, 164)
    expected = interpolate(logits, size=(640, 656), mode="bilinear").argmax(1)[0].numpy()
    labels = tiny.segment(image)
    assert len(np.unique(labels)) > 5
    assert (labels == expected).mean() > 0.999, "the same but for the rounding of the mean"


def test_network_sees_the_short_side_at_640(tiny, monkeypatch):
    seen = []

    def look(pixel_values):
        assert not torch.is_grad_enabled()
        seen.append((tuple(pixel_values.shape), pixel_values.dtype))
        return SimpleNamespace(logits=torch.zeros(1, 150, 4, 4))

    monkeypatch.setattr(tiny._network, "forward", look)
    tiny.segment(make_coarse_noise(60, 90))
    tiny.segment(make_coarse_noise(1300, 700))
    assert seen == [((1, 3, 640, 960), torch.float32), ((1, 3, 1189, 640), torch.float32)]


@pytest.mark.parametrize(
    ("size", "fitted"),
    [
        ((640, 640), (640, 640)),
        ((2048, 2048), (640, 640)),
        ((320, 480), (640, 960)),
        ((480, 320), (960, 640)),
        ((1, 1), (640, 640)),
        ((1000, 333), (1922, 640)),
        # From here on the long side's limit decides.
        ((3200, 1000), (2048, 640)),
        ((4000, 1000), (2048, 512)),
        ((1000, 4000), (512, 2048)),
        ((20000, 300), (2048, 32)),
    ],
)
def test_fits_the_input(size, fitted):
    assert fit_input(Size(*size)) == fitted


def test_is_deterministic(tiny, tiny_folder):
    image = make_coarse_noise(50, 50)
    labels = tiny.segment(image)
    assert np.array_equal(tiny.segment(image), labels)
    again = Segmenter.load(tiny_folder, torch.device("cpu"))
    assert np.array_equal(again.segment(image), labels)
    assert not any(value.requires_grad for value in again._network.parameters())
    assert not again._network.training


def enlarge_each(logits, size):
    shape = (size.height, size.width)
    return torch.stack(
        [interpolate(one[None, None], shape, mode="bilinear")[0, 0] for one in logits]
    )


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 9), st.integers(1, 9), st.booleans())
def test_running_maximum_is_the_argmax(seed, height, width, ties):
    random = np.random.default_rng(seed)
    values = random.normal(0, 10 ** random.uniform(-6, 6), (40, height, width))
    if ties:
        values = random.integers(-1, 2, values.shape) * random.choice([1, 1 / 3])
    logits = torch.tensor(values, dtype=torch.float32)
    size = Size(int(random.integers(1, 50)), int(random.integers(1, 50)))
    labels = torch.from_numpy(upsample_argmax(logits, size))
    assert torch.equal(labels, enlarge_each(logits, size).argmax(0).byte())
    # All in one call is the same up to its rounding.
    joint = interpolate(logits[None], (size.height, size.width), mode="bilinear")[0]
    chosen = joint.gather(0, labels[None].long())[0]
    assert (joint.amax(0) - chosen).max() <= 1e-6 * logits.abs().max()
    if not ties:
        assert torch.equal(labels, joint.argmax(0).byte())


def test_of_equal_classes_the_first_wins():
    assert (upsample_argmax(torch.zeros(150, 4, 4), Size(9, 9)) == 0).all()
    logits = torch.randn(150, 4, 4, generator=torch.Generator().manual_seed(0))
    logits[7] = logits[3]
    labels = upsample_argmax(logits, Size(50, 50))
    assert (labels == 3).any()
    assert not (labels == 7).any()
    assert np.array_equal(labels, enlarge_each(logits, Size(50, 50)).argmax(0).numpy())


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's peak of resident memory")
def test_large_images_need_little_memory():
    logits = torch.randn(20, 16, 16)
    upsample_argmax(logits, Size(8, 8))
    Path("/proc/self/clear_refs").write_text("5")  # resets the peak
    before = read_peak_mb()
    labels = upsample_argmax(logits, Size(2048, 2048))
    assert labels.shape == (2048, 2048)
    assert read_peak_mb() - before < 100


def read_peak_mb():
    status = Path("/proc/self/status").read_text().split()
    return int(status[status.index("VmHWM:") + 1]) / 1024


def test_identity_is_that_of_the_weights(tiny, tiny_folder, copied, tmp_path):
    name, _, digest = tiny.identity.partition("@")
    assert name == "tiny"
    assert len(digest) == 12
    assert identify_weights(tiny_folder) == tiny.identity
    edit_config(copied, a_note="of no weight")
    assert Segmenter.load(copied).identity == f"copied@{digest}"
    snapshot = tmp_path / "models--nvidia--segformer-b0" / "snapshots" / "0123"
    shutil.copytree(tiny_folder, snapshot)
    assert Segmenter.load(snapshot).identity == f"segformer-b0@{digest}"
    other = save_tiny_segformer(tmp_path / "tiny", seed=1)
    assert Segmenter.load(other).identity != tiny.identity


def test_loads_pickled_weights_and_older_configurations(tiny, copied):
    # As the published folders are: written by transformers 4.12, with entries since removed.
    weights = copied / "model.safetensors"
    from safetensors.torch import load_file

    torch.save(load_file(weights), copied / "pytorch_model.bin")
    weights.unlink()
    edit_config(
        copied,
        downsampling_rates=[1, 4, 8, 16],
        image_size=224,
        torch_dtype="float32",
        transformers_version="4.12.0.dev0",
    )
    image = make_coarse_noise(64, 64)
    assert np.array_equal(Segmenter.load(copied).segment(image), tiny.segment(image))


def test_half_precision_files_become_float32(copied):
    from transformers import SegformerForSemanticSegmentation

    SegformerForSemanticSegmentation.from_pretrained(copied).half().save_pretrained(copied)
    segmenter = Segmenter.load(copied)
    assert {value.dtype for value in segmenter._network.parameters()} == {torch.float32}
    segmenter.segment(make_coarse_noise(40, 40))


def test_loading_says_nothing(copied, capfd):
    from safetensors.torch import load_file, save_file
    from transformers.utils import logging

    weights = load_file(copied / "model.safetensors")
    save_file(weights | {"unused": torch.zeros(1)}, copied / "model.safetensors", {"format": "pt"})
    before = logging.get_verbosity(), logging.is_progress_bar_enabled()
    Segmenter.load(copied)
    assert capfd.readouterr() == ("", "")
    assert (logging.get_verbosity(), logging.is_progress_bar_enabled()) == before


def test_refuses_another_number_of_classes(tmp_path):
    folder = save_tiny_segformer(tmp_path / "city", labels=19)
    with pytest.raises(InputError, match="19 classes, but ADE20K has 150"):
        Segmenter.load(folder)
    folder = save_tiny_segformer(tmp_path / "two", labels=2)
    with pytest.raises(InputError, match="2 classes"):
        Segmenter.load(folder)


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"architectures": ["SegformerForImageClassification"]}, "SegformerForImageClass"),
        ({"architectures": ["BertModel"], "model_type": "bert"}, "BertModel"),
        ({"architectures": None, "model_type": "upernet"}, "upernet"),
    ],
)
def test_refuses_another_architecture(copied, values, found):
    with pytest.raises(InputError, match=f"{found}.*not SegformerForSemanticSegmentation"):
        Segmenter.load(edit_config(copied, **values))


@pytest.mark.parametrize("text", ["", "{", "[]", "3", '{"architectures": 3}', "\x00\xff"])
def test_refuses_damaged_configurations(copied, text):
    (copied / "config.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError, match=r"config\.json is not a configuration"):
        Segmenter.load(copied)


def test_refuses_folders_without_weights(copied, tmp_path):
    (copied / "model.safetensors").unlink()
    with pytest.raises(InputError, match="has no weights"):
        Segmenter.load(copied)
    with pytest.raises(InputError, match="not a folder"):
        Segmenter.load(tmp_path / "absent")


def test_refuses_damaged_weights(copied, capfd):
    weights = copied / "model.safetensors"
    data = weights.read_bytes()
    for damaged in (b"", data[: len(data) // 2], b"x" * 100):
        weights.write_bytes(damaged)
        with pytest.raises(ModelError, match=r"model\.safetensors cannot be loaded"):
            Segmenter.load(copied)
    assert capfd.readouterr() == ("", "")


def test_refuses_weights_of_another_size_or_with_gaps(copied, capfd):
    from safetensors.torch import load_file, save_file

    weights = copied / "model.safetensors"
    state = load_file(weights)
    bias = state.pop("decode_head.classifier.bias")
    save_file(state, weights, {"format": "pt"})
    with pytest.raises(ModelError, match=r"lacks 1 parts.*decode_head\.classifier\.bias"):
        Segmenter.load(copied)
    save_file(state | {"decode_head.classifier.bias": bias[:7]}, weights, {"format": "pt"})
    with pytest.raises(ModelError, match="cannot be loaded as a SegFormer"):
        Segmenter.load(copied)
    assert capfd.readouterr() == ("", "")


def test_refuses_weights_that_would_run_code(copied, tmp_path):
    class Trap:
        def __reduce__(self):
            return (open, (str(tmp_path / "ran"), "w"))

    (copied / "model.safetensors").unlink()
    torch.save({"weights": Trap()}, copied / "pytorch_model.bin")
    with pytest.raises(ModelError, match=r"pytorch_model\.bin cannot be loaded"):
        Segmenter.load(copied)
    assert not (tmp_path / "ran").exists()


def test_refuses_what_is_no_image(tiny):
    with pytest.raises(InputError, match="The image to segment"):
        tiny.segment(np.zeros((10, 10), np.uint8))
