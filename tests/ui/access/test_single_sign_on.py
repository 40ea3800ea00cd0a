"""Single sign-on: a real provider on this machine, its real tokens, and what is not believed."""

from urllib.parse import urlsplit

import httpx
import pytest
from starlette.testclient import TestClient

from desra_studio.errors import InputError
from desra_studio.services.accounts.audit import read_events
from desra_studio.services.accounts.users import add_user, disable_user, list_users
from desra_studio.services.studio import open_studio
from desra_studio.ui.server import create_api
from desra_studio.vocabulary import Role
from tests.factories.provider import CLIENT, SECRET, serve_provider
from tests.factories.studio import accept_detected, import_detected, make_settings

PASSWORD = "four words and more"
ME = "/studio/api/user"


@pytest.fixture(scope="module")
def running():
    with serve_provider() as made:
        yield made


@pytest.fixture
def provider(running):
    """The provider as it was before any test told it whom to let in."""
    claims = dict(running.claims)
    yield running
    running.claims, running.forged = claims, False


@pytest.fixture
def make_client(data_dir, provider):
    """Make a client of a server that knows the provider; its users are those of `studio`."""
    opened = []

    def make(**values):
        settings = make_settings(
            data_dir,
            oidc_issuer=provider.issuer,
            oidc_client_id=CLIENT,
            oidc_client_secret=SECRET,
            oidc_name="Sign in with Example",
            **values,
        )
        studio = open_studio(settings)
        opened.append(studio)
        api = create_api(studio, sso=True)
        return TestClient(api, base_url="http://127.0.0.1", follow_redirects=False)

    yield make
    for studio in opened:
        studio.database.close()


def go_there_and_back(client):
    """Follow the way to the provider and back, as a browser does; returns the last answer."""
    there = client.get("/login/sso?next=/review")
    assert there.status_code in (302, 307)
    back = httpx.get(there.headers["location"], follow_redirects=False).headers["location"]
    place = urlsplit(back)
    assert place.path == "/login/sso/callback"
    return client.get(f"{place.path}?{place.query}")


def test_the_login_page_leads_there(studio, make_client):
    add_user(studio, "Anna", Role.ADMIN, PASSWORD)
    page = make_client().get("/login?next=/review").text
    assert 'href="/login/sso?next=/review"' in page
    assert "Sign in with Example" in page


def test_whom_an_admin_added_is_in_and_stays_the_same_person(studio, provider, make_client):
    add_user(studio, "Anna", Role.ADMIN, PASSWORD)
    add_user(studio, "Zoë", Role.CURATOR)
    client = make_client()
    answer = go_there_and_back(client)
    assert (answer.status_code, answer.headers["location"]) == (303, "/review")
    told = client.get(ME).json()
    assert (told["name"], told["role"], told["signed_in"]) == ("Zoë", "curator", True)
    # Another name at the provider is no other person here.
    provider.claims = {"sub": "17", "preferred_username": "Zoë Renamed"}
    again = make_client()
    assert go_there_and_back(again).status_code == 303
    assert again.get(ME).json()["name"] == "Zoë"
    assert read_events(studio).events[0].action == "GET /login/sso/callback"


def test_who_is_no_user_is_not_in(studio, make_client):
    add_user(studio, "Anna", Role.ADMIN, PASSWORD)
    client = make_client()
    answer = go_there_and_back(client)
    assert answer.status_code == 403
    assert "Zoë is no user here. Ask an admin" in answer.text
    assert client.get(ME).status_code == 401


def test_newcomers_have_the_role_that_the_settings_give_them(studio, make_client):
    add_user(studio, "Anna", Role.ADMIN, PASSWORD)
    client = make_client(oidc_role=Role.REVIEWER)
    assert go_there_and_back(client).status_code == 303
    assert client.get(ME).json()["role"] == "reviewer"
    assert [(view.name, view.standing.value) for view in list_users(studio)] == [
        ("Anna", "active"),
        ("Zoë", "active"),
    ]


