"""What Label Studio's export may have, beside what is written."""

import json

import numpy as np
import pytest

from desra_studio.errors import InputError
from desra_studio.imaging.arrays import Size
from desra_studio.interchange.brush_runs import decode_brush, encode_brush
from tests.factories.label_files import read_back


def make_region(kind="rectanglelabels", **value):
    value = value or {"x": 10, "y": 20, "width": 50, "height": 40, "rotation": 0}
    size = {"original_width": 20, "original_height": 10}
    return {"type": kind, "value": value | {kind: ["artifact"]}, **size}


def make_task(*results, image="/data/upload/3/1a2b3c4d-x.png", **more):
    annotation = {"result": list(results)} | more
    return {"data": {"image": image}, "annotations": [annotation]}


def read(*tasks, labels=None):
    return read_back(json.dumps(tasks).encode(), labels)


@pytest.mark.parametrize(
    ("address", "stem"),
    [
        ("/data/upload/3/1a2b3c4d-x.y.png", "x.y"),
        ("/data/local-files/?d=set/1a2b3c4d-x.png", "1a2b3c4d-x"),
        ("/data/local-files/?d=set%2F%C3%BC%20%26.png", "ü &"),
        ("http://somewhere/a/b/x.png?token=y.png", "x"),
        ("s3://bucket/x", "x"),
        ("C:\\files\\x.png", "x"),
        ("x.png", "x"),
    ],
)
def test_names(address, stem):
    (label,) = read(make_task(image=address)).images
    assert label.stem == stem
    assert label.is_clean


def test_a_rectangle_is_in_percent():
    (label,) = read(make_task(make_region())).images
    expected = np.zeros((10, 20), bool)
    expected[2:6, 2:12] = True
    assert np.array_equal(label.decode(), expected)


def test_a_rectangle_turns_around_its_corner():
    turned = make_region(x=50, y=20, width=20, height=20, rotation=90)
    (label,) = read(make_task(turned)).images
    expected = np.zeros((10, 20), bool)
    expected[2:6, 8:10] = True
    assert np.array_equal(label.decode(), expected)


def test_an_ellipse():
    ellipse = make_region("ellipselabels", x=50, y=50, radiusX=25, radiusY=50, rotation=0)
    (label,) = read(make_task(ellipse)).images
    mask = label.decode()
    assert mask.sum() == pytest.approx(np.pi * 25, rel=0.05)
    assert np.argwhere(mask).mean(axis=0) == pytest.approx([4.5, 9.5], abs=0.5)


def test_the_newest_annotation_that_was_not_cancelled_counts():
    task = make_task(make_region(), updated_at="2026-03-02T10:00:00Z")
    empty = {"result": [], "updated_at": "2026-03-01T10:00:00Z"}
    task["annotations"] += [empty, empty | {"was_cancelled": True, "updated_at": "2027"}]
    found = read(task)
    assert found.notes == ("x.png: the newest of 2 annotations is taken.",)
    assert len(found.images[0].areas) == 1


def test_what_nobody_annotated_is_not_clean():
    cancelled = make_task(make_region(), was_cancelled=True)
    nobody = make_task(image="y.png") | {"annotations": []}
    found = read(cancelled, nobody)
    assert found.images == ()
    assert found.notes == (
        "x.png: left out: all 1 annotations were cancelled.",
        "y.png: left out: no annotation.",
    )


def test_choices_mark_no_place():
    choice = {"type": "choices", "value": {"choices": ["good"]}}
    (label,) = read(make_task(choice)).images
    assert label.is_clean


@pytest.mark.parametrize(
    ("region", "says"),
    [
        (make_region("keypointlabels", x=1, y=1, width=1), "'keypointlabels' has no area"),
        (make_region("polygonlabels", points=[[1, 1], [2, 2]]), "a polygon of 2 points"),
        (make_region(x=300, y=1, width=1, height=1), "outside of the image"),
        (make_region() | {"image_rotation": 90}, "turned in Label Studio"),
        (make_region("brushlabels", rle=[]), "cut off after 0 bytes"),
        (make_region("brushlabels", rle=[256]), "rle must be bytes, got 256"),
        (make_region("brushlabels", rle="x"), "rle must be a list, got 'x'"),
        (
            make_region("brushlabels", rle=encode_brush(np.ones((10, 21), bool))),
            "have 840 samples, but an image of 20x10 px has 800",
        ),
        (
            make_region("brushlabels", rle=encode_brush(np.ones((10, 20), bool))[:-3]),
            "cut off after 7 bytes",
        ),
    ],
)
def test_one_region_is_left_out(region, says):
    found = read(make_task(region, make_region()))
    (note,) = found.notes
    assert note.startswith("x.png: an annotation left out: ")
    assert says in note
    assert (found.images[0].left_out, len(found.images[0].areas)) == (1, 1)


@pytest.mark.parametrize(
    ("regions", "says"),
    [
        (None, "its results must be a list, got None"),
        ([3], "a result must be an object, got 3"),
        ([{"type": "brushlabels"}], "original_width must be a number, got None"),
        ([make_region() | {"type": None}], "a region's type must be a text, got None"),
        ([make_region() | {"value": []}], "a region's value must be an object, got list"),
        ([make_region() | {"original_width": 10**6, "original_height": 10**6}], "megapixels"),
    ],
)
def test_one_task_is_left_out(regions, says):
    task = make_task()
    task["annotations"][0]["result"] = regions
    found = read(task, make_task(make_region(), image="y.png"))
    assert [label.stem for label in found.images] == ["y"]
    (note,) = found.notes
    assert note.startswith("x.png: left out: ")
    assert says in note


def test_regions_of_different_sizes_are_told():
    found = read(make_task(make_region(), make_region() | {"original_width": 21}))
    assert found.images == ()
    assert "of different sizes: [(20, 10), (21, 10)]" in found.notes[0]


@pytest.mark.parametrize("tasks", [[{"image": "x.png", "label": []}], [3], [{"data": None}]])
def test_other_lists_are_refused(tasks):
    with pytest.raises(InputError, match=r"labels: (no tasks of Label Studio|a task's data must)"):
        read(*tasks)


def pack(text):
    """Bits, with spaces between fields, as bytes."""
    bits = text.replace(" ", "")
    return bytes(int(bits[i : i + 8].ljust(8, "0"), 2) for i in range(0, len(bits), 8))


def test_samples_that_are_not_repeated():
    """As thi.ng's rle-pack writes them: here samples of 4 bits, in three pixels of RGBA."""
    header = f"{12:032b} {4 - 1:05b} {2 - 1:04b} {3 - 1:04b} {8 - 1:04b} {16 - 1:04b}"
    literal = f"0 01 {7 - 1:03b} 1111 0001 0010 0000 0000 0000 0000"
    repeated = f"1 00 {3 - 1:02b} 0001"
    last = "0 00 01 0000 1000"
    data = pack(f"{header} {literal} {repeated} {last}")
    assert decode_brush(data, Size(3, 1)).tolist() == [[False, True, True]]
    with pytest.raises(InputError, match="cut off"):
        decode_brush(data[:-1], Size(3, 1))
    more = pack(f"{header} {literal} {repeated} 1 01 {6 - 1:03b} 0001")
    with pytest.raises(InputError, match="have 16 samples, not 12"):
        decode_brush(more, Size(3, 1))
