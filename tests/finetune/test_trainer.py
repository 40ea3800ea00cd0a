"""Trainings that learn, repeat, stop, go on, and run out of memory, disk and numbers."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch

from desra_studio.errors import CancelledError, InputError, ModelError
from desra_studio.finetune import training as training_module
from desra_studio.finetune.averaging import update_average
from desra_studio.finetune.checkpoints import load_checkpoint
from desra_studio.finetune.config import (
    DIAL,
    PAPER,
    PRESETS,
    QUICK,
    FinetuneConfig,
    compute_kept_share,
    get_preset,
)
from desra_studio.finetune.data import Batch, CropSource, FinetuneSample
from desra_studio.finetune.discriminator import UNetDiscriminator
from desra_studio.finetune.losses import PerceptualLoss
from desra_studio.finetune.pseudo_gt import compose_pseudo_gt
from desra_studio.finetune.trainer import Helpers, finetune_generator
from desra_studio.finetune.training import Training, choose_precision
from desra_studio.sr.loader import build_generator
from desra_studio.sr.upscale import upscale_image
from tests.factories.images import make_picture
from tests.factories.networks import CPU, make_compact
from tests.factories.training import TINY


@pytest.fixture
def generator():
    return build_generator(make_compact(), "small")


def make_samples(generator):
    """Two images whose GAN-SR is the generator's own, and whose MSE-SR is flat."""
    samples = []
    for seed in (1, 2):
        lr = make_picture(24, 32, seed)
        gan = upscale_image(generator, lr, CPU)
        mse = np.full_like(gan, 200)
        mask = np.zeros(gan.shape[:2], bool)
        mask[24:64, 40:100] = True
        samples.append(FinetuneSample(f"image {seed}", lr, compose_pseudo_gt(gan, mse, mask), mask))
    return samples


@pytest.fixture
def samples(generator):
    return make_samples(generator)


def ignore(_iteration, _losses):
    pass


def train(generator, samples, config=TINY, report=ignore, **helpers):
    return finetune_generator(generator, samples, config, CPU, report, Helpers(**helpers))


def assert_same(first, second):
    for one, other in ((first.weights, second.weights), (first.ema_weights, second.ema_weights)):
        assert one.keys() == other.keys()
        assert all(torch.equal(one[key], other[key]) for key in one)


def test_the_mask_moves_to_mse_and_the_rest_stays_at_gan():
    """Grass that the GAN overdoes, in front of a smooth sky that it does well."""
    generator = build_generator(make_compact(convolutions=4, features=16), "small")
    mask = np.zeros((96, 128), bool)
    mask[48:] = True
    deep = np.zeros_like(mask)
    deep[64:] = True
    samples, pairs = [], []
    for seed in (1, 2):
        lr = make_picture(24, 32, seed) // 4
        grass = np.random.default_rng(seed).integers(0, 2, (12, 32, 1), dtype=np.uint8)
        lr[12:] += grass * 100
        gan = upscale_image(generator, lr, CPU)
        mse = cv2.GaussianBlur(gan, (0, 0), 4)
        samples.append(FinetuneSample(f"{seed}", lr, compose_pseudo_gt(gan, mse, mask), mask))
        pairs.append((gan, mse))
    config = replace(
        QUICK, iterations=250, batch=4, crop=64, learning_rate=2e-3, warm_up=20, ema=0.98
    )
    tuned = build_generator(train(generator, samples, config).ema_weights, "tuned")
    for sample, (gan, mse) in zip(samples, pairs, strict=True):
        after = upscale_image(tuned, sample.lr, CPU).astype(float)
        assert np.abs(after - mse)[deep].mean() < 0.4 * np.abs(gan - mse.astype(float))[deep].mean()
        assert np.abs(after - gan)[:32].mean() < 0.4 * np.abs(after - gan)[deep].mean()


def test_all_losses_are_told_by_name(generator, samples, vgg_weights):
    told = []
    config = replace(TINY, perceptual_weight=1.0, iterations=3)
    result = train(
        generator, samples, config, lambda _, losses: told.append(dict(losses)),
        perceptual=PerceptualLoss(vgg_weights),
    )  # fmt: skip
    always = {"loss", "contrast", "perceptual", "discriminator"}
    assert [set(losses) for losses in told] == [always, always, always | {"adversarial"}]
    assert all(np.isfinite(list(losses.values())).all() for losses in told)
    assert (result.loss, result.notes) == (told[-1]["loss"], ())
    # A discriminator that has learnt is asked from the start, and is left as it was.
    judge = UNetDiscriminator(2)
    before = {key: value.clone() for key, value in judge.state_dict().items()}
    told.clear()
    train(generator, samples, replace(TINY, iterations=1), lambda _, losses: told.append(losses),
          discriminator=judge)  # fmt: skip
    assert "adversarial" in told[0]
    assert all(torch.equal(value, before[key]) for key, value in judge.state_dict().items())


