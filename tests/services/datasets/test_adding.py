"""Labels for images that are there, and more images: nothing that a person made gives way."""

import json
import shutil

import numpy as np
import pytest

from desra_studio.detection.detector import DetectorParams
from desra_studio.errors import InputError
from desra_studio.imaging.io import encode_png
from desra_studio.imaging.masks import decode_mask_png, encode_mask_png
from desra_studio.services.datasets.adding import add_to_dataset
from desra_studio.services.datasets.importing import import_dataset
from desra_studio.services.detection.dataset import detect_dataset, detect_missing
from desra_studio.services.review.masks import save_mask
from desra_studio.storage import datasets, reviews
from desra_studio.vocabulary import Origin, State
from tests.factories.images import make_pair, write_dataset

MARKED = np.zeros((96, 96), bool)
MARKED[30:50, 30:60] = True
PARAMS = DetectorParams(area_threshold=400)


@pytest.fixture
def dataset(studio, dataset_folder):
    """Images a, b and c, not labelled."""
    return import_dataset(studio, dataset_folder, "set").dataset_id


def read_labels(studio, dataset_id):
    """By name: state, and px of the current mask."""
    with studio.database.read() as session:
        dataset = datasets.get_dataset(session, dataset_id)
        return {
            record.image.name: (record.state, record.revision and record.revision.area_px)
            for record in datasets.list_records(session, dataset)
        }


def find_image(studio, dataset_id, name):
    with studio.database.read() as session:
        return next(
            image for image in datasets.list_images(session, dataset_id) if image.name == name
        )


def write_masks(folder, **masks):
    folder.mkdir(parents=True)
    for name, mask in masks.items():
        (folder / f"{name}.png").write_bytes(encode_mask_png(mask))
    return folder


def test_masks_come_later(studio, dataset, tmp_path):
    masks = write_masks(tmp_path / "masks", a=MARKED, b=~MARKED & MARKED, gone=MARKED)
    report = add_to_dataset(studio, dataset, masks)
    assert (report.labels, report.kept, report.unchanged, report.images) == (2, 0, 0, 0)
    assert report.lines == ("gone.png: gone left out, the dataset has no image of this name",)
    assert read_labels(studio, dataset) == {
        "a": (State.ACCEPTED, 600), "b": (State.CLEAN, 0), "c": (State.UNREVIEWED, None),
    }  # fmt: skip
    again = add_to_dataset(studio, dataset, masks)
    assert (again.labels, again.kept, again.unchanged) == (0, 0, 2)


def test_what_somebody_painted_stays_current(studio, dataset, tmp_path):
    image = find_image(studio, dataset, "a")
    save_mask(studio, image.id, ~MARKED, 0, "anna")
    report = add_to_dataset(studio, dataset, write_masks(tmp_path / "GT-Mask", a=MARKED))
    assert (report.labels, report.kept) == (0, 1)
    assert "kept as revision 2 beside theirs" in report.lines[0]
    with studio.database.read() as session:
        record = datasets.get_record(session, image.id)
        revisions = reviews.list_revisions(session, image.id, record.gan.model_id)
    assert record.revision.author == "anna"
    assert revisions[1].origin is Origin.IMPORTED
    assert np.array_equal(decode_mask_png(studio.blobs.get(revisions[1].mask_sha)), MARKED)


@pytest.mark.parametrize("form", ["coco", "labelme", "label-studio"])
def test_labels_of_other_programs_come_back(studio, run, dataset, tmp_path, form):
    masks = write_masks(tmp_path / "masks", a=MARKED, b=~MARKED & MARKED)
    add_to_dataset(studio, dataset, masks)
    out = tmp_path / ("out.json" if form == "coco" else "out")
    data = ("--data-dir", studio.settings.data_dir)
    assert run("export", "set", "--format", form, "--out", out, *data)[0] == 0
    other = import_dataset(studio, write_dataset(tmp_path / "other"), "other").dataset_id
    status, output, errors = run("import", out, "--into", "other", "--json", *data)
    assert status == 0, errors
    assert json.loads(output)["labels"] == 2
    assert read_labels(studio, other) == read_labels(studio, dataset)
    _, _, errors = run("import", out, "--into", "other", "--label", "nothing", *data)
    assert "a left out, none of its annotations marks anything" in errors


