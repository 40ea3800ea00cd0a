"""Which names of files that come from elsewhere are kept."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from desra_studio.services.uploads.names import find_fault, is_hidden, show_path

NAMES = (
    "GAN-SR/0001.png",
    "结果/图像 1.png",
    "نتائج/صورة.png",
    "Straße/Ünï.png",
    unicodedata.normalize("NFD", "Ünï.png"),
    'a\'b "c" #%&+=;.png',
    "console.png",
    "..name.png",
)


@pytest.mark.parametrize("path", NAMES)
def test_names_of_any_script_are_kept(path):
    assert find_fault(path) == ""


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("../a.png", "climbs"),
        ("a/../../b.png", "climbs"),
        ("/etc/passwd", "root or a drive"),
        ("C:/a.png", "root or a drive"),
        ("c:a.png", "root or a drive"),
        ("\\\\server\\a.png", "not plain"),
        ("a\\..\\b.png", "not plain"),
        ("a//b.png", "not plain"),
        ("./a.png", "not plain"),
        ("a/", "not plain"),
        ("", "not plain"),
        ("a\0.png", "control characters"),
        ("a\nb.png", "control characters"),
        ("\ud800.png", "no text"),
        ("LR/aux.png", "a device"),
        ("CON", "a device"),
        ("Com1.tar.gz/a", "a device"),
        ("x" * 256, "255 bytes"),
        ("中" * 86, "255 bytes"),
        ("/".join(["folder"] * 150), "path 1000"),
    ],
)
def test_a_path_that_is_not_kept_says_why(path, says):
    assert says in find_fault(path)
    assert show_path(path).isprintable()


TEXTS = st.text(alphabet=st.sampled_from([*"a./\\:\0 ~", "é", "名"]), max_size=12)


@given(TEXTS)
@example("a/..")
@example("....//a")
def test_what_is_kept_lies_below_its_folder(path):
    if find_fault(path):
        return
    root = Path("/root of all")
    assert Path(*root.parts, *path.split("/")).resolve().is_relative_to(root)
    assert (root / path).parts[2:] == tuple(path.split("/"))


@pytest.mark.parametrize(
    "path", [".DS_Store", "a/.hidden/b.png", "__MACOSX/._a.png", "a/Thumbs.db", "Desktop.ini"]
)
def test_what_the_system_left_is_hidden(path):
    assert is_hidden(path)


@pytest.mark.parametrize("path", ["a.png", "../a.png", "a/b.c/d.png", "Thumbs.db.png"])
def test_what_people_made_is_not_hidden(path):
    assert not is_hidden(path)
