"""Upscaling datasets and folders: real small networks, resumed after every kind of stop."""

import json

import numpy as np
import pytest

from desra_studio.detection.detector import DetectorParams
from desra_studio.errors import CancelledError, InputError, ModelError, NotFoundError
from desra_studio.imaging.io import decode_png, encode_png, read_rgb
from desra_studio.services import jobs
from desra_studio.services.datasets.importing import check_pair, import_dataset
from desra_studio.services.datasets.listing import find_pending, list_dataset_views
from desra_studio.services.datasets.upscaling import upscale_dataset
from desra_studio.services.detection.dataset import detect_dataset
from desra_studio.services.models.listing import list_models
from desra_studio.services.models.registry import add_model_file
from desra_studio.services.models.upscale_folder import RECORD_NAME, upscale_folder
from desra_studio.services.review.documents import describe_image
from desra_studio.sr.loader import choose_device, encode_weights, load_generator
from desra_studio.sr.upscale import upscale_image
from desra_studio.storage import datasets
from desra_studio.storage import models as rows
from desra_studio.storage.tables import Detection
from desra_studio.vocabulary import RunStatus
from tests.factories.images import write_dataset
from tests.factories.networks import make_weights
from tests.factories.studio import list_items, make_settings
from tests.patience import wait_until_ended

PARAMS = DetectorParams(area_threshold=50)


def make_lr(seed):
    """Noise, a little higher with each seed: (20 + seed, 24, 3) uint8."""
    return np.random.default_rng(seed).integers(0, 255, (20 + seed, 24, 3), dtype=np.uint8)


