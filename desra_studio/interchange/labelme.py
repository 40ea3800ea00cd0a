"""LabelMe's JSON: a file per image, with outlines and crops of masks."""

import base64
import binascii
import json
from functools import partial
from io import BytesIO

import numpy as np
from PIL import Image

from desra_studio.errors import InputError
from desra_studio.imaging.arrays import Mask, Size
from desra_studio.imaging.masks import Place, encode_mask_png
from desra_studio.imaging.opening import DAMAGE
from desra_studio.interchange.fields import (
    JsonObject,
    quote,
    read_list,
    read_object,
    read_text,
    read_whole,
)
from desra_studio.interchange.labels import (
    Area,
    LabelCollector,
    ReadLabels,
    ReadOptions,
    check_size,
)
from desra_studio.interchange.shapes import make_drawn, parse_points
from desra_studio.interchange.written import WrittenImage, WrittenRegion

FORM = "LabelMe"
VERSION = "5.4.1"
"""Of LabelMe, of which a file that is written says to be; masks came with 5.2."""
DRAWN = {
    "polygon": "polygon",
    "oriented_rectangle": "polygon",
    "rectangle": "rectangle",
    "circle": "circle",
}
"""Kinds of shapes that have an area -> how they are drawn."""


def read_labelme(content: JsonObject, options: ReadOptions) -> ReadLabels:
    """Read LabelMe's file of one image.

    Raises:
        InputError: no name or size of the image, or something among the shapes that is none.
    """
    collector = LabelCollector(FORM, options)
    image = read_text(content.get("imagePath"), "imagePath")
    size = check_size(
        read_whole(content.get("imageWidth"), "imageWidth"),
        read_whole(content.get("imageHeight"), "imageHeight"),
        options.max_megapixels,
    )
    shapes = [read_object(item, "a shape") for item in read_list(content.get("shapes"), "shapes")]
    entries = [
        (read_text(shape.get("label"), "a shape's label"), partial(_make_area, shape, size))
        for shape in shapes
    ]
    collector.add_image(image, size, entries)
    return collector.finish()


def _make_area(shape: JsonObject, size: Size) -> Area:
    # Files of before 2019 have polygons alone, and do not say so.
    kind = shape.get("shape_type") or "polygon"
    points = parse_points(shape.get("points"))
    if kind == "mask":
        if len(points) != 2:
            raise InputError(f"a mask must have 2 points, got {len(points)}.")
        (left, top), (right, bottom) = points.astype(int).tolist()
        return _make_mask_area(shape.get("mask"), (left, top, right, bottom), size)
    if not isinstance(kind, str) or kind not in DRAWN:
        raise InputError(f"a shape of type {quote(kind)} has no area that is read.")
    return make_drawn(DRAWN[kind], points, size)


def _make_mask_area(value: object, box: tuple[int, int, int, int], size: Size) -> Area:
    """Return the area of a crop whose box names its first and its last pixel, both inside."""
    left, top, right, bottom = box
    width, height = right - left + 1, bottom - top + 1
    if left < 0 or top < 0 or right >= size.width or bottom >= size.height:
        raise InputError(f"its mask reaches from {left}, {top} to {right}, {bottom} of {size} px.")
    try:
        png = base64.b64decode(read_text(value, "a mask"), validate=True)
    except (binascii.Error, ValueError) as error:
        raise InputError(f"its mask is no base64 ({error}).") from error
    _decode_crop(png, Size(width, height))
    place = (slice(top, bottom + 1), slice(left, right + 1))
    return partial(_mark_crop, png, place)


def _decode_crop(png: bytes, size: Size) -> Mask:
    """Return, (H, W) bool, whatever is not 0, as LabelMe does: it writes 1 for what is marked."""
    try:
        with Image.open(BytesIO(png), formats=["PNG"]) as image:
            # Before it is decoded, whatever size it claims.
            if image.size != size:
                raise InputError(f"its mask is of {Size(*image.size)} px, its box of {size}.")
            if image.mode not in ("1", "L", "I;16"):
                raise InputError(f"its mask must be a grey PNG, got mode {image.mode}.")
            return np.asarray(image).astype(np.bool_)
    except DAMAGE as error:
        raise InputError(f"its mask is no readable PNG ({error}).") from error


def _mark_crop(png: bytes, place: Place, mask: Mask) -> None:
    part = mask[place]
    part |= _decode_crop(png, Size(part.shape[1], part.shape[0]))


def render_labelme(image: WrittenImage) -> bytes:
    """Return LabelMe's file of an image, which lies beside it: a mask shape per component.

    The label is the component's kind, or 'artifact' where nobody said one; the note is the
    description. `severity` and `prominence` are kept by LabelMe, which does not show them.
    """
    content: dict[str, object] = {
        "version": VERSION,
        "flags": {},
        "shapes": [_describe_shape(region) for region in image.regions],
        "imagePath": image.file_name,
        "imageData": None,
        "imageHeight": image.size.height,
        "imageWidth": image.size.width,
    }
    return json.dumps(content, indent=2).encode()


def _describe_shape(region: WrittenRegion) -> dict[str, object]:
    height, width = region.pixels.shape
    attributes = region.attributes
    note = attributes.pop("note", "")
    return {
        "label": region.label,
        "points": [[region.x, region.y], [region.x + width - 1, region.y + height - 1]],
        "group_id": None,
        "description": note,
        "shape_type": "mask",
        "flags": {},
        "mask": base64.b64encode(encode_mask_png(region.pixels)).decode("ascii"),
        **attributes,
    }
