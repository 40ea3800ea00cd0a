"""Uploads by the routes: begun, sent in pieces, gone on with, imported, removed."""

import os
import shutil
import threading

import httpx
import numpy as np
import pytest
import uvicorn

from desra_studio.imaging.masks import encode_mask_png
from desra_studio.services import jobs
from desra_studio.services.datasets.importing import import_dataset
from desra_studio.services.datasets.staged import import_staged
from desra_studio.services.maintenance import sweep_abandoned
from desra_studio.services.uploads import staging
from desra_studio.services.uploads.staging import find_uploads
from desra_studio.storage import datasets, runs
from desra_studio.ui.datasets import upload_routes
from desra_studio.ui.datasets.status import show_import
from desra_studio.ui.server import create_api
from desra_studio.vocabulary import RunStatus
from tests.factories.clients import open_client
from tests.factories.images import write_diffusion
from tests.factories.jobs import run_jobs_here, view_done
from tests.factories.zips import zip_folder
from tests.patience import PATIENCE_S, wait_for

UPLOADS = "/studio/api/uploads"
DETECTOR = {"contrast_threshold": 0.7, "area_threshold": 400}


@pytest.fixture
def empty(studio):
    """A client of the routes of an empty studio."""
    with open_client(studio) as made:
        yield made


