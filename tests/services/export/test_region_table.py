import csv

import numpy as np

from desra_studio.services.export.exporting import export_dataset
from desra_studio.services.review.documents import describe_image
from desra_studio.services.review.masks import judge_image, save_mask
from desra_studio.services.review.regions import label_region
from desra_studio.storage.region_label import RegionLabel
from desra_studio.vocabulary import State
from tests.factories.masks import mark_squares
from tests.factories.studio import list_items


def read_rows(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_every_region_has_a_row(studio, labelled, tmp_path):
    first = list_items(studio, labelled)[0].id
    mask = mark_squares((10, 20, 8), (50, 60, 4))
    version = save_mask(studio, first, mask, describe_image(studio, first).version).version
    judge_image(studio, first, State.ACCEPTED, version)
    label_region(studio, first, RegionLabel(51, 61, "blotch", 4, "=1+1"), author="Anna")
    exported = export_dataset(studio, "set", "regions", tmp_path / "regions.csv")
    assert exported.images == 2
    assert exported.notes == ["1 image left out, not accepted or clean: c"]
    plain, said = read_rows(tmp_path / "regions.csv")
    place = ("image", "region", "x", "y", "width", "height", "area_px")
    assert [plain[name] for name in place] == ["a", "1", "10", "20", "8", "8", "64"]
    assert [said[name] for name in place] == ["a", "2", "50", "60", "4", "4", "16"]
    assert {plain[name] for name in ("kind", "severity", "note", "labelled_by")} == {""}
    told = [said[name] for name in ("kind", "severity", "note", "labelled_by")]
    assert told == ["blotch", "4", "'=1+1", "Anna"]
    assert (said["verdict"], said["author"], said["image_width"]) == ("accepted", "tester", "96")


def test_a_label_of_each_joined_component_stays(studio, labelled, tmp_path):
    first = list_items(studio, labelled)[0].id
    apart = mark_squares((10, 10, 5), (30, 10, 5))
    save_mask(studio, first, apart, describe_image(studio, first).version)
    for x, kind in ((11, "blotch"), (31, "colour shift")):
        label_region(studio, first, RegionLabel(x, 11, kind))
    joined = apart.copy()
    joined[10:15, 10:35] = True
    save_mask(studio, first, joined, describe_image(studio, first).version)
    export_dataset(studio, "set", "regions", tmp_path / "regions.csv")
    rows = read_rows(tmp_path / "regions.csv")
    assert {(row["region"], row["kind"]) for row in rows} == {
        ("1", "blotch"),
        ("1", "colour shift"),
    }


def test_areas_add_up_to_the_masks(studio, shapes, tmp_path):
    export_dataset(studio, "shapes", "regions", tmp_path / "regions.csv")
    rows = read_rows(tmp_path / "regions.csv")
    for name, mask in shapes.items():
        areas = [int(row["area_px"]) for row in rows if row["image"] == name]
        assert sum(areas) == np.count_nonzero(mask), name
