"""Second opinions: everybody's own mask, how far they agree, and the consensus."""

import base64

import numpy as np
import pytest

from desra_studio.imaging.arrays import Size
from desra_studio.imaging.masks import decode_mask_runs, encode_mask_runs
from desra_studio.services.review import regions
from desra_studio.services.scores.agreement import list_annotators
from desra_studio.services.scores.set_scorer import SetScorer
from desra_studio.storage import datasets
from desra_studio.storage.region_label import RegionLabel
from tests.factories.masks import mark_squares
from tests.ui.masks import compress, pack

SIZE = Size(96, 96)
IMAGE = "/studio/api/images/1"
ANNA, BERT, CLEO = ({"X-Studio-User": name} for name in ("Anna", "Bert", "Cleo"))


LEFT, RIGHT = mark_squares((10, 10, 20)), mark_squares((20, 10, 20))
NOTHING = mark_squares()


def ask(client, wanted):
    return client.post(f"{IMAGE}/opinions", json={"wanted": wanted})


def save(client, user, version, mask):
    headers = {"If-Match": str(version), **user}
    return client.post(f"{IMAGE}/mask", content=pack(mask), headers=headers)


def judge(client, user, version, state):
    headers = {"If-Match": str(version), **user}
    return client.post(f"{IMAGE}/verdict", json={"state": state}, headers=headers)


def give(client, user, mask):
    """Give an opinion on an image nobody labelled before; the answer to the verdict."""
    version = save(client, user, 0, mask).json()["version"]
    return judge(client, user, version, "accepted" if mask.any() else "clean")


def settle(client, user, method, **values):
    return client.post(f"{IMAGE}/consensus", json={"method": method, **values}, headers=user)


def read_document(client, user):
    return client.get(IMAGE, headers=user).json()


def read_mask(client, revision):
    return decode_mask_runs(client.get(f"/studio/revisions/{revision}.mask").content, SIZE)


def read_review(studio):
    with studio.database.read() as session:
        return datasets.get_record(session, 1).review


def test_everybody_has_a_mask_of_their_own(client):
    assert read_document(client, ANNA)["opinions"] is None
    assert ask(client, 2).json()["opinions"]["given"] == []
    assert give(client, ANNA, LEFT).status_code == 200
    document = read_document(client, BERT)
    assert (document["state"], document["version"], document["revision"]) == ("unreviewed", 0, None)
    saved = save(client, BERT, 0, RIGHT).json()
    assert (saved["version"], saved["state"]) == (1, "in progress")
    assert read_document(client, ANNA)["state"] == "accepted"
    assert np.array_equal(read_mask(client, read_document(client, ANNA)["revision"]["id"]), LEFT)
    assert np.array_equal(read_mask(client, read_document(client, BERT)["revision"]["id"]), RIGHT)


def test_the_masks_of_others_are_kept_back_until_ones_own_is_given(client):
    ask(client, 2)
    give(client, ANNA, LEFT)
    save(client, BERT, 0, RIGHT)
    opinions = read_document(client, BERT)["opinions"]
    hidden = {"author": "Anna", "state": None, "area_px": None, "revision": None, "sha": None}
    assert (opinions["hidden"], opinions["given"], opinions["agreement"]) == (True, [hidden], None)
    assert opinions["mine"]["state"] == "in progress"
    history = client.get(f"{IMAGE}/revisions", headers=BERT).json()
    assert [(row["author"], row["current"]) for row in history] == [("Bert", True)]
    judge(client, BERT, 1, "accepted")
    opinions = read_document(client, BERT)["opinions"]
    assert [one["area_px"] for one in opinions["given"]] == [400, 400]
    (pair,) = opinions["agreement"]["pairs"]
    assert (pair["authors"], pair["iou"]) == (["Anna", "Bert"], pytest.approx(200 / 600))
    history = client.get(f"{IMAGE}/revisions", headers=BERT).json()
    assert [row["author"] for row in history] == ["Bert", "Anna"]
    assert not read_document(client, CLEO)["opinions"]["hidden"], "nobody is waited for"


