"""Folders of masks in the colours of their classes."""

import numpy as np
import pytest

from desra_studio.errors import InputError
from desra_studio.imaging.io import encode_png
from desra_studio.interchange.segmentation_masks import (
    is_segmentation_folder,
    read_segmentation_folder,
)

MAP = "# label:color_rgb:parts:actions\nbackground:0,0,0::\nrings: a:10,0,0::\n\nblur:0,200,10::\n"


def write(folder, text=MAP, **images):
    """A folder with labelmap.txt and images."""
    (folder / "SegmentationClass" / "deep").mkdir(parents=True)
    (folder / "labelmap.txt").write_text(text)
    for name, pixels in images.items():
        data = encode_png(np.array(pixels, np.uint8))
        (folder / "SegmentationClass" / "deep" / f"{name}.png").write_bytes(data)
    return folder


def test_every_class_but_the_background_counts(tmp_path):
    folder = write(tmp_path, a=[[(0, 0, 0), (10, 0, 0), (0, 200, 10)]], b=[[(0, 0, 0)] * 3])
    read = read_segmentation_folder(folder)
    assert (read.labels, read.notes) == (("blur", "rings: a"), ())
    assert [label.image for label in read.images] == ["deep/a.png", "deep/b.png"]
    assert read.images[0].decode().tolist() == [[False, True, True]]
    assert [label.is_clean for label in read.images] == [False, True]
    (label, _) = read_segmentation_folder(folder, labels=["blur"]).images
    assert label.decode().tolist() == [[False, False, True]]


def test_what_is_unknown_is_not_clean(tmp_path):
    folder = write(tmp_path, a=[[(1, 2, 3)]], b=[[(0, 0, 0)] * 3])
    (folder / "SegmentationClass" / "c.png").write_bytes(b"no image")
    read = read_segmentation_folder(folder)
    assert [label.stem for label in read.images] == ["b"]
    damaged, unknown = read.notes
    assert damaged.startswith("c.png: left out: ")
    assert unknown == "deep/a.png: left out: no class of labelmap.txt has its colour 1,2,3."


@pytest.mark.parametrize("line", ["artifact:::", "artifact", "artifact:1,2,300::", "ä:1,2::"])
def test_refuses_a_map_without_colours(tmp_path, line):
    with pytest.raises(InputError, match=r"labelmap.txt: .* is no class with a colour"):
        read_segmentation_folder(write(tmp_path, line, a=[[(0, 0, 0)]]))


def test_refuses_other_folders(tmp_path):
    assert not is_segmentation_folder(tmp_path)
    with pytest.raises(InputError, match=r"has no labelmap.txt"):
        read_segmentation_folder(tmp_path)
    (write(tmp_path) / "labelmap.txt").write_bytes(b"\xff\xff")
    with pytest.raises(InputError, match=r"labelmap.txt: cannot be read"):
        read_segmentation_folder(tmp_path)
