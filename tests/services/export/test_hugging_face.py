"""A folder as the `datasets` library reads it; it was tried with version 5.2 of the library."""

import json
import re

import numpy as np

from desra_studio.imaging.io import read_rgb
from desra_studio.imaging.mask_files import read_mask
from desra_studio.services.export.exporting import export_dataset
from desra_studio.services.review.documents import describe_image
from desra_studio.services.review.masks import judge_image, save_mask
from desra_studio.services.review.regions import label_region
from desra_studio.storage.region_label import RegionLabel
from desra_studio.vocabulary import State
from tests.factories.masks import mark_squares
from tests.factories.studio import list_items


def read_lines(folder):
    text = (folder / "train" / "metadata.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_every_line_names_its_images(studio, shapes, tmp_path):
    exported = export_dataset(studio, "shapes", "hf", tmp_path / "out")
    assert exported.images == 4
    (note,) = exported.notes
    assert note.endswith(": odd")
    lines = {line["name"]: line for line in read_lines(tmp_path / "out")}
    assert lines.keys() == shapes.keys()
    for name, mask in shapes.items():
        line = lines[name]
        images = {key: value for key, value in line.items() if key.endswith("file_name")}
        assert images.keys() == {"file_name", "mse_file_name", "mask_file_name"}
        for path in images.values():
            assert read_rgb(tmp_path / "out" / "train" / path).pixels.shape[:2] == mask.shape
        found = read_mask(tmp_path / "out" / "train" / line["mask_file_name"]).mask
        assert np.array_equal(found, mask)
        assert sum(region["area_px"] for region in line["regions"]) == line["marked_px"]
    assert (lines["odd"]["lr_path"], lines["odd"]["scale"]) == (None, None)
    assert lines["full"]["lr_path"] == "LR/full.png"


def test_lr_is_an_image_where_all_have_one(studio, labelled, tmp_path):
    first = list_items(studio, labelled)[0].id
    mask = mark_squares((10, 20, 8), (50, 60, 4))
    version = save_mask(studio, first, mask, describe_image(studio, first).version).version
    judge_image(studio, first, State.ACCEPTED, version)
    label_region(studio, first, RegionLabel(51, 61, "blotch", 4), author="Anna")
    export_dataset(studio, "set", "hf", tmp_path / "out")
    line, clean = read_lines(tmp_path / "out")
    assert (line["lr_file_name"], clean["lr_file_name"]) == ("LR/a.png", "LR/b.png")
    said = [(one["x"], one["kind"], one["severity"]) for one in line["regions"]]
    assert said == [(10, None, None), (50, "blotch", 4)]
    assert (clean["verdict"], clean["regions"]) == ("clean", [])
    assert "Anna" not in (tmp_path / "out" / "train" / "metadata.jsonl").read_text()


def test_the_card_says_what_is_known(studio, labelled, tmp_path):
    export_dataset(studio, "set", "hf", tmp_path / "out")
    card = (tmp_path / "out" / "README.md").read_text()
    header = re.match(r"---\n(.*?)\n---\n", card, re.S)[1]
    assert "\nsize_categories:\n- n<1K\n" in header
    assert header.startswith('license: unknown\npretty_name: "set"\n')
    assert "path: train/**" in header
    assert "1 images are `accepted`" in card
    assert "1 are `clean`" in card
    assert "has to clear the rights" in card
