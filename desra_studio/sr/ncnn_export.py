"""Writing generators for ncnn, as Upscayl and realesrgan-ncnn-vulkan run them.

They take a pair of files, NAME.param with the layers as text and NAME.bin with the weights. The
input is the blob `data`, RGB in 0..1, the output the blob `output`; tiles come in any size.
Source: src/realesrgan.cpp of Real-ESRGAN-ncnn-vulkan, and ncnn's documents of its file format.

The layers are written from PyTorch's own trace. pnnx does the same for far more layers, but
came to no end with RealESRGAN_x4plus: it was killed after 411 s.
"""

import copy
import operator
import re
from collections import Counter
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
import torch
from torch import Tensor, fx, nn
from torch.nn import functional

from desra_studio.errors import InputError, ModelError
from desra_studio.sr.export import list_checked_sizes, make_image
from desra_studio.sr.loader import Generator

NCNN_TOLERANCE = 1e-3
"""How far ncnn may be from PyTorch, for values in 0..1, computed in float32."""

_MAGIC = "7767517"
_FLOAT32_WEIGHTS = bytes(4)
_BINARY = {
    operator.add: 0, operator.iadd: 0, torch.add: 0,
    operator.mul: 2, operator.imul: 2, torch.mul: 2,
}  # fmt: skip
_NEAREST = 1


class _UnknownLayerError(Exception):
    """A layer that is not written here."""


def export_ncnn(generator: Generator, param: Path, weights: Path) -> None:
    """Write a generator for ncnn, after ncnn gave the same as PyTorch at two sizes.

    Args:
        generator: left as it is.
        param: of the .param file.
        weights: of the .bin file.

    Raises:
        ModelError: ncnn is not installed, the network has layers that are not written here or
            takes only certain sizes, or ncnn gives something else.
        InputError: a file cannot be written.
    """
    if find_spec("ncnn") is None:
        raise ModelError('ncnn is not installed here. Run: pip install "desra-studio[ncnn]"')
    if generator.multiple_px > 1 or generator.square:
        raise ModelError(
            f"{generator.architecture} cannot be exported to ncnn, whose programs cut images into "
            f"tiles of any size. {generator.size_rule.describe()} Export it as onnx or pth."
        )
    module = copy.deepcopy(generator.module).cpu().eval()
    try:
        text, data = write_layers(module)
    except (_UnknownLayerError, fx.proxy.TraceError, TypeError) as error:
        raise ModelError(
            f"{generator.architecture} cannot be exported to ncnn ({error}). "
            "Export it as onnx or pth."
        ) from error
    try:
        param.write_text(text)
        weights.write_bytes(data)
    except OSError as error:
        raise InputError(f"{error.filename} cannot be written: {error.strerror}.") from error
    for size in list_checked_sizes(generator.size_rule):
        _check_ncnn(generator, module, (param, weights), size)


def encode_ncnn(generator: Generator, name: str) -> bytes:
    """Return a zip with `models/NAME-xSCALE.param` and `.bin`.

    The programs look for a folder with `models` in its name, and Upscayl reads the scale from the
    file's name.

    Raises:
        ModelError, InputError: see `export_ncnn`.
    """
    stem = re.sub(r"[^A-Za-z0-9._-]+", "_", name)
    mark = f"-x{generator.scale}"
    stem = stem if stem.endswith(mark) else stem + mark
    packed = BytesIO()
    with TemporaryDirectory() as folder, ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        files = [Path(folder) / f"{stem}.{ending}" for ending in ("param", "bin")]
        export_ncnn(generator, *files)
        for file in files:
            archive.write(file, f"models/{file.name}")
    return packed.getvalue()


def write_layers(module: nn.Module) -> tuple[str, bytes]:
    """Return a network as ncnn's .param text and .bin bytes, in float32.

    Raises:
        _UnknownLayerError: a layer that is not written here; names it.
        TraceError, TypeError: PyTorch cannot trace it, since what it does depends on the image.
    """
    return _Writer(fx.symbolic_trace(module)).write()


