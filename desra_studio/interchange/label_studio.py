"""Label Studio's JSON: tasks with what people brushed, drew and boxed."""

import re
from collections.abc import Iterable, Iterator
from functools import partial
from urllib.parse import parse_qs, unquote, urlsplit
from urllib.parse import quote as url_quote
from xml.sax.saxutils import quoteattr

import numpy as np
from numpy.typing import NDArray

from desra_studio.errors import InputError
from desra_studio.imaging.arrays import Mask, Size
from desra_studio.interchange.brush_runs import check_brush, decode_brush, encode_brush
from desra_studio.interchange.fields import (
    JsonObject,
    quote,
    read_counts,
    read_list,
    read_number,
    read_object,
    read_text,
    read_whole,
)
from desra_studio.interchange.labels import (
    Area,
    Entry,
    LabelCollector,
    ReadLabels,
    ReadOptions,
    check_size,
    cut_folders,
)
from desra_studio.interchange.shapes import (
    list_round_points,
    make_polygon,
    parse_points,
    turn,
)
from desra_studio.interchange.written import WrittenImage

FORM = "Label Studio"
FROM_NAME, TO_NAME = "label", "image"
"""Names of the tags in the labelling interface that tasks are written for."""
ABOUT_IMAGES = ("choices", "rating", "textarea", "number", "taxonomy", "datetime", "relation")
"""Kinds of results that mark no place."""
UPLOAD_PREFIX = re.compile(r"^[0-9a-f]{8}-(?=.)")
"""What Label Studio puts before the name of a file that is uploaded."""


def read_label_studio(content: list[object], options: ReadOptions) -> ReadLabels:
    """Read Label Studio's export: of each task the newest annotation that was not cancelled.

    Tasks that nobody annotated are left out with a note: that they are clean was not said.

    Raises:
        InputError: a task that is none.
    """
    collector = LabelCollector(FORM, options)
    for item in content:
        task = read_object(item, "a task")
        image = _read_name(task)
        annotations = _list_valid(task, image, collector)
        if not annotations:
            continue
        try:
            regions = _list_regions(annotations[-1])
            size = _find_size(regions, options)
            entries = list(_list_entries(regions, size)) if size else []
        except InputError as error:
            collector.add_note(image, f"left out: {error}")
            continue
        collector.add_image(image, size, entries)
    return collector.finish()


def _read_name(task: JsonObject) -> str:
    """Return the name of a task's image: the last part of a path or an address."""
    data = read_object(task.get("data"), "a task's data")
    address = read_text(data.get("image") or next(_list_texts(data), None), "a task's image")
    path, asked = _split_address(address)
    # Files of a local storage are asked for by /data/local-files/?d=folder/name.png.
    name = cut_folders(asked or path) or address
    return UPLOAD_PREFIX.sub("", name) if "/upload/" in path else name


def _split_address(address: str) -> tuple[str, str]:
    """Return the path of an address, and the one that it asks for."""
    try:
        parts = urlsplit(address)
    except ValueError as error:
        raise InputError(f"a task's image {quote(address)} is no address: {error}.") from error
    asked = parse_qs(parts.query).get("d", [""])[0]
    return unquote(parts.path), asked


def _list_texts(data: JsonObject) -> Iterator[str]:
    return (value for value in data.values() if isinstance(value, str))


def _list_valid(task: JsonObject, image: str, collector: LabelCollector) -> list[JsonObject]:
    """Return a task's annotations that were not cancelled, the newest last."""
    listed = read_list(task.get("annotations", task.get("completions")), "a task's annotations")
    annotations = [read_object(item, f"an annotation of {image}") for item in listed]
    valid = [item for item in annotations if not item.get("was_cancelled")]
    # Times are ISO 8601, all of one form, so that they sort as texts.
    valid.sort(key=lambda item: str(item.get("updated_at") or item.get("created_at") or ""))
    if not valid:
        what = (
            f"all {len(annotations)} annotations were cancelled" if annotations else "no annotation"
        )
        collector.add_note(image, f"left out: {what}.")
    elif len(valid) > 1:
        collector.add_note(image, f"the newest of {len(valid)} annotations is taken.")
    return valid


def _list_regions(annotation: JsonObject) -> list[JsonObject]:
    results = [
        read_object(item, "a result") for item in read_list(annotation.get("result"), "its results")
    ]
    return [result for result in results if result.get("type") not in ABOUT_IMAGES]


