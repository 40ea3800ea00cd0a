"""Tiles give what the whole image gives, and running goes on when memory or range runs out."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from desra_studio.errors import InputError, ModelError
from desra_studio.sr.loader import build_generator
from desra_studio.sr.upscale import (
    Upscaler,
    choose_precision,
    is_out_of_memory,
    pad_image,
    to_image,
    to_tensor,
    upscale_image,
)
from tests.factories.images import make_noise
from tests.factories.networks import CPU, make_compact, make_rrdbnet, make_swinir


class Repeats(torch.nn.Module):
    """Repeats each pixel 4x4 times, and fails above some number of input px as a device would."""

    def __init__(self, most=10**9, gain=1.0, failure=None):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.tensor(float(gain)))
        self.most, self.failure, self.seen = most, failure or self.run_out, []

    def forward(self, batch):
        self.seen.append(tuple(batch.shape))
        if batch.shape[0] * batch.shape[2] * batch.shape[3] > self.most:
            self.failure()
        return (batch * self.weight / self.weight).repeat_interleave(4, 2).repeat_interleave(4, 3)

    @staticmethod
    def run_out():
        raise torch.OutOfMemoryError("Tried to allocate 20.00 GiB")


@pytest.fixture(scope="module")
def compact():
    """Looks as far as the overlap allows: 18 px."""
    return build_generator(make_compact(convolutions=16), "compact")


@pytest.fixture
def repeats(compact):
    return lambda **options: replace(compact, module=Repeats(**options))


def repeat(lr):
    return lr.repeat(4, 0).repeat(4, 1)


@pytest.mark.parametrize(
    ("size", "tile"), [((81, 80), 80), ((123, 171), 80), ((203, 121), 111), ((20, 130), 97)]
)
def test_tiles_give_what_the_whole_image_gives(compact, size, tile):
    lr = make_noise(*size)
    upscaler = Upscaler(compact, CPU, tile=tile)
    assert len(upscaler.plan(*size).places) > 1
    whole = Upscaler(compact, CPU, tile=0).upscale(lr).astype(int)
    assert np.abs(upscaler.upscale(lr) - whole).max() <= 2


def test_tiles_see_only_what_they_are_given(compact):
    """The same tiles, each run by itself: blending adds nothing of its own."""
    lr = make_noise(100, 60)
    top, bottom = (Upscaler(compact, CPU, tile=0).upscale(part) for part in (lr[:70], lr[30:]))
    joined = Upscaler(compact, CPU, tile=90).upscale(lr)
    assert np.abs(joined[: 48 * 4].astype(int) - top[: 48 * 4]).max() <= 1
    assert np.abs(joined[52 * 4 :].astype(int) - bottom[22 * 4 :]).max() <= 1


@pytest.mark.parametrize("scale", [2, 3])
def test_other_scales(scale):
    generator = build_generator(make_compact(scale, convolutions=3), "compact")
    lr = make_noise(85, 90)
    whole = Upscaler(generator, CPU, tile=0).upscale(lr).astype(int)
    assert whole.shape == (85 * scale, 90 * scale, 3)
    assert np.abs(Upscaler(generator, CPU, tile=80).upscale(lr) - whole).max() <= 2


def test_tiles_keep_to_the_size_rules():
    swinir = build_generator(make_swinir("nearest+conv"), "swinir")
    plan = Upscaler(swinir, CPU, tile=103).plan(120, 96)
    assert (plan.rows.tile, plan.columns.tile) == (88, 96)
    assert plan.rows.starts == (0, 32)
    with pytest.raises(InputError, match="at least 96"):
        Upscaler(swinir, CPU, tile=95)
    unshuffled = build_generator(make_rrdbnet(2), "x2plus")
    assert upscale_image(unshuffled, make_noise(5, 6), CPU).shape == (10, 12, 3)


@pytest.mark.parametrize("size", [(1, 1), (1, 30), (30, 1), (3, 2)])
def test_padding_reflects(compact, size):
    lr = make_noise(*size)
    padded = pad_image(lr, replace(compact, minimum_px=16, multiple_px=8))
    assert padded.shape == (*(max(16, -(-side // 8) * 8) for side in size), 3)
    assert np.array_equal(padded[: size[0], : size[1]], lr)
    if size[0] == 3:
        assert np.array_equal(padded[3, : size[1]], lr[1])
    assert pad_image(lr, replace(compact, minimum_px=16, square=True)).shape[:2] in {
        (16, 16),
        (30, 30),
    }
    assert upscale_image(compact, lr, CPU).shape == (size[0] * 4, size[1] * 4, 3)


def test_chooses_the_whole_image_where_it_is_small(compact):
    upscaler = Upscaler(compact, CPU)
    assert len(upscaler.plan(400, 500).places) == 1
    assert len(upscaler.plan(1000, 1000).places) == 16
    assert len(Upscaler(compact, CPU, tile=0).plan(1000, 1000).places) == 1
    assert Upscaler(compact, CPU, tile=500).plan(800, 100).rows.tile == 420


@pytest.mark.parametrize("tile", [79, 1, -1, -200])
def test_refuses_tiles_smaller_than_what_they_share(compact, tile):
    with pytest.raises(InputError, match="at least 80"):
        Upscaler(compact, CPU, tile=tile)


def test_refuses_what_is_no_image(compact):
    with pytest.raises(InputError):
        upscale_image(compact, np.zeros((4, 4), np.uint8), CPU)


def test_memory_runs_out(repeats):
    told, generator = [], repeats(most=100 * 100)
    upscaler = Upscaler(generator, CPU, tile=0, tell=told.append)
    lr = make_noise(300, 200)
    assert np.array_equal(upscaler.upscale(lr), repeat(lr))
    assert told == [
        "300 px tiles do not fit into the memory of cpu: going on with 150 px",
        "127 px tiles do not fit into the memory of cpu: going on with 80 px",
    ]
    generator.module.seen.clear()
    upscaler.upscale(lr)
    assert len(told) == 2, "stays halved"
    assert {shape[1:] for shape in generator.module.seen} == {(3, 78, 80)}


def test_memory_runs_out_of_batches_first(repeats):
    told, generator = [], repeats(most=90 * 90)
    upscaler = Upscaler(generator, CPU, tile=80, tell=told.append)
    upscaler._batch = 4
    lr = make_noise(150, 150)
    assert np.array_equal(upscaler.upscale(lr), repeat(lr))
    assert told == ["4 tiles at once do not fit into the memory of cpu: going on with one"]
    assert generator.module.seen[0][0] == 4


def test_memory_runs_out_for_good(repeats):
    upscaler = Upscaler(repeats(most=60 * 60), CPU)
    with pytest.raises(ModelError, match=r"An LR of 150x200 px .* tiles of 80 px. Free some"):
        upscaler.upscale(make_noise(200, 150))


def test_the_allocator_of_the_cpu_fails(repeats):
    def allocate():
        torch.empty(2**58, dtype=torch.uint8)

    lr = make_noise(150, 100)
    generator = repeats(most=120 * 120, failure=allocate)
    assert np.array_equal(upscale_image(generator, lr, CPU), repeat(lr))


def test_other_failures_are_not_taken_for_memory(repeats):
    def fail():
        raise RuntimeError("a bug")

    with pytest.raises(RuntimeError, match="a bug"):
        upscale_image(repeats(most=1, failure=fail), make_noise(9, 9), CPU)
    assert is_out_of_memory(MemoryError())
    assert not is_out_of_memory(ValueError("out of memory"))


def test_half_precision(compact):
    lr = make_noise(40, 30)
    full = Upscaler(compact, CPU, precision="fp32").upscale(lr).astype(int)
    for precision in ("fp16", "bf16"):
        half = Upscaler(compact, CPU, precision=precision).upscale(lr)
        assert np.abs(half - full).max() <= 3
    assert next(compact.module.parameters()).dtype is torch.float32


def test_half_precision_overflows(repeats):
    told, generator = [], repeats(gain=1e6)
    upscaler = Upscaler(generator, CPU, precision="fp16", tell=told.append)
    lr = make_noise(20, 20)
    for _ in range(2):
        assert np.array_equal(upscaler.upscale(lr), repeat(lr))
    assert told == ["RealESRGAN Compact overflows in torch.float16: going on in float32"]


def test_refuses_damaged_weights(repeats):
    with pytest.raises(ModelError, match="not finite"):
        upscale_image(repeats(gain=float("nan")), make_noise(9, 9), CPU)


def test_precision(compact):
    cuda = torch.device("cuda")
    swinir = replace(compact, supports_half=False)
    neither = replace(swinir, supports_bfloat16=False)
    assert choose_precision("auto", compact, CPU) is torch.float32
    assert choose_precision("auto", compact, cuda) is torch.float16
    assert choose_precision("auto", swinir, cuda) is torch.bfloat16
    assert choose_precision("auto", neither, cuda) is torch.float32
    assert choose_precision("bf16", swinir, CPU) is torch.bfloat16
    with pytest.raises(InputError, match=r"does not work in fp16\. Take auto or bf16 or fp32"):
        choose_precision("fp16", swinir, CPU)
    with pytest.raises(InputError, match="No precision named 'int8'"):
        choose_precision("int8", compact, CPU)


def test_images_round_trip_through_tensors():
    image = make_noise(7, 5)
    assert np.array_equal(to_image(to_tensor(image)), image)
    assert to_image(torch.tensor([-1.0, 0.5, 2.0])[:, None, None]).tolist() == [[[0, 128, 255]]]
