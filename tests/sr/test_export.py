"""Exported weights are read again and give the same."""

import sys
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
import torch

from desra_studio.errors import InputError, ModelError
from desra_studio.sr import export
from desra_studio.sr.export import encode_pth, export_onnx
from desra_studio.sr.loader import build_generator, parse_weights
from tests.factories.networks import make_compact, make_rrdbnet, make_swinir


@pytest.fixture
def compact():
    return build_generator(make_compact(), "compact")


class Shifts(torch.nn.Module):
    """Does when traced what it does not do afterwards."""

    def forward(self, batch):
        return batch + (1 if torch.compiler.is_compiling() else 0)


def test_pth_round_trip():
    weights = make_compact()
    data = encode_pth(weights)
    assert list(torch.load(BytesIO(data), weights_only=True)) == ["params_ema"]
    parsed = parse_weights(data, "file.pth")
    assert list(parsed) == list(weights)
    assert all(torch.equal(parsed[name], value) for name, value in weights.items())


@pytest.mark.parametrize("scale", [4, 2])
def test_pth_of_an_rrdbnet_is_as_it_was_before_it_was_loaded(scale):
    weights = make_rrdbnet(scale)
    loaded = build_generator(weights, "model").module.state_dict()
    assert not loaded.keys() & weights.keys(), "spandrel has names of its own"
    written = torch.load(BytesIO(encode_pth(loaded, last=loaded)), weights_only=True)
    assert list(written) == ["params", "params_ema"]
    for content in written.values():
        assert content.keys() == weights.keys()
        assert all(torch.equal(content[key], value) for key, value in weights.items())


@pytest.mark.parametrize(
    "weights", [make_compact(), make_rrdbnet(blocks=1)], ids=["compact", "rrdbnet"]
)
def test_onnx_gives_the_same_at_any_size(weights, tmp_path):
    onnxruntime = pytest.importorskip("onnxruntime")
    generator = build_generator(weights, "model")
    path = tmp_path / "model.onnx"
    export_onnx(generator, path)
    assert [file.name for file in tmp_path.iterdir()] == ["model.onnx"]
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    for size in ((1, 3, 17, 40), (3, 3, 21, 8)):
        images = torch.rand(size)
        with torch.inference_mode():
            expected = generator.module(images).numpy()
        found = session.run(["output"], {"input": images.numpy()})[0]
        assert np.abs(found - expected).max() < 1e-4


def read_metadata(path):
    onnx = pytest.importorskip("onnx")
    return {entry.key: entry.value for entry in onnx.load(path).metadata_props}


@pytest.mark.parametrize(
    ("weights", "rule", "told"),
    [
        (make_compact(2), ("1", "1"), "Height and width may be any."),
        (make_rrdbnet(2, blocks=1), ("4", "4"), "must be multiples of 4 px, at least 4 px."),
        pytest.param(
            make_swinir("nearest+conv"),
            ("16", "8"),
            "multiples of 8 px, at least 16 px.",
            marks=pytest.mark.slow,
        ),
    ],
    ids=["compact", "rrdbnet-x2", "swinir"],
)
def test_onnx_carries_its_size_rule(weights, rule, told, tmp_path):
    onnxruntime = pytest.importorskip("onnxruntime")
    generator = build_generator(weights, "model")
    path = tmp_path / "model.onnx"
    export_onnx(generator, path)
    found = read_metadata(path)
    assert (found["minimum"], found["multiple_of"], found["square"]) == (*rule, "false")
    assert (found["scale"], found["color_order"]) == (str(generator.scale), "RGB")
    assert (found["value_range"], found["architecture"]) == ("0..1", generator.architecture)
    assert told in generator.size_rule.describe()
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    smallest, step = (int(value) for value in rule)
    for size in ((smallest, smallest), (smallest + step, smallest + 4 * step)):
        [output] = session.run(["output"], {"input": np.zeros((1, 3, *size), np.float32)})
        assert output.shape[2:] == tuple(side * generator.scale for side in size)


def test_onnx_of_a_network_for_squares_says_so(compact, tmp_path):
    pytest.importorskip("onnxruntime")
    path = tmp_path / "model.onnx"
    export_onnx(replace(compact, square=True, multiple_px=2), path)
    assert read_metadata(path)["square"] == "true"


def test_an_onnx_that_breaks_the_rule_at_its_smallest_is_not_written(compact, tmp_path):
    class NeedsMore(torch.nn.Module):
        def forward(self, batch):
            return torch.nn.functional.pad(batch, (9, 9, 9, 9), mode="reflect")

    pytest.importorskip("onnxruntime")
    with pytest.raises((ModelError, RuntimeError)):
        export_onnx(replace(compact, module=NeedsMore(), minimum_px=4), tmp_path / "model.onnx")
    assert list(tmp_path.iterdir()) == []


def test_onnx_that_differs_is_not_written(compact, tmp_path):
    pytest.importorskip("onnxruntime")
    with pytest.raises(ModelError, match="differs by 1 in ONNX Runtime"):
        export_onnx(replace(compact, module=Shifts()), tmp_path / "model.onnx")
    assert list(tmp_path.iterdir()) == []


def test_onnx_that_cannot_be_traced_is_not_written(compact, tmp_path):
    class Untraceable(torch.nn.Module):
        def forward(self, batch):
            return batch if batch.sum() > 0 else -batch

    pytest.importorskip("onnxruntime")
    with pytest.raises(ModelError, match="cannot be exported to ONNX") as refusal:
        export_onnx(replace(compact, module=Untraceable()), tmp_path / "model.onnx")
    assert "\n" not in str(refusal.value)
    assert list(tmp_path.iterdir()) == []


def test_onnx_says_where_it_cannot_be_written(compact, tmp_path, monkeypatch):
    pytest.importorskip("onnxruntime")

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(export, "_write_onnx", fail)
    with pytest.raises(InputError, match="No space left on device"):
        export_onnx(compact, tmp_path / "model.onnx")


def test_onnx_says_what_to_install(compact, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxscript", None)
    with pytest.raises(ModelError, match=r'onnxscript.*pip install "desra-studio\[onnx\]"'):
        export_onnx(compact, tmp_path / "model.onnx")
