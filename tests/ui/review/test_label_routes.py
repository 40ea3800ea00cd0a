"""Drafts and history: what was painted can be had back."""

from urllib.parse import quote

import numpy as np
import pytest

from desra_studio.imaging.arrays import Size
from desra_studio.imaging.masks import decode_mask_runs
from desra_studio.services.review import regions
from desra_studio.storage import datasets
from desra_studio.storage.region_label import RegionLabel
from tests.factories.masks import mark_squares
from tests.ui.masks import compress, pack

SIZE = Size(96, 96)
IMAGE = "/studio/api/images/1"
ANNA, BERT = {"X-Studio-User": "Anna"}, {"X-Studio-User": "Bert%20B"}


FIRST, SECOND = mark_squares((10, 10, 20)), mark_squares((50, 50, 9))


def put_draft(client, version, body, **headers):
    return client.put(f"{IMAGE}/draft", content=body, headers={"If-Match": str(version), **headers})


def save(client, version, mask, **headers):
    return client.post(
        f"{IMAGE}/mask", content=pack(mask), headers={"If-Match": str(version), **headers}
    )


def restore(client, version, revision, **headers):
    return client.post(
        f"{IMAGE}/restore",
        json={"revision": revision},
        headers={"If-Match": str(version)} | headers,
    )


def read_document(client, **headers):
    return client.get(IMAGE, headers=headers).json()


def read_current_mask(client):
    revision = read_document(client)["revision"]
    answer = client.get(f"/studio/revisions/{revision['id']}.mask")
    return decode_mask_runs(answer.content, SIZE)


def test_a_draft_comes_back_to_who_made_it(client):
    assert read_document(client, **ANNA)["draft"] is None
    put_draft(client, 0, pack(FIRST), **ANNA)
    kept = put_draft(client, 0, pack(SECOND), **ANNA)
    assert kept.status_code == 200
    told = read_document(client, **ANNA)["draft"]
    assert told == {"base_version": 0, "updated_at": kept.json()["updated_at"]}
    answer = client.get(f"{IMAGE}/draft", headers=ANNA)
    assert answer.headers["x-base-version"] == "0"
    assert answer.headers["last-modified"].endswith("GMT")
    assert answer.headers["cache-control"] == "no-store"
    assert np.array_equal(decode_mask_runs(answer.content, SIZE), SECOND)
    assert read_document(client, **BERT)["draft"] is None
    refusal = client.get(f"{IMAGE}/draft", headers=BERT)
    assert (refusal.status_code, refusal.json()["error"]) == (404, "Bert B has no draft of a.")


def test_a_draft_can_be_dropped(client):
    put_draft(client, 0, pack(FIRST))
    for _ in range(2):
        assert client.delete(f"{IMAGE}/draft").status_code == 204
    assert read_document(client)["draft"] is None


def test_saving_and_judging_take_the_authors_draft_away(client):
    for user in (ANNA, BERT):
        put_draft(client, 0, pack(FIRST), **user)
    version = save(client, 0, FIRST, **ANNA).json()["version"]
    assert read_document(client, **ANNA)["draft"] is None
    assert read_document(client, **BERT)["draft"], "another's work is left alone"
    client.post(
        f"{IMAGE}/verdict", json={"state": "accepted"}, headers={"If-Match": str(version), **BERT}
    )
    assert read_document(client, **BERT)["draft"] is None


def test_a_stale_save_leaves_the_draft(client):
    save(client, 0, FIRST, **BERT)
    put_draft(client, 0, pack(SECOND), **ANNA)
    assert save(client, 0, SECOND, **ANNA).status_code == 409
    assert read_document(client, **ANNA)["draft"]["base_version"] == 0


@pytest.mark.parametrize(
    ("body", "headers", "status", "says"),
    [
        (b"nonsense", {}, 422, "not readable"),
        (pack(FIRST)[:-9], {}, 422, "cut off"),
        (compress(b"\x05"), {}, 422, "cover 5 px"),
        (compress(b"\xff" * 9), {}, 422, "cut off"),
        (compress(b"\xff" * 9 + b"\x01"), {}, 422, "too long"),
        (compress(bytes(5_000_000)), {}, 422, "too long for its image"),
        (pack(FIRST), {"If-Match": "9" * 30}, 422, "version number"),
        (pack(FIRST), {"If-Match": "-1"}, 422, "version number"),
        (pack(FIRST), {"X-Studio-User": "x" * 101}, 422, "1 to 100 printable"),
        (pack(FIRST), {"X-Studio-User": quote("a\nb\x00")}, 422, "printable"),
        (pack(FIRST), {"Origin": "http://elsewhere.example"}, 403, "may not write"),
    ],
)
def test_refuses_drafts(client, body, headers, status, says):
    answer = put_draft(client, 0, body, **headers)
    assert (answer.status_code, says in answer.text) == (status, True), answer.text
    assert read_document(client)["draft"] is None


