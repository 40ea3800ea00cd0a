"""Semantic classes of an image: SegFormer trained on ADE20K, as DeSRA's section 3.3 uses it."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import cv2
import numpy as np

from desra_studio.detection.class_weights import CLASSES
from desra_studio.detection.segmentation_weights import (
    CONFIG_FILE,
    identify_weights,
    list_weight_files,
)
from desra_studio.errors import InputError, ModelError
from desra_studio.imaging.arrays import LabelMap, RgbImage, Size, check_rgb, size_of

if TYPE_CHECKING:
    import torch

ARCHITECTURE = "SegformerForSemanticSegmentation"

SHORT_SIDE_PX = 640
"""What the image's short side becomes, smaller images included (METHOD, section 3)."""
LONG_SIDE_PX = 2048
"""What the long side may become: mmsegmentation's test setting for these weights is 2048x640."""
SMALLEST_SIDE_PX = 32
"""Below it the first stage has fewer positions than its attention takes together (8x8)."""

# mmsegmentation's figures for pixels on 0..255, RGB: ImageNet's.
_MEAN = (123.675, 116.28, 103.53)
_DEVIATION = (58.395, 57.12, 57.375)


class Segmenter:
    """A SegFormer that names the ADE20K class of every pixel.

    Attributes:
        identity: of the weights, see `identify_weights`. Label maps of the same identity and image
            are the same up to the rounding of the device.
        device: where the network lies.
    """

    def __init__(
        self, network: "torch.nn.Module", device: "torch.device | str", identity: str
    ) -> None:
        self.identity = identity
        self.device = device
        self._network = network.float().eval().requires_grad_(False).to(device)

    @classmethod
    def load(cls, folder: Path, device: "torch.device | str" = "cpu") -> "Segmenter":
        """Load a folder in transformers' format, without network and without running its code.

        Weights become float32 on every device, so that label maps do not depend on it by more
        than rounding. On one core B0 takes 0.1 s and B5 0.6 s, after the 7 s of the import.

        Args:
            folder: what `find_weights` returned.
            device: a device of PyTorch that can be used here.

        Raises:
            InputError: no such folder, without configuration or weights, of another architecture,
                or of another number of classes than 150.
            ModelError: weights that are damaged, would run code or leave parts of the network
                without values.
        """
        weights = list_weight_files(folder)[0]
        _check_config(folder)
        return cls(_load_network(folder, weights), device, identify_weights(folder))

    def segment(self, image: RgbImage) -> LabelMap:
        """Return the most probable class of every pixel.

        The image is resized as mmsegmentation does it for these weights, enlarging included:
        bilinear without antialiasing, ratio kept, as large as fits 2048x640 in either orientation;
        an image longer than 3.2 times its width therefore gets a short side below 640 px.

        Beside 10 bytes per pixel of the image, the network's last layers need 0.3 GB for B0 and
        1 GB for B5 on a square image, twice that on one of 2048x512.

        Args:
            image: (H, W, 3) uint8 RGB.

        Returns:
            (H, W) uint8, ADE20K indices 0..149.

        Raises:
            InputError: another shape or type.
            ModelError: the device has not enough memory.
        """
        import torch

        check_rgb(image, "The image to segment")
        resized = cv2.resize(image, fit_input(size_of(image)), interpolation=cv2.INTER_LINEAR)
        try:
            with torch.inference_mode():
                pixels = torch.from_numpy(resized).to(self.device).float()
                pixels = (pixels - pixels.new_tensor(_MEAN)) / pixels.new_tensor(_DEVIATION)
                logits = self._network(pixel_values=pixels.permute(2, 0, 1)[None]).logits[0]
                return upsample_argmax(logits, size_of(image))
        except torch.cuda.OutOfMemoryError as error:
            raise ModelError(
                f"{self.identity} has not enough memory on {self.device} for an image of "
                f"{size_of(image)} px. Free some of it, or use the CPU."
            ) from error


def fit_input(size: Size) -> Size:
    """Return the size at which the network sees an image of `size`.

    The ratio is kept up to rounding, but for images over 64 times longer than wide, whose short
    side would fall below 32 px.
    """
    scale = min(SHORT_SIDE_PX / min(size), LONG_SIDE_PX / max(size))
    width, height = (max(SMALLEST_SIDE_PX, int(side * scale + 0.5)) for side in size)
    return Size(width, height)