class _Writer:
    """Goes once through a traced network; every blob is used once, so that others are split."""

    def __init__(self, traced: fx.GraphModule) -> None:
        self._traced, self._nodes = traced, list(traced.graph.nodes)
        self._uses = Counter(used for node in self._nodes[:-1] for used in _list_inputs(node))
        self._lines: list[str] = []
        self._data = bytearray()
        self._blobs = 0
        self._free: dict[fx.Node, list[str]] = {}

    def write(self) -> tuple[str, bytes]:
        *layers, end = self._nodes
        for node in layers:
            if node.op == "placeholder":
                self._add("Input", "data", node, "")
            else:
                name = "output" if end.args == (node,) else node.name
                self._add(*self._describe(node, name))
        head = [_MAGIC, f"{len(self._lines)} {self._blobs}"]
        return "\n".join([*head, *self._lines, ""]), bytes(self._data)

    def _add(self, kind: str, name: str, node: fx.Node, options: str) -> None:
        inputs = [self._free[used].pop(0) for used in _list_inputs(node)]
        self._write_line(kind, name, inputs, [name], options)
        self._free[node] = [name]
        if self._uses[node] > 1:
            # A dot, since no name that PyTorch makes has one.
            self._free[node] = [f"{name}.{index}" for index in range(self._uses[node])]
            self._write_line("Split", f"{name}.split", [name], self._free[node], "")

    def _write_line(
        self, kind: str, name: str, inputs: list[str], outputs: list[str], options: str
    ) -> None:
        parts = [kind, name, str(len(inputs)), str(len(outputs)), *inputs, *outputs, options]
        self._lines.append(" ".join(part for part in parts if part))
        self._blobs += len(outputs)

    def _describe(self, node: fx.Node, name: str) -> tuple[str, str, fx.Node, str]:
        """Return kind, name, node and options of a layer, and write its weights."""
        if node.op == "call_module":
            layer = self._traced.get_submodule(str(node.target))
            kind, options = self._describe_module(layer)
        elif node.op == "call_function":
            kind, options = _describe_function(node)
        else:
            raise _UnknownLayerError(f"it has no layer for {node.target}")
        return kind, name, node, options

    def _describe_module(self, layer: nn.Module) -> tuple[str, str]:
        if isinstance(layer, nn.Conv2d):
            return "Convolution", self._write_convolution(layer)
        if isinstance(layer, nn.PReLU):
            self._write_floats(layer.weight)
            return "PReLU", f"0={layer.num_parameters}"
        if isinstance(layer, nn.LeakyReLU):
            return "ReLU", f"0={layer.negative_slope}"
        if isinstance(layer, nn.PixelShuffle):
            return "PixelShuffle", f"0={layer.upscale_factor}"
        if isinstance(layer, nn.Upsample):
            return _describe_enlarging(layer.mode, layer.scale_factor)
        raise _UnknownLayerError(f"it has no layer for {type(layer).__name__}")

    def _write_convolution(self, layer: nn.Conv2d) -> str:
        padding = layer.padding
        if layer.groups > 1 or layer.padding_mode != "zeros" or isinstance(padding, str):
            raise _UnknownLayerError("it has convolutions in groups or with other edges")
        self._data += _FLOAT32_WEIGHTS
        self._write_floats(layer.weight)
        if layer.bias is not None:
            self._write_floats(layer.bias)
        (height, width), has_bias = layer.kernel_size, int(layer.bias is not None)
        return (
            f"0={layer.out_channels} 1={width} 11={height} 2={layer.dilation[1]} "
            f"12={layer.dilation[0]} 3={layer.stride[1]} 13={layer.stride[0]} 4={padding[1]} "
            f"14={padding[0]} 5={has_bias} 6={layer.weight.numel()}"
        )

    def _write_floats(self, value: Tensor) -> None:
        self._data += value.detach().numpy().astype("<f4").tobytes()


def _list_inputs(node: fx.Node) -> list[fx.Node]:
    """Return the blobs that a layer takes, in order; one that it takes twice comes twice."""
    flat = [*node.args[0], *node.args[1:]] if node.target is torch.cat else node.args
    return [value for value in flat if isinstance(value, fx.Node)]


def _describe_function(node: fx.Node) -> tuple[str, str]:
    target, options = node.target, node.kwargs
    if target is torch.cat and (*node.args[1:], *options.values()) == (1,):
        return "Concat", "0=0"
    if target is functional.interpolate and len(node.args) == 1:
        return _describe_enlarging(str(options["mode"]), options["scale_factor"])
    if target in _BINARY and len(node.args) == 2 and not options:
        number = next((value for value in node.args if isinstance(value, int | float)), None)
        scalar = "" if number is None else f" 1=1 2={number}"
        return "BinaryOp", f"0={_BINARY[target]}{scalar}"
    name = getattr(target, "__name__", str(target))
    raise _UnknownLayerError(f"it has no layer for {name}")


def _describe_enlarging(mode: str, scale: object) -> tuple[str, str]:
    if mode != "nearest" or not isinstance(scale, int | float):
        raise _UnknownLayerError(f"it has no layer for {mode} interpolation")
    return "Interp", f"0={_NEAREST} 1={float(scale)} 2={float(scale)}"


def _check_ncnn(
    generator: Generator, module: nn.Module, files: tuple[Path, Path], size: tuple[int, int]
) -> None:
    import ncnn

    image = make_image(*size)
    with torch.inference_mode():
        expected = module(image)[0].numpy()
    network = ncnn.Net()
    for option in ("fp16_packed", "fp16_storage", "fp16_arithmetic", "bf16_storage"):
        setattr(network.opt, f"use_{option}", False)
    param, weights = map(str, files)
    found = None
    if network.load_param(param) == 0 and network.load_model(weights) == 0:
        with network.create_extractor() as extractor:
            extractor.input("data", ncnn.Mat(image[0].numpy()))
            state, output = extractor.extract("output")
            found = np.array(output) if state == 0 else None
    if found is None or found.shape != expected.shape:
        raise ModelError(
            f"{generator.architecture} does not run in ncnn at {size[1]}x{size[0]} px. "
            "Export it as onnx or pth."
        )
    difference = float(np.abs(found - expected).max())
    if not difference <= NCNN_TOLERANCE:
        raise ModelError(
            f"{generator.architecture} differs by {difference:.2g} in ncnn, more than "
            f"{NCNN_TOLERANCE:g}. Export it as onnx or pth."
        )
