"""Other ways to look at an image: its artifact map, its classes, its LR."""

import gzip
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from desra_studio.detection.class_weights import load_class_names
from desra_studio.errors import InputError, NotFoundError
from desra_studio.imaging.arrays import Size
from desra_studio.imaging.png import encode_indices
from desra_studio.imaging.scales import make_viridis
from desra_studio.services.detection.class_maps import read_class_map
from desra_studio.services.detection.live import read_artifact_map
from desra_studio.services.studio import Studio
from desra_studio.storage import datasets

COLOURS = 255
"""As many as a palette has beside the transparent one."""


def render_map(studio: Studio, detection_id: int) -> bytes:
    """Return the artifact map of a detection as a palette PNG of the image's size.

    D before class weights, from 1 (no artifact, dark violet) to 0 (yellow) on the scale viridis;
    the border, for which D has no value, is transparent.

    Raises:
        NotFoundError: no such detection, or its map is missing on disk.
        InputError: a baseline's detection, or a map of another size than the image.
    """
    d, size = _read_map(studio, detection_id)
    indices = 1 + np.rint((1 - d) * np.float32(COLOURS - 1)).astype(np.uint8)
    return encode_indices(_pad_to(indices, size, fill=0), make_viridis(COLOURS))


def pack_map(studio: Studio, detection_id: int) -> bytes:
    """Return D as round(255 D), one byte per pixel of the image row by row, gzip-compressed.

    D before class weights; 255 in the border, for which it has no value. Raises as `render_map`.
    """
    d, size = _read_map(studio, detection_id)
    values = np.rint(d * np.float32(255)).astype(np.uint8)
    return gzip.compress(_pad_to(values, size, fill=255).tobytes(), compresslevel=1)


def pack_classes(studio: Studio, detection_id: int) -> bytes:
    """Return the ADE20K class that each pixel counted as, one byte each, gzip-compressed.

    `list_class_names` has their names.

    Raises:
        NotFoundError: no such detection, one without classes, or its file is missing on disk.
    """
    with studio.database.read() as session:
        detection = datasets.get_detection(session, detection_id)
    if detection.labels_sha is None:
        raise NotFoundError(
            f"Detection {detection_id} knows no classes: all class weights were 1. Detect again "
            "with a segmentation network."
        )
    labels = read_class_map(studio, detection.labels_sha)
    return gzip.compress(labels.tobytes(), compresslevel=1)


def list_class_names() -> tuple[str, ...]:
    """Return the names of ADE20K's 150 classes, in order."""
    return load_class_names()


def get_lr_path(studio: Studio, image_id: int) -> Path:
    """Return the PNG file of an image's LR.

    Raises:
        NotFoundError: no such image, one without LR, or its file is missing on disk.
    """
    with studio.database.read() as session:
        image = datasets.get_image(session, image_id)
    if image.lr_sha is None:
        raise NotFoundError(f"{image.name} was imported without an LR image.")
    return studio.blobs.find(image.lr_sha)


def _read_map(studio: Studio, detection_id: int) -> tuple[NDArray[np.float32], Size]:
    with studio.database.read() as session:
        detection = datasets.get_detection(session, detection_id)
        image = datasets.get_image(session, detection.image_id)
    if "window_size" not in detection.params:
        raise InputError(f"Detection {detection_id} is a baseline's, which has no map D.")
    return read_artifact_map(studio, detection), Size(image.width, image.height)


def _pad_to(values: NDArray[np.uint8], size: Size, fill: int) -> NDArray[np.uint8]:
    """Put (h, w) values into the middle of a plane of the image's size, (H, W) uint8."""
    height, width = values.shape
    top, left = (size.height - height) // 2, (size.width - width) // 2
    if top < 0 or left < 0:
        raise InputError(
            f"The map is {width}x{height} px, larger than its image of {size} px. Detect again."
        )
    plane = np.full((size.height, size.width), fill, np.uint8)
    plane[top : top + height, left : left + width] = values
    return plane
