"""Baseline detectors that are networks: PAL4VST, PAL4Inpainting and others in TorchScript."""

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from desra_studio.detection.map_detector import MapDetector, make_grid
from desra_studio.errors import InputError
from desra_studio.imaging.arrays import RgbImage, check_rgb

if TYPE_CHECKING:
    import torch
    from torch import Tensor

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
"""Of RGB on 0..1. PAL4VST and PAL4Inpainting give the same, times 255, for RGB on 0..255."""

ROUNDING = 1e-3
"""How far probabilities may leave 0..1, or their sum 1, by interpolation or half precision."""

ACCEPTED = "(1, 1, h, w) or (1, h, w), or (1, 2, h, w) with the artifact's channel second"


class TorchscriptDetector:
    """A segmentation network in a TorchScript file that marks artifacts in GAN-SR alone.

    PAL4VST's files take 512x512 and give (1, 1, 512, 512) of 0 and 1; PAL4Inpainting's takes the
    image as it is (`input_size=None`) and gives two channels of logits. Both want ImageNet's mean
    and deviation. The networks see RGB.

    A TorchScript file is a PROGRAM: load only files that you trust. Loading runs no Python pickle:
    PyTorch's own C++ reader takes the file's objects and knows a fixed list of types. But running
    it calls any of PyTorch's operators, among them some that write files of any name
    (`aten::save`, `aten::from_file`), and a `__setstate__` of its own runs while it is loaded.
    """

    def __init__(
        self, path: Path, device: str = "cpu", input_size: int | None = 512, name: str = ""
    ) -> None:
        """Load the network.

        Args:
            path: a file that `torch.jit.save` wrote.
            device: PyTorch's name of one: cpu, cuda, cuda:1 and so on.
            input_size: side in px of the square that GAN-SR is resized to, whatever its shape;
                None keeps its size.
            name: what messages call it; the file's name where empty.

        Raises:
            InputError: no file, not TorchScript, one that needs operators which are not installed,
                a device that cannot be used, or an input size below 1.
        """
        if input_size is not None and input_size < 1:
            raise InputError(
                f"The input size must be 1 px or more, got {input_size}. "
                "Give 512, or none to keep the image's size."
            )
        self._name, self._input_size = name or path.name, input_size
        self._device = _choose_device(device)
        self._network = _load_network(path, self._device)

    def compute_map(
        self, gan_sr: RgbImage, reference: RgbImage | None = None
    ) -> NDArray[np.float32]:
        """Compute the probability of an artifact at each pixel; HIGH means artifact.

        The image is resized (bilinear, antialiased where it shrinks), and so is the result. What
        the network gives is taken for

        - probabilities, where it is one channel with all values in 0..1, or whole numbers 0 and 1
          (labels), or two channels in 0..1 whose sum is 1 everywhere;
        - logits otherwise: one channel goes through a sigmoid, two through a softmax.

        A network of logits that happen to lie in 0..1 all over an image is hence misread: let such
        a network end in a sigmoid. Of a tuple, list or dict the entry `out`, or else the first,
        counts.

        Args:
            gan_sr: (H, W, 3) uint8 RGB.
            reference: what GAN-SR is compared with; such networks do without.

        Returns:
            (H, W) float32 in 0..1.

        Raises:
            InputError: another shape or type of image; a network that fails on it; an output of
                another shape, of other labels, or that is not finite.
        """
        import torch

        check_rgb(gan_sr, "GAN-SR")
        size = gan_sr.shape[0], gan_sr.shape[1]
        with torch.inference_mode():
            pixels = torch.from_numpy(np.ascontiguousarray(gan_sr)).to(self._device)
            image = pixels.permute(2, 0, 1)[None].float() / 255
            if self._input_size is not None:
                image = _resize(image, (self._input_size, self._input_size))
            mean, std = (
                torch.tensor(values, device=self._device).view(1, 3, 1, 1)
                for values in (IMAGENET_MEAN, IMAGENET_STD)
            )
            probability = self._to_probability(self._run_network((image - mean) / std))
            # Interpolation may leave the range by a rounding error.
            resized = _resize(probability, size).clamp(0, 1)[0, 0]
            return np.asarray(resized.cpu().numpy(), dtype=np.float32)

    def _run_network(self, image: "Tensor") -> "Tensor":
        import torch

        try:
            output = self._network(image)
        except (RuntimeError, torch.jit.Error) as error:
            raise InputError(
                f"{self._name} fails on an image of {image.shape[3]}x{image.shape[2]} px on "
                f"{self._device} ({_shorten(error)}). Try another input size or device."
            ) from error
        while isinstance(output, tuple | list | dict) and output:
            if isinstance(output, dict):
                output = output.get("out", next(iter(output.values())))
            else:
                output = output[0]
        if not isinstance(output, torch.Tensor):
            raise InputError(
                f"{self._name} gives a {type(output).__name__}, not a tensor. "
                f"Give a network whose output is {ACCEPTED}."
            )
        return output

    def _to_probability(self, output: "Tensor") -> "Tensor":
        """Return (1, 1, h, w) float32 in 0..1; see `compute_map`."""
        import torch

        values = output[None] if output.ndim == 3 else output
        if values.ndim != 4 or values.shape[:2] not in ((1, 1), (1, 2)) or values.numel() == 0:
            raise InputError(
                f"{self._name} gives an output of shape {tuple(output.shape)}, "
                f"but a map must be {ACCEPTED}. Give another network."
            )
        labels = not values.is_floating_point()
        values = values.float()
        if not bool(torch.isfinite(values).all()):
            raise InputError(
                f"{self._name} gives values that are not finite. "
                "Try another device or input size, or fetch the file again."
            )
        lowest, highest = float(values.min()), float(values.max())
        within = lowest >= -ROUNDING and highest <= 1 + ROUNDING
        if labels and (values.shape[1] == 2 or not within):
            raise InputError(
                f"{self._name} gives whole numbers from {lowest:g} to {highest:g} in "
                f"{values.shape[1]} channels, but labels must be 0 and 1 in one. "
                "Give a network of two classes."
            )
        if values.shape[1] == 1:
            return values if within else values.sigmoid()
        sums = values.sum(dim=1, keepdim=True)
        if within and bool(torch.allclose(sums, torch.ones_like(sums), rtol=0, atol=ROUNDING)):
            return values[:, 1:]
        return values.softmax(dim=1)[:, 1:]


