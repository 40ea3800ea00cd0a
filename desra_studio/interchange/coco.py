"""COCO's instances: run lengths and polygons by image and category."""

import json
from collections.abc import Iterable, Iterator
from functools import partial

import numpy as np

from desra_studio.errors import InputError
from desra_studio.imaging.arrays import Mask, Size
from desra_studio.interchange.coco_runs import compress_runs, make_run_area
from desra_studio.interchange.fields import (
    JsonObject,
    quote,
    read_list,
    read_numbers,
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
)
from desra_studio.interchange.runs import find_column_runs
from desra_studio.interchange.shapes import make_polygon
from desra_studio.interchange.written import ARTIFACT, WrittenImage, WrittenRegion

FORM = "COCO"


def read_coco(content: JsonObject, options: ReadOptions) -> ReadLabels:
    """Read COCO instances.

    Images without annotations are there with nothing marked; crowds count as any annotation.

    Raises:
        InputError: no list of images or annotations, or something in them that is no object.
    """
    collector = LabelCollector(FORM, options)
    names = _read_categories(content)
    annotations: dict[int, list[JsonObject]] = {}
    seen: set[int] = set()
    for item in read_list(content.get("annotations"), "annotations"):
        annotation = read_object(item, "an annotation")
        image_id = read_whole(annotation.get("image_id"), "an annotation's image_id")
        annotations.setdefault(image_id, []).append(annotation)
    for item in read_list(content.get("images"), "images"):
        image = read_object(item, "an image")
        image_id = read_whole(image.get("id"), "an image's id")
        file_name = read_text(image.get("file_name"), "an image's file_name")
        if image_id in seen:
            raise InputError(f"two images have the id {image_id}. Give each its own.")
        seen.add(image_id)
        mine = annotations.pop(image_id, [])
        try:
            size = _read_size(image, options)
        except InputError as error:
            collector.add_note(file_name, f"left out: {error}")
            continue
        collector.add_image(file_name, size, _list_entries(mine, names, size))
    for image_id, orphans in annotations.items():
        what = f"{len(orphans)} annotations left out: no image has this id."
        collector.add_note(f"image {image_id}", what)
    return collector.finish()


def _read_categories(content: JsonObject) -> dict[int, str]:
    categories = read_list(content.get("categories", []), "categories")
    pairs = [read_object(item, "a category") for item in categories]
    return {
        read_whole(pair.get("id"), "a category's id"): read_text(
            pair.get("name"), "a category's name"
        )
        for pair in pairs
    }


def _read_size(image: JsonObject, options: ReadOptions) -> Size:
    return check_size(
        read_whole(image.get("width"), "width"),
        read_whole(image.get("height"), "height"),
        options.max_megapixels,
    )


def _list_entries(
    annotations: list[JsonObject], names: dict[int, str], size: Size
) -> Iterator[Entry]:
    for annotation in annotations:
        category = annotation.get("category_id")
        known = names.get(category) if isinstance(category, int) else None
        yield known or quote(category), partial(_make_area, annotation.get("segmentation"), size)


def _make_area(segmentation: object, size: Size) -> Area:
    if not segmentation:
        raise InputError("it has no segmentation, which a box or keypoints alone are not.")
    if not isinstance(segmentation, list):
        return make_run_area(segmentation, size)
    parts = []
    for item in segmentation:
        numbers = read_numbers(item, "a polygon")
        if numbers.size % 2:
            raise InputError(f"a polygon of {numbers.size} numbers, which is no list of x, y.")
        parts.append(make_polygon(numbers.reshape(-1, 2), size))
    return partial(_mark_all, parts)


def _mark_all(parts: list[Area], mask: Mask) -> None:
    for mark in parts:
        mark(mask)


def render_coco(images: Iterable[WrittenImage], description: str) -> bytes:
    """Return COCO instances: an annotation per component, as compressed run lengths.

    Its category is the component's kind, or 'artifact' where nobody said one; `attributes` holds
    severity, note and prominence where they are known.
    """
    listed: list[dict[str, object]] = []
    annotations: list[dict[str, object]] = []
    categories = {ARTIFACT: 1}
    for image_id, image in enumerate(images, start=1):
        width, height = image.size
        listed.append(
            {"id": image_id, "file_name": image.file_name, "width": width, "height": height}
        )
        for region in image.regions:
            category = categories.setdefault(region.label, len(categories) + 1)
            annotations.append(
                {"id": len(annotations) + 1, "image_id": image_id, "category_id": category}
                | _describe_region(region, image.size)
            )
    content = {
        "info": {"description": description},
        "images": listed,
        "annotations": annotations,
        "categories": [{"id": number, "name": name} for name, number in categories.items()],
    }
    return json.dumps(content).encode()


def _describe_region(region: WrittenRegion, size: Size) -> dict[str, object]:
    height, width = region.pixels.shape
    runs = find_column_runs(region.pixels, region.x, region.y, size)
    return {
        "area": int(np.count_nonzero(region.pixels)),
        "bbox": [region.x, region.y, width, height],
        "iscrowd": 0,
        "segmentation": {
            "size": [size.height, size.width],
            "counts": compress_runs(runs, size),
        },
        "attributes": region.attributes,
    }
