"""The voters' own server has their page, and nothing of the team's."""

import subprocess
import sys

import pytest
from starlette.testclient import TestClient

from desra_studio.bench.server import find_free_port
from desra_studio.errors import InputError
from desra_studio.services.studio import open_studio
from desra_studio.ui.shared.static_files import STATIC, STATIC_URL
from desra_studio.ui.vote.server import create_vote_api, parse_address
from tests.factories.images import write_dataset
from tests.factories.studies import import_labelled, open_new
from tests.factories.studio import make_settings
from tests.patience import PATIENCE_S, read_url, wait_until_healthy


def test_voters_reach_their_page_and_nothing_else(data_dir, tmp_path):
    studio = open_studio(make_settings(data_dir, voters="votes.lan:7861"))
    dataset = import_labelled(studio, write_dataset(tmp_path / "source", size=(160, 160)))
    _, (link, _) = open_new(studio, dataset)
    with TestClient(create_vote_api(studio), base_url="http://votes.lan:7861") as client:
        page = client.get(f"/vote/{link}")
        assert page.status_code == 200
        assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
        assert "unsafe" not in page.headers["Content-Security-Policy"]
        assert client.get(f"/vote/api/{link}").json()["state"] == "consent"
        for file in (STATIC / "vote").iterdir():
            assert client.get(f"{STATIC_URL}/vote/{file.name}").status_code == 200
        for name in ("shared/dom.js", "shared/frame.js"):
            assert client.get(f"{STATIC_URL}/{name}").text == (STATIC / name).read_text()
        hidden = ("/", "/studies", "/studio/api/loop", "/studio/api/studies/1", "/openapi.json",
                  f"{STATIC_URL}/review/review.js", f"{STATIC_URL}/shared/api.js",
                  f"{STATIC_URL}/vote/../shared/api.js")  # fmt: skip
        for path in hidden:
            assert client.get(path).status_code == 404, path
        foreign = {"Origin": "http://elsewhere.example"}
        assert client.post(f"/vote/api/{link}/begin", headers=foreign).status_code == 403
        assert client.get(f"/vote/{link}", headers={"Host": "other.lan"}).status_code == 400
    studio.database.close()


@pytest.mark.parametrize("text", ["7861", "host:", ":7861", "host:0", "host:70000", "0.0.0.0:7861"])
def test_an_address_that_nobody_can_go_to_is_refused(text):
    with pytest.raises(InputError, match=r"HOST:PORT|0\.0\.0\.0"):
        parse_address(text)
    assert parse_address("192.168.1.5:7861") == ("192.168.1.5", 7861)


def test_both_servers_run_and_links_name_the_voters_one(data_dir, tmp_path):
    studio = open_studio(make_settings(data_dir))
    dataset = import_labelled(studio, write_dataset(tmp_path / "source", size=(160, 160)))
    study_id, _ = open_new(studio, dataset)
    studio.database.close()
    port, voters = find_free_port(), f"127.0.0.1:{find_free_port()}"
    command = [sys.executable, "-m", "desra_studio", "serve", "--port", str(port)]
    command += ["--voters", voters, "--no-pages", "--data-dir", str(data_dir)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        wait_until_healthy(port, process)
        url = f"http://127.0.0.1:{port}/studio/api/studies/{study_id}"
        with read_url(url) as answer:
            assert f'"open":"http://{voters}/vote/open-'.encode() in answer.read()
        with read_url(f"http://{voters}/vote/any") as answer:
            assert b'id="vote"' in answer.read()
    finally:
        process.terminate()
        assert process.wait(PATIENCE_S) is not None
