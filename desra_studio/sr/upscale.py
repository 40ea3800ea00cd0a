"""Running a generator on an image, whole or in tiles."""

import copy
import math
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn

from desra_studio.errors import InputError, ModelError
from desra_studio.imaging.arrays import RgbImage, check_rgb, size_of
from desra_studio.sr.loader import Generator
from desra_studio.sr.tiles import (
    TilePlan,
    find_smallest_tile,
    plan_side,
    round_up,
    share_side,
)

PRECISIONS = {"fp32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}

# Measured with SRVGGNetCompact: on a CPU larger tiles fall out of its caches, smaller ones spend
# more on what they share.
_TILE_PX = {"cpu": 320, "cuda": 384}
_BATCH = {"cuda": 4}
# Up to so many tiles' pixels an image runs whole: cutting it would cost more than it spares.
_WHOLE_TILES = 2
# Purely convolutional networks, a fifth faster on a CPU where the channels are innermost. Others
# may rely on the usual layout.
_CHANNELS_INNERMOST = {"ESRGAN", "RealESRGAN Compact"}


def ignore_message(message: str) -> None:
    """Tell nobody."""


class Upscaler:
    """Runs one generator on one device, and remembers what fits into its memory.

    Args:
        generator: in fp32 its module is moved to `device`; otherwise it is left as it is, and a
            copy is run.
        device: where to run.
        tile: largest side of a tile in LR px, rounded down to the generator's `multiple_px`;
            0 for the whole image at once, None for what suits the device.
        precision: `fp32`, `fp16`, `bf16`, or `auto`: fp32 on a CPU, on CUDA the smallest type that
            the generator supports.
        tell: called with one line whenever a smaller tile or another precision has to be used.

    Raises:
        InputError: a tile that is too small, or a precision that is unknown or not supported.
    """

    def __init__(
        self,
        generator: Generator,
        device: torch.device,
        *,
        tile: int | None = None,
        precision: str = "auto",
        tell: Callable[[str], None] = ignore_message,
    ) -> None:
        self._generator, self._device, self._tell = generator, device, tell
        self._smallest = find_smallest_tile(generator.multiple_px, generator.minimum_px)
        if tile is not None:
            tile -= tile % generator.multiple_px
            if tile and tile < self._smallest:
                raise InputError(
                    f"Tiles of {tile} px are too small for {generator.architecture}. "
                    f"Take at least {self._smallest}, or 0 for the whole image."
                )
        self._tile = tile
        self._batch = _BATCH.get(device.type, 1)
        self._dtype = choose_precision(precision, generator, device)
        self._copy: nn.Module | None = None

    def plan(self, height: int, width: int) -> TilePlan:
        """Return how an LR of this many pixels, padded to the generator's rules, is cut now."""
        generator, tile = self._generator, self._tile
        if tile is None:
            tile = _TILE_PX.get(self._device.type, _TILE_PX["cpu"])
            tile = max(tile - tile % generator.multiple_px, self._smallest)
            if height * width <= _WHOLE_TILES * tile**2:
                tile = 0
        rules = (tile or max(height, width), generator.multiple_px, generator.minimum_px)
        return TilePlan(plan_side(height, *rules), plan_side(width, *rules))

    def upscale(self, lr: RgbImage) -> RgbImage:
        """Run the generator on an image.

        What does not fit into memory is tried again with one tile at a time, then with ever
        smaller tiles, and so are later images. Where half precision overflows, fp32 takes over.

        Args:
            lr: (H, W, 3) uint8 RGB.

        Returns:
            (scale H, scale W, 3) uint8 RGB.

        Raises:
            InputError: not an RGB image.
            ModelError: not even the smallest tile fits into memory, or the output is not finite.
        """
        check_rgb(lr, "LR")
        padded = pad_image(lr, self._generator)
        height, width = (side * self._generator.scale for side in lr.shape[:2])
        while True:
            plan = self.plan(*padded.shape[:2])
            output = self._try_tiles(to_tensor(padded), plan)
            if output is None:
                # Only here: within the `except` the failed tensors are still held.
                self._spare_memory(plan, lr)
            elif not math.isfinite(float(output.sum())):
                self._use_full_precision()
            else:
                return to_image(output[:, :height, :width])

    def _try_tiles(self, padded: Tensor, plan: TilePlan) -> Tensor | None:
        try:
            with torch.inference_mode():
                return self._run_tiles(padded, plan)
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            return None

    def _run_tiles(self, padded: Tensor, plan: TilePlan) -> Tensor:
        module, scale = self._prepare_module(), self._generator.scale
        innermost = self._generator.architecture in _CHANNELS_INNERMOST
        layout = torch.channels_last if innermost else torch.contiguous_format
        rows, columns = share_side(plan.rows, scale), share_side(plan.columns, scale)
        output = torch.zeros(3, *(scale * side for side in padded.shape[1:]))
        for first in range(0, len(plan.places), self._batch):
            places = plan.places[first : first + self._batch]
            tiles = torch.stack([_cut_tile(padded, plan, *place) for place in places])
            batch = tiles.to(self._device, self._dtype, memory_format=layout)
            for (row, column), tile in zip(places, module(batch), strict=True):
                down, across = rows[row], columns[column]
                weights = torch.from_numpy(np.outer(down.weights, across.weights))
                kept = tile[:, down.inside, across.inside].to("cpu", torch.float32)
                output[:, down.target, across.target].addcmul_(kept, weights)
        return output

    def _prepare_module(self) -> nn.Module:
        if self._dtype is torch.float32:
            return self._generator.module.to(self._device).eval()
        if self._copy is None:
            self._copy = copy.deepcopy(self._generator.module).to(self._device, self._dtype).eval()
        return self._copy

    def _spare_memory(self, plan: TilePlan, lr: RgbImage) -> None:
        if self._device.type == "cuda":
            torch.cuda.empty_cache()
        together = min(self._batch, len(plan.places))
        if together > 1:
            self._batch = 1
            self._tell(
                f"{together} tiles at once do not fit into the memory of {self._device}: "
                "going on with one"
            )
            return
        half = plan.longest // 2
        tile = max(half - half % self._generator.multiple_px, self._smallest)
        if tile >= plan.longest:
            raise ModelError(
                f"An LR of {size_of(lr)} px needs more memory than {self._device} has, even in "
                f"tiles of {plan.longest} px. Free some of it, or choose another device."
            )
        self._tile = tile
        self._tell(
            f"{plan.longest} px tiles do not fit into the memory of {self._device}: "
            f"going on with {tile} px"
        )

    def _use_full_precision(self) -> None:
        if self._dtype is torch.float32:
            raise ModelError(
                f"This {self._generator.architecture} gives values that are not finite. "
                "Its weights are damaged: fetch them again."
            )
        self._tell(
            f"{self._generator.architecture} overflows in {self._dtype}: going on in float32"
        )
        self._dtype, self._copy = torch.float32, None


def upscale_image(generator: Generator, lr: RgbImage, device: torch.device) -> RgbImage:
    """Run a generator on one image, as `Upscaler` does by default.

    Args:
        generator: see `Upscaler`.
        lr: (H, W, 3) uint8 RGB.
        device: where to run.

    Returns:
        (scale H, scale W, 3) uint8 RGB.

    Raises:
        InputError: not an RGB image.
        ModelError: see `Upscaler.upscale`.
    """
    return Upscaler(generator, device).upscale(lr)


def to_tensor(image: RgbImage) -> Tensor:
    """Convert (H, W, 3) uint8 RGB to (3, H, W) float32 in 0..1."""
    return torch.from_numpy(np.ascontiguousarray(image.transpose(2, 0, 1))).float() / 255


def to_image(tensor: Tensor) -> RgbImage:
    """Convert (3, H, W) float in 0..1 to (H, W, 3) uint8 RGB, clamped and rounded."""
    scaled = tensor.detach().float().clamp(0, 1).mul_(255).round_().byte()
    return scaled.permute(1, 2, 0).contiguous().cpu().numpy()


def pad_image(lr: RgbImage, generator: Generator) -> RgbImage:
    """Reflect an (H, W, 3) image at its right and lower edge up to the generator's size rules."""
    height, width = (
        round_up(max(side, generator.minimum_px), generator.multiple_px) for side in lr.shape[:2]
    )
    if generator.square:
        height = width = max(height, width)
    missing = ((0, height - lr.shape[0]), (0, width - lr.shape[1]), (0, 0))
    return np.pad(lr, missing, mode="reflect")


def choose_precision(name: str, generator: Generator, device: torch.device) -> torch.dtype:
    """Return the type to compute in for `auto` or a key of PRECISIONS.

    Raises:
        InputError: an unknown name, or a type that the generator does not support.
    """
    supported = {"fp32"}
    supported |= {"fp16"} if generator.supports_half else set()
    supported |= {"bf16"} if generator.supports_bfloat16 else set()
    if name == "auto":
        wanted = ("fp16", "bf16", "fp32") if device.type == "cuda" else ("fp32",)
        return PRECISIONS[next(name for name in wanted if name in supported)]
    if name not in PRECISIONS:
        raise InputError(f"No precision named {name!r}. Take auto, {', '.join(PRECISIONS)}.")
    if name not in supported:
        raise InputError(
            f"{generator.architecture} does not work in {name}. "
            f"Take auto or {' or '.join(sorted(supported))}."
        )
    return PRECISIONS[name]


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that a device, or the machine, has no memory left."""
    if isinstance(error, (MemoryError, torch.OutOfMemoryError)):
        return True
    # Only CUDA has a class of its own for this.
    return isinstance(error, RuntimeError) and any(
        sign in str(error) for sign in ("DefaultCPUAllocator", "out of memory")
    )


def _cut_tile(padded: Tensor, plan: TilePlan, row: int, column: int) -> Tensor:
    top, left = plan.rows.starts[row], plan.columns.starts[column]
    return padded[:, top : top + plan.rows.tile, left : left + plan.columns.tile]
