"""Loading generators from weight files, without ever running code from them."""

import math
import pickle
import pickletools
import re
import warnings
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TypeAlias

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_safetensors
from safetensors.torch import save as save_safetensors
from spandrel import (
    ImageModelDescriptor,
    ModelLoader,
    UnsupportedModelError,
    canonicalize_state_dict,
)
from torch import Tensor, nn

from desra_studio.errors import ModelError

StateDict: TypeAlias = dict[str, Tensor]

# What training scripts put a state dict under, the averaged weights before the last ones.
_WRAPPERS = ("params_ema", "params", "state_dict", "model_state_dict", "model")

# Longer ones the safetensors library refuses.
_SAFETENSORS_HEADER_BYTES = 100_000_000


@dataclass(frozen=True)
class Generator:
    """A super-resolution network and what is known about it.

    Attributes:
        module: maps (N, 3, H, W) in 0..1 to (N, 3, scale H, scale W); weights are float32.
        architecture: spandrel's name of it.
        scale: output size over input size.
        parameters: number of trainable values.
        minimum_px: smallest side the network takes; smaller inputs are padded.
        multiple_px: side lengths must be a multiple of this, and tiles begin at one.
        square: whether inputs must be as wide as high.
        supports_half: whether it works in float16, as spandrel says.
        supports_bfloat16: whether it works in bfloat16, as spandrel says.
    """

    module: nn.Module
    architecture: str
    scale: int
    parameters: int
    minimum_px: int
    multiple_px: int
    square: bool
    supports_half: bool
    supports_bfloat16: bool


def choose_device(name: str) -> torch.device:
    """Return the device of this name; `auto` is CUDA where there is one, else the CPU.

    Raises:
        ModelError: no such device here.
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError) as error:
        reason = str(error).splitlines()[0]
        raise ModelError(f"Device {name!r} cannot be used: {reason} Use cpu or auto.") from error
    return device


def load_generator(path: Path) -> Generator:
    """Load a .safetensors or .pth file of any architecture spandrel knows.

    Raises:
        ModelError: missing, damaged, not weights alone, or not a model that spandrel knows.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror}. Give a weight file.") from error
    return build_generator(parse_weights(data, path.name), path.name)


def parse_weights(data: bytes, name: str) -> StateDict:
    """Read a state dict from the bytes of a safetensors or PyTorch file.

    A state dict under `params_ema`, `params` or another usual key is unwrapped, `params_ema`
    before `params`, and `module.` before every name is dropped.

    Raises:
        ModelError: neither, empty, cut off, without weights, or a pickle that would run code.
    """
    if not data:
        raise ModelError(f"{name} is empty. Fetch it again.")
    # Safetensors first: the length they begin with may look like the first byte of a pickle.
    if not _is_safetensors(data) and (data.startswith(b"PK\x03\x04") or _is_pickle(data)):
        loaded: object = _parse_pytorch(data, name)
    else:
        try:
            loaded = dict(load_safetensors(data))
        except SafetensorError as error:
            raise ModelError(
                f"{name} is neither a safetensors nor a PyTorch weight file, or it is cut off "
                f"({error}). Fetch it again, or give another."
            ) from error
    return _unwrap(loaded, name)


