"""Finding weights: folders, the cache, a hub of our own on this machine, and no hub at all."""

import json
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from huggingface_hub import constants

from desra_studio.detection.segmentation_weights import (
    DEFAULT_CPU,
    DEFAULT_GPU,
    SegmentationUnavailableError,
    choose_default,
    find_weights,
)
from desra_studio.errors import InputError, ModelError
from tests.patience import PATIENCE_S, join_thread

COMMIT = "0123456789abcdef0123456789abcdef01234567"
TIMEOUT_S = 0.5


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache, and a hub at a port where nobody listens."""
    folder = tmp_path / "cache"
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(folder))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_TELEMETRY", False)
    monkeypatch.setenv("HF_HUB_DISABLE_TELEMETRY", "")
    monkeypatch.setenv("NO_PROXY", "*")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        point_at(monkeypatch, free.getsockname()[1])
    return folder


def point_at(monkeypatch, port):
    endpoint = f"http://127.0.0.1:{port}"
    template = endpoint + "/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr(constants, "ENDPOINT", endpoint)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)


@contextmanager
def serve_hub(monkeypatch, files):
    """Answer as the hub does for one public model; yields the requests' lines and headers."""
    requests = []

    class Hub(BaseHTTPRequestHandler):
        def do_HEAD(self):
            self.do_GET()

        def do_GET(self):
            requests.append((self.command, self.path, dict(self.headers)))
            name = self.path.rpartition("/resolve/main/")[2]
            listing = {"id": "o/n", "sha": COMMIT, "siblings": [{"rfilename": n} for n in files]}
            if self.path == "/api/models/o/n":
                self.answer(200, json.dumps(listing).encode())
            elif self.path.startswith("/o/n/resolve/") and name in files:
                self.answer(200, files[name], {"ETag": f'"{name}"', "X-Repo-Commit": COMMIT})
            else:
                self.answer(404, b"", {"X-Error-Code": "RepoNotFound"})

        def answer(self, status, body, headers=()):
            self.send_response(status)
            for key, value in {"Content-Length": str(len(body)), **dict(headers)}.items():
                self.send_header(key, value)
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    point_at(monkeypatch, server.server_port)
    try:
        yield requests
    finally:
        server.shutdown()
        join_thread(thread)
        server.server_close()


def put_in_cache(cache, *names):
    snapshot = cache / "models--o--n" / "snapshots" / COMMIT
    snapshot.mkdir(parents=True)
    refs = cache / "models--o--n" / "refs"
    refs.mkdir()
    (refs / "main").write_text(COMMIT)
    for name in names:
        (snapshot / name).write_text("{}")
    return snapshot


@pytest.mark.parametrize("weights", ["model.safetensors", "pytorch_model.bin"])
def test_folder_is_taken_as_it_is(tmp_path, cache, weights):
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / weights).write_text("")
    assert find_weights(str(tmp_path)) == tmp_path
    assert not cache.exists()


@pytest.mark.parametrize(
    ("names", "says"),
    [
        ([], "no config.json"),
        (["model.safetensors"], "no config.json"),
        (["config.json", "tf_model.h5"], "no weights"),
    ],
)
def test_refuses_incomplete_folders(tmp_path, names, says):
    for name in names:
        (tmp_path / name).write_text("{}")
    with pytest.raises(InputError, match=says):
        find_weights(str(tmp_path))


def test_refuses_a_file(tmp_path):
    (tmp_path / "model.safetensors").write_text("")
    with pytest.raises(InputError, match="is not a folder"):
        find_weights(str(tmp_path / "model.safetensors"))


@pytest.mark.parametrize("name", ["/no/such/folder", "./weights", "weights", "a/b/c", "a--b/c"])
def test_refuses_what_is_neither_folder_nor_hub_id(cache, name):
    with pytest.raises(InputError, match="neither a folder here nor a hub id"):
        find_weights(name)


