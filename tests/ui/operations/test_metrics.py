"""What Prometheus reads, and who may."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from desra_studio.services import jobs
from desra_studio.services.accounts.users import add_user
from desra_studio.services.studio import open_studio
from desra_studio.storage import runs
from desra_studio.vocabulary import Role, RunStatus
from tests.factories.clients import open_client
from tests.factories.studio import make_settings
from tests.ui.masks import post_mask

PASSWORD = "four words and more"
TOKEN = "a token of the monitor"
METRICS = "/metrics"


def read_metrics(client, **headers):
    """The samples by name and labels; nothing where it is refused."""
    answer = client.get(METRICS, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/plain")
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def count(client, name, **labels):
    return read_metrics(client).get((name, *sorted(labels.items())), 0)


def test_requests_are_counted_by_route(client):
    asked = {"method": "GET", "route": "/studio/api/images/{image_id}", "status": "200"}
    before = count(client, "desra_studio_requests_total", **asked)
    for image in (1, 2, 3):
        client.get(f"/studio/api/images/{image}")
    found = read_metrics(client)
    assert found["desra_studio_requests_total", *sorted(asked.items())] == before + 3
    of_route = (("method", "GET"), ("route", asked["route"]))
    assert found["desra_studio_request_seconds_count", *of_route] >= before + 3


def test_what_is_nowhere_makes_no_row_of_its_own(client):
    client.get("/a-secret/that/is/nowhere")
    client.request("BREW", "/pot")
    rows = {key for key in read_metrics(client) if key[0] == "desra_studio_requests_total"}
    assert not any("secret" in str(row) or "BREW" in str(row) for row in rows)
    assert any(("route", "other") in row for row in rows)


def test_saves_jobs_disk_and_versions(client, studio):
    before = count(client, "desra_studio_saves_total")
    post_mask(client, client.get("/studio/api/images/1").json()["version"])
    assert client.post("/studio/api/images/99/mask").status_code >= 400
    run_id = jobs.queue_job(studio, "score", {})
    with studio.database.write() as session:
        runs.finish_run(runs.get_run(session, run_id), RunStatus.FAILED, "no")
    found = read_metrics(client)
    assert found[("desra_studio_saves_total",)] == before + 1
    assert found["desra_studio_jobs", ("kind", "score"), ("status", "failed")] == 1
    free, size = found[("desra_studio_disk_free_bytes",)], found[("desra_studio_disk_bytes",)]
    assert 0 < free < size
    (build,) = (key for key in found if key[0] == "desra_studio_build_info")
    assert {name for name, _ in build[1:]} == {"version", "schema"}
    assert found[("process_start_time_seconds",)] > 0


@pytest.fixture
def watched(data_dir):
    """A studio whose monitor has a token, and which has users."""
    opened = open_studio(make_settings(data_dir, metrics_token=TOKEN))
    for role in (Role.ADMIN, Role.REVIEWER):
        add_user(opened, role, role, PASSWORD)
    yield opened
    opened.database.close()


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        (f"Bearer {TOKEN}", 200),
        (f"bearer {TOKEN}", 200),
        (f"Basic {TOKEN}", 401),
        ("Bearer another", 401),
        (f"Bearer {TOKEN}x", 401),
        ("Bearer ", 401),
        (b"Bearer \xff", 401),
        ("", 401),
    ],
)
def test_the_token_opens_the_figures_and_nothing_else(watched, authorization, status):
    headers = {"Authorization": authorization}
    with open_client(watched) as client:
        assert client.get(METRICS, headers=headers).status_code == status
        assert client.get("/studio/api/loop", headers=headers).status_code == 401


@pytest.mark.parametrize(("role", "status"), [(Role.ADMIN, 200), (Role.REVIEWER, 403)])
def test_of_users_admins_read_them(watched, role, status):
    with open_client(watched) as client:
        client.post("/login", data={"name": role, "password": PASSWORD})
        assert client.get(METRICS).status_code == status


def test_without_a_token_none_opens_them(studio):
    add_user(studio, "Anna", Role.ADMIN, PASSWORD)
    with open_client(studio) as client:
        assert client.get(METRICS, headers={"Authorization": "Bearer "}).status_code == 401


def test_the_token_is_in_no_message(watched):
    assert TOKEN not in repr(watched.settings)
