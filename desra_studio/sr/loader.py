"""Loading generators from weight files, without ever running code from them."""

import pickle
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TypeAlias

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_safetensors
from safetensors.torch import save as save_safetensors
from spandrel import ImageModelDescriptor, ModelLoader, UnsupportedModelError
from torch import Tensor, nn

from desra_studio.errors import ModelError

StateDict: TypeAlias = dict[str, Tensor]


@dataclass(frozen=True)
class Generator:
    """A super-resolution network and what is known about it.

    Attributes:
        module: maps (N, 3, H, W) in 0..1 to (N, 3, scale H, scale W); weights are float32.
        architecture: spandrel's name of it.
        scale: output size over input size.
        minimum_px: smallest side the network takes; smaller inputs are padded.
        multiple_px: side lengths must be a multiple of this.
    """

    module: nn.Module
    architecture: str
    scale: int
    minimum_px: int
    multiple_px: int


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

    Raises:
        ModelError: neither, cut off, or a pickle that holds more than weights.
    """
    is_pytorch = data.startswith((b"PK\x03\x04", b"\x80\x02"))
    try:
        if not is_pytorch:
            return dict(load_safetensors(data))
        loaded = torch.load(BytesIO(data), map_location="cpu", weights_only=True)
    except SafetensorError as error:
        raise ModelError(
            f"{name} is neither a safetensors nor a PyTorch weight file ({error})."
        ) from error
    except pickle.UnpicklingError as error:
        raise ModelError(
            f"{name} holds more than weights and could run code, so it was not opened. "
            "Save its state dict alone, or convert it to safetensors."
        ) from error
    except (RuntimeError, EOFError, ValueError, KeyError) as error:
        reason = str(error).split(". ")[0] or type(error).__name__
        raise ModelError(f"{name} is damaged or cut off ({reason}). Fetch it again.") from error
    if not isinstance(loaded, dict):
        raise ModelError(f"{name} holds a {type(loaded).__name__}, not a state dict.")
    return loaded


def build_generator(weights: StateDict, name: str) -> Generator:
    """Make the network that a state dict belongs to.

    Raises:
        ModelError: unknown architecture, or not a three-channel super-resolution model.
    """
    try:
        descriptor = ModelLoader(device="cpu").load_from_state_dict(weights)
    except UnsupportedModelError as error:
        raise ModelError(
            f"{name} is of an architecture that spandrel does not know. Give a generator such as "
            "RRDBNet, SRVGGNetCompact or SwinIR."
        ) from error
    except (RuntimeError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(
            f"{name} looks like a known architecture but does not fit it: "
            f"{str(error).splitlines()[0]}"
        ) from error
    if not isinstance(descriptor, ImageModelDescriptor):
        raise ModelError(f"{name} is a {descriptor.purpose} model, not a generator.")
    if descriptor.input_channels != 3 or descriptor.output_channels != 3:
        raise ModelError(
            f"{name} takes {descriptor.input_channels} and gives {descriptor.output_channels} "
            "channels; RGB models have 3 and 3."
        )
    requirements = descriptor.size_requirements
    return Generator(
        module=descriptor.model.float(),
        architecture=descriptor.architecture.name,
        scale=descriptor.scale,
        minimum_px=max(requirements.minimum, 1),
        multiple_px=max(requirements.multiple_of, 1),
    )


def encode_weights(weights: StateDict) -> bytes:
    """Encode a state dict as safetensors."""
    return save_safetensors(
        {key: value.detach().cpu().contiguous().clone() for key, value in weights.items()}
    )
