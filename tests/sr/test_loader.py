"""Every architecture that is promised loads; everything else is refused in one line."""

import os
import pickle
import zipfile
from io import BytesIO

import pytest
import torch
from safetensors.torch import save as save_safetensors
from spandrel.architectures.Compact import Compact

from desra_studio.errors import ModelError
from desra_studio.sr.loader import build_generator, encode_weights, load_generator, parse_weights
from desra_studio.sr.upscale import upscale_image
from tests.development_data import SHARED
from tests.factories.images import make_noise
from tests.factories.networks import CPU, make_compact, make_rrdbnet, make_swinir

REAL_ESRGAN = SHARED / "weights" / "RealESRGAN_x4plus_fp16.safetensors"


class Creates:
    """Creates a file when it is unpickled by anything that runs code."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (os.mkdir, (str(self.path),))


def save_torch(content, **options):
    buffer = BytesIO()
    torch.save(content, buffer, **options)
    return buffer.getvalue()


def refuse(data, name="file.pth"):
    with pytest.raises(ModelError) as refusal:
        build_generator(parse_weights(data, name), name)
    message = str(refusal.value)
    assert message.startswith(name)
    assert "\n" not in message
    return message


@pytest.mark.parametrize(
    ("weights", "architecture", "scale", "rules"),
    [
        (make_rrdbnet(4), "ESRGAN", 4, (2, 1)),
        (make_rrdbnet(2), "ESRGAN", 2, (4, 4)),
        (make_compact(4), "RealESRGAN Compact", 4, (1, 1)),
        (make_compact(2), "RealESRGAN Compact", 2, (1, 1)),
        (make_swinir("nearest+conv"), "SwinIR", 4, (16, 8)),
        (make_swinir("pixelshuffle"), "SwinIR", 4, (16, 8)),
    ],
    ids=["x4plus", "x2plus", "general-x4v3", "compact-x2", "swinir-real", "swinir-classical"],
)
def test_loads_and_runs(weights, architecture, scale, rules):
    generator = build_generator(parse_weights(encode_weights(weights), "model"), "model")
    assert (generator.architecture, generator.scale) == (architecture, scale)
    assert (generator.minimum_px, generator.multiple_px) == rules
    assert not generator.square
    assert generator.supports_bfloat16
    assert generator.supports_half == (architecture != "SwinIR")
    learned = [value for name, value in weights.items() if name.endswith(("weight", "bias"))]
    tables = [value for name, value in weights.items() if name.endswith("bias_table")]
    assert generator.parameters == sum(value.numel() for value in learned + tables)
    assert upscale_image(generator, make_noise(9, 17), CPU).shape == (9 * scale, 17 * scale, 3)


def test_loads_the_released_real_esrgan():
    if not REAL_ESRGAN.is_file():
        pytest.skip(f"{REAL_ESRGAN} is absent: development data, not part of the product")
    generator = load_generator(REAL_ESRGAN)
    assert (generator.architecture, generator.scale) == ("ESRGAN", 4)
    assert generator.parameters == 16_697_987
    flat = make_noise(24, 24) // 8 + 100
    output = upscale_image(generator, flat, CPU)
    assert output.shape == (96, 96, 3)
    assert abs(output.mean() - flat.mean()) < 5


@pytest.mark.parametrize("key", ["params_ema", "params", "state_dict", None])
@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize("prefix", ["", "module."])
def test_unwraps(key, zipped, prefix):
    weights = {prefix + name: value for name, value in make_compact().items()}
    content = weights if key is None else {key: weights, "iteration": 5}
    data = save_torch(content, _use_new_zipfile_serialization=zipped)
    parsed = parse_weights(data, "file.pth")
    assert list(parsed) == list(make_compact())


def test_prefers_averaged_weights():
    content = {"params": {"a": torch.zeros(1)}, "params_ema": {"a": torch.ones(1)}}
    assert parse_weights(save_torch(content), "file.pth")["a"] == 1


def test_building_leaves_the_weights_alone():
    weights = make_rrdbnet()
    before = list(weights)
    build_generator(weights, "model")
    assert list(weights) == before


@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_refuses_code_in_torch_files(tmp_path, zipped, protocol):
    content = {"params": make_compact(), "extra": Creates(tmp_path / "ran")}
    data = save_torch(content, pickle_protocol=protocol, _use_new_zipfile_serialization=zipped)
    message = refuse(data)
    assert "could run code" in message
    assert "safetensors" in message
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("protocol", range(6))
def test_refuses_code_in_plain_pickles(tmp_path, protocol):
    data = pickle.dumps({"params": Creates(tmp_path / "ran")}, protocol=protocol)
    assert "could run code" in refuse(data)
    assert not (tmp_path / "ran").exists()
    pickle.loads(data)
    assert (tmp_path / "ran").exists(), "this file would have run code"


def test_names_what_a_pickle_asks_for():
    assert "torch.nn.modules.linear.Linear" in refuse(save_torch(torch.nn.Linear(2, 2)))


@pytest.mark.filterwarnings("ignore:`torch.jit:FutureWarning")
def test_refuses_torchscript():
    buffer = BytesIO()
    torch.jit.save(torch.jit.script(torch.nn.Linear(2, 2)), buffer)
    assert "TorchScript" in refuse(buffer.getvalue())


def test_loads_safetensors_that_begin_like_a_pickle():
    for features, convolutions in ((64, 14), (48, 30), (32, 24), (3, 6)):
        weights = make_compact(convolutions=convolutions, features=features)
        data = encode_weights(weights)
        assert data.startswith(b"\x80")
        parsed = parse_weights(data, "model")
        assert parsed.keys() == weights.keys()
        for length in (9, 100, len(data) // 2, len(data) - 1):
            assert "neither a safetensors nor a PyTorch" in refuse(data[:length]), length


def test_refuses_what_is_cut_off():
    zipped, safe = save_torch(make_compact()), encode_weights(make_compact())
    legacy = save_torch(make_compact(), _use_new_zipfile_serialization=False)
    for data in (zipped, safe, legacy):
        for length in (5, 100, len(data) // 2, len(data) - 1):
            assert "Fetch it again" in refuse(data[:length]), length


def test_refuses_what_would_fill_the_memory():
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        target.writestr("weights/data.pkl", bytes(150_000_000))
    with pytest.raises(ModelError, match="would unpack to 150 MB, as no weight file does"):
        parse_weights(packed.getvalue(), "bomb.pth")


def test_loads_what_was_packed_again_with_compression():
    weights, plain, packed = make_compact(), BytesIO(), BytesIO()
    torch.save(weights, plain)
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as to:
        for entry in source.infolist():
            to.writestr(entry.filename, source.read(entry))
    assert parse_weights(packed.getvalue(), "packed.pth").keys() == weights.keys()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"These are not weights.\n" * 20, "neither a safetensors nor a PyTorch"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "neither a safetensors nor a PyTorch"),
        (b"PK\x03\x04" + bytes(100), "damaged"),
        (save_torch([torch.zeros(1)]), "holds a list"),
        (save_torch({}), "no weights"),
        (save_torch({"epoch": 3, "iter": 7}), "epoch (int), iter (int)"),
        (save_torch({1: torch.zeros(1)}), "no weights"),
        (save_torch({"params": {"a": 1}}), "no weights"),
        (save_safetensors({}), "no weights"),
    ],
    ids=["empty", "text", "png", "zip", "list", "nothing", "state", "numbers", "values", "safe"],
)
def test_refuses_what_holds_no_weights(data, said):
    assert said in refuse(data)


def test_refuses_other_networks():
    resnet = {
        "conv1.weight": torch.zeros(8, 3, 7, 7),
        "bn1.weight": torch.zeros(8),
        "layer1.0.conv1.weight": torch.zeros(8, 8, 3, 3),
        "fc.weight": torch.zeros(10, 8),
    }
    unet_sn = {
        "conv0.weight": torch.zeros(8, 3, 3, 3),
        "conv0.bias": torch.zeros(8),
        **{f"conv{n}.weight_orig": torch.zeros(8, 8, 4, 4) for n in range(1, 9)},
        **{f"conv{n}.weight_u": torch.zeros(8) for n in range(1, 9)},
        **{f"conv{n}.weight_v": torch.zeros(128) for n in range(1, 9)},
        "conv9.weight": torch.zeros(1, 8, 3, 3),
    }
    assert "does not know" in refuse(encode_weights(resnet))
    assert "is a discriminator (U-Net SN)" in refuse(encode_weights(unet_sn))


def test_refuses_weights_that_do_not_fit():
    weights = make_compact()
    weights["body.2.weight"] = torch.zeros(9, 9, 3, 3)
    assert "size mismatch for body.2.weight" in refuse(encode_weights(weights))
    del weights["body.2.weight"], weights["body.0.bias"]
    assert "does not fit" in refuse(encode_weights(weights))


def test_refuses_other_channels():
    gray = Compact(num_in_ch=1, num_out_ch=1, num_feat=8, num_conv=2).state_dict()
    assert "takes 1 and gives 1 channels" in refuse(encode_weights(gray))


def test_refuses_a_missing_file(tmp_path):
    with pytest.raises(ModelError, match="cannot be read"):
        load_generator(tmp_path / "none.pth")