def list_files(folder, top="RESULTS/"):
    return {
        top + path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def begin(client, name, files):
    listed = [[path, len(data), 1.5] for path, data in files.items()]
    answer = client.post(UPLOADS, json={"name": name, "files": listed})
    assert answer.status_code == 201, answer.text
    return answer.json()


def put(client, upload, path, data, offset=0):
    query = {"path": path, "offset": offset}
    return client.put(f"{UPLOADS}/{upload['id']}", params=query, content=data)


def send(client, name, files):
    upload = begin(client, name, files)
    for path, data in files.items():
        answer = put(client, upload, path, data)
        assert (answer.status_code, answer.json()) == (200, {"length": len(data)})
    return upload


def import_upload(client, upload, **order):
    with run_jobs_here():
        return client.post(f"{UPLOADS}/{upload['id']}/import", json={"detector": DETECTOR, **order})


def read_source(studio, dataset_id):
    with studio.database.read() as session:
        return datasets.get_dataset(session, dataset_id).source


def test_a_folder_is_sent_and_imported(empty, studio, dataset_folder):
    files = list_files(dataset_folder) | {"RESULTS/.DS_Store": b"x", "RESULTS/LR/../x": b"y"}
    upload = begin(empty, "RESULTS", files)
    assert (upload["files"], upload["here"], upload["whole"]) == (9, 0, False)
    assert upload["left_out"] == {"RESULTS/LR/../x": "its path climbs out of its folder"}
    early = import_upload(empty, upload)
    assert early.status_code == 422
    assert "9 of 9 files of RESULTS have not arrived whole" in early.json()["error"]
    for path, data in list_files(dataset_folder).items():
        put(empty, upload, path, data)
    (listed,) = empty.get(UPLOADS).json()["uploads"]
    assert listed["whole"]
    answer = import_upload(empty, upload, name=" mine ")
    assert answer.status_code == 202, answer.text
    job = view_done(studio, answer.json()["job"])
    assert (job.result["name"], job.result["images"], job.result["with_lr"]) == ("mine", 3, 3)
    assert job.result["lines"] == [
        "RESULTS/LR/../x: left out, its path climbs out of its folder",
        "Hidden files: 1 of the system's left alone, such as .DS_Store and Thumbs.db",
    ]
    assert read_source(studio, job.result["dataset_id"]) == "upload of RESULTS"
    assert empty.get(UPLOADS).json() == {"uploads": []}
    assert list(find_uploads(studio).iterdir()) == []


@pytest.mark.parametrize("top", ["", "RESULTS"])
def test_a_zip_is_sent_and_imported(empty, studio, dataset_folder, tmp_path, top):
    data = zip_folder(dataset_folder, tmp_path / "set.zip", top).read_bytes()
    upload = send(empty, "Wü set.zip", {"Wü set.zip": data})
    answer = import_upload(empty, upload)
    job = view_done(studio, answer.json()["job"])
    assert (job.result["name"], job.result["images"]) == ("Wü set", 3)
    assert read_source(studio, job.result["dataset_id"]) == "upload of Wü set.zip"
    assert list(find_uploads(studio).iterdir()) == []


@pytest.mark.parametrize("kind", ["folder", "folders", "zip"])
def test_outputs_of_several_models_are_sent_and_imported(
    empty, studio, dataset_folder, tmp_path, kind
):
    files = {}
    for model in ("LDL", "模型"):
        files |= list_files(dataset_folder, f"RESULTS/{model}/")
    if kind == "folders":  # dropped beside each other
        files = {path.removeprefix("RESULTS/"): data for path, data in files.items()}
    if kind == "zip":
        for model in ("LDL", "模型"):
            shutil.copytree(dataset_folder, tmp_path / "top" / model)
        data = zip_folder(tmp_path / "top", tmp_path / "RESULTS.zip").read_bytes()
        files = {"RESULTS.zip": data}
    upload = send(empty, "RESULTS.zip" if kind == "zip" else "RESULTS", files)
    answer = import_upload(empty, upload, name="X")
    assert answer.status_code == 202, answer.text
    job = view_done(studio, answer.json()["job"])
    assert [each["name"] for each in job.result["models"]] == ["X LDL", "X 模型"]
    assert [each["marked"] for each in job.result["models"]] == [3, 3]
    told = show_import(job)["message"]
    for name in ("X LDL", "X 模型"):
        assert f"3 images imported as {name}, 3 with LR" in told
    assert "Outputs of several models" in told
    assert job.result["lines"] == []
    place = "upload of RESULTS.zip/LDL" if kind == "zip" else "upload of RESULTS/LDL"
    assert read_source(studio, job.result["dataset_id"]) == place
    assert list(find_uploads(studio).iterdir()) == []


def test_pieces_go_on_where_the_server_says(empty):
    upload = begin(empty, "set", {"a.png": b"abcdef"})
    assert put(empty, upload, "a.png", b"abc").json() == {"length": 3}
    again = put(empty, upload, "a.png", b"abc")
    assert (again.status_code, again.json()["length"]) == (409, 3)
    assert "a.png has 3 bytes here, not 0. Go on from there." in again.json()["error"]
    state = empty.get(f"{UPLOADS}/{upload['id']}").json()
    assert (state["lengths"], state["here"], state["whole"]) == ({"a.png": 3}, 3, False)
    assert begin(empty, "set", {"a.png": b"abcdef"}) == state
    assert put(empty, upload, "a.png", b"def", 3).json() == {"length": 6}


def test_large_pieces_are_written_as_they_come(empty, monkeypatch):
    monkeypatch.setattr(upload_routes, "PIECE_BYTES", 1000)
    data = bytes(range(256)) * 20
    upload = begin(empty, "set", {"a.png": data})
    wrong = put(empty, upload, "a.png", data + b"more")
    assert wrong.status_code == 422
    assert "longer than the 5120 bytes announced" in wrong.json()["error"]
    here = empty.get(f"{UPLOADS}/{upload['id']}").json()["here"]
    assert put(empty, upload, "a.png", data[here:], here).json() == {"length": 5120}


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [("none.png", 404, "has no file none.png"), ("../up", 404, "has no file ../up")],
)
def test_no_other_file_is_written(empty, studio, path, status, says):
    upload = begin(empty, "set", {"a.png": b"abc"})
    answer = put(empty, upload, path, b"x")
    assert (answer.status_code, says in answer.json()["error"]) == (status, True)
    assert not (find_uploads(studio) / "up").exists()


def test_what_is_no_list_of_files_is_refused(empty):
    for body in (b"", b"[]", b'{"name": "x"}', b'{"name": "x", "files": [["a"]]}', b"\xff"):
        answer = empty.post(UPLOADS, content=body)
        assert answer.status_code == 422
        assert "The list of files is no JSON" in answer.json()["error"]
    answer = empty.post(UPLOADS, json={"name": "x", "files": [["/etc/passwd", 1, 0]]})
    assert "/etc/passwd: left out, its path begins at a root" in answer.json()["error"]


def test_a_list_longer_than_other_json_may_be(empty):
    files = {f"RESULTS/{'folder/' * 20}{number:06}.png": b"" for number in range(15_000)}
    upload = begin(empty, "RESULTS", files)
    assert upload["files"] == 15_000


