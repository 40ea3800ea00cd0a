"""Downloads from a real server on this machine: resumed, refused, broken off."""

import hashlib
import subprocess
import sys

import pytest

from desra_studio.errors import CancelledError, InputError, ModelError
from desra_studio.services.models.downloads import download_file, hold_lock
from tests.factories.servers import serve_files
from tests.patience import PATIENCE_S

pytestmark = pytest.mark.usefixtures("without_proxy")

BODY = bytes(range(256)) * 2000
SHA = hashlib.sha256(BODY).hexdigest()


@pytest.fixture
def server():
    with serve_files({"model.pth": BODY}) as running:
        yield running


@pytest.fixture
def target(tmp_path):
    return tmp_path / "downloads" / "model.pth"


def part_of(target):
    return target.with_name("model.pth.part")


def test_fetches_checks_and_reports(server, target):
    reports = []
    download_file(
        server.url("moved-model.pth"), target, SHA, lambda *step: reports.append(step), len(BODY)
    )
    assert target.read_bytes() == BODY
    assert list(target.parent.iterdir()) == [target]
    done = [step[0] for step in reports]
    assert done == sorted(done)
    assert reports[-1] == (len(BODY), len(BODY), "Fetching model.pth")


@pytest.mark.parametrize("ranges", [True, False])
def test_goes_on_after_the_server_closed_early(server, target, ranges):
    server.ranges, server.stops_after = ranges, 300_000
    with pytest.raises(ModelError, match=r"300000 bytes are kept"):
        download_file(server.url("model.pth"), target, SHA)
    assert not target.exists()
    assert part_of(target).read_bytes() == BODY[:300_000]
    reports = []
    download_file(server.url("model.pth"), target, SHA, lambda *step: reports.append(step))
    assert target.read_bytes() == BODY
    assert server.asked[-1] == ("model.pth", "bytes=300000-")
    assert (reports[0][0] > 300_000) == ranges
    assert reports[-1][:2] == (len(BODY), len(BODY))


def test_cancelled_and_resumed(server, target):
    def cancel(done, _total, _message):
        if done > 100_000:
            raise CancelledError("stop")

    with pytest.raises(CancelledError):
        download_file(server.url("model.pth"), target, SHA, cancel)
    assert 100_000 < part_of(target).stat().st_size < len(BODY)
    download_file(server.url("model.pth"), target, SHA)
    assert target.read_bytes() == BODY


@pytest.mark.parametrize(
    ("kept", "requests"), [(BODY, 1), (BODY + b"more", 2)], ids=["whole", "longer than the file"]
)
def test_nothing_left_to_send(server, target, kept, requests):
    target.parent.mkdir()
    part_of(target).write_bytes(kept)
    download_file(server.url("model.pth"), target, SHA)
    assert target.read_bytes() == BODY
    assert len(server.asked) == requests


@pytest.mark.parametrize(
    ("expected", "says"),
    [({"sha256": "0" * 64}, f"SHA-256 {SHA}, not 0000"), ({"size_bytes": 7}, "512000 bytes came")],
)
def test_a_wrong_file_is_removed(server, target, expected, says):
    with pytest.raises(ModelError, match=says) as told:
        download_file(server.url("model.pth"), target, **expected)
    assert "It was removed" in str(told.value)
    assert list(target.parent.iterdir()) == []


def test_a_damaged_part_is_removed(server, target):
    target.parent.mkdir()
    part_of(target).write_bytes(b"wrong")
    with pytest.raises(ModelError, match="It was removed"):
        download_file(server.url("model.pth"), target, SHA)
    download_file(server.url("model.pth"), target, SHA)
    assert target.read_bytes() == BODY


def test_no_such_file(server, target):
    with pytest.raises(ModelError, match=r"answered 404 Not Found\. Try again later"):
        download_file(server.url("none.pth"), target)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/model.pth", "nonsense", "http://[/"])
def test_no_server(target, url):
    with pytest.raises(ModelError, match="cannot be fetched") as told:
        download_file(url, target)
    for part in (url, "Try again with a network"):
        assert part in str(told.value)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("proxy", "says"),
    [
        ("socks5://127.0.0.1:1", "'socksio' package is not installed"),
        ("gopher://127.0.0.1:1", "Unknown scheme"),
        ("127.0.0.1:port", "Invalid port"),
    ],
)
def test_a_proxy_that_cannot_be_used(server, target, monkeypatch, proxy, says):
    monkeypatch.setitem(sys.modules, "socksio", None)
    for name in ("ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, proxy)
    with pytest.raises(ModelError, match=rf"ALL_PROXY.* cannot be used \(.*{says}.*\)") as told:
        download_file(server.url("model.pth"), target)
    assert "\n" not in str(told.value)
    assert server.asked == []


def test_a_lock_is_for_one(tmp_path):
    path = tmp_path / "new" / "model.lock"
    with (
        hold_lock(path, "busy"),
        pytest.raises(ModelError, match="busy"),
        hold_lock(path, "busy"),
    ):
        pytest.fail("two have the lock")
    with hold_lock(path, "busy"):
        assert path.is_file()


DIES = """
import os, sys
from pathlib import Path
from desra_studio.services.models.downloads import hold_lock

with hold_lock(Path(sys.argv[1]), "busy"):
    print("locked", flush=True)
    sys.stdin.read()
    os._exit(9)
"""


def test_a_lock_is_free_after_a_crash(tmp_path):
    path = tmp_path / "model.lock"
    command = [sys.executable, "-c", DIES, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"locked\n"
        with pytest.raises(ModelError, match="busy"), hold_lock(path, "busy"):
            pytest.fail("two have the lock")
        process.stdin.close()
        assert process.wait(PATIENCE_S) == 9
    with hold_lock(path, "busy"):
        assert path.is_file()


def test_no_place_for_a_lock(tmp_path):
    (tmp_path / "file").write_text("no folder")
    path = tmp_path / "file" / "model.lock"
    with pytest.raises(InputError, match=r"cannot be written.* try again"), hold_lock(path, "busy"):
        pytest.fail("there is no lock")


def test_no_place(server, tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(InputError, match="cannot be written"):
        download_file(server.url("model.pth"), tmp_path / "file" / "model.pth")
    assert server.asked == []
