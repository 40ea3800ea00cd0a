"""Who works here, what they set, and the kinds that a dataset's reviewers tell apart."""

import json

import numpy as np
import pytest

from desra_studio.services.review.kinds import USUAL
from desra_studio.services.review.masks import judge_image, save_mask
from desra_studio.services.review.regions import RegionFilter
from desra_studio.services.scores.dataset import score_dataset
from desra_studio.vocabulary import State

USER, KINDS = "/studio/api/user", "/studio/api/datasets/1/kinds"
ANNA = {"X-Studio-User": "Anna"}
LOCAL = {"role": "admin", "signed_in": False}
SETTINGS = {"keys": {"brush": ["b", "shift+b"], "wand": []}, "panes": {"layout": 3}}


def put_settings(client, settings, **headers):
    return client.put(USER, json={"settings": settings}, headers=headers)


def test_settings_are_kept_per_person(client):
    assert client.get(USER).json() == LOCAL | {"name": "", "author": "tester", "settings": {}}
    assert put_settings(client, SETTINGS, **ANNA).json()["settings"] == SETTINGS
    put_settings(client, {"keys": {}}, **ANNA)
    put_settings(client, SETTINGS, **ANNA)
    assert client.get(USER, headers=ANNA).json() == LOCAL | {
        "name": "Anna",
        "author": "Anna",
        "settings": SETTINGS,
    }
    assert client.get(USER).json()["settings"] == {}
    answer = put_settings(client, {"keys": {"brush": ["ß", "ы"]}})
    assert answer.json()["settings"]["keys"]["brush"] == ["ß", "ы"]
    assert client.get(USER).headers["cache-control"] == "no-store"


def make_deep(levels):
    value = "x"
    for _ in range(levels):
        value = {"in": value}
    return value


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 60_000, "not JSON"),
        (b'{"settings": [1]}', '{"settings": {...}}'),
        (b'["settings"]', '{"settings": {...}}'),
        (b'{"settings": {"zoom": NaN}}', "cannot be kept"),
        (b'{"settings": {"name": "\\ud800"}}', "cannot be kept"),
        (json.dumps({"settings": make_deep(9)}).encode(), "8 levels deep"),
        (json.dumps({"settings": {"note": "x" * 32_000}}).encode(), "may have 32000 bytes"),
        (b" " * 70_000, "larger than 64000 bytes"),
    ],
)
def test_refuses_settings(client, body, says):
    answer = client.put(USER, content=body)
    assert (answer.status_code, says in answer.json()["error"]) == (422, True), answer.text
    assert client.get(USER).json()["settings"] == {}


@pytest.mark.parametrize("name", ["x" * 101, "a%0Ab%00", "%E2%80%AE"])
def test_refuses_names(client, name):
    answer = put_settings(client, SETTINGS, **{"X-Studio-User": name})
    assert (answer.status_code, "1 to 100 printable" in answer.json()["error"]) == (
        422,
        True,
    )


def save_labelled(client, studio, label):
    mask = np.zeros((96, 96), bool)
    mask[20:60, 20:60] = True
    saved = save_mask(studio, 1, mask, 0)
    judge_image(studio, 1, State.ACCEPTED, saved.version)
    return client.post("/studio/api/images/1/regions", json={"x": 30, "y": 30, **label})


def test_kinds_of_a_dataset(client, studio):
    assert client.get(KINDS).json() == {"kinds": list(USUAL), "used": {}, "usual": list(USUAL)}
    answer = client.put(KINDS, json={"kinds": [" ghost  edge ", "other"]})
    assert answer.json()["kinds"] == ["ghost edge", "other"]
    assert save_labelled(client, studio, {"kind": "blotch"}).status_code == 422
    label = {"x": 30, "y": 30, "kind": "ghost edge", "note": " left of the door "}
    assert client.post("/studio/api/images/1/regions", json=label).status_code == 201
    (kept,) = client.get("/studio/api/images/1/regions").json()
    assert (kept["kind"], kept["note"]) == ("ghost edge", "left of the door")
    assert client.get(KINDS).json()["used"] == {"ghost edge": 1}
    score = score_dataset(studio, 1, RegionFilter("ghost edge"))
    assert score.detectors[0].total.images == 1
    refusal = client.get("/studio/api/datasets/1/scores.csv?regions=blotch")
    assert (refusal.status_code, "'blotch'" in refusal.json()["error"]) == (422, True)
    refusal = client.put(KINDS, json={"kinds": ["other"]})
    assert refusal.status_code == 422
    assert "'ghost edge' cannot be removed" in refusal.json()["error"]
    client.post("/studio/api/images/1/regions", json=label | {"kind": "other"})
    assert client.put(KINDS, json={"kinds": ["other"]}).status_code == 200


def test_a_note_alone_is_a_label(client, studio):
    assert save_labelled(client, studio, {"note": "look at this"}).status_code == 201
    (kept,) = client.get("/studio/api/images/1/regions").json()
    assert (kept["kind"], kept["severity"], kept["note"]) == (None, None, "look at this")
    client.post("/studio/api/images/1/regions", json={"x": 30, "y": 30})
    assert client.get("/studio/api/images/1/regions").json() == []


@pytest.mark.parametrize(
    ("kinds", "says"),
    [
        ([], "1 to 30 kinds"),
        ([str(number) for number in range(31)], "1 to 30 kinds"),
        (["blotch", "Blotch"], "there twice"),
        (["severe"], "another name"),
        ([" "], "1 to 50 printable"),
        (["x" * 51], "1 to 50 printable"),
        (["a\u202eb"], "1 to 50 printable"),
        ("blotch", "list"),
    ],
)
def test_refuses_kinds(client, kinds, says):
    answer = client.put(KINDS, json={"kinds": kinds})
    assert (answer.status_code, says in answer.json()["error"]) == (422, True), answer.text
    assert client.get(KINDS).json()["kinds"] == list(USUAL)


@pytest.mark.parametrize(
    ("label", "says"),
    [
        ({"kind": "nonsense"}, "Unknown kind 'nonsense'"),
        ({"severity": 6}, "0 to 5"),
        ({"note": "x" * 501}, "up to 500"),
        ({"x": 10**12}, "No component is marked"),
    ],
)
def test_refuses_labels(client, studio, label, says):
    answer = save_labelled(client, studio, label)
    assert (answer.status_code, says in answer.json()["error"]) == (422, True), answer.text


def test_datasets_that_are_gone(client):
    for method, body in (("GET", {}), ("PUT", {"json": {"kinds": ["a"]}})):
        answer = client.request(method, "/studio/api/datasets/99/kinds", **body)
        assert answer.status_code == 404
