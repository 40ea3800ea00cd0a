"""Writing generators in the formats of other programs."""

import copy
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

import numpy as np
import torch
from torch import nn

from desra_studio.errors import InputError, ModelError
from desra_studio.sr.keys import restore_basicsr_keys
from desra_studio.sr.loader import Generator, StateDict
from desra_studio.sr.size_rule import SizeRule
from desra_studio.sr.tiles import round_up

ONNX_OPSET = 18
"""The lowest that PyTorch's exporter writes by itself; ONNX Runtime reads it since 1.14."""
ONNX_TOLERANCE = 1e-3
"""How far ONNX Runtime may be from PyTorch, for values in 0..1: a quarter of an 8-bit step."""

_ONNX_PACKAGES = ("onnx", "onnxscript", "onnxruntime")
_TRACED_PX = 32


def encode_pth(averaged: StateDict, last: StateDict | None = None) -> bytes:
    """Encode weights as a .pth file that Real-ESRGAN's scripts and chaiNNer read.

    Args:
        averaged: what they take, `params_ema`.
        last: `params`, the weights that were averaged, where they are known.

    Returns:
        PyTorch's zip format, with the keys that BasicSR gives an RRDBNet.
    """
    content = {"params_ema": averaged} if last is None else {"params": last, "params_ema": averaged}
    buffer = BytesIO()
    torch.save({name: _prepare_weights(weights) for name, weights in content.items()}, buffer)
    return buffer.getvalue()


def export_onnx(generator: Generator, path: Path) -> None:
    """Write a generator as ONNX, after ONNX Runtime gave the same as PyTorch at two other sizes.

    The network maps `input`, (batch, 3, height, width) float32 in 0..1, to `output`. Height and
    width have to keep to the generator's `size_rule`; one of the two sizes is the smallest that
    does. The file's metadata says so, see `describe_network`.

    Args:
        generator: left as it is.
        path: of the .onnx file; written whole or not at all.

    Raises:
        ModelError: the packages for it are not installed, the network cannot be exported for any
            size, or it gives something else in ONNX Runtime.
        InputError: the file cannot be written.
    """
    missing = [name for name in _ONNX_PACKAGES if find_spec(name) is None]
    if missing:
        raise ModelError(
            f"ONNX needs {', '.join(missing)}, not installed here. "
            'Run: pip install "desra-studio[onnx]"'
        )
    partial = path.with_name(f".{path.name}.partial")
    module = copy.deepcopy(generator.module).cpu().eval()
    try:
        _write_onnx(module, generator, partial)
        _add_metadata(generator, partial)
        for size in list_checked_sizes(generator.size_rule):
            _check_onnx(module, generator, partial, size)
        partial.replace(path)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}.") from error
    finally:
        partial.unlink(missing_ok=True)


def describe_network(generator: Generator) -> dict[str, str]:
    """Return what a program has to know to run a generator, as keys and values of text."""
    return {
        "architecture": generator.architecture,
        "scale": str(generator.scale),
        "multiple_of": str(generator.multiple_px),
        "minimum": str(generator.size_rule.smallest_px),
        "square": str(generator.square).lower(),
        "color_order": "RGB",
        "value_range": "0..1",
    }


def list_checked_sizes(rule: SizeRule) -> list[tuple[int, int]]:
    """Return heights and widths of the images by which an export is compared with PyTorch."""
    step, side = rule.multiple_px, _choose_side(rule)
    if rule.square:
        return [(rule.smallest_px, rule.smallest_px), (side + 4 * step, side + 4 * step)]
    return [(rule.smallest_px, rule.smallest_px + step), (side + 4 * step, side + 2 * step)]


def make_image(height: int, width: int, count: int = 1) -> torch.Tensor:
    """Return (count, 3, height, width) of noise in 0..1, the same each time."""
    return torch.rand((count, 3, height, width), generator=torch.Generator().manual_seed(0))


def _prepare_weights(weights: StateDict) -> StateDict:
    # Clones, since of a view PyTorch would write all it is a view of.
    return {
        key: value.detach().cpu().clone() for key, value in restore_basicsr_keys(weights).items()
    }


def _write_onnx(module: nn.Module, generator: Generator, path: Path) -> None:
    # No size is 0 or 1 and no two are alike: the exporter would take either for a rule.
    rule, step = generator.size_rule, generator.multiple_px
    height = _choose_side(rule) + step
    example = make_image(height, height if rule.square else height + 2 * step, count=2)
    sides = ("side", "side") if rule.square else ("height", "width")
    try:
        torch.onnx.export(
            module,
            (example,),
            path,
            input_names=["input"],
            output_names=["output"],
            opset_version=ONNX_OPSET,
            dynamic_shapes=({0: "batch", 2: sides[0], 3: sides[1]},),
            dynamo=True,
            external_data=False,
            verbose=False,
        )
    except OSError:
        raise
    except Exception as error:  # Whatever PyTorch's tracing of a foreign network comes to.
        # The exporter's own message is about its steps.
        cause = error.__cause__ or error
        reason = (str(cause) or type(cause).__name__).splitlines()[0]
        raise ModelError(
            f"{generator.architecture} cannot be exported to ONNX ({reason}). Export it as pth."
        ) from error


def _add_metadata(generator: Generator, path: Path) -> None:
    import onnx

    model = onnx.load(path)
    onnx.helper.set_model_props(model, describe_network(generator))
    onnx.save(model, path)


def _check_onnx(module: nn.Module, generator: Generator, path: Path, size: tuple[int, int]) -> None:
    import onnxruntime

    images = make_image(*size)
    with torch.inference_mode():
        expected = module(images).numpy()
    try:
        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        found = session.run(["output"], {"input": images.numpy()})[0]
    except Exception as error:  # ONNX Runtime has a class for each of its states.
        reason = str(error).splitlines()[0]
        raise ModelError(
            f"{generator.architecture} does not run in ONNX Runtime at {size[1]}x{size[0]} px "
            f"({reason}). Export it as pth."
        ) from error
    difference = (
        float(np.abs(found - expected).max()) if found.shape == expected.shape else float("inf")
    )
    if not difference <= ONNX_TOLERANCE:
        raise ModelError(
            f"{generator.architecture} differs by {difference:.2g} in ONNX Runtime, more than "
            f"{ONNX_TOLERANCE:g}. Export it as pth."
        )


def _choose_side(rule: SizeRule) -> int:
    return round_up(max(_TRACED_PX, rule.minimum_px), rule.multiple_px)