def _find_size(regions: list[JsonObject], options: ReadOptions) -> Size | None:
    """Return the size of an image, which only its regions tell."""
    sizes = {
        (
            read_whole(region.get("original_width"), "original_width"),
            read_whole(region.get("original_height"), "original_height"),
        )
        for region in regions
    }
    if len(sizes) > 1:
        raise InputError(f"its regions are of images of different sizes: {sorted(sizes)}.")
    return check_size(*sizes.pop(), options.max_megapixels) if sizes else None


def _list_entries(regions: list[JsonObject], size: Size) -> Iterator[Entry]:
    for region in regions:
        kind = read_text(region.get("type"), "a region's type")
        value = read_object(region.get("value"), "a region's value")
        turned = bool(region.get("image_rotation"))
        yield _read_label(value, kind), partial(_make_area, kind, value, size, turned)


def _read_label(value: JsonObject, kind: str) -> str:
    """Return the first label of a region; one without has the name of its kind."""
    names = value.get(kind) or value.get("labels")
    return str(names[0]) if isinstance(names, list) and names else kind


def _make_area(kind: str, value: JsonObject, size: Size, turned: bool) -> Area:
    if turned:
        raise InputError("the image was turned in Label Studio. Label it upright.")
    if "rle" in value:
        return _make_brush(value, size)
    if "points" in value:
        return make_polygon(_scale(parse_points(value["points"]), size), size)
    if "radiusX" in value:
        outline = list_round_points(*_read_numbers(value, "x", "y", "radiusX", "radiusY"))
    elif "width" in value and "height" in value:
        left, top, width, height = _read_numbers(value, "x", "y", "width", "height")
        right, bottom = left + width, top + height
        outline = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
    else:
        raise InputError(f"a region of type {quote(kind)} has no area that is read.")
    # Both turn around the place that x and y name: a corner, or the centre.
    pivot = _scale(np.array([_read_numbers(value, "x", "y")]), size)[0]
    degrees = read_number(value.get("rotation", 0), "rotation")
    return make_polygon(turn(_scale(outline, size), pivot, degrees), size)


def _make_brush(value: JsonObject, size: Size) -> Area:
    numbers = read_counts(value["rle"], "rle")
    if numbers.max(initial=0) > 255:
        raise InputError(f"rle must be bytes, got {numbers.max()}.")
    data = numbers.astype(np.uint8).tobytes()
    check_brush(data, size)
    return partial(_mark_brush, data, size)


def _mark_brush(data: bytes, size: Size, mask: Mask) -> None:
    mask |= decode_brush(data, size)


def _read_numbers(value: JsonObject, *names: str) -> list[float]:
    return [read_number(value.get(name), name) for name in names]


def _scale(points: NDArray[np.float64], size: Size) -> NDArray[np.float64]:
    """Return points (N, 2) in px that are in percent of an image."""
    return np.asarray(points * np.array(size) / 100, np.float64)


def describe_task(image: WrittenImage, folder: str) -> dict[str, object]:
    """Return a task with one annotation: a brush region per kind of artifact.

    A region per component would be a canvas each in Label Studio's page.

    Args:
        image: what was labelled.
        folder: of the image, below the root of Label Studio's local files.
    """
    masks: dict[str, Mask] = {}
    for region in image.regions:
        region.mark(masks.setdefault(region.label, np.zeros_like(image.mask)))
    return {
        "data": {"image": f"/data/local-files/?d={url_quote(f'{folder}/{image.file_name}')}"},
        "annotations": [
            {"result": [_describe_brush(label, mask) for label, mask in masks.items()]}
        ],
    }


def _describe_brush(label: str, mask: Mask) -> dict[str, object]:
    height, width = mask.shape
    return {
        "id": label,
        "type": "brushlabels",
        "from_name": FROM_NAME,
        "to_name": TO_NAME,
        "original_width": width,
        "original_height": height,
        "image_rotation": 0,
        "value": {"format": "rle", "rle": encode_brush(mask), "brushlabels": [label]},
    }


def render_interface(labels: Iterable[str]) -> str:
    """Return the labelling interface that tasks are shown with: a brush for each label."""
    brushes = "\n".join(f"    <Label value={quoteattr(label)}/>" for label in labels)
    return (
        "<View>\n"
        f'  <Image name="{TO_NAME}" value="$image" zoom="true"/>\n'
        f'  <BrushLabels name="{FROM_NAME}" toName="{TO_NAME}">\n{brushes}\n  </BrushLabels>\n'
        "</View>\n"
    )
