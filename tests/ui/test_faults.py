"""What the server answers when its own files fail it, or its own code does."""

import re
import shutil

import pytest

from desra_studio.ui.review import routes
from desra_studio.ui.shared.serving import MAX_JSON_BYTES
from tests.factories.clients import open_client
from tests.factories.damage import flip_byte
from tests.ui.masks import post_mask

IMAGE = "/studio/api/images/1"


@pytest.fixture
def listed(client):
    """What the page knows of the first image."""
    return client.get(IMAGE).json()


def test_a_save_that_cannot_be_stored_is_told_and_can_be_tried_again(
    client, studio, listed, caplog
):
    kept = studio.blobs.root.with_name("kept")
    studio.blobs.root.rename(kept)
    studio.blobs.root.write_text("no folder, so that nothing can be stored in it")
    answer = post_mask(client, listed["version"])
    assert answer.status_code == 507
    assert "disk is full or read-only" in answer.json()["error"]
    assert "NotADirectoryError" in caplog.text
    assert str(studio.settings.data_dir) not in answer.text
    assert client.get(IMAGE).json() == listed
    studio.blobs.root.unlink()
    kept.rename(studio.blobs.root)
    assert post_mask(client, listed["version"]).status_code == 201


def test_a_missing_file_is_named_without_where_the_server_keeps_it(client, studio):
    shutil.rmtree(studio.blobs.root)
    for address in ("/studio/renditions/1.png", "/studio/detections/1.mask"):
        answer = client.get(address)
        assert answer.status_code == 404
        assert re.search(r"stored file blobs/../.{62} is missing", answer.json()["error"])
        assert str(studio.settings.data_dir) not in answer.text


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/studio/renditions/{gan[id]}.png", "{gan[sha]}"),
        ("/studio/images/{id}/lr.png", "{lr[sha]}"),
        ("/studio/revisions/{revision[id]}.mask", "{revision[sha]}"),
        ("/studio/revisions/{revision[id]}/pseudo-gt.png", "{mse[sha]}"),
        ("/studio/detections/{detection[id]}.mask", "{detection[sha]}"),
        ("/studio/detections/{detection[id]}/map.png", "{detection[map_sha]}"),
        ("/studio/detections/{detection[id]}/map.bin", "{detection[map_sha]}"),
    ],
)
def test_a_damaged_file_is_told_and_never_sent(client, studio, address, name):
    assert post_mask(client, client.get(IMAGE).json()["version"]).status_code == 201
    document = client.get(IMAGE).json()
    address, sha = address.format(**document), name.format(**document)
    flip_byte(studio.blobs, sha)
    answer = client.get(address)
    assert answer.status_code == 500
    told = answer.json()["error"]
    assert f"stored file blobs/{sha[:2]}/{sha[2:]} is damaged" in told
    assert "desra-studio db check" in told
    assert "\n" not in told
    assert str(studio.settings.data_dir) not in answer.text


def test_a_file_that_is_damaged_after_it_was_sent_is_not_sent_again(client, studio, listed):
    address = f"/studio/renditions/{listed['gan']['id']}.png"
    first = client.get(address)
    assert first.status_code == client.get(address).status_code == 200
    path = flip_byte(studio.blobs, listed["gan"]["sha"])
    assert client.get(address).status_code == 500
    path.write_bytes(first.content)
    assert client.get(address).content == first.content


def test_a_fault_of_ours_has_a_number_and_no_trace(studio, monkeypatch, caplog):
    def fail(*_):
        raise RuntimeError("a secret of the server")

    monkeypatch.setattr(routes, "describe_image", fail)
    with open_client(studio, raise_server_exceptions=False) as client:
        answer = client.get(IMAGE)
    assert answer.status_code == 500
    number = re.search(r"fault (\w{8})", answer.json()["error"])[1]
    assert f"Fault {number}" in caplog.text
    assert "secret" not in answer.text


def test_no_json_is_read_without_limit(client, listed):
    padding = " " * MAX_JSON_BYTES
    headers = {"Content-Type": "application/json", "If-Match": str(listed["version"])}
    verdict = f"{IMAGE}/verdict", '{"state": "skipped"}'
    answer = client.post(verdict[0], content=verdict[1] + padding, headers=headers)
    assert answer.status_code == 422
    assert f"larger than {MAX_JSON_BYTES} bytes" in answer.json()["error"]
    answer = client.post(
        "/vote/api/no/begin", content='{"consent": true}' + padding, headers=headers
    )
    assert answer.status_code == 503
    assert client.get(IMAGE).json() == listed
    answer = client.post(verdict[0], content=verdict[1] + padding[100:], headers=headers)
    assert answer.status_code == 200, answer.text
