"""The voters' routes and the team's, over HTTP."""

import io

import pytest
from PIL import Image

from desra_studio.services.studies.lifecycle import close_study, describe_study
from tests.factories.clients import open_client
from tests.factories.images import write_dataset
from tests.factories.jobs import run_jobs_here, view_done
from tests.factories.studies import import_labelled, list_systems, open_new


@pytest.fixture
def dataset(studio, tmp_path):
    return import_labelled(studio, write_dataset(tmp_path / "source", size=(160, 160)))


@pytest.fixture
def voter(studio):
    with open_client(studio) as made:
        yield made


AGREED = {"consent": True, "display": {"zoom": 1, "ratio": 1, "width": 1366, "height": 768}}


def vote(voter, link, trial, answer="left"):
    """Load the pictures of a trial, and answer it."""
    shown = voter.post(f"/vote/api/{link}/trials/{trial['code']}/shown").json()
    sent = {"answer": answer, "nonce": shown["nonce"]}
    return voter.post(f"/vote/api/{link}/trials/{trial['code']}", json=sent)


def test_a_voter_votes_over_http(studio, dataset, voter):
    _, (link, _) = open_new(studio, dataset)
    assert f'data-link="{link}"' in voter.get(f"/vote/{link}").text
    assert voter.get(f"/vote/api/{link}").json()["state"] == "consent"
    following = voter.post(f"/vote/api/{link}/begin", json=AGREED).json()["next"]
    count = 0
    while trial := following["trial"]:
        for picture in [*trial["images"], {"url": trial["lr"]}]:
            answer = voter.get(picture["url"])
            assert Image.open(io.BytesIO(answer.content)).size == (48, 48)
        for url in following["ahead"]:
            assert voter.get(url).status_code == 200
        following = vote(voter, link, trial).json()["next"]
        count += 1
    assert voter.get(f"/vote/api/{link}").json()["done"] == count
    assert voter.get(f"/vote/api/{link}/next").json()["trial"] is None


def test_the_open_link_gives_a_personal_one(studio, dataset, voter):
    study_id, _ = open_new(studio, dataset)
    link = describe_study(studio, study_id).links.open
    mine = voter.post(f"/vote/api/{link}/join").json()["link"]
    assert voter.get(f"/vote/api/{mine}").json()["state"] == "consent"


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/vote/api/forged.link", None, 404, "forged"),
        ("POST", "/vote/api/open-1.abc/join", None, 404, "forged"),
        ("GET", "/vote/image/nothing/left.png", None, 404, "missing"),
        ("POST", "/vote/api/{link}/begin", {"consent": False}, 404, "missing"),
        ("POST", "/vote/api/{link}/begin", {"display": 3}, 404, "missing"),
        ("POST", "/vote/api/{link}/trials/nothing/shown", None, 404, "not_yours"),
        ("POST", "/vote/api/{link}/trials/nothing", {"answer": "left"}, 404, "not_yours"),
        ("POST", "/vote/api/{link}/trials/nothing", {"answer": 7}, 404, "missing"),
    ],
)
def test_what_cannot_be_is_told_plainly(studio, dataset, voter, method, path, body, status, code):
    _, (link, _) = open_new(studio, dataset)
    answer = voter.request(method, path.format(link=link), json=body)
    assert answer.status_code == status
    assert answer.json()["code"] == code
    assert answer.json()["error"].endswith(".")


def test_a_closed_study_answers_gone(studio, dataset, voter):
    study_id, (link, _) = open_new(studio, dataset)
    close_study(studio, study_id)
    answer = voter.post(f"/vote/api/{link}/begin", json=AGREED)
    assert (answer.status_code, answer.json()["code"]) == (410, "closed")
    assert "complete" in answer.json()["error"]


def test_too_soon_says_how_long_to_wait(studio, dataset, voter):
    _, (link, _) = open_new(studio, dataset, min_seconds=20)
    trial = voter.post(f"/vote/api/{link}/begin", json=AGREED).json()["next"]["trial"]
    answer = vote(voter, link, trial)
    assert answer.status_code == 425
    assert 19 < answer.json()["wait"] <= 20