@pytest.fixture
def lr_folder(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    for seed, name in enumerate("abcd"):
        (folder / f"{name}.png").write_bytes(encode_png(make_lr(seed)))
    return folder


@pytest.fixture
def weight_files(tmp_path):
    files = {}
    for seed, name in enumerate(("sharp", "calm")):
        files[name] = tmp_path / f"{name}.safetensors"
        files[name].write_bytes(encode_weights(make_weights(seed)))
    return files


@pytest.fixture
def pair(studio, weight_files):
    """A GAN-SR model with its partner."""
    add_model_file(studio, weight_files["calm"], role="mse")
    return add_model_file(studio, weight_files["sharp"], partner="calm")


def load_records(studio, dataset_id):
    with studio.database.read() as session:
        return datasets.list_records(session, datasets.get_dataset(session, dataset_id))


def test_lr_images_alone_wait_and_are_upscaled(studio, lr_folder, pair, weight_files):
    (lr_folder / "tiny.png").write_bytes(encode_png(make_lr(0)[:5]))
    (lr_folder / "notes.txt").write_text("notes")
    report = import_dataset(studio, lr_folder, "set")
    assert (report.images, report.lr_only, report.with_lr) == (4, True, 4)
    assert "photos/tiny.png: left out, 24x5 px is smaller than 8 px" in report.lines
    assert "photos/notes.txt: left out, a file of type .txt is not read" in report.lines
    dataset = report.dataset_id
    pending = find_pending(studio)
    assert (pending.id, pending.images, pending.gan_model_id) == (dataset, 4, None)
    assert list_items(studio, dataset) == []
    with studio.database.read() as session:
        image = datasets.list_images(session, dataset)[0]
    with pytest.raises(NotFoundError, match="a is not upscaled yet"):
        describe_image(studio, image.id)

    result = upscale_dataset(studio, dataset, pair, PARAMS)
    assert (result.images, result.upscaled, result.partner) == (4, 4, "calm")
    records = load_records(studio, dataset)
    assert [record.image.name for record in records] == ["a", "b", "c", "d"]
    for seed, record in enumerate(records):
        for rendition, name in ((record.gan, "sharp"), (record.mse, "calm")):
            generator = load_generator(weight_files[name])
            expected = upscale_image(generator, make_lr(seed), choose_device("cpu"))
            assert np.array_equal(decode_png(studio.blobs.get(rendition.blob_sha)), expected)
        assert (record.image.width, record.image.height) == (96, (20 + seed) * 4)
        assert record.image.scale == 4
        assert record.detection.params["area_threshold"] == 50
    assert result.marked == sum(bool(record.detection.area_px) for record in records)
    assert find_pending(studio) is None


def test_a_second_run_does_what_is_missing(studio, lr_folder, pair):
    dataset = import_dataset(studio, lr_folder, "set").dataset_id

    def cancel(done, _total, _message):
        if done == 2:
            raise CancelledError("stop")

    with pytest.raises(CancelledError):
        upscale_dataset(studio, dataset, pair, PARAMS, cancel)
    assert [record.image.name for record in load_records(studio, dataset)] == ["a", "b"]
    pending = find_pending(studio)
    assert (pending.images, pending.gan_model_id) == (2, pair)
    first = load_records(studio, dataset)[0]
    seen = []
    result = upscale_dataset(
        studio, dataset, pair, PARAMS, lambda done, total, message: seen.append((done, message))
    )
    assert result.upscaled == 2
    assert seen[:2] == [(2, "Loading sharp and calm"), (2, "Upscaling c")]
    assert len(load_records(studio, dataset)) == 4
    assert load_records(studio, dataset)[0].detection.id == first.detection.id
    assert upscale_dataset(studio, dataset, pair, PARAMS).upscaled == 0


def test_a_pair_that_cannot_run_is_not_bound(studio, lr_folder, pair, weight_files):
    dataset = import_dataset(studio, lr_folder, "set").dataset_id
    broken = add_model_file(studio, weight_files["sharp"], name="broken", partner="calm")
    with studio.database.write() as session:
        rows.get_model(session, broken).file_sha = studio.blobs.put(b"no weights")
    with pytest.raises(ModelError):
        upscale_dataset(studio, dataset, broken, PARAMS)
    assert find_pending(studio).gan_model_id is None
    assert upscale_dataset(studio, dataset, pair, PARAMS).upscaled == 4


def test_a_dataset_has_one_pair_of_thresholds(studio, lr_folder, pair):
    dataset = import_dataset(studio, lr_folder, "set").dataset_id

    def cancel(done, _total, _message):
        if done == 2:
            raise CancelledError("stop")

    with pytest.raises(CancelledError):
        upscale_dataset(studio, dataset, pair, PARAMS, cancel)
    result = upscale_dataset(studio, dataset, pair, DetectorParams(area_threshold=4000))
    records = load_records(studio, dataset)
    assert {record.detection.params["area_threshold"] for record in records} == {50}
    assert "thresholds of the first run were kept" in result.notes[0]


def test_an_image_without_its_detection_waits(studio, lr_folder, pair):
    dataset = import_dataset(studio, lr_folder, "set").dataset_id
    upscale_dataset(studio, dataset, pair, PARAMS)
    with studio.database.write() as session:
        session.delete(session.get(Detection, load_records(studio, dataset)[3].detection.id))
    assert find_pending(studio).images == 1
    assert list_dataset_views(studio)[0].waiting == 1
    assert upscale_dataset(studio, dataset, pair, PARAMS).upscaled == 1
    assert find_pending(studio) is None


def test_any_dataset_that_waits_can_be_chosen(studio, lr_folder):
    first = import_dataset(studio, lr_folder, "first").dataset_id
    second = import_dataset(studio, lr_folder, "second").dataset_id
    assert find_pending(studio).id == second
    assert find_pending(studio, first).id == first


def test_nothing_to_detect_in_and_folders_that_are_not_read(studio, lr_folder):
    (lr_folder / "GT-Mask").mkdir()
    (lr_folder / "GT-Mask" / "a.png").write_bytes((lr_folder / "a.png").read_bytes())
    report = import_dataset(studio, lr_folder, "set")
    assert report.lr_only
    assert any("GT-Mask: left out, not read" in line for line in report.lines)
    with pytest.raises(InputError, match="No image of this dataset is upscaled yet"):
        detect_dataset(studio, report.dataset_id, PARAMS)


def test_a_dataset_keeps_its_pair(studio, lr_folder, pair, weight_files):
    dataset = import_dataset(studio, lr_folder, "set").dataset_id
    upscale_dataset(studio, dataset, pair, PARAMS)
    other = add_model_file(studio, weight_files["sharp"], name="other", partner="calm")
    with pytest.raises(InputError, match="set was upscaled with another model"):
        upscale_dataset(studio, dataset, other, PARAMS)


def test_refuses_what_cannot_be_upscaled(studio, tmp_path, lr_folder, weight_files, pair):
    lonely = add_model_file(studio, weight_files["sharp"], name="lonely")
    dataset = import_dataset(studio, lr_folder, "set").dataset_id
    with pytest.raises(InputError, match="lonely has no MSE-SR partner"):
        upscale_dataset(studio, dataset, lonely, PARAMS)
    with pytest.raises(InputError, match=r"lonely has no MSE-SR partner.*derive-mse lonely"):
        check_pair(studio, "lonely")
    with pytest.raises(InputError, match="calm is not a GAN-SR model"):
        check_pair(studio, "calm")
    assert check_pair(studio, "sharp") == pair
    small = make_settings(studio.settings.data_dir, max_megapixels=0.008)
    limited = type(studio)(small, studio.database, studio.blobs)
    with pytest.raises(InputError, match=r"b is 24x21 px: .* 0\.00806 megapixels, above"):
        upscale_dataset(limited, dataset, pair, PARAMS)
    with studio.database.read() as session:
        images = datasets.list_images(session, dataset)
    assert {image.scale for image in images} == {None}, "nothing is half-bound"
    ready = import_dataset(studio, write_dataset(tmp_path / "ready"), "ready").dataset_id
    with pytest.raises(InputError, match="ready was upscaled with another model"):
        upscale_dataset(studio, ready, pair, PARAMS)
    gan = next(view for view in list_models(studio, ()) if view.name == "ready GAN-SR")
    assert gan.partner == "ready MSE-SR"


def test_as_a_job(studio, lr_folder, pair):
    dataset = import_dataset(studio, lr_folder, "set").dataset_id
    config = {"dataset_id": dataset, "model_id": pair, "params": PARAMS.as_dict()}
    view = wait_until_ended(studio, jobs.start_job(studio, "upscale", config))
    assert view.status is RunStatus.DONE, view.message
    assert (view.result["upscaled"], view.done, view.total) == (4, 4, 4)


def test_a_folder_is_upscaled_once(studio, lr_folder, weight_files, tmp_path):
    out = tmp_path / "sr"

    def cancel_at_once(_done, _total, _message):
        # As if it ended between the image and its record.
        (out / "a.png").write_bytes(b"")
        raise CancelledError("stop")

    def cancel(done, _total, _message):
        if done == 2:
            raise CancelledError("stop")

    with pytest.raises(CancelledError):
        upscale_folder(studio, str(weight_files["sharp"]), lr_folder, out, report=cancel_at_once)
    with pytest.raises(CancelledError):
        upscale_folder(studio, str(weight_files["sharp"]), lr_folder, out, report=cancel)
    assert sorted(path.name for path in out.glob("*.png")) == ["a.png", "b.png"]
    times = {path: path.stat().st_mtime_ns for path in out.glob("*.png")}
    result = upscale_folder(studio, str(weight_files["sharp"]), lr_folder, out, tile=0)
    assert (result.images, result.upscaled) == (4, 2)
    assert all(path.stat().st_mtime_ns == time for path, time in times.items())
    assert read_rgb(out / "d.png").pixels.shape == (92, 96, 3)
    (lr_folder / "a.png").write_bytes(encode_png(make_lr(7)))
    (out / "b.png").unlink()
    assert upscale_folder(studio, str(weight_files["sharp"]), lr_folder, out).upscaled == 2
    assert read_rgb(out / "a.png").pixels.shape == (108, 96, 3)
    with pytest.raises(InputError, match="outputs of another model"):
        upscale_folder(studio, str(weight_files["calm"]), lr_folder, out)
    (out / RECORD_NAME).write_text(json.dumps({"model": 1})[:-1])
    with pytest.raises(InputError, match="is damaged"):
        upscale_folder(studio, str(weight_files["sharp"]), lr_folder, out)
    (out / RECORD_NAME).unlink()
    with pytest.raises(InputError, match="not empty, and `upscale` did not make"):
        upscale_folder(studio, str(weight_files["sharp"]), lr_folder, out)
    with pytest.raises(InputError, match="is a file"):
        upscale_folder(studio, str(weight_files["sharp"]), lr_folder, weight_files["calm"])
