"""Manifests: which files they name, and what is wrong in them."""

import json
import os

import pytest

from desra_studio.errors import InputError
from desra_studio.services.datasets import layout
from desra_studio.services.uploads import manifests
from desra_studio.services.uploads.manifests import FOLDERS, stage_manifest


@pytest.fixture
def base(tmp_path):
    """A folder with files of any names, and an empty one `into` beside it."""
    for name in ("out/0001_gan.png", "out/0001_mse.png", "in/0001.jpg", "masks/0001.png"):
        path = tmp_path / "base" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    (tmp_path / "into").mkdir()
    return tmp_path / "base"


def stage(base, text, name="set.csv", **values):
    path = base / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    notes = stage_manifest(path, base.parent / "into", **values)
    staged = {
        found.relative_to(base.parent / "into").as_posix(): found.read_text()
        for found in sorted((base.parent / "into").rglob("*"))
        if found.is_file()
    }
    return staged, notes


ALL = {
    "GAN-SR/0001.png": "out/0001_gan.png",
    "GT-Mask/0001.png": "masks/0001.png",
    "LR/0001.jpg": "in/0001.jpg",
    "MSE-SR/0001.png": "out/0001_mse.png",
}
CELLS = ["0001", "out/0001_gan.png", "out/0001_mse.png", "in/0001.jpg", "masks/0001.png"]
COLUMNS = ["name", "gan", "mse", "lr", "mask"]


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_tables(base, delimiter, mark, end):
    header = delimiter.join(["Name", " GAN", *COLUMNS[2:], "note"])
    text = f"{mark}{header}{end}{delimiter.join([*CELLS, 'a, b'])}{end}{end}"
    if delimiter == ",":
        text = text.replace("a, b", '"a, b"')
    assert stage(base, text) == (ALL, [])


def test_objects_a_line(base):
    line = json.dumps(dict(zip(COLUMNS, CELLS, strict=True)) | {"note": 3, "lr ": None})
    assert stage(base, f"\ufeff{line}\n\n", "set.jsonl") == (ALL, [])


def test_lr_alone_is_named_by_its_file(base):
    assert stage(base, "lr\nin/0001.jpg\n") == ({"LR/0001.jpg": "in/0001.jpg"}, [])


def test_files_are_linked_and_the_originals_stay(base):
    stage(base, "lr\nin/0001.jpg\n")
    assert (base / "in" / "0001.jpg").stat().st_nlink == 2
    (base.parent / "into" / "LR" / "0001.jpg").unlink()
    assert (base / "in" / "0001.jpg").read_text() == "in/0001.jpg"


def test_files_of_another_disk_are_copied(base, monkeypatch):
    def refuse(*_):
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    assert stage(base, "lr\nin/0001.jpg\n") == ({"LR/0001.jpg": "in/0001.jpg"}, [])


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("gan,lr", "set.csv has the columns gan, lr. It needs gan and mse, or lr alone"),
        ("image,mask", "has the columns image, mask. It needs gan and mse"),
        ("", "has the columns none. It needs"),
        ("mse", "has the columns mse. It needs"),
    ],
)
def test_columns_that_are_missing(base, header, says):
    with pytest.raises(InputError, match=says):
        stage(base, f"{header}\nx,y\n")


def test_what_is_wrong_in_a_row_is_told_and_the_rest_is_staged(base):
    rows = [
        ["a", *CELLS[1:3], "in/none.png", "masks/none.png"],
        ["b", CELLS[1], "out/none.png", "", ""],
        ["a", *CELLS[1:3], "", ""],
        ["../up", *CELLS[1:3], "", ""],
        ["x/y", *CELLS[1:3], "", ""],
        ["aux", *CELLS[1:3], "", ""],
        ["c", CELLS[1]],
        ["bücher 图.png", *CELLS[1:3], "", "", "more"],
    ]
    staged, notes = stage(base, "\n".join(map(",".join, [COLUMNS, *rows])))
    assert sorted(staged) == [
        "GAN-SR/a.png",
        "GAN-SR/bücher 图.png",
        "MSE-SR/a.png",
        "MSE-SR/bücher 图.png",
    ]
    assert notes == [
        "set.csv, line 2: a without lr: in/none.png is not there",
        "set.csv, line 2: a without mask: masks/none.png is not there",
        "set.csv, line 3: left out, it has no mse; mse: out/none.png is not there",
        "set.csv, line 4: left out, a stands in line 2 already",
        "set.csv, line 5: left out, ../up is no name of an image",
        "set.csv, line 6: left out, x/y is no name of an image",
        "set.csv, line 7: left out, aux: its name is one that Windows keeps for a device",
        "set.csv, line 8: left out, it has no mse",
    ]


def test_lines_that_are_no_objects(base):
    text = '[1]\n{"lr": "in/0001.jpg"}\n{"lr": \n{"lr": 3}\n'
    staged, notes = stage(base, text, "set.jsonl")
    assert list(staged) == ["LR/0001.jpg"]
    assert notes == [
        "set.jsonl, line 1: left out, it is no JSON object",
        "set.jsonl, line 3: left out, it is no JSON object",
        "set.jsonl, line 4: left out, it has no lr",
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("lr\nin/Übung.png\n".encode("latin-1"), "set.csv is not UTF-8. Save it as UTF-8"),
        ("lr\nin/none.png\n", "No row of set.csv can be used. set.csv, line 2: left out"),
        ("lr\n", "No row of set.csv can be used"),
    ],
)
def test_a_manifest_that_cannot_be_used(base, text, says):
    with pytest.raises(InputError, match=says):
        stage(base, text)


def test_too_many_rows(base, monkeypatch):
    monkeypatch.setattr(manifests, "MAX_ROWS", 1)
    with pytest.raises(InputError, match="more than 1 rows"):
        stage(base, "name,lr\na,in/0001.jpg\nb,in/0001.jpg\n")


def test_where_pages_may_not_read_a_manifest_leads_nowhere(base):
    (base.parent / "secret.png").write_text("secret")
    (base / "link.png").symlink_to(base.parent / "secret.png")
    (base.parent / "open").mkdir()
    (base.parent / "open" / "free.png").write_text("free")
    text = f"lr\n../secret.png\n{base.parent}/secret.png\nlink.png\n../open/free.png\n"
    staged, notes = stage(base, text, places=[base.parent / "open"])
    assert staged == {"LR/free.png": "free"}
    assert len(notes) == 3
    assert all("not in a folder that may be read" in note for note in notes)


def test_folders_are_those_of_the_layout():
    assert list(FOLDERS.values()) == [
        layout.GAN_FOLDER,
        layout.MSE_FOLDER,
        layout.LR_FOLDER,
        layout.LABEL_FOLDER,
    ]