def test_a_loss_that_cannot_be_had_is_noted(generator, samples):
    config = replace(TINY, perceptual_weight=1.0, iterations=1)
    assert "VGG19" in train(generator, samples, config).notes[0]
    assert train(generator, samples, config, no_perceptual="No network.").notes == ("No network.",)


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_a_resumed_run_equals_an_uninterrupted_one(generator, samples, tmp_path, precision):
    config = replace(TINY, iterations=7, precision=precision)
    whole, told = [], []
    expected = train(generator, samples, config, lambda *step: whole.append(step),
                     checkpoint=tmp_path / "whole.pt")  # fmt: skip

    def stop(iteration, losses):
        told.append((iteration, losses))
        if iteration == 5:
            raise CancelledError("stop")

    path = tmp_path / "run" / "checkpoint.pt"
    with pytest.raises(CancelledError):
        train(generator, samples, config, stop, checkpoint=path)
    assert load_checkpoint(path)["iteration"] == 4
    torch.manual_seed(99)
    resumed = train(generator, samples, config, lambda *step: told.append(step), checkpoint=path,
                    resume=True)  # fmt: skip
    assert [iteration for iteration, _ in told] == [1, 2, 3, 4, 5, 5, 6, 7]
    assert told[5:] == whole[4:]
    assert_same(resumed, expected)
    ends = [load_checkpoint(file) for file in (path, tmp_path / "whole.pt")]
    for name in ("generator", "average", "discriminator"):
        assert all(torch.equal(ends[0][name][key], ends[1][name][key]) for key in ends[0][name])
    for name in ("optimizer", "discriminator_optimizer"):
        for one, other in zip(*(end[name]["state"].values() for end in ends), strict=True):
            assert all(torch.equal(torch.as_tensor(one[key]), torch.as_tensor(other[key]))
                       for key in one)  # fmt: skip
    # A finished run has nothing left to do, and a longer one goes on from there.
    assert_same(train(generator, samples, config, checkpoint=path, resume=True), expected)
    train(generator, samples, replace(config, iterations=8), checkpoint=path, resume=True)
    assert load_checkpoint(path)["iteration"] == 8


def test_refuses_checkpoints_of_other_trainings(generator, samples, tmp_path):
    path = tmp_path / "checkpoint.pt"
    for says in ("There is no checkpoint", "cannot be read"):
        with pytest.raises(ModelError, match=says):
            train(generator, samples, checkpoint=path, resume=True)
        path.write_bytes(b"no checkpoint")
    torch.save({"params": {}}, path)
    with pytest.raises(ModelError, match="not a checkpoint of the studio"):
        train(generator, samples, checkpoint=path, resume=True)
    train(generator, samples, checkpoint=path)
    for config, given, says in (
        (replace(TINY, seed=1), samples, "made with seed 0, not 1"),
        (replace(TINY, batch=3), samples, "made with batch 2, not 3"),
        (replace(TINY, iterations=5), samples, "has 6 iterations already, 5 were asked for"),
        (TINY, samples[:1], "another generator or other samples"),
    ):
        with pytest.raises(InputError, match=says):
            train(generator, given, config, checkpoint=path, resume=True)


def test_cancel_ends_within_an_iteration(generator, samples):
    told = []

    def cancel(iteration, _losses):
        told.append(iteration)
        if iteration == 2:
            raise CancelledError("stop")

    with pytest.raises(CancelledError):
        train(generator, samples, report=cancel)
    assert told == [1, 2]


def test_nan_keeps_the_last_good_checkpoint(generator, samples, tmp_path):
    path = tmp_path / "checkpoint.pt"
    calls = []

    def break_output(_module, _inputs, output):
        calls.append(None)
        return output * float("nan") if len(calls) == 5 else output

    generator.module.register_forward_hook(break_output)
    with pytest.raises(ModelError, match=r"nan after 5 iterations. The last checkpoint is kept"):
        train(generator, samples, checkpoint=path)
    state = load_checkpoint(path)
    assert state["iteration"] == 4
    assert all(value.isfinite().all() for value in state["average"].values())
    # With the numbers mended it goes on from there.
    train(generator, samples, checkpoint=path, resume=True)
    assert load_checkpoint(path)["iteration"] == 6


