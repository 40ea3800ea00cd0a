"""What is written for ncnn is run by ncnn, and gives what PyTorch gives."""

from dataclasses import replace
from importlib import util
from io import BytesIO
from zipfile import ZipFile

import numpy as np
import pytest
import torch
from torch import nn

from desra_studio.assets_folder import find_assets
from desra_studio.errors import InputError, ModelError
from desra_studio.sr import ncnn_export
from desra_studio.sr.catalog import CATALOG
from desra_studio.sr.loader import build_generator, load_generator
from desra_studio.sr.ncnn_export import encode_ncnn, export_ncnn
from tests.factories.networks import make_compact, make_rrdbnet, make_swinir


@pytest.fixture
def files(tmp_path):
    return tmp_path / "net.param", tmp_path / "net.bin"


def run_ncnn(files, images):
    """Run the pair as realesrgan.cpp does, in float32 on the CPU."""
    ncnn = pytest.importorskip("ncnn")
    network = ncnn.Net()
    for option in ("fp16_packed", "fp16_storage", "fp16_arithmetic", "bf16_storage"):
        setattr(network.opt, f"use_{option}", False)
    assert network.load_param(str(files[0])) == network.load_model(str(files[1])) == 0
    extractor = network.create_extractor()
    extractor.input("data", ncnn.Mat(images.numpy()))
    state, output = extractor.extract("output")
    assert state == 0
    return np.array(output)


def check_same(generator, files, *sizes):
    for size in sizes:
        images = torch.rand(3, *size)
        with torch.inference_mode():
            expected = generator.module(images[None])[0].numpy()
        assert np.abs(run_ncnn(files, images) - expected).max() < 1e-4


@pytest.mark.parametrize(
    "weights",
    [make_compact(4), make_compact(2), make_compact(1), make_rrdbnet(4), make_rrdbnet(4, blocks=5)],
    ids=["compact-x4", "compact-x2", "compact-x1", "rrdbnet", "rrdbnet-5"],
)
def test_ncnn_gives_the_same_at_any_size(weights, files):
    pytest.importorskip("ncnn")
    generator = build_generator(weights, "model")
    export_ncnn(generator, *files)
    check_same(generator, files, (32, 32), (17, 40), (21, 8))


@pytest.mark.parametrize(
    "entry", [one for one in CATALOG if one.is_bundled], ids=lambda one: one.name
)
def test_the_bundled_models_run_in_ncnn(entry, files):
    pytest.importorskip("ncnn")
    generator = load_generator(find_assets() / "models" / entry.file)
    export_ncnn(generator, *files)
    check_same(generator, files, (48, 31))


def test_blobs_are_named_as_the_programs_want_them(files):
    pytest.importorskip("ncnn")
    export_ncnn(build_generator(make_rrdbnet(), "model"), *files)
    magic, counts, first, *_, last, end = files[0].read_text().split("\n")
    assert (magic, first, end) == ("7767517", "Input data 0 1 data", "")
    assert last.split()[:6][-1] == "output"
    lines = files[0].read_text().splitlines()[2:]
    outputs = sum(int(line.split()[3]) for line in lines)
    assert counts == f"{len(lines)} {outputs}"


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        (make_swinir("nearest+conv"), "SwinIR cannot be exported to ncnn, .* multiples of 8 px"),
        (make_rrdbnet(2), "ESRGAN cannot be exported to ncnn, .* multiples of 4 px"),
    ],
    ids=["swinir", "rrdbnet-x2"],
)
def test_networks_for_certain_sizes_are_refused(weights, said, files):
    pytest.importorskip("ncnn")
    with pytest.raises(ModelError, match=said):
        export_ncnn(build_generator(weights, "model"), *files)
    assert not any(file.exists() for file in files)


class Branches(nn.Module):
    def forward(self, batch):
        return batch if batch.sum() > 0 else -batch


@pytest.mark.parametrize(
    ("module", "said"),
    [
        (Branches(), "cannot be exported to ncnn .*control flow"),
        (nn.Sequential(nn.GELU()), "no layer for GELU"),
        (nn.Sequential(nn.Conv2d(3, 3, 3, groups=3)), "convolutions in groups"),
        (nn.Sequential(nn.Upsample(scale_factor=4, mode="bilinear")), "no layer for bilinear"),
    ],
    ids=["branches", "gelu", "groups", "bilinear"],
)
def test_unknown_layers_are_named(module, said, files):
    pytest.importorskip("ncnn")
    generator = replace(build_generator(make_compact(), "model"), module=module)
    with pytest.raises(ModelError, match=said) as refusal:
        export_ncnn(generator, *files)
    assert "\n" not in str(refusal.value)


def test_what_differs_in_ncnn_is_refused(files, monkeypatch):
    pytest.importorskip("ncnn")
    write = ncnn_export.write_layers

    def write_wrongly(module):
        text, data = write(module)
        return text.replace("0=0.2", "0=0.9").replace("2=4.0", "2=3.0"), data

    monkeypatch.setattr(ncnn_export, "write_layers", write_wrongly)
    with pytest.raises(ModelError, match=r"does not run in ncnn|differs by"):
        export_ncnn(build_generator(make_compact(), "model"), *files)


def test_says_what_to_install(files, monkeypatch):
    found = util.find_spec
    monkeypatch.setattr(
        ncnn_export, "find_spec", lambda name: None if name == "ncnn" else found(name)
    )
    with pytest.raises(ModelError, match=r'pip install "desra-studio\[ncnn\]"'):
        export_ncnn(build_generator(make_compact(), "model"), *files)


def test_says_where_it_cannot_be_written(tmp_path):
    pytest.importorskip("ncnn")
    gone = tmp_path / "gone"
    with pytest.raises(InputError, match=r"net\.param cannot be written: No such file"):
        export_ncnn(build_generator(make_compact(), "x"), gone / "net.param", gone / "net.bin")


@pytest.mark.parametrize(
    ("name", "stem"),
    [("mine", "mine-x4"), ("a b/ü", "a_b_-x4"), ("demo-x4", "demo-x4"), ("x4plus", "x4plus-x4")],
)
def test_the_scale_stands_in_the_files_names(name, stem):
    pytest.importorskip("ncnn")
    data = encode_ncnn(build_generator(make_compact(), "model"), name)
    with ZipFile(BytesIO(data)) as archive:
        assert archive.namelist() == [f"models/{stem}.param", f"models/{stem}.bin"]
