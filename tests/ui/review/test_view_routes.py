"""Map, classes and LR: what the panes show beside the two outputs."""

import gzip
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import update

from desra_studio.detection.artifact_map import compute_artifact_map
from desra_studio.imaging.io import decode_png, encode_label_map
from desra_studio.services.datasets.importing import import_dataset
from desra_studio.storage import datasets, models
from desra_studio.storage.tables import Detection, Run
from desra_studio.vocabulary import ModelRole
from tests.factories.images import make_pair, write_dataset

SIZE = (96, 96)


def read_document(client):
    return client.get("/studio/api/images/1").json()


def read_detection(client):
    return read_document(client)["detection"]


def read_plane(answer):
    """One byte per pixel; the client has inflated it."""
    assert answer.headers["content-encoding"] == "gzip"
    return np.frombuffer(answer.content, np.uint8).reshape(SIZE)


def test_a_thumbnail_is_gan_sr_made_small(client):
    answer = client.get("/studio/images/1/thumbnail.png")
    assert answer.headers["cache-control"] == "no-store", "ids come again in another installation"
    small = decode_png(answer.content)
    assert small.shape == (72, 72, 3)
    gan, _ = make_pair(seed=0)
    shrunk = np.asarray(Image.fromarray(gan).resize((72, 72), Image.Resampling.BOX))
    assert np.abs(small.astype(int) - shrunk).mean() < 4
    assert client.get("/studio/images/99/thumbnail.png").status_code == 404


def test_the_map_has_a_byte_per_pixel(client):
    detection = read_detection(client)
    answer = client.get(f"/studio/detections/{detection['id']}/map.bin?v={detection['map_sha']}")
    assert "immutable" in answer.headers["cache-control"]
    plane = read_plane(answer)
    d = compute_artifact_map(*make_pair(seed=0))
    assert np.abs(plane[5:-5, 5:-5] / 255 - d).max() < 0.5 / 255 + 1e-3
    assert (plane[:5] == 255).all()
    assert (plane[:, -5:] == 255).all()


def test_the_map_as_a_picture(client):
    detection = read_detection(client)
    answer = client.get(f"/studio/detections/{detection['id']}/map.png")
    assert (answer.headers["content-type"], answer.headers["cache-control"]) == (
        "image/png",
        "no-store",
    )
    pixels = np.asarray(Image.open(BytesIO(answer.content)).convert("RGBA")).astype(int)
    assert pixels.shape == (*SIZE, 4)
    assert not pixels[:5, :, 3].any(), "no value in the border"
    assert (pixels[5:-5, 5:-5, 3] == 255).all()
    d = compute_artifact_map(*make_pair(seed=0))
    lightness = pixels[5:-5, 5:-5, :3].sum(axis=2)
    lowest, highest = np.unravel_index(d.argmin(), d.shape), np.unravel_index(d.argmax(), d.shape)
    assert lightness[lowest] == lightness.max()
    assert pixels[5:-5, 5:-5][highest].tolist() == [68, 1, 84, 255], "viridis begins so"


def test_classes(client, studio):
    detection = read_detection(client)
    path = f"/studio/detections/{detection['id']}/classes.bin"
    refusal = client.get(path)
    assert refusal.status_code == 404
    assert "knows no classes" in refusal.json()["error"]
    labels = np.arange(96 * 96, dtype=np.uint8).reshape(SIZE) % 150
    sha = studio.blobs.put(encode_label_map(labels))
    with studio.database.write() as session:
        session.execute(update(Detection).values(labels_sha=sha))
    assert read_detection(client)["labels_sha"] == sha
    assert np.array_equal(read_plane(client.get(path)), labels)
    names = client.get("/studio/api/classes").json()
    assert (len(names), names[0], names[2]) == (150, "wall", "sky")


def test_lr(client):
    lr = read_document(client)["lr"]
    assert (lr["width"], lr["height"]) == (24, 24)
    answer = client.get(f"/studio/images/1/lr.png?v={lr['sha']}")
    assert "immutable" in answer.headers["cache-control"]
    assert np.array_equal(decode_png(answer.content), make_pair(seed=0)[1][::4, ::4])


def test_images_without_lr(client, studio, tmp_path):
    import_dataset(studio, write_dataset(tmp_path / "no-lr", with_lr=False), "bare")
    assert client.get("/studio/api/images/4").json()["lr"] is None
    answer = client.get("/studio/images/4/lr.png")
    assert answer.status_code == 404
    assert "a was imported without an LR image" in answer.json()["error"]


def test_outputs_of_fine_tuned_models(client, studio):
    assert read_document(client)["fine_tuned"] == []
    sha = read_document(client)["gan"]["sha"]
    with studio.database.write() as session:
        run = Run(kind="finetune", config={})
        session.add(run)
        session.flush()
        for name, role in (("tuned", ModelRole.GAN), ("derived", ModelRole.MSE)):
            model = models.add_model(session, name, role, parent_run_id=run.id)
            datasets.put_rendition(session, 1, model.id, sha)
    (tuned,) = read_document(client)["fine_tuned"]
    assert (tuned["model"], tuned["sha"]) == ("tuned", sha)
    assert client.get(f"/studio/renditions/{tuned['id']}.png").status_code == 200


@pytest.mark.parametrize(
    ("path", "sha"),
    [("detections/1/map.png", "map"), ("detections/1/map.bin", "map"), ("images/1/lr.png", "lr")],
)
def test_a_file_deleted_on_disk_is_said(client, studio, path, sha):
    document = read_document(client)
    wanted = document["lr"]["sha"] if sha == "lr" else document["detection"]["map_sha"]
    studio.blobs.find(wanted).unlink()
    answer = client.get(f"/studio/{path}")
    assert answer.status_code == 404
    assert "is missing" in answer.json()["error"]


def test_refuses_maps_that_are_none(client, studio):
    with studio.database.write() as session:
        session.execute(update(Detection).where(Detection.id == 1).values(params={}))
        session.execute(
            update(Detection)
            .where(Detection.id == 2)
            .values(map_sha=studio.blobs.put(make_npy(np.ones((200, 200), np.float32))))
        )
    for path, says in (("1/map.png", "no map D"), ("2/map.bin", "larger than its image")):
        answer = client.get(f"/studio/detections/{path}")
        assert (answer.status_code, says in answer.json()["error"]) == (422, True)
    for path in ("detections/99/map.png", "detections/99/classes.bin", "images/99/lr.png"):
        assert client.get(f"/studio/{path}").status_code == 404


def make_npy(values):
    buffer = BytesIO()
    np.save(buffer, values)
    return buffer.getvalue()


def test_packed_answers_are_gzip(client):
    with client.stream("GET", "/studio/detections/1/map.bin") as answer:
        raw = b"".join(answer.iter_raw())
    assert len(gzip.decompress(raw)) == 96 * 96


def test_tiles(client):
    gan = read_document(client)["gan"]
    path = f"/studio/renditions/{gan['id']}/tiles/0/0_0.png"
    answer = client.get(f"{path}?v={gan['sha']}")
    assert "immutable" in answer.headers["cache-control"]
    assert np.array_equal(decode_png(answer.content), make_pair(seed=0)[0])
    for wrong, status in (("0/1_0", 404), ("1/0_0", 404), ("0/x_0", 422), ("0/-1_0", 404)):
        answer = client.get(f"/studio/renditions/{gan['id']}/tiles/{wrong}.png")
        assert (answer.status_code, len(answer.json()["error"]) > 10) == (status, True)
    assert client.get("/studio/renditions/99/tiles/0/0_0.png").status_code == 404