def test_a_rate_that_is_too_high_ends_in_words(generator, samples, tmp_path):
    wild = replace(TINY, learning_rate=0.999, discriminator_rate=0.999, iterations=1000, warm_up=0)
    for weight in next(iter(generator.module.children())).parameters():
        weight.data.mul_(1e20)
    with pytest.raises(ModelError, match=r"(nan|inf).*learning rate below 0\.999"):
        train(generator, samples, wild, checkpoint=tmp_path / "checkpoint.pt")
    assert not (tmp_path / "checkpoint.pt").exists()


def test_out_of_memory_halves_the_batch(generator, samples, tmp_path):
    config = replace(TINY, batch=4, adversarial_weight=0.0)
    expected, sizes, told = train(generator, samples, config), [], []

    def run_out(_module, inputs):
        sizes.append(len(inputs[0]))
        if len(sizes) == 3:
            raise torch.OutOfMemoryError("CUDA out of memory.")

    generator.module.register_forward_pre_hook(run_out)
    path = tmp_path / "checkpoint.pt"
    result = train(generator, samples, config, checkpoint=path, tell=told.append)
    assert sizes == [4, 4, 4, *[2, 2] * 4]
    [note] = told
    assert "batches of 4 crops of 32 px: now 2 at once, accumulated over 2" in note
    assert result.notes == (note,)
    # The same crops make the same step, up to the order of sums.
    for key, value in expected.weights.items():
        torch.testing.assert_close(result.weights[key], value, atol=1e-4, rtol=1e-3)
    # A resumed run remembers.
    sizes.clear()
    sizes.extend([0] * 3)
    train(generator, samples, replace(config, iterations=7), checkpoint=path, resume=True)
    assert sizes[3:] == [2, 2]


def test_twelve_crops_are_one_step_where_two_fit(generator, samples):
    config = replace(PAPER, iterations=2, crop=32, perceptual_weight=0.0, adversarial_weight=0.0)
    expected = train(generator, samples, config)

    def run_out(_module, inputs):
        if len(inputs[0]) > 2:
            raise torch.OutOfMemoryError("CUDA out of memory.")

    generator.module.register_forward_pre_hook(run_out)
    found = train(generator, samples, config)
    assert "now 2 at once, accumulated over 6." in found.notes[-1]
    for key, value in expected.weights.items():
        torch.testing.assert_close(found.weights[key], value, atol=1e-4, rtol=1e-3)


@pytest.mark.parametrize(("iteration", "kept"), [(1, 1 / 11), (1000, 1000 / 1010), (20_000, 0.999)])
def test_what_the_average_keeps(iteration, kept):
    assert compute_kept_share(0.999, iteration) == kept
    average, module = torch.nn.Linear(1, 1), torch.nn.Linear(1, 1)
    for one, value in ((average, 1.0), (module, 0.0)):
        torch.nn.init.constant_(one.weight, value)
    update_average(average, module, 0.999, iteration)
    assert average.weight.item() == pytest.approx(kept)


def test_out_of_memory_with_one_crop_is_the_end(generator, samples):
    sizes = []

    def run_out(_module, inputs):
        sizes.append(len(inputs[0]))
        raise torch.OutOfMemoryError("CUDA out of memory.")

    generator.module.register_forward_pre_hook(run_out)
    with pytest.raises(ModelError, match="single crop of 32 px needs more memory than cpu"):
        train(generator, samples, replace(TINY, batch=3))
    assert sizes == [3, 2, 1]


def test_a_full_disk_keeps_the_checkpoint_before(generator, samples, tmp_path, monkeypatch):
    path, save, calls = tmp_path / "run" / "checkpoint.pt", torch.save, []

    def fill_disk(state, file):
        calls.append(state["iteration"])
        if len(calls) == 2:
            file.write(b"half of it")
            raise OSError(28, "No space left on device")
        save(state, file)

    monkeypatch.setattr(torch, "save", fill_disk)
    says = r"iteration 4 cannot be written .*\(No space left on device\). The last checkpoint is"
    with pytest.raises(InputError, match=says):
        train(generator, samples, checkpoint=path)
    assert [file.name for file in path.parent.iterdir()] == ["checkpoint.pt"]
    assert load_checkpoint(path)["iteration"] == 2


def test_previews_are_of_the_average(generator, samples):
    seen = []

    def look(iteration, given):
        seen.append((iteration, upscale_image(given, samples[0].lr, CPU)))

    config = replace(TINY, preview_every=3)
    result = train(generator, samples, config, preview=look)
    assert [iteration for iteration, _ in seen] == [3, 6]
    tuned = build_generator(result.ema_weights, "tuned")
    assert np.array_equal(seen[1][1], upscale_image(tuned, samples[0].lr, CPU))
    assert_same(result, train(generator, samples, config))