def test_dissent_is_kept_for_the_queue(client, studio):
    ask(client, 3)
    give(client, ANNA, LEFT)
    assert read_review(studio).dissent is None
    give(client, BERT, RIGHT)
    assert read_review(studio).dissent == pytest.approx(2 / 3)
    save(client, BERT, 2, LEFT)
    assert read_review(studio).dissent == 0
    judge(client, BERT, 3, "skipped")
    assert read_review(studio).dissent is None


def test_what_was_saved_before_is_the_first_opinion(client):
    save(client, ANNA, 0, LEFT)
    judge(client, ANNA, 1, "accepted")
    ask(client, 2)
    mine = read_document(client, ANNA)
    assert (mine["state"], mine["version"], mine["opinions"]["mine"]["area_px"]) == (
        "accepted",
        2,
        400,
    )
    assert save(client, ANNA, 2, RIGHT).status_code == 201, "the page need not be opened again"
    assert read_document(client, BERT)["revision"] is None


def test_many_images_are_asked_for_in_the_same_way(client):
    save(client, ANNA, 0, LEFT)
    change = {"action": "ask_opinions", "images": [1, 2], "wanted": 2}
    assert client.post("/studio/api/datasets/1/bulk", json=change).json()["done"] == 2
    assert read_document(client, ANNA)["opinions"]["mine"]["area_px"] == 400
    assert read_document(client, BERT)["revision"] is None
    client.post("/studio/api/datasets/1/bulk", json=change | {"wanted": 1})
    assert read_document(client, BERT)["opinions"] is None, "one label alone is no opinion"
    assert read_document(client, BERT)["revision"]["author"] == "Anna"


def test_a_stale_opinion_keeps_both(client):
    ask(client, 2)
    save(client, ANNA, 0, LEFT)
    answer = save(client, ANNA, 0, RIGHT)
    assert (answer.status_code, answer.json()["version"], answer.json()["kept"]) == (409, 1, 2)
    assert judge(client, ANNA, 0, "accepted").status_code == 409


@pytest.mark.parametrize(
    ("method", "expected"), [("majority", LEFT & RIGHT), ("union", LEFT | RIGHT)]
)
def test_a_consensus_becomes_the_label(client, studio, method, expected):
    ask(client, 2)
    give(client, ANNA, LEFT)
    give(client, BERT, RIGHT)
    answer = settle(client, BERT, method)
    assert answer.status_code == 201
    revision = answer.json()["revision"]
    assert (answer.json()["state"], revision["origin"]) == ("accepted", "consensus")
    assert revision["note"] == f"{method} of Anna, Bert"
    assert np.array_equal(read_mask(client, revision["id"]), expected)
    assert read_review(studio).disagreement is not None
    document = read_document(client, CLEO)
    assert (document["state"], document["revision"]["id"]) == ("accepted", revision["id"])
    assert (document["opinions"]["wanted"], len(document["opinions"]["given"])) == (1, 2)
    assert save(client, CLEO, document["version"], LEFT).status_code == 201, "labelled as usual"
    annotators = list_annotators(SetScorer(studio), 1)
    assert annotators == {"Anna": 1, "Bert": 1, "Cleo": 1}


def test_a_majority_of_three(client):
    ask(client, 3)
    for user, mask in ((ANNA, LEFT), (BERT, RIGHT), (CLEO, RIGHT)):
        give(client, user, mask)
    revision = settle(client, CLEO, "majority").json()["revision"]
    assert np.array_equal(read_mask(client, revision["id"]), RIGHT)


def test_a_consensus_by_hand(client):
    ask(client, 2)
    give(client, ANNA, LEFT)
    give(client, BERT, NOTHING)
    runs = base64.b64encode(pack(mark_squares((12, 12, 4)))).decode()
    revision = settle(client, ANNA, "mask", runs=runs).json()["revision"]
    assert (revision["area_px"], revision["note"]) == (16, "by hand from Anna, Bert")


def test_an_empty_consensus_is_clean(client):
    ask(client, 2)
    give(client, ANNA, LEFT)
    give(client, BERT, NOTHING)
    assert settle(client, ANNA, "majority").json()["state"] == "clean"


