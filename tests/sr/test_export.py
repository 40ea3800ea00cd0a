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
from tests.factories.networks import make_compact, make_rrdbnet


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
