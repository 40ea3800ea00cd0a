"""Who guesses links has to wait; who votes does not."""

from fastapi import FastAPI, HTTPException
from starlette.testclient import TestClient

from desra_studio.ui.vote.limits import VoteLimits


def make_client(**limits):
    behind = FastAPI()

    @behind.get("/{path:path}")
    def answer(path: str) -> str:
        if "wrong" in path:
            raise HTTPException(404)
        return path

    return TestClient(VoteLimits(behind, **limits))


def test_who_guesses_links_has_to_wait():
    client = make_client(wrong_links="3 per 5 minutes")
    answers = [client.get(f"/vote/wrong{number}") for number in range(5)]
    assert [answer.status_code for answer in answers] == [404] * 3 + [429] * 2
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 300
    assert "Wait" in answers[-1].json()["error"]
    assert client.get("/vote/right").status_code == 429
    assert client.get("/studio/api/wrong").status_code == 404, "other routes have their own guard"


def test_right_links_are_not_guesses():
    client = make_client(wrong_links="3 per 5 minutes")
    assert {client.get("/vote/right").status_code for _ in range(20)} == {200}


def test_one_address_asks_only_so_often():
    client = make_client(requests="4 per minute")
    assert [client.get("/vote/right").status_code for _ in range(6)] == [200] * 4 + [429] * 2