def test_a_consensus_has_the_labels_of_the_opinions(client, studio):
    ask(client, 2)
    give(client, ANNA, LEFT)
    give(client, BERT, RIGHT)
    regions.label_region(studio, 1, RegionLabel(35, 12, kind="blotch", severity=2), author="Bert")
    regions.label_region(studio, 1, RegionLabel(12, 12, kind="other", severity=5), author="Anna")
    assert len(regions.list_labels(studio, 1, "Anna")) == 1
    settle(client, BERT, "union")
    (label,) = regions.list_labels(studio, 1, "Cleo")
    assert (label.kind, label.severity) == ("other", 5)


def test_a_stale_consensus_keeps_both(client):
    ask(client, 2)
    give(client, ANNA, LEFT)
    give(client, BERT, RIGHT)
    version = read_document(client, ANNA)["opinions"]["version"]
    first = settle(client, ANNA, "union", version=version).json()
    answer = settle(client, BERT, "majority", version=version)
    assert (answer.status_code, answer.json()["version"]) == (409, first["version"])
    assert answer.json()["kept"] == first["revision"]["number"] + 1
    assert read_document(client, BERT)["revision"]["id"] == first["revision"]["id"]


def test_asking_can_be_taken_back(client):
    ask(client, 2)
    give(client, ANNA, LEFT)
    ask(client, 1)
    document = read_document(client, BERT)
    assert (document["state"], document["revision"]) == ("in progress", None)
    assert save(client, BERT, document["version"], RIGHT).status_code == 201
    assert read_document(client, ANNA)["revision"]["author"] == "Bert"


def test_refuses_a_consensus(client):
    answer = settle(client, ANNA, "majority")
    assert (answer.status_code, "needs two opinions" in answer.json()["error"]) == (422, True)
    ask(client, 3)
    give(client, ANNA, LEFT)
    give(client, BERT, RIGHT)
    for user, values, says in (
        (CLEO, {"method": "union"}, "Give your own opinion"),
        (ANNA, {"method": "vote"}, "majority"),
        (ANNA, {"method": "mask"}, "needs its mask"),
        (ANNA, {"method": "mask", "runs": "!"}, "cut off"),
        (ANNA, {"method": "mask", "runs": base64.b64encode(b"nonsense").decode()}, "not readable"),
        (ANNA, {"method": "union", "runs": base64.b64encode(pack(LEFT)).decode()}, "Leave it out"),
        (ANNA, {"method": "union", "version": -1}, "version"),
    ):
        answer = client.post(f"{IMAGE}/consensus", json=values, headers=user)
        assert (answer.status_code, says in answer.json()["error"]) == (422, True), answer.text
    short = np.zeros((4, 4), bool)
    runs = base64.b64encode(compress(encode_mask_runs(short))).decode()
    assert "cover 16 px" in settle(client, ANNA, "mask", runs=runs).json()["error"]


@pytest.mark.parametrize("wanted", [0, 4, 10**30])
def test_refuses_numbers_of_people(client, wanted):
    answer = ask(client, wanted)
    assert (answer.status_code, "1 to 3 people" in answer.json()["error"]) == (422, True)


def test_a_mask_deleted_on_disk(client, studio):
    ask(client, 2)
    give(client, ANNA, LEFT)
    studio.blobs.find(read_document(client, ANNA)["revision"]["sha"]).unlink()
    assert give(client, BERT, RIGHT).status_code == 200, "one's own work is not held up"
    assert read_document(client, BERT)["opinions"]["agreement"] is None
    answer = settle(client, BERT, "union")
    assert (answer.status_code, "is missing" in answer.json()["error"]) == (404, True)


def test_images_that_are_gone(client):
    for path, value in (("opinions", {"wanted": 2}), ("consensus", {"method": "union"})):
        assert client.post(f"/studio/api/images/99/{path}", json=value).status_code == 404


def test_another_persons_revision_is_not_restored_unseen(client):
    ask(client, 2)
    give(client, ANNA, LEFT)
    revision = read_document(client, ANNA)["revision"]["id"]
    answer = client.post(
        f"{IMAGE}/restore", json={"revision": revision}, headers={"If-Match": "0", **BERT}
    )
    assert (answer.status_code, "your own" in answer.json()["error"]) == (422, True)
