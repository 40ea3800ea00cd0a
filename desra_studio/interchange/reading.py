"""Reading a file of labels, whichever of the known formats it is in."""

from collections.abc import Collection
from pathlib import Path

from desra_studio.errors import InputError
from desra_studio.imaging.io import spell_name
from desra_studio.imaging.opening import MAX_MEGAPIXELS
from desra_studio.interchange.coco import read_coco
from desra_studio.interchange.cvat import read_cvat
from desra_studio.interchange.fields import parse_json, read_list
from desra_studio.interchange.label_studio import read_label_studio
from desra_studio.interchange.labelme import read_labelme
from desra_studio.interchange.labels import ReadLabels, ReadOptions

SUFFIXES = frozenset({".json", ".xml"})
"""Endings that files of labels have."""
MAX_BYTES = 500_000_000
"""Of a file: it is read as a whole."""


def read_label_file(
    path: Path, labels: Collection[str] | None = None, max_megapixels: float = MAX_MEGAPIXELS
) -> ReadLabels:
    """Read a file of COCO, LabelMe, Label Studio or CVAT; its content says which it is.

    What one image or one annotation has wrong is told in the notes, and the rest is read. Masks
    are decoded when they are asked for, one at a time.

    Args:
        path: of the file.
        labels: names of the labels whose annotations count; None for all.
        max_megapixels: of the largest image that is read.

    Raises:
        InputError: not readable, or none of these formats; the message names the file.
    """
    name = spell_name(path.name)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(f"{name}: larger than {MAX_BYTES / 1e6:.0f} MB. Cut it into parts.")
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{name}: cannot be read ({error.strerror}).") from error
    return parse_labels(data, name, ReadOptions(labels, max_megapixels))


def parse_labels(data: bytes, name: str, options: ReadOptions) -> ReadLabels:
    """Return what the bytes of a file of labels say; see `read_label_file`."""
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return read_cvat(data, name, options)
    content = parse_json(data, name)
    try:
        return _read_json(content, options)
    except InputError as error:
        raise InputError(f"{name}: {error}") from error


def _read_json(content: object, options: ReadOptions) -> ReadLabels:
    if isinstance(content, dict):
        if "images" in content and "annotations" in content:
            return read_coco(content, options)
        if "shapes" in content:
            return read_labelme(content, options)
        if "data" in content and "annotations" in content:
            return read_label_studio([content], options)
        raise InputError(
            "neither COCO (images and annotations), nor LabelMe (shapes), nor Label Studio (a list "
            "of tasks)."
        )
    tasks = read_list(content, "a file of labels")
    if tasks and isinstance(tasks[0], dict) and "segmentation" in tasks[0]:
        raise InputError("COCO results, which do not say what the images are. Give instances.")
    if not all(isinstance(task, dict) and "data" in task for task in tasks):
        raise InputError("no tasks of Label Studio. Export them as JSON, not as JSON-MIN.")
    return read_label_studio(tasks, options)