def test_a_mask_of_another_size_is_told(studio, dataset, tmp_path):
    masks = write_masks(tmp_path / "masks", a=MARKED[:50, :50], b=MARKED)
    report = add_to_dataset(studio, dataset, masks)
    assert report.labels == 1
    assert "a.png: a left out, a.png: 50x50 px, but the image is 96x96 px" in report.lines


def test_more_images_and_the_same_again(studio, dataset, dataset_folder, tmp_path):
    detect_dataset(studio, dataset, PARAMS)
    more = write_dataset(tmp_path / "more", names=("a", "b", "c", "d"))
    write_masks(more / "GT-Mask", a=MARKED, d=MARKED)
    report = add_to_dataset(studio, dataset, more)
    assert (report.images, report.unchanged, report.labels) == (1, 3, 2)
    assert detect_missing(studio, dataset, PARAMS).marked == 4
    assert read_labels(studio, dataset)["d"] == (State.ACCEPTED, 600)
    again = add_to_dataset(studio, dataset, more)
    assert (again.images, again.unchanged, again.labels, again.lines) == (0, 6, 0, ())


def test_a_changed_image_gets_a_name_of_its_own(studio, dataset, tmp_path):
    more = write_dataset(tmp_path / "more", names=("a",))
    (more / "GAN-SR" / "a.png").write_bytes(encode_png(make_pair(seed=9)[0]))
    report = add_to_dataset(studio, dataset, more)
    assert (report.images, report.unchanged) == (1, 0)
    assert "a: differs from the image of this name, which stays; imported as a v2" in report.lines
    assert (add_to_dataset(studio, dataset, more).unchanged, len(read_labels(studio, dataset))) == (
        1, 4,
    )  # fmt: skip


def test_lr_that_was_missing_is_added(studio, tmp_path):
    bare = import_dataset(studio, write_dataset(tmp_path / "bare", with_lr=False), "bare")
    report = add_to_dataset(studio, bare.dataset_id, write_dataset(tmp_path / "full"))
    assert (report.images, report.unchanged) == (0, 3)
    assert find_image(studio, bare.dataset_id, "b").scale == 4


def test_lr_images_wait_with_the_others(studio, run, dataset_folder, tmp_path):
    waiting = import_dataset(studio, dataset_folder / "LR", "waiting").dataset_id
    more = tmp_path / "more"
    shutil.copytree(dataset_folder / "LR", more / "LR")
    (more / "LR" / "a.png").rename(more / "LR" / "z.png")
    report = add_to_dataset(studio, waiting, more)
    assert (report.images, report.waiting, report.unchanged) == (1, True, 2)
    with pytest.raises(InputError, match="holds LR images to be upscaled"):
        add_to_dataset(studio, waiting, dataset_folder)
    with pytest.raises(InputError, match="not upscaled yet"):
        add_to_dataset(studio, waiting, write_masks(tmp_path / "masks", a=MARKED))


def test_the_command_wants_one_of_both_names(run, dataset_folder, tmp_path):
    data = ("--data-dir", tmp_path / "data")
    for names in ((), ("--name", "x", "--into", "y")):
        status, _, errors = run("import", dataset_folder, *names, *data)
        assert (status, "Give --name for a new dataset, or --into" in errors) == (2, True)
    (tmp_path / "labels.json").write_text("[{}]")
    run("import", dataset_folder, "--name", "x", *data)
    status, _, errors = run("import", tmp_path / "labels.json", "--into", "x", *data)
    assert (status, errors.count("\n")) == (2, 1)
