"""Write the golden files of COCO, Label Studio and CVAT; README.md says with what."""

import json
import shutil
from pathlib import Path

import numpy as np
from datumaro.components.annotation import (
    AnnotationType,
    Bbox,
    LabelCategories,
    Mask,
    MaskCategories,
    Polygon,
)
from datumaro.components.dataset import Dataset
from datumaro.components.dataset_base import DatasetItem
from datumaro.components.media import Image as Media
from label_studio_sdk.converter.brush import encode_rle, image2annotation
from PIL import Image
from pycocotools import mask as coco_mask
from shapes import BOX, HEIGHT, POLYGON, WIDTH, make_mask

HERE = Path(__file__).parent


def save_mask(name, mask):
    Image.fromarray(np.asarray(mask, bool)).save(HERE / f"{name}.png")


def draw(*polygons):
    runs = coco_mask.frPyObjects([np.ravel(p).tolist() for p in polygons], HEIGHT, WIDTH)
    return coco_mask.decode(coco_mask.merge(runs)).astype(bool)


def list_corners(left, top, right, bottom):
    return [[left, top], [right, top], [right, bottom], [left, bottom]]


def write_coco(mask):
    runs = coco_mask.encode(np.asfortranarray(mask, np.uint8))
    flat = mask.ravel(order="F")
    edges = np.flatnonzero(np.diff(flat.astype(int))) + 1
    starts = [0, 0] if flat[0] else [0]
    counts = np.diff([*starts, *edges, flat.size]).tolist()
    size = [HEIGHT, WIDTH]
    text = runs["counts"].decode()
    polygons = [np.ravel(POLYGON).tolist(), np.ravel(list_corners(*BOX)).tolist()]
    annotations = [
        {"image_id": 1, "iscrowd": 0, "segmentation": {"size": size, "counts": text}},
        {"image_id": 2, "iscrowd": 1, "segmentation": {"size": size, "counts": counts}},
        {"image_id": 3, "iscrowd": 0, "segmentation": polygons},
    ]
    content = {
        "images": [
            {"id": i, "file_name": f"{name}.png", "width": WIDTH, "height": HEIGHT}
            for i, name in enumerate(("coco-text", "coco-list", "coco-polygons", "coco-nothing"), 1)
        ],
        "annotations": [{"id": i, "category_id": 7} | one for i, one in enumerate(annotations, 1)],
        "categories": [{"id": 7, "name": "artifact"}],
    }
    (HERE / "coco.json").write_text(json.dumps(content))
    save_mask("coco-text", mask)
    save_mask("coco-list", mask)
    save_mask("coco-polygons", draw(POLYGON, list_corners(*BOX)))
    save_mask("coco-nothing", np.zeros_like(mask))


def write_label_studio(mask):
    names = ("artifact", "label", "image")
    grey = image2annotation(str(HERE / "coco-text.png"), *names)
    # As the page's canvas has them: a colour, and an edge that is half transparent.
    coloured = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    coloured[mask] = (255, 76, 37, 255)
    coloured[0, 0] = (255, 76, 37, 3)
    brush = {
        "type": "brushlabels", "from_name": "label", "to_name": "image", "image_rotation": 0,
        "original_width": WIDTH, "original_height": HEIGHT,
        "value": {
            "format": "rle", "rle": encode_rle(coloured.ravel()), "brushlabels": ["artifact"],
        },
    }  # fmt: skip
    percent = (np.array(POLYGON) / (WIDTH, HEIGHT) * 100).tolist()
    polygon = brush | {
        "type": "polygonlabels",
        "value": {"points": percent, "polygonlabels": ["artifact"]},
    }
    left, top, right, bottom = BOX
    rectangle = brush | {
        "type": "rectanglelabels",
        "value": {
            "x": left / WIDTH * 100, "y": top / HEIGHT * 100, "rotation": 0,
            "width": (right - left) / WIDTH * 100, "height": (bottom - top) / HEIGHT * 100,
            "rectanglelabels": ["artifact"],
        },
    }  # fmt: skip
    tasks = [
        {"data": {"image": "/data/upload/1/1a2b3c4d-label-studio-grey.png"}, "annotations": [grey]},
        {
            "data": {"image": "/data/local-files/?d=set/label-studio-colour.png"},
            "annotations": [{"result": [brush]}],
        },
        {
            "data": {"image": "s3://bucket/label-studio-outlines.png"},
            "annotations": [{"result": [polygon, rectangle]}],
        },
    ]
    (HERE / "label_studio.json").write_text(json.dumps(tasks))
    save_mask("label-studio-grey", mask)
    save_mask("label-studio-colour", mask)
    save_mask("label-studio-outlines", draw(POLYGON, list_corners(*BOX)))


def write_cvat(mask):
    left, top, right, bottom = BOX
    annotations = {
        "cvat-mask": [Mask(mask, label=0)],
        "cvat-outlines": [
            Polygon(np.ravel(POLYGON).tolist(), label=0),
            Bbox(left, top, right - left, bottom - top, label=0),
        ],
        "cvat-nothing": [],
    }
    picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    media = Media.from_numpy(data=picture)
    items = [
        DatasetItem(name, media=media, annotations=listed, attributes={"frame": i})
        for i, (name, listed) in enumerate(annotations.items())
    ]  # fmt: skip
    categories = LabelCategories.from_iterable(["artifact"])
    dataset = Dataset.from_iterable(items, categories={AnnotationType.label: categories})
    out = HERE / "cvat"
    dataset.export(str(out), "cvat", save_media=False)
    (found,) = out.rglob("*.xml")
    shutil.copy(found, HERE / "cvat.xml")
    shutil.rmtree(out)
    write_segmentation_masks(mask)
    save_mask("cvat-mask", mask)
    # CVAT keeps two digits.
    save_mask("cvat-outlines", draw(np.round(POLYGON, 2), list_corners(*BOX)))
    save_mask("cvat-nothing", np.zeros_like(mask))


def write_segmentation_masks(mask):
    """As CVAT's own export calls it; its expected masks are cvat-mask.png and cvat-nothing.png."""
    picture = Media.from_numpy(data=np.zeros((HEIGHT, WIDTH, 3), np.uint8))
    items = [
        DatasetItem("cvat-mask", media=picture, annotations=[Mask(mask, label=1)]),
        DatasetItem("cvat-nothing", media=picture, annotations=[Mask(mask & False, label=1)]),
    ]
    categories = {
        AnnotationType.label: LabelCategories.from_iterable(["background", "artifact"]),
        AnnotationType.mask: MaskCategories({0: (0, 0, 0), 1: (250, 50, 83)}),
    }
    dataset = Dataset.from_iterable(items, categories=categories)
    out = HERE / "segmentation"
    dataset.export(
        str(out), "voc_segmentation", label_map="source", apply_colormap=True, save_media=False
    )
    for other in ("SegmentationObject", "ImageSets", "JPEGImages", "Annotations"):
        shutil.rmtree(out / other, ignore_errors=True)


if __name__ == "__main__":
    ring = make_mask()
    write_coco(ring)
    write_label_studio(ring)
    write_cvat(ring)
