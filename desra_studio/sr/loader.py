"""Loading generators from weight files, without ever running code from them."""

import math
import pickle
import pickletools
import re
import struct
import warnings
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TypeAlias
from zipfile import BadZipFile, ZipFile

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_safetensors
from safetensors.torch import save as save_safetensors
from spandrel import MAIN_REGISTRY, ImageModelDescriptor, ModelDescriptor, ModelLoader
from torch import Tensor, nn

from desra_studio.errors import ModelError
from desra_studio.sr.checkpoints import (
    Part,
    check_finite,
    find_part,
    find_shared_prefix,
    unwrap_checkpoint,
)
from desra_studio.sr.discriminators import name_discriminator
from desra_studio.sr.size_rule import SizeRule

StateDict: TypeAlias = dict[str, Tensor]

# Longer ones the safetensors library refuses.
_SAFETENSORS_HEADER_BYTES = 100_000_000
# PyTorch packs without compressing: what unpacks to far more than its own size is not from there.
_MAX_RATIO, _PLAIN_BYTES = 10, 100_000_000


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
        notes: what was left out of the file that it came from.
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
    notes: tuple[str, ...] = ()

    @property
    def size_rule(self) -> SizeRule:
        """The sizes that its module takes."""
        return SizeRule(self.minimum_px, self.multiple_px, self.square)


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


def describe_gpu(device: torch.device) -> str:
    """Return the name of a CUDA device and its memory, for people."""
    properties = torch.cuda.get_device_properties(device)
    return f"{properties.name} with {properties.total_memory / 1e9:.0f} GB"


def load_generator(path: Path) -> Generator:
    """Load a .safetensors or .pth file of any architecture spandrel knows.

    Raises:
        ModelError: missing, damaged, not finite, not weights alone, or not a model that spandrel
            knows.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror}. Give a weight file.") from error
    return build_generator(parse_weights(data, path.name), path.name)


def parse_weights(data: bytes, name: str) -> StateDict:
    """Read a state dict from the bytes of a safetensors or PyTorch file.

    What lies around it is removed, see `unwrap_checkpoint`.

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
    return unwrap_checkpoint(loaded, name)


def build_generator(weights: StateDict, name: str) -> Generator:
    """Make the network that a state dict belongs to.

    A prefix before its names is dropped, and so are other networks' weights; see `find_part`.

    Raises:
        ModelError: unknown architecture, not a three-channel super-resolution model, several, or
            weights that are not finite.
    """
    part = find_part(weights, _is_known, name)
    if part is None:
        raise _refuse_unknown(weights, name)
    check_finite(part.weights, name)
    descriptor = _load_descriptor(part, name)
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
        notes=_describe_left_out(part),
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


def _check_unpacked(data: bytes, name: str) -> None:
    """Refuse a zip that would fill the memory; what is wrong otherwise, PyTorch's reader tells."""
    try:
        with ZipFile(BytesIO(data)) as packed:
            size = sum(entry.file_size for entry in packed.infolist())
    except (BadZipFile, NotImplementedError, ValueError, struct.error):
        return
    if size > max(_PLAIN_BYTES, _MAX_RATIO * len(data)):
        raise ModelError(
            f"{name} has {len(data) / 1e6:.1f} MB and would unpack to {size / 1e6:.0f} MB, as no "
            "weight file does. Fetch it again."
        )


def _parse_pytorch(data: bytes, name: str) -> object:
    _check_unpacked(data, name)
    try:
        with warnings.catch_warnings():
            # Files of another pickle protocol or of TorchScript: what matters is raised below.
            warnings.simplefilter("ignore", UserWarning)
            loaded: object = torch.load(BytesIO(data), map_location="cpu", weights_only=True)
            return loaded
    except pickle.UnpicklingError as error:
        called = re.search(r"GLOBAL (\w[\w.]*\w)", str(error))
        if called and called[1].startswith("numpy."):
            raise ModelError(
                f"{name} holds NumPy values beside its weights ({called[1]}), which PyTorch does "
                "not open safely. Save its state dict alone, or convert it to safetensors."
            ) from error
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


def _is_known(weights: StateDict) -> bool:
    return any(known.detect(weights) for known in MAIN_REGISTRY.architectures("detection"))


def _load_descriptor(part: Part, name: str) -> ModelDescriptor:
    try:
        with warnings.catch_warnings():
            # PyTorch's, about how spandrel's networks are written: nothing a user can mend.
            warnings.simplefilter("ignore")
            # A copy, since spandrel renames keys in place.
            return ModelLoader(device="cpu").load_from_state_dict(dict(part.weights))
    except Exception as error:  # Dozens of architectures guess their sizes from a stranger's file.
        # Of a list of all that does not fit, the heading and the first.
        lines = (str(error) or type(error).__name__).splitlines()[:2]
        reason = " ".join(line.strip() for line in lines).rstrip(". ")
        under = f" under {part.prefix}" if part.prefix else ""
        raise ModelError(
            f"{name} looks like a known architecture{under} but does not fit it ({reason}). "
            "Give a generator such as RRDBNet, SRVGGNetCompact or SwinIR."
        ) from error


def _refuse_unknown(weights: StateDict, name: str) -> ModelError:
    judge = find_part(weights, lambda part: name_discriminator(part) is not None, name)
    if judge is not None:
        kind = name_discriminator(judge.weights)
        return ModelError(
            f"{name} is a discriminator ({kind}), not a generator. Give the generator's file, or "
            "add it as a discriminator."
        )
    shared = find_shared_prefix(weights)
    also = f", with or without {shared} before every name" if shared else ""
    return ModelError(
        f"{name} is of an architecture that spandrel does not know{also} (its first weight is "
        f"{next(iter(weights), 'none')}). Give a generator such as RRDBNet, SRVGGNetCompact or "
        "SwinIR."
    )


def _describe_left_out(part: Part) -> tuple[str, ...]:
    if not part.left_out:
        return ()
    return (f"Taken from under {part.prefix}; {part.left_out} other tensors were left out.",)