def test_images_that_are_gone(client):
    headers = {"If-Match": "0"}
    for method, path in (
        ("PUT", "draft"),
        ("GET", "draft"),
        ("DELETE", "draft"),
        ("GET", "revisions"),
        ("POST", "restore"),
    ):
        body = {"content": pack(FIRST)} if method == "PUT" else {}
        body = {"json": {"revision": 1}} if method == "POST" else body
        answer = client.request(method, f"/studio/api/images/99/{path}", headers=headers, **body)
        assert answer.status_code == 404
        assert "Image 99 does not exist" in answer.json()["error"]


def test_history_and_going_back(client, studio):
    save(client, 0, FIRST, **ANNA, **{"X-Note": quote("the façade – all of it")})
    save(client, 1, SECOND, **BERT)
    second, first = client.get(f"{IMAGE}/revisions", headers=ANNA).json()
    assert (first["number"], first["note"], first["mine"], first["current"]) == (
        1,
        "the façade – all of it",
        True,
        False,
    )
    assert (second["author"], second["parent"], second["mine"], second["current"]) == (
        "Bert B",
        first["id"],
        False,
        True,
    )
    answer = restore(client, 2, first["id"], **BERT)
    assert answer.status_code == 201
    saved = answer.json()
    assert (saved["version"], saved["revision"]["sha"]) == (3, first["sha"])
    assert saved["revision"]["note"] == "restored from revision 1"
    assert [row["current"] for row in client.get(f"{IMAGE}/revisions").json()] == [1, 0, 0]
    assert np.array_equal(read_current_mask(client), FIRST)
    with studio.database.read() as session:
        assert datasets.get_record(session, 1).review.disagreement is not None


def test_going_back_brings_the_labels_back(client, studio):
    save(client, 0, FIRST)
    regions.label_region(studio, 1, RegionLabel(12, 12, kind="blotch", severity=4))
    save(client, 1, SECOND)
    assert client.get(f"{IMAGE}/regions").json() == []
    restore(client, 2, 1)
    (label,) = client.get(f"{IMAGE}/regions").json()
    assert (label["x"], label["y"], label["kind"], label["severity"]) == (12, 12, "blotch", 4)


def test_going_back_from_a_stale_version_keeps_both(client):
    save(client, 0, FIRST)
    save(client, 1, SECOND)
    answer = restore(client, 1, 1)
    assert answer.status_code == 409
    assert (answer.json()["version"], answer.json()["kept"]) == (2, 3)
    assert np.array_equal(read_current_mask(client), SECOND)


def test_refuses_to_restore(client, studio):
    save(client, 0, FIRST)
    client.post("/studio/api/images/2/mask", content=pack(SECOND), headers={"If-Match": "0"})
    answer = restore(client, 1, 2)
    assert (answer.status_code, "not one of a" in answer.json()["error"]) == (422, True)
    assert restore(client, 1, 77).status_code == 404
    assert restore(client, 1, 10**30).status_code == 404
    sha = read_document(client)["revision"]["sha"]
    studio.blobs.find(sha).unlink()
    answer = restore(client, 1, 1)
    assert (answer.status_code, "is missing" in answer.json()["error"]) == (404, True)
    assert read_document(client)["version"] == 1


def test_a_mask_deleted_on_disk_does_not_keep_the_next_from_saving(client, studio):
    save(client, 0, mark_squares((10, 10, 20), (50, 50, 20)))
    for place in (12, 52):
        regions.label_region(studio, 1, RegionLabel(place, place, severity=3))
    document = read_document(client)
    studio.blobs.find(document["revision"]["sha"]).unlink()
    answer = client.get(f"/studio/revisions/{document['revision']['id']}.mask")
    assert (answer.status_code, "is missing" in answer.json()["error"]) == (404, True)
    assert save(client, 1, mark_squares((52, 52, 18))).status_code == 201
    assert [label["x"] for label in client.get(f"{IMAGE}/regions").json()] == [52]


@pytest.mark.parametrize(
    ("note", "says"), [("x" * 501, "up to 500"), ("a\x07b", "printable characters only")]
)
def test_refuses_notes(client, note, says):
    answer = save(client, 0, FIRST, **{"X-Note": quote(note)})
    assert (answer.status_code, says in answer.json()["error"]) == (422, True)
