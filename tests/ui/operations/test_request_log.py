"""The id and the log of every request."""

import json
import logging

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from desra_studio.services.accounts.users import add_user
from desra_studio.services.studio import Studio
from desra_studio.ui.operations import request_watch
from desra_studio.ui.operations.logs import JsonLines, log_answered
from desra_studio.ui.operations.request_watch import RequestWatch
from desra_studio.ui.review import routes
from desra_studio.ui.vote.server import create_vote_api
from desra_studio.vocabulary import Role
from tests.factories.clients import open_client
from tests.factories.studio import make_settings

PASSWORD = "four words and more"


@pytest.fixture
def lines(caplog):
    """The lines on requests, as JSON says them."""
    caplog.set_level(logging.INFO, "desra_studio.requests")

    def read_lines():
        records = [one for one in caplog.records if one.name == "desra_studio.requests"]
        return [json.loads(JsonLines().format(record)) for record in records]

    return read_lines


def test_a_line_has_who_asked_what_and_what_was_answered(studio, lines):
    add_user(studio, "Zoë", Role.REVIEWER, PASSWORD)
    with open_client(studio) as client:
        client.post("/login", data={"name": "Zoë", "password": PASSWORD}, follow_redirects=False)
        answer = client.get("/studio/api/datasets?secret=1")
        refused = client.get("/studio/api/users")
    signing, read, refusal = lines()
    assert (signing["method"], signing["route"], signing["status"]) == ("POST", "/login", 303)
    assert read["id"] == answer.headers["X-Request-ID"]
    assert read["ms"] >= 0
    assert {name: read[name] for name in ("method", "route", "status", "user", "bytes")} == {
        "method": "GET",
        "route": "/studio/api/datasets",
        "status": 200,
        "user": "Zoë",
        "bytes": len(answer.content),
    }
    assert (refusal["status"], refusal["user"]) == (403, "Zoë")
    assert refused.headers["X-Request-ID"] == refusal["id"] != read["id"]


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/invite/a-secret-token", "/invite/{token}"),
        ("/vote/a-secret-link?x=secret", "/vote/{link}"),
        ("/vote/api/a-secret-link/next", "/vote/api/{link}/next"),
        ("/a-secret/that/is/nowhere", ""),
        ("/login?next=/secret", "/login"),
    ],
)
def test_no_link_and_no_query_is_in_the_log(studio, lines, path, route):
    with open_client(studio) as client:
        client.get(path)
    (line,) = lines()
    assert line["route"] == route
    assert "secret" not in json.dumps(line)


def test_the_voters_server_logs_alike(studio, lines):
    with TestClient(create_vote_api(studio)) as client:
        answer = client.get("/vote/a-secret-link")
    (line,) = lines()
    assert (line["route"], line["id"]) == ("/vote/{link}", answer.headers["X-Request-ID"])


@pytest.mark.parametrize(
    ("sent", "behind_proxy", "is_taken"),
    [
        ("4f1d-from.the_proxy", True, True),
        ("4f1d-from.the_proxy", False, False),
        ("short", True, False),
        ("x" * 65, True, False),
        ('a "quoted" line', True, False),
    ],
)
def test_ids_are_the_proxys_where_there_is_one(studio, sent, behind_proxy, is_taken):
    settings = make_settings(studio.settings.data_dir, behind_proxy=behind_proxy)
    watched = RequestWatch(FastAPI(), Studio(settings, studio.database, studio.blobs), [])
    given = TestClient(watched).get("/", headers={"X-Request-ID": sent}).headers["X-Request-ID"]
    assert (given == sent) is is_taken
    assert request_watch.WELL_FORMED.fullmatch(given)


def test_a_fault_is_found_by_the_id_of_its_request(studio, monkeypatch, lines, caplog):
    def fail(*_):
        raise RuntimeError("a secret of the server")

    monkeypatch.setattr(routes, "describe_image", fail)
    with open_client(studio, raise_server_exceptions=False) as client:
        answer = client.get("/studio/api/images/1")
    (line,) = lines()
    assert line["id"] == answer.headers["X-Request-ID"]
    assert (line["status"], answer.status_code) == (500, 500)
    assert f"of request {line['id']}" in caplog.text


def test_a_trace_is_within_its_line():
    try:
        raise ValueError("two\nlines")
    except ValueError as error:
        told = (type(error), error, error.__traceback__)
    record = logging.LogRecord("a", logging.ERROR, "x.py", 1, "It failed: %s", ("ä",), told)
    text = JsonLines().format(record)
    line = json.loads(text)
    assert "\n" not in text
    assert (line["level"], line["message"]) == ("error", "It failed: ä")
    assert line["trace"].endswith("ValueError: two\nlines")


def test_as_text_requests_are_not_logged(studio, caplog):
    with open_client(studio) as client:
        client.get("/healthz")
    assert log_answered.__module__ not in caplog.text
    assert [one for one in caplog.records if one.name == "desra_studio.requests"] == []
