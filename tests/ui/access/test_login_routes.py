"""Signing in and out, and choosing a password by an invitation."""

import pytest

from desra_studio.services.accounts.audit import read_events
from desra_studio.services.accounts.users import add_user, disable_user, set_role
from desra_studio.vocabulary import Role
from tests.factories.clients import open_client

PASSWORD = "four words and more"
LOOP = "/studio/api/loop"


@pytest.fixture
def client(studio):
    add_user(studio, "Anna", Role.ADMIN, PASSWORD)
    with open_client(studio, follow_redirects=False) as made:
        yield made


def sign_in(client, name="Anna", password=PASSWORD, **fields):
    return client.post("/login", data={"name": name, "password": password, **fields})


def test_a_form_signs_in_and_out(client):
    assert client.get(LOOP).status_code == 401
    answer = sign_in(client, next="/review?dataset=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/review?dataset=1")
    session, name = answer.headers.get_list("set-cookie")
    assert all(word in session for word in ("HttpOnly", "SameSite=lax", "Path=/"))
    assert "Secure" not in session, "over http it would never be sent"
    assert name.startswith("desra_user=Anna;")
    assert client.get(LOOP).status_code == 200
    carried = client.cookies["desra_session"]
    answer = client.post("/logout")
    assert answer.headers["location"] == "/login"
    assert client.get(LOOP).status_code == 401
    client.cookies.set("desra_session", carried)
    assert client.get(LOOP).status_code == 401, "the session itself is over"


def test_over_https_the_cookie_goes_nowhere_else(client):
    client.base_url = "https://127.0.0.1"
    answer = sign_in(client)
    assert all("Secure" in cookie for cookie in answer.headers.get_list("set-cookie"))


def test_a_script_gets_json(client):
    headers = {"Accept": "application/json"}
    wrong = client.post("/login", data={"name": "Anna", "password": "wrong"}, headers=headers)
    assert (wrong.status_code, list(wrong.json())) == (401, ["error"])
    right = client.post("/login", data={"name": "Anna", "password": PASSWORD}, headers=headers)
    assert right.json() == {"name": "Anna", "role": "admin"}


@pytest.mark.parametrize("name", ["Anna", "Nobody", "", "x" * 5000, "<b>Anna</b>", "Анна\x00"])
def test_a_wrong_password_says_no_more_than_that(client, name):
    answer = sign_in(client, name, "wrong password")
    assert answer.status_code == 401
    assert "do not belong together" in answer.text
    assert "<b>" not in answer.text
    assert "set-cookie" not in answer.headers


def test_a_disabled_user_is_out_at_once(studio, client):
    add_user(studio, "Bert", Role.ADMIN, PASSWORD)
    sign_in(client)
    disable_user(studio, "Anna")
    assert client.get(LOOP).status_code == 401
    assert sign_in(client).status_code == 401


def test_a_role_counts_from_the_next_request_on(studio, client):
    add_user(studio, "Bert", Role.ADMIN, PASSWORD)
    sign_in(client)
    assert client.get("/studio/api/users").status_code == 200
    set_role(studio, "Anna", Role.REVIEWER)
    assert client.get("/studio/api/users").status_code == 403


@pytest.mark.parametrize(
    "wanted", ["https://evil.example", "//evil.example", "/\\evil.example", "/a\nb"]
)
def test_nobody_is_sent_elsewhere(client, wanted):
    assert sign_in(client, next=wanted).headers["location"] == "/"


def test_who_guesses_has_to_wait_and_who_knows_another_name_has_not(studio, client):
    add_user(studio, "Bert", Role.REVIEWER, PASSWORD)
    tries = [sign_in(client, password=f"guess {number}").status_code for number in range(12)]
    assert tries == [401] * 10 + [429] * 2
    refused = sign_in(client)
    assert refused.status_code == 429, "even the right one"
    assert 0 < int(refused.headers["Retry-After"]) <= 300
    assert "Wait" in refused.text
    assert sign_in(client, "Bert").status_code == 303


def test_an_invitation_counts_once(studio, client):
    token = add_user(studio, "Zoë", Role.REVIEWER)
    page = client.get(f"/invite/{token}")
    assert page.status_code == 200
    assert "Zoë" in page.text
    short = client.post(f"/invite/{token}", data={"password": "short"})
    assert (short.status_code, "8 to 200 letters" in short.text) == (422, True)
    assert sign_in(client, "Zoë", "short").status_code == 401
    answer = client.post(f"/invite/{token}", data={"password": PASSWORD})
    assert answer.status_code == 303
    assert client.get("/studio/api/user").json()["name"] == "Zoë"
    for again in (
        client.get(f"/invite/{token}"),
        client.post(f"/invite/{token}", data={"password": "another one"}),
    ):
        assert again.status_code == 410
    assert sign_in(client, "Zoë", PASSWORD).status_code == 303


def test_a_password_is_changed_by_who_knows_it_and_other_browsers_are_out(studio, client):
    sign_in(client)
    with open_client(studio, follow_redirects=False) as other:
        sign_in(other)
        address = "/studio/api/user/password"
        wrong = client.post(address, json={"old": "no", "new": "another password"})
        assert (wrong.status_code, "not your password" in wrong.text) == (422, True)
        assert (
            client.post(address, json={"old": PASSWORD, "new": "another password"}).status_code
            == 204
        )
        assert client.get(LOOP).status_code == 200
        assert other.get(LOOP).status_code == 401


def test_the_audit_trail_has_sign_ins_but_no_password_and_no_link(studio, client):
    token = add_user(studio, "Zoë", Role.REVIEWER)
    sign_in(client, password="a wrong secret")
    sign_in(client)
    client.post(f"/invite/{token}", data={"password": "another secret"})
    events = read_events(studio).events
    assert [(event.actor, event.action, event.status) for event in events] == [
        ("Zoë", "POST /invite/{token}", 200),
        ("Anna", "POST /login", 200),
        ("Anna", "POST /login", 401),
    ]
    assert not any("secret" in str(event) or token in str(event) for event in events)


def test_a_foreign_page_cannot_sign_anybody_in(client):
    answer = client.post(
        "/login",
        data={"name": "Anna", "password": PASSWORD},
        headers={"Origin": "https://evil.example"},
    )
    assert answer.status_code == 403
