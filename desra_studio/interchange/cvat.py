"""CVAT's XML of images, version 1.1: masks, polygons and boxes."""

from dataclasses import dataclass, field
from functools import partial
from xml.parsers import expat

import numpy as np
from numpy.typing import NDArray

from desra_studio.errors import InputError
from desra_studio.imaging.arrays import Mask, Size
from desra_studio.imaging.masks import Place
from desra_studio.interchange.fields import quote
from desra_studio.interchange.labels import (
    Area,
    Entry,
    LabelCollector,
    ReadLabels,
    ReadOptions,
    check_size,
)
from desra_studio.interchange.runs import check_runs, expand_runs
from desra_studio.interchange.shapes import list_round_points, make_polygon, turn

FORM = "CVAT"
SHAPES = ("mask", "polygon", "box", "polyline", "points", "cuboid", "skeleton", "ellipse")

Attributes = dict[str, str]


@dataclass
class _Element:
    """An image of the file, and the shapes in it."""

    attributes: Attributes
    shapes: list[tuple[str, Attributes]] = field(default_factory=list)


def read_cvat(data: bytes, name: str, options: ReadOptions) -> ReadLabels:
    """Read CVAT's annotations of images.

    Raises:
        InputError: no XML, with a document type (which could make it endless), of another kind,
            of a video, or an image without a name.
    """
    collector = LabelCollector(FORM, options)
    for element in _parse_images(data, name):
        image = element.attributes.get("name")
        if not image:
            raise InputError(f"{name}: an image has no name.")
        try:
            size = check_size(
                _read_whole(element.attributes, "width"),
                _read_whole(element.attributes, "height"),
                options.max_megapixels,
            )
        except InputError as error:
            collector.add_note(image, f"left out: {error}")
            continue
        collector.add_image(image, size, [_make_entry(shape, size) for shape in element.shapes])
    return collector.finish()


def _parse_images(data: bytes, name: str) -> list[_Element]:
    images: list[_Element] = []
    path: list[str] = []

    def start(tag: str, attributes: Attributes) -> None:
        path.append(tag)
        depth = len(path)
        if depth == 1 and tag != "annotations":
            raise InputError(f"{name}: not CVAT's XML, whose first element is not {quote(tag)}.")
        if depth == 2 and tag == "track":
            raise InputError(f"{name}: of a video. Export it as CVAT for images.")
        if depth == 2 and tag == "image":
            images.append(_Element(attributes))
        elif depth == 3 and path[1] == "image" and tag in SHAPES:
            images[-1].shapes.append((tag, attributes))

    def end(_tag: str) -> None:
        path.pop()

    def refuse(*_: object) -> None:
        raise InputError(f"{name}: has a document type, which no file of CVAT has.")

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError) as error:
        raise InputError(f"{name}: not readable as XML ({error}).") from error
    return images


def _make_entry(shape: tuple[str, Attributes], size: Size) -> Entry:
    tag, attributes = shape
    return attributes.get("label", ""), partial(_make_area, tag, attributes, size)


def _make_area(tag: str, attributes: Attributes, size: Size) -> Area:
    if tag == "mask":
        return _make_mask_area(attributes, size)
    if tag == "polygon":
        return make_polygon(_read_points(attributes), size)
    if tag == "box":
        left, top = _read_number(attributes, "xtl"), _read_number(attributes, "ytl")
        right, bottom = _read_number(attributes, "xbr"), _read_number(attributes, "ybr")
        corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
        return make_polygon(_turn(corners, attributes), size)
    if tag == "ellipse":
        x, y = _read_number(attributes, "cx"), _read_number(attributes, "cy")
        radii = _read_number(attributes, "rx"), _read_number(attributes, "ry")
        return make_polygon(_turn(list_round_points(x, y, *radii), attributes), size)
    raise InputError(f"a {tag} has no area that is read.")


def _turn(points: NDArray[np.float64], attributes: Attributes) -> NDArray[np.float64]:
    """Return an outline (N, 2) as it lies: turned around its centre."""
    degrees = _read_number({"rotation": "0"} | attributes, "rotation")
    return turn(points, points.mean(axis=0), degrees)


def _make_mask_area(attributes: Attributes, size: Size) -> Area:
    """Return the area of run lengths, row by row, of a box."""
    left, top, width, height = (
        _read_whole(attributes, key) for key in ("left", "top", "width", "height")
    )
    inside = 0 <= left <= left + width <= size.width and 0 <= top <= top + height <= size.height
    if not inside:
        raise InputError(f"its box of {width}x{height} at {left}, {top} is not inside {size} px.")
    runs = _read_list(attributes.get("rle", ""), ",", "rle")
    if not np.array_equal(runs, np.trunc(runs)):
        raise InputError("its run lengths are not whole numbers.")
    lengths = runs.astype(np.int64)
    check_runs(lengths, Size(width, height))
    place = (slice(top, top + height), slice(left, left + width))
    return partial(_mark_runs, lengths.astype(np.uint32), place)


def _mark_runs(lengths: NDArray[np.uint32], place: Place, mask: Mask) -> None:
    part = mask[place]
    part |= expand_runs(lengths).reshape(part.shape)


def _read_points(attributes: Attributes) -> NDArray[np.float64]:
    """Return x0,y0;x1,y1;... as (N, 2)."""
    pairs = [_read_list(pair, ",", "points") for pair in attributes.get("points", "").split(";")]
    for pair in pairs:
        if pair.size != 2:
            raise InputError(f"points must be x,y each, got one of {pair.size} numbers.")
    return np.array(pairs)


def _read_list(text: str, separator: str, what: str) -> NDArray[np.float64]:
    return np.array([_parse_number(part, what) for part in text.split(separator)], np.float64)


def _read_number(attributes: Attributes, key: str) -> float:
    return _parse_number(attributes.get(key, ""), key)


def _read_whole(attributes: Attributes, key: str) -> int:
    number = _read_number(attributes, key)
    if not number.is_integer():
        raise InputError(f"{key} must be a whole number, got {number:g}.")
    return int(number)


def _parse_number(text: str, what: str) -> float:
    try:
        number = float(text)
    except ValueError as error:
        raise InputError(f"{what} must be a number, got {quote(text.strip())}.") from error
    if not abs(number) < 2**53:
        raise InputError(f"{what} must be a number below 2^53, got {quote(text)}.")
    return number
