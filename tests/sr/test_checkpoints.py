"""What training scripts put around a network's weights is found and removed, or told."""

from collections import OrderedDict
from io import BytesIO

import numpy as np
import pytest
import torch
from spandrel import canonicalize_state_dict

from desra_studio.errors import ModelError
from desra_studio.finetune.discriminator import build_discriminator
from desra_studio.sr.checkpoints import unwrap_checkpoint
from desra_studio.sr.loader import build_generator, load_generator, parse_weights
from tests.development_data import require_case
from tests.factories.networks import make_compact, make_discriminator, make_rrdbnet, make_swinir

GENERATOR, JUDGE = make_compact(), make_discriminator()
OTHER = make_compact(seed=1)
RESNET = {"conv1.weight": torch.zeros(8, 3, 7, 7), "layer1.0.conv1.weight": torch.zeros(8, 8, 3, 3)}
WRAPPED = [
    "c02_params-ema.pth",
    "c03_net.pth",
    "c06_lightning_net_g.ckpt",
    "c13b_generator_only.pth",
    "c16_torch_compile.pth",
    "c30_weights_key.pth",
    "c31_ddp_lightning.ckpt",
]


def save(content):
    buffer = BytesIO()
    torch.save(content, buffer)
    return buffer.getvalue()


def put_under(prefix, weights):
    return {prefix + name: value for name, value in weights.items()}


def open_generator(content):
    return build_generator(parse_weights(save(content), "file.pth"), "file.pth")


def refuse(content):
    with pytest.raises(ModelError) as refusal:
        open_generator(content)
    message = str(refusal.value)
    assert message.startswith("file.pth")
    assert "\n" not in message
    return message


def check_same(module, weights):
    loaded = module.state_dict()
    assert loaded.keys() == weights.keys()
    assert all(torch.equal(loaded[name], value.float()) for name, value in weights.items())


@pytest.mark.parametrize("file", WRAPPED)
def test_checkpoints_from_the_field_load(file):
    generator = load_generator(require_case("checkpoint-wrappers") / file)
    assert (generator.architecture, generator.notes) == ("RealESRGAN Compact", ())


@pytest.mark.parametrize(
    "wrapper",
    ["params_ema", "params-ema", "params", "net", "model", "state_dict", "model_state_dict"],
)
def test_what_spandrel_opens_opens_here(wrapper):
    content = {wrapper: GENERATOR, "iter": 5, "best": 31.5, "name": "x"}
    assert canonicalize_state_dict(content).keys() == GENERATOR.keys()
    check_same(open_generator(content).module, GENERATOR)


@pytest.mark.parametrize(
    "content",
    [
        {"generator": GENERATOR},
        {"weights": GENERATOR, "epoch": 3},
        {"whatever": OrderedDict(GENERATOR), "epoch": 3},
        {"state_dict": {"params_ema": GENERATOR, "params": OTHER}},
        {"params": OTHER, "params_ema": GENERATOR},
        {"state_dict": OTHER, "params_ema": GENERATOR},
        {"params_ema": {}, "params": GENERATOR},
        {"model": {"name": "compact", "scale": 4}, "weights": GENERATOR},
        {"params": {**GENERATOR, "epoch": 7, "note": "last"}},
        {**GENERATOR, "epoch": 7},
        {"params": GENERATOR, "optimizer": {"state": {0: GENERATOR}, "param_groups": []}},
    ],
    ids=lambda content: ",".join(list(content)[:2]),
)
def test_wrappers_beyond_the_usual_keys(content):
    generator = open_generator(content)
    check_same(generator.module, GENERATOR)
    assert generator.notes == ()


@pytest.mark.parametrize(
    "prefix",
    [
        "module.", "netG.", "net_g.", "model.", "_orig_mod.", "generator.", "net_g.module.",
        "model.net_g.module._orig_mod.", "module.module.", "trainer.model.generator.net.",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "weights", [GENERATOR, make_swinir("nearest+conv")], ids=["compact", "swinir"]
)
def test_a_shared_prefix_is_dropped(prefix, weights):
    generator = open_generator({"state_dict": put_under(prefix, weights)})
    check_same(generator.module, weights)
    assert generator.notes == ()


def test_compiled_parts_are_named_as_if_they_were_not():
    body = {name.replace("body.", "body._orig_mod."): GENERATOR[name] for name in GENERATOR}
    check_same(open_generator(body).module, GENERATOR)


@pytest.mark.parametrize("weights", [make_rrdbnet(4), make_rrdbnet(2)], ids=["x4", "x2"])
def test_a_prefixed_rrdbnet_loads(weights):
    assert open_generator(put_under("net_g.", weights)).architecture == "ESRGAN"


@pytest.mark.parametrize(
    "content",
    [
        {"state_dict": {**put_under("net_d.", JUDGE), **put_under("net_g.", GENERATOR)}},
        {"netG": GENERATOR, "netD": JUDGE},
        {"g": GENERATOR, "d": JUDGE, "vgg": RESNET},
        {"state_dict": put_under("lit.", {"loss": torch.zeros(3), **put_under("net.", GENERATOR)})},
        {"n_averaged": torch.zeros(()), **put_under("module.", GENERATOR)},
    ],
    ids=["lightning", "netG", "three", "beside", "averaged"],
)  # fmt: skip
def test_the_generator_is_taken_from_beside_other_networks(content):
    generator = open_generator(content)
    check_same(generator.module, GENERATOR)
    [note] = generator.notes
    assert "other tensors were left out" in note


def test_of_two_generators_the_averaged_one_is_taken():
    content = {**put_under("online.", OTHER), **put_under("net_g_ema.", GENERATOR)}
    check_same(open_generator(content).module, GENERATOR)


def test_of_two_equal_generators_none_is_guessed():
    message = refuse({**put_under("teacher.", OTHER), **put_under("student.", GENERATOR)})
    assert "holds 2 networks, under teacher., student." in message


def test_the_discriminator_is_taken_from_beside_the_generator():
    weights = {**put_under("net_g.", GENERATOR), **put_under("net_d.module.", JUDGE)}
    check_same(build_discriminator(weights, "file.pth"), JUDGE)


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16, torch.float64])
def test_other_precisions_load(kind):
    weights = {name: value.to(kind) for name, value in GENERATOR.items()}
    check_same(open_generator({"params": weights}).module, weights)