def _choose_device(name: str) -> "torch.device":
    import torch

    try:
        device = torch.device(name)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError) as error:
        raise InputError(f"Device {name!r} cannot be used: {_shorten(error)} Use cpu.") from error
    return device


def _load_network(path: Path, device: "torch.device") -> "torch.jit.ScriptModule":
    import torch

    if not path.is_file():
        raise InputError(f"{path} is not a file. Give a TorchScript file.")
    try:
        with warnings.catch_warnings():
            # PyTorch would have its successor used, in which these networks are not shipped.
            warnings.filterwarnings("ignore", "`torch.jit.load`", FutureWarning)
            network: torch.jit.ScriptModule = torch.jit.load(  # type: ignore[no-untyped-call]
                str(path), map_location=device
            )
    except (OSError, RuntimeError, ValueError, torch.jit.Error) as error:
        if "Unknown builtin op" in str(error) or "Unknown type name" in str(error):
            raise InputError(
                f"{path.name} needs an extension of PyTorch that is not installed "
                f"({_shorten(error)}). Give a file that was exported without it."
            ) from error
        raise InputError(
            f"{path.name} is not a TorchScript file, or it is cut off ({_shorten(error)}). "
            "Give a file that torch.jit.save wrote; weights alone are not enough."
        ) from error
    network.eval()
    return network


def _resize(values: "Tensor", size: tuple[int, int]) -> "Tensor":
    """Resize (1, C, h, w) to (1, C, *size), bilinear, antialiased where it shrinks."""
    from torch.nn import functional

    if tuple(values.shape[2:]) == size:
        return values
    return functional.interpolate(
        values, size=size, mode="bilinear", align_corners=False, antialias=True
    )


def _shorten(error: BaseException) -> str:
    """Return what went wrong in one line: TorchScript's traceback ends with it."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    if not lines:
        return type(error).__name__
    said = next((line for line in reversed(lines) if "Error: " in line), lines[0])
    return said[:200].rstrip(" .")


NETWORK = MapDetector(
    title="TorchScript network",
    compute=None,
    artifact_side="above",
    threshold=0.5,
    smallest=0,
    largest=1,
    grid=make_grid(0.02, 0.98),
    reference=None,
)
