"""The queue's routes: what they answer and refuse, and that a page can follow them."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict

import pytest

from desra_studio.bench.queue_sample import fill_dataset
from desra_studio.services.review.bulk import MAX_IMAGES
from desra_studio.services.review.flags import Finding, flag_images
from desra_studio.services.review.labels import EarlierLabel
from desra_studio.storage.queue_entries import refresh_dataset
from desra_studio.ui.shared.answers import MAX_VERSION
from desra_studio.ui.shared.serving import MAX_JSON_BYTES
from desra_studio.vocabulary import State
from tests.factories.clients import open_client
from tests.patience import PATIENCE_S
from tests.ui.masks import post_mask

QUEUE = "/studio/api/datasets/1/queue"
BULK = "/studio/api/datasets/1/bulk"
TAKE_BACK = "/studio/api/datasets/1/take-back"
VERDICT = "/studio/api/images/1/verdict"


def read(client, path, **values):
    answer = client.get(path, params=values)
    assert answer.status_code == 200, answer.text
    return answer.json()


def list_names(client, **values):
    return "".join(item["name"] for item in read(client, QUEUE, **values)["items"])


def change(client, **values):
    answer = client.post(BULK, json=values)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_page_of_the_queue(client, studio):
    flag_images(studio, "study", [Finding(2, "voters saw it", 4, 5)])
    page = read(client, QUEUE, order="flagged", limit=1, around=1)
    assert (page["total"], page["offset"], page["position"]) == (3, 1, 1)
    page = read(client, QUEUE, order="flagged")
    assert [item["name"] for item in page["items"]] == ["b", "a", "c"]
    assert set(page["items"][0]) == {
        "id", "name", "state", "veiled", "regions", "area_share", "annotator", "assigned_to",
        "severity", "kinds", "classes", "flags", "uncertainty", "disagreement", "dissent",
        "opinions", "claimed_by",
    }  # fmt: skip
    flag = page["items"][0]["flags"][0]
    assert (flag["source"], flag["note"], flag["x"], flag["y"]) == ("study", "voters saw it", 4, 5)


def test_filters_as_the_page_sends_them(client):
    post_mask(client, 0, **{"X-Studio-User": "Zo%C3%AB"})
    assert list_names(client, state=["in progress", "clean"]) == "a"
    assert list_names(client, state="unreviewed", order="area") != "a"
    assert list_names(client, annotator="Zoë") == "a"
    empty = {"kind": "", "annotator": "", "assigned": ""}
    assert list_names(client, **empty) == "abc"
    assert list_names(client, **{"class": 3}) == list_names(client, severity=1) == ""
    assert read(client, f"{QUEUE}/next", after=1) == {"id": 2}
    assert read(client, f"{QUEUE}/next", after=2, state="unreviewed") == {"id": 3}
    assert read(client, f"{QUEUE}/next", state="clean") == {"id": None}
    assert read(client, f"{QUEUE}/step", **{"from": 2, "offset": -1}) == {"id": 1}
    assert read(client, f"{QUEUE}/step", **{"from": 3, "offset": 1}) == {"id": None}


def test_a_save_is_compared_with_the_detector_after_its_answer(client):
    post_mask(client, 0)
    item = read(client, QUEUE)["items"][0]
    assert 0 < item["disagreement"] <= 1
    assert list_names(client, order="disagreement")[0] == "a"


def test_claims(client):
    def claim(who, method="POST", **values):
        headers = {"X-Studio-User": who}
        return client.request(method, "/studio/api/images/1/claim", headers=headers, **values)

    first = claim("anna").json()
    assert (first["claimed_by"], first["mine"]) == ("anna", True)
    refused = claim("bob", json={"take_over": False})
    assert refused.status_code == 409
    assert refused.json()["claimed_by"] == "anna"
    assert refused.json()["until"] == first["until"]
    assert "anna works on a until" in refused.json()["error"]
    assert read(client, QUEUE)["items"][0]["claimed_by"] == "anna"
    assert read(client, f"{QUEUE}/next")["id"] == 2
    assert claim("bob", json={"take_over": True}).status_code == 200
    assert claim("bob", "DELETE").json()["claimed_by"] is None
    assert read(client, QUEUE)["items"][0]["claimed_by"] is None


def test_the_next_image_is_claimed_as_it_is_found(client):
    def claim_next(who, **values):
        headers = {"X-Studio-User": who}
        answer = client.post(f"{QUEUE}/claim-next", params=values, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    first = claim_next("anna")
    assert (first["id"], first["held"]) == (1, [])
    assert read(client, QUEUE)["items"][0]["claimed_by"] == "anna"
    assert claim_next("bob", after=3, order="name")["id"] == 2
    assert claim_next("anna", after=1, state="unreviewed")["id"] == 3
    held = [{"id": 1, "claimed_by": "anna"}, {"id": 3, "claimed_by": "anna"}]
    assert claim_next("bob", after=2) == {"id": None, "until": None, "held": held}
    assert claim_next("bob", state="clean") == {"id": None, "until": None, "held": []}


def test_many_people_at_once_are_given_different_images_and_none_is_refused(studio):
    """As the page goes on: it asks for the next image, and works on what it is given."""
    with studio.database.write() as session:
        dataset_id = fill_dataset(session, 400)
        refresh_dataset(session, dataset_id)
    people, turns = 40, 3
    address = f"/studio/api/datasets/{dataset_id}/queue/claim-next"
    together = threading.Barrier(people)

    def work(person):
        given = []
        for _ in range(turns):
            together.wait(PATIENCE_S)
            after = {"after": given[-1]} if given else {}
            answer = client.post(address, params=after, headers={"X-Studio-User": f"p{person}"})
            assert answer.status_code == 200, answer.text
            given.append(answer.json()["id"])
        return given

    with open_client(studio) as client, ThreadPoolExecutor(people) as pool:
        given = [image for images in pool.map(work, range(people)) for image in images]
    assert None not in given
    assert len(set(given)) == people * turns


def test_bulk_changes(client):
    assert change(client, action="assign", images=[1, 2], to="Ada") == {
        "done": 2, "skipped": [], "earlier": [],
    }  # fmt: skip
    assert list_names(client, assigned="Ada") == "ab"
    chosen = {"action": "accept", "filter": {"assigned": "Ada"}, "except": [2]}
    assert change(client, **chosen)["done"] == 1
    assert list_names(client, state="accepted") == "a"
    skipped = change(client, action="clean", images=[1])["skipped"]
    assert [(item["id"], item["name"]) for item in skipped] == [(1, "a")]
    assert change(client, action="ask_opinions", images=[3], wanted=2)["done"] == 1
    assert read(client, QUEUE)["items"][2]["opinions"] == {"wanted": 2, "given": 0}


def test_a_bulk_change_is_taken_back_and_done_again(client, studio):
    post_mask(client, 0)
    earlier = change(client, action="clean", images=[1, 2], force=True)["earlier"]
    assert earlier[0] == {
        "image": 1, "version": 2, "before": 1, "state": "in progress", "revision": 1, "own": False,
    }  # fmt: skip
    assert read(client, QUEUE)["items"][0]["disagreement"] == 1
    answer = client.post(TAKE_BACK, json={"labels": earlier}).json()
    assert (answer["done"], answer["skipped"]) == (2, [])
    assert list_names(client, state="in progress") == "a"
    assert list_names(client, state="unreviewed") == "bc"
    figure = read(client, QUEUE)["items"][0]["disagreement"]
    assert 0 < figure < 1, "that of the mask that is back"
    assert client.post(TAKE_BACK, json={"labels": answer["earlier"]}).json()["done"] == 2
    assert list_names(client, state="clean") == "ab"


def test_what_was_changed_meanwhile_is_named(client):
    post_mask(client, 0)
    client.post(VERDICT, json={"state": "skipped"}, headers={"If-Match": "1"})
    label = {"image": 1, "version": 1, "state": "in progress", "revision": None}
    answer = client.post(TAKE_BACK, json={"labels": [label]}).json()
    assert answer["done"] == 0
    assert answer["skipped"] == [{"id": 1, "name": "a", "why": "it was changed meanwhile"}]
    assert list_names(client, state="skipped") == "a"


@pytest.mark.parametrize(
    ("label", "says"),
    [
        ({"image": 1, "version": -1, "state": "clean", "revision": None}, "version"),
        ({"image": 10**30, "version": 1, "state": "clean", "revision": None}, "image"),
        ({"image": 1, "version": 1, "state": "lost", "revision": None}, "state"),
        ({"image": 1, "version": 1, "state": "clean"}, "revision"),
    ],
)
def test_refuses_to_take_back(client, label, says):
    answer = client.post(TAKE_BACK, json={"labels": [label]})
    assert answer.status_code == 422
    assert says in answer.json()["error"]


def test_the_largest_bulk_change_can_be_sent_back():
    label = EarlierLabel(MAX_VERSION, MAX_VERSION, 0, State.IN_PROGRESS, MAX_VERSION)
    sent = {name: asdict(label)[name] for name in ("image", "version", "state", "revision")}
    row = json.dumps(sent, separators=(",", ":"))
    assert MAX_IMAGES * (len(row) + 1) < MAX_JSON_BYTES


def test_progress(client):
    post_mask(client, 0)
    progress = read(client, "/studio/api/datasets/1/progress")
    assert progress["images"] == 3
    assert progress["states"]["in progress"] == 1
    assert [(person["name"], person["in_progress"]) for person in progress["annotators"]] == [
        ("tester", 1)
    ]


@pytest.mark.parametrize(
    ("path", "values", "status", "says"),
    [
        ("queue", {"order": "mood"}, 422, "'mood'"),
        ("queue", {"state": "lost"}, 422, "state"),
        ("queue", {"limit": 10**9}, 422, "1 to 500"),
        ("queue", {"around": 10**30}, 422, "around"),
        ("queue", {"area_min": "nan"}, 200, '"total":0'),
        ("queue/step", {"offset": 1}, 422, "from"),
        ("queue/step", {"from": 1, "offset": 0}, 422, "1 to 500"),
        ("queue/next", {"after": 999}, 200, '"id":1'),
    ],
)
def test_odd_questions(client, path, values, status, says):
    answer = client.get(f"/studio/api/datasets/1/{path}", params=values)
    assert answer.status_code == status, answer.text
    assert says in answer.text.replace(": ", ":") or says in answer.text


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"action": "burn", "images": [1]}, "action"),
        ({"action": "accept"}, "either the images or a filter"),
        ({"action": "accept", "images": [1], "filter": {}}, "either the images or a filter"),
        ({"action": "accept", "filter": {"order": "mood"}}, "'mood'"),
        ({"action": "ask_opinions", "images": [1], "wanted": 9}, "got 9"),
        ({"action": "accept", "images": [10**30]}, "images"),
    ],
)
def test_refuses_bulk_changes(client, values, says):
    answer = client.post(BULK, json=values)
    assert answer.status_code == 422
    assert says in answer.json()["error"]
    assert list_names(client, state="unreviewed") == "abc"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/studio/api/datasets/99/queue"),
        ("GET", "/studio/api/datasets/99/queue/next"),
        ("POST", "/studio/api/datasets/99/queue/claim-next"),
        ("GET", "/studio/api/datasets/99/queue/step?from=1&offset=1"),
        ("GET", "/studio/api/datasets/99/progress"),
        ("POST", "/studio/api/images/99/claim"),
        ("DELETE", "/studio/api/images/99/claim"),
    ],
)
def test_what_is_gone_is_said(client, method, path):
    answer = client.request(method, path)
    assert answer.status_code == 404
    assert "99 does not exist" in answer.json()["error"]