def test_accumulated_batches_are_one_step(generator, samples):
    plain = replace(TINY, adversarial_weight=0.0)
    expected = train(generator, samples, replace(plain, batch=4))
    found = train(generator, samples, replace(plain, batch=2, accumulate=2))
    for key, value in expected.weights.items():
        torch.testing.assert_close(found.weights[key], value, atol=1e-4, rtol=1e-3)


def test_the_rate_warms_up(generator):
    training = Training(generator, replace(TINY, warm_up=4), CPU)
    rates = []
    for iteration in range(1, 7):
        images = (
            torch.rand(1, channels, side, side) for channels, side in ((3, 8), (3, 32), (1, 32))
        )
        training.run_step(Batch(*images), iteration)
        rates.append(training.save_state()["optimizer"]["param_groups"][0]["lr"])
    assert rates == pytest.approx([0.25e-3, 0.5e-3, 0.75e-3, 1e-3, 1e-3, 1e-3])


def test_precision(generator, monkeypatch):
    cuda = torch.device("cuda")
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda **_: True)
    assert choose_precision(TINY, generator, CPU) == "fp32"
    assert choose_precision(TINY, generator, cuda) == "bf16"
    assert choose_precision(TINY, replace(generator, supports_bfloat16=False), cuda) == "fp32"
    assert choose_precision(replace(TINY, precision="fp32"), generator, cuda) == "fp32"
    assert training_module.BETAS == (0.9, 0.99)


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_crops_on_the_mask(share):
    scale, side = 4, 6
    mask = np.zeros((96, 128), bool)
    mask[90:, 0:3] = True
    # What is marked is white, so that a crop can be seen to show it.
    marked = np.repeat(mask[:, :, None], 3, 2).astype(np.uint8) * 255
    lr, empty = np.zeros((24, 32, 3), np.uint8), np.zeros((96, 128), bool)
    samples = [FinetuneSample("a", lr, marked, mask)]
    samples += [FinetuneSample("b", lr, np.zeros_like(marked), empty)] * 3
    source = CropSource(samples, side, scale, seed=0, mask_share=share)
    targets = torch.cat([source.draw_batch(8, step)[1] for step in range(50)])
    assert tuple(targets.shape[1:]) == (3, 24, 24)
    masks = torch.cat([source.draw_batch(8, step).mask for step in range(50)])
    assert torch.equal(masks.expand_as(targets), targets)
    shown = (targets.amax((1, 2, 3)) > 0).float().mean().item()
    assert abs(shown - share) < 0.08
    one, again, other = (source.draw_batch(4, step) for step in (3, 3, 4))
    assert torch.equal(one[1], again[1])
    assert share == 0.0 or not torch.equal(one[1], other[1])


def test_the_dial_goes_from_detail_to_deletion_by_way_of_the_preset():
    places = [(stop.inside_weight, stop.contrast_inside_weight) for stop in DIAL]
    assert len(places) == len(set(places))
    assert (QUICK.inside_weight, QUICK.contrast_inside_weight) in places
    for front in ([stop.removal for stop in DIAL], [stop.detail for stop in reversed(DIAL)]):
        measured = [value for value in front if value is not None]
        assert measured == sorted(measured)


def test_presets():
    assert get_preset("paper") == FinetuneConfig() == PAPER
    assert (PAPER.iterations, PAPER.crop, PAPER.learning_rate, PAPER.ema) == (
        1000,
        256,
        1e-4,
        0.999,
    )
    assert (PAPER.pixel_weight, PAPER.perceptual_weight, PAPER.adversarial_weight) == (1, 1, 0.1)
    assert (PAPER.batch * PAPER.accumulate, PAPER.warm_up, PAPER.discriminator_warm_up) == (
        12,
        0,
        0,
    )
    assert PRESETS["long"].iterations == 5000
    assert (QUICK.batch, QUICK.warm_up, QUICK.discriminator_warm_up) == (8, 50, 100)
    with pytest.raises(InputError, match=r"'slow'. Take quick, paper, long"):
        get_preset("slow")


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"mask_share": 1.5}, "mask share must be 0 to 1, got 1.5"),
        ({"accumulate": 0}, "accumulate must be at least 1, got 0"),
        ({"contrast_weight": -1}, "contrast weight must be at least 0, got -1"),
        ({"pixel_weight": float("nan")}, "pixel weight must be at least 0, got nan"),
        ({"discriminator_rate": 2}, "discriminator rate must be above 0 and below 1, got 2"),
        ({"precision": "fp8"}, "one of auto, fp32, bf16, got 'fp8'"),
        (
            {"pixel_weight": 0, "perceptual_weight": 0, "adversarial_weight": 0},
            "All losses have the weight 0",
        ),
    ],
)
def test_refuses_settings(values, says):
    with pytest.raises(InputError, match=says):
        FinetuneConfig(**values)
