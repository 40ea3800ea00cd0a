"""Exports by the route: a zip or a file, made on the disk and gone afterwards."""

import io
import json
import zipfile
from urllib.parse import unquote

import numpy as np
import pytest

from desra_studio.imaging.masks import decode_mask_png
from desra_studio.services.datasets.archives import import_archive
from desra_studio.services.datasets.importing import rename_dataset
from desra_studio.services.export.formats import FORMATS
from desra_studio.services.export.packing import PIECE_BYTES, pack_export
from desra_studio.services.review.documents import describe_image
from desra_studio.services.review.masks import judge_image, load_revision_mask
from desra_studio.vocabulary import State
from tests.factories.studio import accept_detected, list_items

EXPORT = "/studio/api/datasets/1/export"


@pytest.fixture
def accepted(client, studio):
    """All masks are accepted."""
    accept_detected(studio, 1)


@pytest.fixture(autouse=True)
def nothing_stays(studio):
    """The data directory has no export in it at the end."""
    yield
    assert not list(studio.settings.data_dir.glob("export-*"))


def test_the_formats_are_told_in_words(client):
    formats = client.get("/studio/api/export-formats").json()
    assert [form["name"] for form in formats] == list(FORMATS)
    for form in formats:
        assert form["title"]
        assert form["about"].endswith(".")
        assert form["suffix"].startswith(".")
    assert [form["name"] for form in formats if form["croppable"]] == ["masks"]


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_comes(client, accepted, form):
    answer = client.get(EXPORT, params={"format": form})
    assert answer.status_code == 200
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-studio-images"] == "3"
    suffix = FORMATS[form].suffix or ".zip"
    assert answer.headers["content-disposition"].endswith(f"''set-{form}{suffix}")
    if suffix == ".zip":
        with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
            assert packed.testzip() is None


@pytest.mark.parametrize("cropped", [False, True])
def test_the_masks_are_those_of_the_database(client, studio, accepted, cropped):
    answer = client.get(EXPORT, params={"format": "masks", "cropped": cropped})
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        masks = {name: decode_mask_png(packed.read(name)) for name in packed.namelist()}
    assert sorted(masks) == [
        *(f"{name}.png" for name in "abc"), *(f"detected/{name}.png" for name in "abc")
    ]  # fmt: skip
    for item in list_items(studio, 1):
        kept = load_revision_mask(studio, describe_image(studio, item.id).revision.id)
        expected = kept[5:-5, 5:-5] if cropped else kept
        assert np.array_equal(masks[f"{item.name}.png"], expected)


def test_an_archive_is_taken_by_an_import(client, studio, accepted, tmp_path):
    answer = client.get(EXPORT, params={"format": "archive"})
    (tmp_path / "set.zip").write_bytes(answer.content)
    assert import_archive(studio, tmp_path / "set.zip", "again").labels == 3


def test_what_is_left_out_is_told(client, studio, accepted):
    judge_image(studio, 1, State.SKIPPED, describe_image(studio, 1).version)
    answer = client.get(EXPORT, params={"format": "cleaned"})
    notes = json.loads(unquote(answer.headers["x-studio-notes"]))
    assert notes == ["1 image left out, not accepted or clean: a"]


def test_names_of_any_script_are_kept(client, studio, accepted):
    rename_dataset(studio, 1, 'Größe / "日本"')
    answer = client.get(EXPORT, params={"format": "csv"})
    disposition = answer.headers["content-disposition"]
    assert unquote(disposition.partition("''")[2]) == 'Größe / "日本"-csv.csv'


@pytest.mark.parametrize(
    ("dataset", "query", "status", "says"),
    [
        (1, {"format": "masks"}, 422, "no accepted or clean image yet. Review some first"),
        (1, {"format": "tiff"}, 422, "Unknown format 'tiff'"),
        (1, {"format": "csv", "cropped": True}, 422, "Only masks can be cropped"),
        (9, {"format": "masks"}, 404, "Dataset 9"),
    ],
)
def test_refuses(client, dataset, query, status, says):
    answer = client.get(f"/studio/api/datasets/{dataset}/export", params=query)
    assert answer.status_code == status
    assert says in answer.json()["error"]


def test_the_file_is_sent_in_pieces_and_closed(client, studio, accepted):
    packed = pack_export(studio, 1, "archive")
    pieces = packed.iter_pieces()
    assert len(next(pieces)) <= PIECE_BYTES
    pieces.close()
    assert packed.file.closed