def test_an_unknown_network_is_told_with_its_prefix():
    message = refuse({"state_dict": put_under("net.encoder.", RESNET)})
    assert "architecture that spandrel does not know" in message
    assert "with or without net.encoder. before every name" in message
    assert "with or without" not in refuse(RESNET)


@pytest.mark.parametrize("prefix", ["", "net_d.module."])
def test_a_discriminator_given_as_a_generator_is_named(prefix):
    message = refuse({"params": put_under(prefix, JUDGE)})
    assert "is a discriminator (U-Net SN), not a generator" in message
    assert "spandrel" not in message


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"epoch": 3, "iter": 7}, "holds no weights, but epoch (int), iter (int)."),
        ({"state": {0: {"exp_avg": torch.zeros(3)}}, "param_groups": []}, "an optimizer's state"),
        ({"optimizer": {"state": {0: GENERATOR}, "param_groups": []}}, "optimizer (an optimizer)"),
        (
            {"iter": 5, "optimizers": [{"state": {}, "param_groups": []}], "schedulers": []},
            "iter (int), optimizers (an optimizer), schedulers (list)",
        ),
        ({1: torch.zeros(1)}, "1 (Tensor)"),
        ({"params": {"a": 1}}, "params (dict)"),
        ({}, "nothing"),
        (dict.fromkeys("abcdef", 1), "d (int) and 2 more"),
    ],
    ids=["state", "optimizer", "wrapped", "basicsr", "numbers", "values", "nothing", "many"],
)
def test_what_is_there_instead_of_weights_is_told(content, said):
    assert said in refuse(content)


def test_numpy_values_are_called_so():
    message = refuse({"params": GENERATOR, "best_psnr": np.float64(31.5)})
    assert "holds NumPy values beside its weights (numpy." in message
    assert "could run code" not in message


def test_circles_and_deep_nests_end():
    circle = {"params": GENERATOR}
    circle["self"] = {"again": circle, "shared": circle["params"]}
    check_same(open_generator(circle).module, GENERATOR)
    nest = GENERATOR
    for _ in range(2000):
        nest = {"a": nest}
    with pytest.raises(ModelError, match="holds no weights, but a"):
        unwrap_checkpoint(nest, "file.pth")
    assert "does not know" in refuse({f"{'a.' * 5000}weight": torch.zeros(1)})


def damage(weights, value=float("nan"), count=3):
    first, *others = weights
    damaged = weights[first].clone()
    damaged.view(-1)[:count] = value
    return {first: damaged, **{name: weights[name] for name in others}}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("kind", [torch.float32, torch.float16, torch.bfloat16])
def test_weights_that_are_not_finite_are_refused(value, kind):
    weights = {name: tensor.to(kind) for name, tensor in damage(GENERATOR, value).items()}
    total = sum(tensor.numel() for tensor in GENERATOR.values())
    first = next(iter(GENERATOR))
    message = refuse({"params": put_under("net_g.", weights)})
    assert f"is damaged: 3 of its {total} weights are not finite (NaN or infinite)" in message
    assert f"the first in {first}. Fetch it again" in message


def test_a_discriminator_that_is_not_finite_is_refused():
    with pytest.raises(ModelError, match=r"d\.pth is damaged: 3 of its .* in conv0\.weight\."):
        build_discriminator(damage(JUDGE), "d.pth")
    check_same(build_discriminator(put_under("d.", JUDGE) | damage(OTHER), "d.pth"), JUDGE)


def test_integers_and_other_networks_do_not_count():
    swinir = make_swinir("nearest+conv")
    assert any(not tensor.is_floating_point() for tensor in swinir.values())
    assert open_generator({"g": swinir, "d": damage(JUDGE)}).architecture == "SwinIR"