@pytest.mark.parametrize("upload_id", ["0" * 32, "runs", "..%2Fruns", "x"])
def test_an_upload_that_never_was(empty, upload_id):
    address = f"{UPLOADS}/{upload_id}"
    for answer in (
        empty.get(address),
        empty.put(address, params={"path": "a", "offset": 0}, content=b"x"),
        empty.post(f"{address}/import", json={}),
    ):
        assert answer.status_code == 404


def test_an_upload_is_removed(empty, studio):
    upload = send(empty, "set", {"a.png": b"abc"})
    assert empty.delete(f"{UPLOADS}/{upload['id']}").json() == {"id": upload["id"]}
    assert put(empty, upload, "a.png", b"x").status_code == 404
    assert list(find_uploads(studio).iterdir()) == []


def test_an_import_that_cannot_start_says_why_without_a_path(empty, studio, dataset_folder):
    files = list_files(dataset_folder / "GAN-SR", "GAN-SR/")
    upload = send(empty, "GAN-SR", files)
    answer = import_upload(empty, upload)
    assert answer.status_code == 422
    assert "GAN-SR has no MSE-SR folder" in answer.json()["error"]
    assert str(studio.settings.data_dir) not in answer.text
    assert len(empty.get(UPLOADS).json()["uploads"]) == 1


def test_an_import_that_fails_keeps_the_upload(empty, studio, tmp_path):
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "a.txt").write_text("no image")
    data = zip_folder(tmp_path / "odd", tmp_path / "odd.zip").read_bytes()
    upload = send(empty, "odd.zip", {"odd.zip": data})
    job = jobs.view_job(studio, import_upload(empty, upload).json()["job"])
    assert job.status is RunStatus.FAILED
    assert job.message.startswith("odd.zip has no GAN-SR")
    assert str(studio.settings.data_dir) not in job.message
    (listed,) = empty.get(UPLOADS).json()["uploads"]
    assert (listed["id"], listed["whole"]) == (upload["id"], True)