def test_a_name_at_a_provider_takes_over_nobody(studio, provider, make_client, dataset_folder):
    add_user(studio, "Anna", Role.ADMIN, PASSWORD)
    accept_detected(studio, import_detected(studio, dataset_folder))
    client = make_client(oidc_role=Role.REVIEWER)
    for name, says in (("Anna", "signs in another way"), ("tester", "worked here before")):
        provider.claims = {"sub": "18", "preferred_username": name}
        answer = go_there_and_back(client)
        assert answer.status_code == 403
        assert says in answer.text
    # Nor does another person there with the name of one who signs in by it.
    provider.claims = {"sub": "17", "preferred_username": "Zoë"}
    assert go_there_and_back(make_client(oidc_role=Role.REVIEWER)).status_code == 303
    provider.claims = {"sub": "18", "preferred_username": "Zoë"}
    assert go_there_and_back(client).status_code == 403


def test_who_was_disabled_stays_out(studio, make_client):
    add_user(studio, "Anna", Role.ADMIN, PASSWORD)
    add_user(studio, "Zoë", Role.CURATOR)
    assert go_there_and_back(make_client()).status_code == 303
    disable_user(studio, "Zoë")
    answer = go_there_and_back(make_client())
    assert (answer.status_code, "Zoë is disabled" in answer.text) == (403, True)


@pytest.mark.parametrize(
    ("claims", "says"),
    [
        ({"sub": "17"}, "tells no"),
        ({"sub": "17", "email": "zoe@example.org"}, "did not verify"),
        ({"sub": "17", "email": "zoe@example.org", "email_verified": "yes"}, "did not verify"),
        ({"sub": "17", "email": "a\nb", "email_verified": True}, "printable"),
    ],
)
def test_claims_that_tell_nobody(studio, provider, make_client, claims, says):
    add_user(studio, "Anna", Role.ADMIN, PASSWORD)
    provider.claims = claims
    answer = go_there_and_back(make_client(oidc_claim="email", oidc_role=Role.REVIEWER))
    assert answer.status_code == 403
    assert says in answer.text


@pytest.mark.parametrize("change", [{"aud": "another"}, {"nonce": "x"}, {"exp": 1}, {"iss": "x"}])
def test_a_token_for_somebody_else_is_not_believed(studio, provider, make_client, change):
    add_user(studio, "Zoë", Role.ADMIN)
    provider.claims = {**provider.claims, **change}
    client = make_client()
    assert go_there_and_back(client).status_code == 502
    assert client.get(ME).status_code == 401


def test_a_forged_token_is_not_believed(studio, provider, make_client):
    add_user(studio, "Zoë", Role.ADMIN)
    provider.forged = True
    assert go_there_and_back(make_client()).status_code == 502


def test_an_answer_that_nobody_asked_for_is_not_believed(studio, make_client):
    add_user(studio, "Zoë", Role.ADMIN)
    there = make_client().get("/login/sso")
    back = httpx.get(there.headers["location"], follow_redirects=False).headers["location"]
    other = make_client()
    assert other.get(f"/login/sso/callback?{urlsplit(back).query}").status_code == 502
    assert other.get(ME).status_code == 401


def test_a_provider_that_is_away_is_told(studio, data_dir, make_client):
    add_user(studio, "Zoë", Role.ADMIN)
    client = make_client()
    settings = {"oidc_client_id": CLIENT, "oidc_client_secret": SECRET}
    away = make_settings(data_dir, oidc_issuer="http://127.0.0.1:9", **settings)
    opened = open_studio(away)
    client = TestClient(create_api(opened, sso=True), base_url="http://127.0.0.1")
    answer = client.get("/login/sso")
    opened.database.close()
    assert (answer.status_code, "did not work" in answer.text) == (502, True)


def test_settings_that_lack_the_client_are_told(data_dir):
    opened = open_studio(make_settings(data_dir, oidc_issuer="http://127.0.0.1:9"))
    with pytest.raises(InputError, match="OIDC_CLIENT_ID"):
        create_api(opened, sso=True)
    opened.database.close()