def test_a_link_cannot_bring_markup_into_the_page(voter):
    page = voter.get('/vote/"><script>alert(1)<').text
    assert "<script>alert" not in page


def test_an_error_of_the_server_is_not_told_to_voters(studio, dataset, voter, monkeypatch):
    from desra_studio.errors import StudioError
    from desra_studio.services.studies import voting

    def fail(*_):
        raise StudioError("/secret/gan-model.pth is gone")

    monkeypatch.setattr(voting, "describe_session", fail)
    answer = voter.get("/vote/api/any.link")
    assert answer.status_code == 503
    assert "secret" not in answer.text


ORDER = {"window_px": 48, "controls": 1, "votes_per_pair": 2, "training": 1, "min_seconds": 0}


def test_a_team_makes_opens_and_closes_a_study(studio, dataset, voter):
    listed = voter.get(f"/studio/api/datasets/{dataset}/studies").json()
    assert listed["studies"] == []
    assert listed["choices"]["labelled"] == 3
    assert listed["choices"]["defaults"]["rules"]["min_gold_pass"] == 0.75
    systems = [one["id"] for one in listed["choices"]["systems"]]
    order = {"name": "over HTTP", "systems": systems, "questions": ["Which?"], **ORDER}
    with run_jobs_here():
        made = voter.post(f"/studio/api/datasets/{dataset}/studies", json=order)
    assert made.status_code == 202
    job = made.json()["job"]
    assert view_done(studio, job).result["study"]
    told = voter.get(f"/studio/api/studies/jobs/{job}").json()
    assert (told["active"], told["status"]) == (False, "done")
    study = f"/studio/api/studies/{told['study']}"
    again = voter.post(f"/studio/api/datasets/{dataset}/studies", json=order)
    assert (again.status_code, "over HTTP" in again.json()["error"]) == (422, True)
    wanted = {"labels": ["Ann", "Bo"], "days": 7}
    links = voter.post(f"{study}/links", json=wanted).json()["links"]
    assert [one["label"] for one in links["personal"]] == ["Ann", "Bo"]
    assert voter.post(f"{study}/open").json()["state"] == "open"
    assert voter.get(links["personal"][0]["link"]).status_code == 200
    link = links["personal"][0]["link"].removeprefix("/vote/")
    trial = voter.post(f"/vote/api/{link}/begin", json=AGREED).json()["next"]["trial"]
    vote(voter, link, trial)
    assert voter.get(f"{study}").json()["links"]["personal"][0]["done"] == 1
    report = voter.get(f"{study}/report").json()
    assert (report["votes"], report["losses"]) == (1, [])
    for file in ("manifest.json", "votes.csv", "votes.json"):
        answer = voter.get(f"{study}/{file}")
        assert answer.status_code == 200
        assert f"over%20HTTP-{file}" in answer.headers["content-disposition"]
    assert voter.post(f"{study}/send-back", json={}).json()["windows"] == 0
    assert voter.post(f"{study}/close").json()["state"] == "closed"


def test_the_team_is_told_what_is_wrong(studio, dataset, voter):
    path = f"/studio/api/datasets/{dataset}/studies"
    order = {"name": "x", "systems": list(list_systems(studio, dataset)), **ORDER}
    for values, told in (
        ({"window_px": 4}, "window must be 32 to 2048 px, got 4."),
        ({"rules": {"min_golds": 1}}, "no screening rule 'min_golds'"),
        ({"systems": []}, "2 to 8 systems, got 0"),
    ):
        answer = voter.post(path, json=order | values)
        assert answer.status_code == 422
        assert told in answer.json()["error"]
    assert voter.get("/studio/api/studies/7").status_code == 404
    assert voter.get("/studio/api/studies/7/report").status_code == 404
    assert "votes.csv" in voter.get("/studio/api/studies/1/x.txt").json()["error"]
