"""The routes: what they answer, what they refuse, and what browsers may keep."""

import numpy as np
import pytest

from desra_studio.imaging.arrays import Size
from desra_studio.imaging.io import decode_png
from desra_studio.imaging.masks import decode_mask_runs, encode_mask_runs
from desra_studio.services.export.formats import list_downloads
from tests.factories.images import make_pair
from tests.factories.studio import accept_detected
from tests.ui.masks import BODY, MASK, compress, post_mask

SIZE = Size(96, 96)


def test_loop_and_queue(client):
    loop = client.get("/studio/api/loop").json()
    assert loop["datasets"] == [{"id": 1, "name": "set"}]
    assert (loop["dataset"], loop["images"], loop["jobs"]) == (1, 3, [])
    assert client.get("/studio/api/loop?dataset=77").json()["dataset"] == 1
    queue = client.get("/studio/api/datasets/1/queue").json()
    assert [(item["name"], item["state"], item["regions"]) for item in queue["items"]] == [
        (name, "unreviewed", 1) for name in "abc"
    ]


def test_pixels_are_lossless_and_kept_by_browsers(client):
    document = client.get("/studio/api/images/1").json()
    gan, detection = document["gan"], document["detection"]
    answer = client.get(f"/studio/renditions/{gan['id']}.png?v={gan['sha']}")
    assert np.array_equal(decode_png(answer.content), make_pair(seed=0)[0])
    assert "immutable" in answer.headers["cache-control"]
    mask = client.get(f"/studio/detections/{detection['id']}.mask?v={detection['sha']}")
    assert "immutable" in mask.headers["cache-control"]
    assert decode_mask_runs(mask.content, SIZE).any()
    # An id alone means something else in another data directory: such an answer is not kept.
    for path in (f"renditions/{gan['id']}.png", f"detections/{detection['id']}.mask"):
        assert client.get(f"/studio/{path}").headers["cache-control"] == "no-store"


def test_save_judge_and_read_back(client):
    answer = post_mask(client, 0)
    assert answer.status_code == 201
    saved = answer.json()
    assert saved["revision"]["number"] == 1
    mask = client.get(f"/studio/revisions/{saved['revision']['id']}.mask")
    assert np.array_equal(decode_mask_runs(mask.content, SIZE), MASK)
    verdict = client.post(
        "/studio/api/images/1/verdict",
        json={"state": "accepted"},
        headers={"If-Match": str(saved["version"])},
    )
    assert verdict.status_code == 200
    assert client.get("/studio/api/loop").json()["accepted"] == 1
    pseudo_gt = client.get("/studio/revisions/1/pseudo-gt.png?feather=0")
    gan, mse = make_pair(seed=0)
    assert np.array_equal(decode_png(pseudo_gt.content), np.where(MASK[..., None], mse, gan))
    table = client.get("/studio/api/datasets/1/labels.csv").text
    assert "a,96,96,accepted,1,manual,tester" in table


@pytest.mark.parametrize("form", list_downloads())
def test_labels_are_downloaded(client, studio, form):
    accept_detected(studio, 1)
    answer = client.get(f"/studio/api/datasets/1/labels.{form}")
    assert answer.headers["content-type"] == list_downloads()[form].media_type
    assert answer.headers["content-disposition"].endswith(f"set{list_downloads()[form].suffix}")


def test_a_stale_save_answers_409_and_is_kept(client):
    post_mask(client, 0)
    stale = post_mask(client, 0, compress(encode_mask_runs(~MASK)))
    assert stale.status_code == 409
    assert stale.json()["version"] == 1
    assert stale.json()["kept"] == 2
    kept = client.get("/studio/revisions/2.mask")
    assert np.array_equal(decode_mask_runs(kept.content, SIZE), ~MASK)


@pytest.mark.parametrize(
    ("body", "headers", "status", "says"),
    [
        (b"", {}, 422, "cut off"),
        (b"nonsense", {}, 422, "not readable"),
        (compress(b"\x05"), {}, 422, "cover 5 px"),
        (compress(bytes(5_000_000)), {}, 422, "too long"),
        (BODY, {"If-Match": "soon"}, 422, "'soon'"),
        (BODY, {"Origin": "http://elsewhere.example"}, 403, "may not write"),
        (BODY, {"Host": "elsewhere.example"}, 400, ""),
    ],
)
def test_refuses_saves(client, body, headers, status, says):
    answer = post_mask(client, 0, body, **headers)
    assert answer.status_code == status
    assert says in answer.text
    assert client.get("/studio/api/images/1").json()["version"] == 0


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/studio/api/images/99", 404),
        ("GET", "/studio/renditions/99.png", 404),
        ("GET", "/studio/revisions/99.mask", 404),
        ("GET", "/studio/detections/99.mask", 404),
        ("GET", "/studio/api/datasets/99/queue", 404),
        ("GET", "/studio/api/datasets/99/labels.csv", 404),
        ("GET", "/studio/api/datasets/1/labels.tiff", 404),
        ("GET", "/studio/api/runs/99/generator.safetensors", 404),
        ("GET", "/studio/revisions/99/pseudo-gt.png", 404),
        ("GET", "/studio/api/images/x", 422),
        ("GET", "/studio/static/../server.py", 404),
        ("POST", "/studio/api/images/1/mask", 422),
    ],
)
def test_answers_with_a_sentence(client, method, path, status):
    answer = client.request(method, path)
    assert answer.status_code == status
    assert "Traceback" not in answer.text
    if "static" not in path:
        assert len(answer.json()["error"]) > 10


def test_a_missing_file_is_said(client, studio):
    document = client.get("/studio/api/images/1").json()
    studio.blobs.find(document["gan"]["sha"]).unlink()
    answer = client.get(f"/studio/renditions/{document['gan']['id']}.png")
    assert answer.status_code == 404
    assert "is missing (No such file or directory). Restore it" in answer.json()["error"]


def test_health(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