def upsample_argmax(logits: "torch.Tensor", size: Size) -> LabelMap:
    """Enlarge each class's logits bilinearly (align_corners=False) and take the largest.

    One class after another meets a running maximum, so that 10 bytes per pixel are needed (42 MB
    at 2048x2048) in place of 600. Of equal values the first class wins, as in argmax. Enlarging
    all classes in one call makes PyTorch round otherwise, which shows where two tie but for that.

    Args:
        logits: (C, h, w) float, C at most 256.
        size: of the label map, in px.

    Returns:
        (H, W) uint8, 0..C-1.
    """
    import torch

    shape = (size.height, size.width)
    best = torch.full(shape, -torch.inf, dtype=logits.dtype, device=logits.device)
    labels = torch.zeros(shape, dtype=torch.uint8, device=logits.device)
    for index in _list_candidates(logits):
        plane = torch.nn.functional.interpolate(
            logits[None, index : index + 1], size=shape, mode="bilinear", align_corners=False
        )[0, 0]
        labels.masked_fill_(plane > best, index)
        torch.maximum(best, plane, out=best)
    return np.asarray(labels.cpu().numpy(), dtype=np.uint8)


def _list_candidates(logits: "torch.Tensor") -> list[int]:
    """Return the classes that may win somewhere; most of 150 can win nowhere in an image.

    Between four neighbours a class stays below its largest value there, and the winner above the
    smallest value there of any class.
    """
    import torch.nn.functional as F  # noqa: N812 (PyTorch's own abbreviation)

    cell = (min(2, logits.shape[1]), min(2, logits.shape[2]))
    reach = F.max_pool2d(logits, cell, stride=1)
    floor = -F.max_pool2d(-logits, cell, stride=1)
    margin = 1e-5 * logits.abs().max()  # for the rounding of the interpolation
    wins = (reach >= floor.amax(0) - margin).flatten(1).any(1)
    return [int(index) for index in wins.nonzero()]


def _check_config(folder: Path) -> None:
    """Refuse a network that is no SegFormer of 150 classes, before anything large is read."""
    path = folder / CONFIG_FILE
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
        architectures = list(config.get("architectures") or [])
        # A configuration without names has as many classes as it says, or transformers' 2.
        classes = len(config.get("id2label") or ()) or config.get("num_labels", 2)
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise InputError(
            f"{path} is not a configuration of transformers ({error}). Fetch it again."
        ) from error
    if ARCHITECTURE not in architectures:
        found = ", ".join(map(str, architectures)) or config.get("model_type", "nothing named")
        raise InputError(
            f"{folder} holds {found}, not {ARCHITECTURE}. Give a SegFormer trained on ADE20K."
        )
    if classes != CLASSES:
        raise InputError(
            f"The network in {folder} knows {classes} classes, but ADE20K has {CLASSES}. "
            "Give a SegFormer trained on ADE20K, such as nvidia/segformer-b5-finetuned-ade-640-640."
        )


def _load_network(folder: Path, weights: Path) -> "torch.nn.Module":
    with _quieten_transformers():
        from transformers import SegformerForSemanticSegmentation

        try:
            loaded: object = SegformerForSemanticSegmentation.from_pretrained(
                folder,
                local_files_only=True,
                use_safetensors=weights.suffix == ".safetensors",
                weights_only=True,
                output_loading_info=True,
            )
        except Exception as error:  # A damaged file makes the reader stumble in many ways.
            reason = (str(error) or type(error).__name__).splitlines()[0].rstrip(". ")
            raise ModelError(
                f"{weights} cannot be loaded as a SegFormer ({reason}). Fetch it again."
            ) from error
    # Its annotations leave out what it returns with `output_loading_info`.
    network, info = cast("tuple[torch.nn.Module, dict[str, Any]]", loaded)
    # The counter matters in training alone, and older files lack it.
    missing = sorted(key for key in info["missing_keys"] if "num_batches_tracked" not in key)
    if missing:
        # Transformers fills them at random, and the classes would be as random.
        raise ModelError(
            f"{weights} lacks {len(missing)} parts of the network, such as {missing[0]}. "
            "Fetch it again, or give another folder."
        )
    return network


@contextmanager
def _quieten_transformers() -> Iterator[None]:
    """Keep its progress bars and load reports away; what matters of them is raised here."""
    from huggingface_hub import constants
    from transformers.utils import logging as chatter

    verbosity = chatter.get_verbosity()
    # Where the environment decides about the bars, the library warns of every try to.
    bars = constants.HF_HUB_DISABLE_PROGRESS_BARS is None and chatter.is_progress_bar_enabled()
    chatter.set_verbosity(logging.ERROR)
    if bars:
        chatter.disable_progress_bar()
    try:
        yield
    finally:
        chatter.set_verbosity(verbosity)
        if bars:
            chatter.enable_progress_bar()
