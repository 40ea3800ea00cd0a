"""Labels for other programs say what the database says."""

import io
import json
from contextlib import redirect_stdout

import numpy as np
import pytest
from pycocotools.coco import COCO

from desra_studio.imaging.io import list_images, read_rgb
from desra_studio.imaging.mask_files import read_mask
from desra_studio.interchange.reading import read_label_file
from desra_studio.services.export.exporting import export_dataset
from desra_studio.services.review.kinds import list_kinds
from desra_studio.services.review.regions import label_region
from desra_studio.storage.region_label import RegionLabel
from tests.factories.studio import list_items


@pytest.fixture
def masks(studio, labelled, tmp_path):
    """The labels by name, as masks; the first component of a has a kind."""
    out = tmp_path / "masks"
    export_dataset(studio, "set", "masks", out)
    masks = {name: read_mask(path).mask for name, path in list_images(out).items()}
    y, x = np.argwhere(masks["a"])[0].tolist()
    kind = list_kinds(studio, labelled)[0]
    (image,) = (item.id for item in list_items(studio, labelled) if item.name == "a")
    label_region(studio, image, RegionLabel(x, y, kind, severity=4, note="Ränder"))
    return masks


def export(studio, form, out):
    return export_dataset(studio, "set", form, out).images


def read_masks(*files):
    """Masks by the name of their image."""
    read = [image for file in files for image in read_label_file(file).images]
    sizes = {image.size for image in read if image.size}
    return {image.stem: image.decode(min(sizes)) for image in read}


def check_masks(read, masks):
    assert sorted(read) == sorted(masks) == ["a", "b"]
    for name, mask in masks.items():
        assert np.array_equal(read[name], mask), name


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning:pycocotools")
def test_coco(studio, labelled, masks, tmp_path):
    out = tmp_path / "labels.json"
    assert export(studio, "coco", out) == 2
    check_masks(read_masks(out), masks)
    with redirect_stdout(io.StringIO()):
        labels = COCO(str(out))
    kind = list_kinds(studio, labelled)[0]
    (said,) = labels.loadAnns(labels.getAnnIds(catIds=labels.getCatIds(catNms=[kind])))
    assert said["attributes"] == {"severity": 4, "note": "Ränder"}
    assert [image["file_name"] for image in labels.imgs.values()] == ["a.png", "b.png"]
    for number, name in ((1, "a"), (2, "b")):
        annotations = labels.loadAnns(labels.getAnnIds(imgIds=number))
        marked = np.zeros_like(masks[name])
        for annotation in annotations:
            pixels = labels.annToMask(annotation).astype(bool)
            rows, columns = np.nonzero(pixels)
            x, y, width, height = annotation["bbox"]
            assert annotation["area"] == pixels.sum()
            assert (columns.min(), rows.min()) == (x, y)
            assert (columns.max() - x + 1, rows.max() - y + 1) == (width, height)
            marked |= pixels
        assert np.array_equal(marked, masks[name])


def test_labelme(studio, masks, tmp_path):
    out = tmp_path / "labelme"
    assert export(studio, "labelme", out) == 2
    names = sorted(path.name for path in out.iterdir())
    assert names == ["a.json", "a.png", "b.json", "b.png"]
    check_masks(read_masks(out / "a.json", out / "b.json"), masks)
    assert read_rgb(out / "a.png").pixels.shape[:2] == masks["a"].shape
    shapes = json.loads((out / "a.json").read_text())["shapes"]
    (said,) = (shape for shape in shapes if "severity" in shape)
    assert (said["severity"], said["description"]) == (4, "Ränder")


def test_label_studio(studio, labelled, masks, tmp_path):
    out = tmp_path / "tasks"
    assert export(studio, "label-studio", out) == 2
    assert sorted(path.name for path in out.iterdir()) == ["images", "interface.xml", "tasks.json"]
    check_masks(read_masks(out / "tasks.json"), masks)
    assert list(list_images(out / "images")) == ["a", "b"]
    tasks = json.loads((out / "tasks.json").read_text())
    addresses = [task["data"]["image"] for task in tasks]
    assert addresses == [f"/data/local-files/?d=images/{name}.png" for name in "ab"]
    kind = list_kinds(studio, labelled)[0]
    assert f'<Label value="{kind}"/>' in (out / "interface.xml").read_text()