@pytest.mark.parametrize("weights", ["model.safetensors", "pytorch_model.bin"])
def test_cache_needs_no_request(cache, weights, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", None)
    monkeypatch.setattr(socket.socket, "connect", None)
    snapshot = put_in_cache(cache, "config.json", weights)
    assert find_weights("o/n") == snapshot
    assert find_weights("o/n", download=False) == snapshot


@pytest.mark.parametrize("names", [[], ["config.json"], ["model.safetensors"]])
def test_incomplete_cache_does_not_count(cache, names):
    put_in_cache(cache, *names)
    with pytest.raises(SegmentationUnavailableError, match="fetching them was not asked for"):
        find_weights("o/n", download=False)


@pytest.mark.parametrize(
    ("offered", "fetched"),
    [
        (("model.safetensors", "pytorch_model.bin", "tf_model.h5"), "model.safetensors"),
        (("pytorch_model.bin", "tf_model.h5"), "pytorch_model.bin"),
    ],
)
def test_fetches_a_configuration_and_one_weight_file(cache, monkeypatch, capfd, offered, fetched):
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    files = {"config.json": b"{}", "README.md": b"", **dict.fromkeys(offered, b"weights")}
    with serve_hub(monkeypatch, files) as requests:
        folder = find_weights("o/n")
        assert sorted(path.name for path in folder.iterdir()) == sorted(["config.json", fetched])
        assert (folder / fetched).read_bytes() == b"weights"
        asked = len(requests)
        assert find_weights("o/n") == folder
        assert len(requests) == asked, "the second time it is in the cache"
    for _, path, headers in requests:
        assert "o/n" in path
        assert "authorization" not in {name.lower() for name in headers}
        assert "torch" not in headers["user-agent"]
    assert capfd.readouterr() == ("", "")


def test_refuses_what_the_hub_does_not_have(cache, monkeypatch):
    with serve_hub(monkeypatch, {"config.json": b"{}", "tf_model.h5": b""}):
        with pytest.raises(InputError, match=r"o/n on .* lacks config\.json or weights"):
            find_weights("o/n")
        with pytest.raises(InputError, match="no public model o/other"):
            find_weights("o/other")


def test_offline_asks_nobody(cache, monkeypatch):
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with (
        serve_hub(monkeypatch, {"config.json": b"{}", "model.safetensors": b""}) as requests,
        pytest.raises(SegmentationUnavailableError, match="HF_HUB_OFFLINE"),
    ):
        find_weights("o/n")
    assert requests == []


def test_nobody_listens(cache, capfd):
    with pytest.raises(SegmentationUnavailableError, match="cannot be reached") as refusal:
        find_weights(DEFAULT_CPU, timeout_seconds=PATIENCE_S)
    assert isinstance(refusal.value, ModelError)
    for part in (DEFAULT_CPU, str(cache), constants.ENDPOINT, "--segmentation", "--no-segm"):
        assert part in str(refusal.value)
    assert capfd.readouterr() == ("", "")


def test_black_hole_ends_in_time(cache, monkeypatch, capfd):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        point_at(monkeypatch, silent.getsockname()[1])
        with pytest.raises(SegmentationUnavailableError, match=r"within 0\.5 s|cannot be reached"):
            find_weights("o/n", timeout_seconds=TIMEOUT_S)
    assert capfd.readouterr() == ("", "")


def test_silent_name_server_ends_in_time(cache, monkeypatch):
    over = threading.Event()
    monkeypatch.setattr(constants, "ENDPOINT", "http://hub.invalid")

    def look_up(*_, **__):
        over.wait(PATIENCE_S)
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    try:
        # Had it waited for the look-up, it would say that the hub cannot be reached.
        with pytest.raises(SegmentationUnavailableError, match=r"within 0\.5 s"):
            find_weights("o/n", timeout_seconds=TIMEOUT_S)
    finally:
        over.set()


def test_needs_no_torch(tmp_path):
    check = (
        "import sys\n"
        "from desra_studio.detection import segmentation, segmentation_weights as weights\n"
        "try:\n    weights.find_weights('o/n')\n"
        "except weights.SegmentationUnavailableError as error:\n    print(error)\n"
        "print([name for name in ('torch', 'transformers') if name in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", check],
        capture_output=True,
        text=True,
        check=True,
        env={"HF_HUB_OFFLINE": "1", "HF_HUB_CACHE": str(tmp_path), "PATH": ""},
        timeout=PATIENCE_S,
    )
    assert "HF_HUB_OFFLINE forbids" in run.stdout
    assert run.stdout.splitlines()[-1] == "[]"
    assert run.stderr == ""


def test_default_depends_on_the_device():
    assert choose_default("cpu") == DEFAULT_CPU
    assert (
        choose_default("cuda") == choose_default("cuda:1") == choose_default("mps") == DEFAULT_GPU
    )
