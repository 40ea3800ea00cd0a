"""What of Gradio's server can be asked: by its pages, and by anybody else."""

import re
from pathlib import Path

import pytest
from fastapi.routing import APIRoute
from starlette.routing import Mount
from starlette.testclient import TestClient

import desra_studio
from desra_studio.ui.app import build_pages
from desra_studio.ui.server import create_app

REFUSED = "There is nothing here. Go back to the pages."
DOCUMENT = Path(desra_studio.__file__).parent.parent / "docs" / "security.md"
EVENTS = ("/gradio_api/run/predict", "/gradio_api/queue/join")
OPEN = {
    "/", "/review", "/fine-tune", "/proof", "/scores", "/studies", "/models", "/team",
    "/review/", "/fine-tune/", "/proof/", "/scores/", "/studies/", "/models/", "/team/",
    "/assets/x", "/static/x", "/svelte/x", "/theme.css", "/favicon.ico", "/manifest.json",
    "/gradio_api/heartbeat/x", "/gradio_api/queue/data", "/gradio_api/startup-events", *EVENTS,
}  # fmt: skip


@pytest.fixture
def app(studio):
    return create_app(studio)


@pytest.fixture
def client(app):
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as made:
        yield made


def list_locks(path):
    """The locks that somebody holds on a file, as the system tells them."""
    inode = path.stat().st_ino
    lines = Path("/proc/locks").read_text().splitlines()
    return [line.split(": ", 1)[1] for line in lines if f":{inode} " in line]


def list_asked(routes):
    """(method, path) of each route, with an x in place of what differs."""
    for route in routes:
        if isinstance(route, APIRoute):
            for method in route.methods:
                yield method, re.sub(r"\{[^}]*\}", "x", route.path)
        elif hasattr(route, "effective_route_contexts"):  # a router that is included
            yield from list_asked(route.original_router.routes)


def make_event(handler, value):
    data = [value] * len(handler.inputs)
    return {"data": data, "fn_index": handler._id, "trigger_id": None, "session_hash": "x"}


@pytest.mark.sqlite
def test_no_event_makes_the_server_let_go_of_its_database(client, studio):
    database = studio.settings.data_dir / "studio.sqlite"
    client.get("/studio/api/loop")
    held = list_locks(database)
    assert held, "SQLite holds its file while it is open"
    file = {"path": str(database), "meta": {"_type": "gradio.FileData"}, "orig_name": "a.pt"}
    hidden = {"rows": [{"deep": file}]}
    taking = [made for made in build_pages(studio).fns.values() if made.inputs]
    assert len(taking) > 5
    for handler in taking:
        for value in (file, hidden):
            for address in EVENTS:
                answer = client.post(address, json=make_event(handler, value))
                assert list_locks(database) == held, f"{handler.name} at {address}"
                assert answer.status_code == 422


def test_an_event_that_is_too_large_or_no_json_is_refused(client):
    for body, says in ((b" " * 2_000_001, "larger than"), (b"{", "not JSON"), (b"[" * 10**6, "")):
        answer = client.post(EVENTS[0], content=body)
        assert answer.status_code == 422
        assert says in answer.json()["error"]


def test_only_what_pages_ask_is_passed_on(app, client):
    mount = app.routes[-1]
    assert isinstance(mount, Mount)
    asked = set(list_asked(mount.app.app.routes))
    assert {("POST", "/gradio_api/upload"), ("GET", "/gradio_api/file=x")} <= asked
    ours = {("GET", "/login"), ("POST", "/login"), ("POST", "/logout")}
    for method, path in asked - ours:
        if path in OPEN:
            continue
        answer = client.request(method, path)
        assert answer.status_code == 404, (method, path)
        assert method == "HEAD" or answer.json()["error"] == REFUSED, (method, path)


def test_what_is_listed_of_gradio_is_what_there_is(studio):
    """The table of the handlers that anybody who reaches the server can call."""
    document = DOCUMENT.read_text()
    listed = set(re.findall(r"^\| `(\w+)` \|", document, re.MULTILINE))
    handlers = build_pages(studio).fns.values()
    assert {handler.name for handler in handlers if handler.fn} == listed


def test_every_answer_says_what_browsers_may_do_with_it(client):
    made_by_gradio = ("/", "/models", "/assets/none.js")
    for path in (*made_by_gradio, "/config", "/healthz", "/studio/api/loop", "/studio/none"):
        headers = client.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        policy = headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy
        assert policy.startswith("default-src 'self'; ")
        assert "http" not in policy
        assert ("unsafe" in policy) == (path in made_by_gradio)


def test_what_is_refused_has_the_headers_too(client):
    for answer in (
        client.post("/studio/api/demo", headers={"Origin": "http://elsewhere.example"}),
        client.get("/healthz", headers={"Host": "elsewhere.example"}),
    ):
        assert answer.status_code in (400, 403)
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
