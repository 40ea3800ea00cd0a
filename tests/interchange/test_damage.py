"""Files that were cut off, changed or made to do harm: a line each, never a trace."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desra_studio.errors import InputError
from desra_studio.imaging.arrays import Size
from desra_studio.interchange.reading import read_label_file
from tests.factories.label_files import WRITERS, make_written, read_back

SEEDS = {
    form: write([make_written(np.random.default_rng(1).random((9, 12)) < 0.4, "ä")])
    for form, write in WRITERS.items()
}


def read_all(data):
    """Read everything there is; whatever is wrong must be an InputError or a note."""
    try:
        read = read_back(data, max_megapixels=0.01)
    except InputError:
        return
    for label in read.images:
        assert label.decode(Size(12, 9)).ndim == 2
    assert not any("\n" in note for note in read.notes)


@pytest.mark.parametrize("form", SEEDS)
@given(data=st.data())
@settings(max_examples=200)
def test_cut_off(form, data):
    seed = SEEDS[form]
    read_all(seed[: data.draw(st.integers(0, len(seed)))])


@pytest.mark.parametrize("form", SEEDS)
@given(data=st.data())
@settings(max_examples=300)
def test_changed_bytes(form, data):
    changed = bytearray(SEEDS[form])
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(changed) - 1))
        changed[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
        changed = changed or bytearray(b"x")
    read_all(bytes(changed))


STRANGE = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=4),
    st.lists(st.integers(-5, 300), max_size=8),
    st.lists(st.lists(st.floats(), max_size=8), max_size=3),
    st.dictionaries(st.sampled_from(["size", "counts", "rle", "x"]), st.integers(), max_size=2),
    st.sampled_from([-1, 0, 2**31, 2**63, 1e308, "", "\ud800", [[1e9, 0, 0, 1e9, 5, 5]]]),
)  # fmt: skip


def list_places(value, place=()):
    """Where values stand in parsed JSON."""
    yield place
    if isinstance(value, dict):
        for key, item in value.items():
            yield from list_places(item, (*place, key))
    elif isinstance(value, list):
        for index, item in enumerate(value[:3]):
            yield from list_places(item, (*place, index))


@pytest.mark.parametrize("form", ["COCO", "LabelMe", "Label Studio"])
@given(data=st.data())
@settings(max_examples=400)
def test_strange_values(form, data):
    content = json.loads(SEEDS[form])
    *way, last = data.draw(st.sampled_from([place for place in list_places(content) if place]))
    owner = content
    for key in way:
        owner = owner[key]
    if isinstance(owner, dict) and data.draw(st.booleans()):
        del owner[last]
    else:
        owner[last] = data.draw(STRANGE)
    read_all(json.dumps(content).encode())


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "not readable as JSON"),
        (b"[" * 200_000, "too deeply nested"),
        (b'{"a":' * 200_000, "too deeply nested"),
        (b"9" * 5000, "not readable as JSON"),
        (b"3", "must be a list, got 3"),
        (b"{}", "neither COCO"),
        (b'[{"segmentation": {}, "image_id": 1}]', "COCO results"),
        (b"\xff\xfe\x00", "not readable as JSON"),
        (b"<html/>", "not CVAT's XML, whose first element is not 'html'"),
        (b"<annotations><track/></annotations>", "of a video"),
        (b"<annotations><image", "not readable as XML"),
        (b"<annotations><image width='3' height='3'/></annotations>", "an image has no name"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><annotations>&b;</annotations>', "has a document type"),
    ],
)
def test_refuses(data, says):
    with pytest.raises(InputError, match=says):
        read_back(data)


def test_depth_of_xml_is_no_matter():
    assert read_back(b"<annotations>" + b"<a>" * 200_000 + b"</a>" * 200_000 + b"</annotations>")


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match=r"labels.json: cannot be read \(No such file"):
        read_label_file(tmp_path / "labels.json")