def build_generator(weights: StateDict, name: str) -> Generator:
    """Make the network that a state dict belongs to.

    Raises:
        ModelError: unknown architecture, or not a three-channel super-resolution model.
    """
    try:
        with warnings.catch_warnings():
            # PyTorch's, about how spandrel's networks are written: nothing a user can mend.
            warnings.simplefilter("ignore")
            # A copy, since spandrel renames keys in place.
            descriptor = ModelLoader(device="cpu").load_from_state_dict(dict(weights))
    except UnsupportedModelError as error:
        raise ModelError(
            f"{name} is of an architecture that spandrel does not know. Give a generator such as "
            "RRDBNet, SRVGGNetCompact or SwinIR."
        ) from error
    except Exception as error:  # Dozens of architectures guess their sizes from a stranger's file.
        # Of a list of all that does not fit, the heading and the first.
        lines = (str(error) or type(error).__name__).splitlines()[:2]
        reason = " ".join(line.strip() for line in lines).rstrip(". ")
        raise ModelError(
            f"{name} looks like a known architecture but does not fit it ({reason}). "
            "Give a generator such as RRDBNet, SRVGGNetCompact or SwinIR."
        ) from error
    if not isinstance(descriptor, ImageModelDescriptor):
        raise ModelError(f"{name} is a {descriptor.purpose} model. Give a super-resolution model.")
    if descriptor.input_channels != 3 or descriptor.output_channels != 3:
        raise ModelError(
            f"{name} takes {descriptor.input_channels} and gives {descriptor.output_channels} "
            "channels. Give a model for RGB images, with 3 and 3."
        )
    module, requirements = descriptor.model.float().eval(), descriptor.size_requirements
    # SwinIR and its like pad to whole windows by themselves. Doing it here gives the same, and
    # keeps the windows of a tile where those of the whole image are.
    window = getattr(module, "window_size", 1)
    multiple = math.lcm(requirements.multiple_of, window if isinstance(window, int) else 1)
    return Generator(
        module=module,
        architecture=descriptor.architecture.name,
        scale=descriptor.scale,
        parameters=sum(value.numel() for value in module.parameters()),
        minimum_px=max(requirements.minimum, 1),
        multiple_px=multiple,
        square=requirements.square,
        supports_half=descriptor.supports_half,
        supports_bfloat16=descriptor.supports_bfloat16,
    )


def encode_weights(weights: StateDict) -> bytes:
    """Encode a state dict as safetensors."""
    return save_safetensors(
        {key: value.detach().cpu().contiguous().clone() for key, value in weights.items()}
    )


def _is_safetensors(data: bytes) -> bool:
    # Of a file that was cut off too, so that this is what is said about it.
    header_bytes = int.from_bytes(data[:8], "little")
    return header_bytes <= _SAFETENSORS_HEADER_BYTES and data[8:9] == b"{"


def _is_pickle(data: bytes) -> bool:
    if data.startswith(b"\x80"):
        return True
    # Protocols 0 and 1 have no signature. Disassembling runs nothing of what it reads.
    try:
        return any(code.name == "STOP" for code, _, _ in pickletools.genops(data))
    except ValueError:
        return False


def _parse_pytorch(data: bytes, name: str) -> object:
    try:
        with warnings.catch_warnings():
            # Files of another pickle protocol or of TorchScript: what matters is raised below.
            warnings.simplefilter("ignore", UserWarning)
            loaded: object = torch.load(BytesIO(data), map_location="cpu", weights_only=True)
            return loaded
    except pickle.UnpicklingError as error:
        called = re.search(r"GLOBAL (\w[\w.]*\w)", str(error))
        reason = f"it asks for {called[1]}" if called else "it cannot be checked"
        raise ModelError(
            f"{name} holds more than weights and could run code ({reason}), so it was not opened. "
            "Save its state dict alone, or convert it to safetensors."
        ) from error
    except Exception as error:  # A damaged file makes the reader stumble in many ways.
        if "TorchScript" in str(error):
            raise ModelError(
                f"{name} is a TorchScript program, which could run code, so it was not opened. "
                "Save its state dict alone, or convert it to safetensors."
            ) from error
        reason = str(error).split(". ")[0].splitlines()[0] if str(error) else type(error).__name__
        raise ModelError(f"{name} is damaged or cut off ({reason}). Fetch it again.") from error


def _unwrap(loaded: object, name: str) -> StateDict:
    if not isinstance(loaded, dict):
        raise ModelError(
            f"{name} holds a {type(loaded).__name__}, not a state dict. Save its state dict alone."
        )
    inner = next((loaded[key] for key in _WRAPPERS if isinstance(loaded.get(key), dict)), loaded)
    if not inner or not all(
        isinstance(key, str) and isinstance(value, Tensor) for key, value in inner.items()
    ):
        keys = ", ".join(map(str, list(inner)[:3])) or "nothing"
        raise ModelError(
            f"{name} has no weights under params_ema, params or at its top, but {keys}. "
            "Save a generator's state dict."
        )
    weights: StateDict = canonicalize_state_dict(dict(inner))
    return weights
