"""Makes files of labels in every format, and masks to put into them."""

import json
from xml.sax.saxutils import quoteattr

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from desra_studio.imaging.masks import find_components
from desra_studio.interchange.coco import render_coco
from desra_studio.interchange.label_studio import describe_task
from desra_studio.interchange.labelme import render_labelme
from desra_studio.interchange.labels import ReadOptions
from desra_studio.interchange.reading import parse_labels
from desra_studio.interchange.runs import find_runs
from desra_studio.interchange.written import WrittenImage, WrittenRegion

masks = arrays(bool, st.tuples(st.integers(1, 20), st.integers(1, 20)))
"""Masks of odd and even sizes, a row or a column among them, empty and full ones too."""

SIZES = ((1, 1), (1, 37), (41, 1), (8, 8), (47, 61))


def list_plain_masks():
    """Empty, full and one-pixel masks of several sizes."""
    for height, width in SIZES:
        one = np.zeros((height, width), bool)
        one[height // 2, width - 1] = True
        yield from (np.zeros((height, width), bool), np.ones((height, width), bool), one)


def make_large_mask(side=4096):
    """Blobs, a frame at the edge and a comb, 4096x4096."""
    rows, columns = np.ogrid[:side, :side]
    mask = (np.sin(rows / 97) * np.cos(columns / 61)) > 0.7
    mask[0] = mask[:, -1] = True
    mask[1000:1200, 5:900:2] = True
    return mask


def make_written(mask, name="a", kinds=()):
    """The image NAME.png with a mask; its first components have kinds."""
    found = find_components(mask)
    kinds = [*kinds, *[None] * len(found)]
    regions = []
    for index, (x, y, width, height) in enumerate(found.boxes.tolist()):
        pixels = found.labels[y : y + height, x : x + width] == index + 1
        regions.append(WrittenRegion(x, y, pixels, kinds[index]))
    return WrittenImage(f"{name}.png", mask, tuple(regions))


def write_cvat(images):
    """CVAT's XML, which the studio does not export: a mask of the whole image for each."""
    lines = ["<annotations><version>1.1</version>"]
    for image in images:
        width, height = image.size
        size = f'width="{width}" height="{height}"'
        runs = ", ".join(map(str, find_runs(image.mask.ravel()).tolist()))
        mask = f'<mask label="artifact" rle="{runs}" left="0" top="0" {size}/>'
        marked = mask if image.mask.any() else ""
        lines.append(f"<image id='0' name={quoteattr(image.file_name)} {size}>{marked}</image>")
    return "\n".join([*lines, "</annotations>"]).encode()


def write_tasks(images):
    """Label Studio's tasks."""
    return json.dumps([describe_task(image, "images") for image in images]).encode()


WRITERS = {
    "COCO": lambda images: render_coco(images, "a set"),
    "LabelMe": lambda images: render_labelme(images[0]),
    "Label Studio": lambda images: json.dumps(
        [describe_task(image, "images") for image in images]
    ).encode(),
    "CVAT": write_cvat,
}
"""Format -> what makes its bytes from written images."""


def read_back(data, labels=None, max_megapixels=100.0):
    """What the bytes of a file say."""
    return parse_labels(data, "labels", ReadOptions(labels, max_megapixels))