def test_a_cut_off_import_runs_again(empty, studio, dataset_folder, tmp_path):
    data = zip_folder(dataset_folder, tmp_path / "set.zip").read_bytes()
    upload = send(empty, "set.zip", {"set.zip": data})

    def die(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_staged(studio, upload["id"], "set", die)
    assert import_staged(studio, upload["id"], "set").images == 3


def rename_outputs(folder, suffix):
    for path in list((folder / "GAN-SR").iterdir()):
        path.rename(path.with_name(f"{path.stem}{suffix}.png"))


@pytest.mark.parametrize("packed", [False, True])
def test_names_with_a_suffix_are_asked_of(empty, studio, dataset_folder, tmp_path, packed):
    rename_outputs(dataset_folder, "_out")
    if packed:
        path = zip_folder(dataset_folder, tmp_path / "RESULTS.zip", "RESULTS")
        upload = send(empty, "RESULTS.zip", {"RESULTS.zip": path.read_bytes()})
    else:
        upload = send(empty, "RESULTS", list_files(dataset_folder))
    place = f"{UPLOADS}/{upload['id']}/import"
    asked = empty.post(place, json={"detector": DETECTOR})
    assert asked.status_code == 409
    told = asked.json()
    assert (told["suffix"], told["pairs"]) == ("_out", 3)
    assert told["examples"] == "a_out with a, b_out with b, c_out with c"
    with run_jobs_here():
        answer = empty.post(place, json={"detector": DETECTOR, "suffix": told["suffix"]})
    assert answer.status_code == 202, answer.text
    job = view_done(studio, answer.json()["job"])
    assert (job.result["images"], job.result["with_lr"]) == (3, 3)


def test_an_upload_is_added_to_a_dataset_that_is_there(empty, studio, dataset_folder, tmp_path):
    dataset = import_dataset(studio, dataset_folder, "set").dataset_id
    marked = np.zeros((96, 96), bool)
    marked[20:50, 20:50] = True
    upload = send(empty, "masks", {"masks/a.png": encode_mask_png(marked)})
    place = f"{UPLOADS}/{upload['id']}/import"
    with run_jobs_here():
        answer = empty.post(place, json={"detector": DETECTOR, "into": dataset})
    assert answer.status_code == 202, answer.text
    job = view_done(studio, answer.json()["job"])
    assert (job.result["labels"], job.result["images"]) == (1, 0)
    assert "0 images and 1 label added to set" in show_import(job)["message"]
    assert not any(find_uploads(studio).iterdir())
    upload = send(empty, "masks", {"masks/a.png": encode_mask_png(marked)})
    place = f"{UPLOADS}/{upload['id']}/import"
    assert empty.post(place, json={"detector": DETECTOR, "into": 99}).status_code == 404


def test_what_is_being_imported_is_left_alone(empty, studio, dataset_folder):
    upload = send(empty, "set", list_files(dataset_folder))
    with studio.database.write() as session:
        runs.add_run(session, "import", {"staged": upload["id"]})
    assert empty.get(UPLOADS).json() == {"uploads": []}
    refused = empty.delete(f"{UPLOADS}/{upload['id']}")
    assert "This upload is being imported" in refused.json()["error"]
    again = import_upload(empty, upload)
    assert "set is being imported already" in again.json()["error"]
    os.utime(find_uploads(studio) / upload["id"] / staging.ORDER, (0, 0))
    assert sweep_abandoned(studio) == 0


def test_abandoned_uploads_go_after_a_week(empty, studio):
    old, young = (begin(empty, name, {"a.png": b"x"}) for name in ("old", "young"))
    os.utime(find_uploads(studio) / old["id"] / staging.ORDER, (0, 0))
    assert sweep_abandoned(studio) == 1
    assert [upload["id"] for upload in empty.get(UPLOADS).json()["uploads"]] == [young["id"]]


def test_other_sites_send_nothing(empty):
    upload = begin(empty, "set", {"a.png": b"abc"})
    answer = empty.put(
        f"{UPLOADS}/{upload['id']}",
        params={"path": "a.png", "offset": 0},
        content=b"abc",
        headers={"Origin": "http://elsewhere.example"},
    )
    assert answer.status_code == 403


@pytest.fixture
def served(studio, without_proxy):
    """The address of the routes behind real sockets."""
    server = uvicorn.Server(uvicorn.Config(create_api(studio), port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    wait_for(lambda: server.started, "the server")
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(PATIENCE_S)


def test_what_arrived_before_a_cut_is_kept(served):
    data = bytes(range(256)) * 20_000
    with httpx.Client(base_url=served, timeout=PATIENCE_S) as client:
        upload = begin(client, "set", {"a.png": data})
        address = f"{UPLOADS}/{upload['id']}"

        def cut():
            yield data[: 3 * 10**6]
            raise ConnectionError("cut")

        headers = {"Content-Length": str(len(data))}
        with pytest.raises(ConnectionError):
            client.put(
                address, params={"path": "a.png", "offset": 0}, content=cut(), headers=headers
            )

        def find_length():
            return client.get(address).json()["here"] >= 2_900_000 and client.get(address).json()

        here = wait_for(find_length, "what was sent")["here"]
        assert here <= 3 * 10**6
        assert put(client, upload, "a.png", data[here:], here).json() == {"length": len(data)}
        stored = client.get(address).json()
        assert stored["whole"]


def test_an_upload_without_mse_asks_what_to_compare_with(empty, studio, tmp_path):
    folder = write_diffusion(tmp_path / "OSEDiff")
    upload = send(empty, "OSEDiff", list_files(folder, "OSEDiff/"))
    answer = import_upload(empty, upload)
    assert (answer.status_code, answer.json()["references"]) == (409, {"lr": "LR enlarged"})
    assert answer.json()["error"].startswith("OSEDiff has no MSE-SR folder")
    job = jobs.view_job(studio, import_upload(empty, upload, reference="lr").json()["job"])
    assert (job.status, job.result["reference"]) == (RunStatus.DONE, "LR enlarged")


def test_a_zip_without_mse_asks_before_it_is_unpacked(empty, studio, tmp_path):
    folder = write_diffusion(tmp_path / "OSEDiff")
    data = zip_folder(folder, tmp_path / "OSEDiff.zip").read_bytes()
    upload = send(empty, "OSEDiff.zip", {"OSEDiff.zip": data})
    answer = import_upload(empty, upload)
    assert (answer.status_code, answer.json()["references"]) == (409, {"lr": "LR enlarged"})
    job = jobs.view_job(studio, import_upload(empty, upload, reference="lr").json()["job"])
    assert (job.status, job.result["reference"]) == (RunStatus.DONE, "LR enlarged")
