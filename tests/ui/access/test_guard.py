"""The table of routes: all of them stand in it, and it lets nobody do more than it says."""

import re
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from desra_studio.services.accounts.audit import read_events
from desra_studio.services.accounts.sessions import sign_in
from desra_studio.services.accounts.users import add_user
from desra_studio.ui.access import table
from desra_studio.ui.access.guard import AccessGuard
from desra_studio.ui.access.reference import render_access
from desra_studio.ui.app import build_pages
from desra_studio.ui.server import create_api
from desra_studio.vocabulary import Role
from tests.factories.clients import open_client

PASSWORD = "four words and more"


def fill(route):
    """Return method and path of a route, with a value in place of each parameter."""
    method, _, path = route.partition(" ")
    return method, re.sub(r"\{\w+\}", "1", path.replace("{file:path}", "a/b.js"))


def list_routes(routes, prefix=""):
    for route in routes:
        if isinstance(route, APIRoute):
            yield from (f"{method} {prefix}{route.path}" for method in route.methods)
        elif hasattr(route, "original_router"):
            yield from list_routes(route.original_router.routes, prefix)


@pytest.fixture
def door(studio):
    """A client of the guard, behind which everything is answered with 200."""
    behind = FastAPI()
    behind.add_api_route(
        "/{path:path}", lambda path: path, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]
    )
    return TestClient(AccessGuard(behind, studio), follow_redirects=False)


@pytest.fixture
def cookies(studio):
    """The cookie of a user of each role, and none for nobody."""
    made = {None: {}}
    for role in Role:
        add_user(studio, f"the {role}", role, PASSWORD)
        made[role] = {"desra_session": sign_in(studio, f"the {role}", PASSWORD).cookie}
    return made


def ask(door, route, cookies):
    method, path = fill(route)
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    return door.request(method, path, headers=headers if cookies else {})


def test_every_route_stands_in_the_table(studio):
    listed = {rule.route for rule in table.RULES}
    ours = set(list_routes(create_api(studio).routes))
    assert ours - listed == set()
    gradio = {f"GET {path}" for path in (*table.PAGES, *table.READ)}
    gradio |= {f"GET {folder}{{file:path}}" for folder in table.FILES}
    gradio |= {f"POST {path}" for path in table.EVENTS}
    static = {f"GET {table.STATIC_ROOT}/{{file:path}}"}
    provider = {"GET /login/sso", "GET /login/sso/callback"}  # there where the settings name one
    assert listed - ours - gradio - static == provider


def test_no_route_stands_in_it_twice():
    routes = [rule.route for rule in table.RULES]
    assert sorted(set(routes)) == sorted(routes)


def test_every_page_and_event_of_gradio_stands_in_the_table(studio):
    pages = build_pages(studio)
    assert {f"/{path}" for path, _, _ in pages.pages} == set(table.PAGES)
    handlers = {made.fn.__name__ for made in pages.fns.values() if made.fn}
    assert handlers == set(table.EVENT_ROLES)


def test_each_route_is_asked_as_nobody_and_as_each_role(door, cookies):
    for rule in table.RULES:
        for role, carried in cookies.items():
            answer = ask(door, rule.route, carried)
            if rule.role is None or (role and role.covers(rule.role)):
                expected = 200
            else:
                expected = 403 if role else 401
            assert answer.status_code == expected, (rule.route, role)


def test_what_stands_in_no_table_is_not_answered(door, cookies):
    for path in ("GET /studio/api/secrets", "DELETE /studio/api/loop", "POST /gradio_api/upload"):
        assert ask(door, path, cookies[None]).status_code == 401
        assert ask(door, path, cookies[Role.ADMIN]).status_code == 404


def test_nobody_signs_in_where_there_are_no_users(studio, door):
    assert all(ask(door, rule.route, {}).status_code == 200 for rule in table.RULES)
    assert read_events(studio).events == [], "nobody is known"
    assert ask(door, "GET /studio/api/secrets", {}).status_code == 404


def test_a_page_leads_to_the_login_and_back(door, cookies):
    answer = door.get("/review?dataset=2", headers={"Accept": "text/html,*/*"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?next=/review%3Fdataset%3D2"


def test_a_page_is_refused_as_a_page(door, cookies):
    cookie = f"desra_session={cookies[Role.REVIEWER]['desra_session']}"
    headers = {"Accept": "text/html,*/*", "Cookie": cookie}
    for path, status in (("/team", 403), ("/nowhere", 404)):
        answer = door.get(path, headers=headers)
        assert answer.status_code == status
        assert answer.headers["content-type"].startswith("text/html")
        assert 'href="/"' in answer.text


def test_a_socket_is_closed(door):
    with pytest.raises(WebSocketDisconnect) as closed, door.websocket_connect("/review"):
        pass
    assert closed.value.code == 1008


@pytest.mark.parametrize("forged", ["x", "x.y", "a" * 5000, "%C3%A4.\\303"])
def test_a_forged_cookie_is_nobodys(door, cookies, forged):
    assert ask(door, "GET /studio/api/loop", {"desra_session": forged}).status_code == 401


def test_a_token_without_its_signature_is_nobodys(door, cookies):
    token = cookies[Role.ADMIN]["desra_session"].rpartition(".")[0]
    assert ask(door, "GET /studio/api/loop", {"desra_session": token}).status_code == 401


def test_the_audit_trail_has_what_was_done_and_what_was_refused(studio, door, cookies):
    ask(door, "POST /studio/api/images/{image_id}/mask", cookies[Role.REVIEWER])
    ask(door, "POST /studio/api/models", cookies[Role.REVIEWER])
    ask(door, "PUT /studio/api/images/{image_id}/draft", cookies[Role.REVIEWER])
    ask(door, "GET /studio/api/loop", cookies[Role.ADMIN])
    ask(door, "POST /studio/api/images/{image_id}/mask", cookies[None])
    events = read_events(studio).events
    assert [(event.actor, event.action, event.target, event.status) for event in events] == [
        ("the reviewer", "POST /studio/api/models", "/studio/api/models", 403),
        (
            "the reviewer",
            "POST /studio/api/images/{image_id}/mask",
            "/studio/api/images/1/mask",
            200,
        ),
    ]


def test_who_is_signed_in_is_not_who_a_page_tells(studio, cookies):
    with open_client(studio) as client:
        headers = {"Cookie": f"desra_session={cookies[Role.REVIEWER]['desra_session']}"}
        told = client.get("/studio/api/user", headers={**headers, "X-Studio-User": "Anna"}).json()
    assert told["name"] == told["author"] == "the reviewer"
    assert (told["role"], told["signed_in"]) == ("reviewer", True)


def test_the_page_of_routes_is_up_to_date():
    page = Path(__file__).parents[3] / "docs" / "access.md"
    assert page.read_text() == render_access(), (
        f"write it again: python -m desra_studio.ui.access.reference {page.relative_to(Path.cwd())}"
    )
