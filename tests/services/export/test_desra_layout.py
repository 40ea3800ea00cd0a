"""What DeSRA's folders hold is what an import reads from them."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desra_studio.imaging.io import list_images
from desra_studio.imaging.mask_files import read_mask
from desra_studio.services.datasets.importing import import_dataset
from desra_studio.services.export.exporting import export_dataset
from desra_studio.services.review.documents import describe_image
from desra_studio.services.review.masks import judge_image, load_revision_mask, save_mask
from desra_studio.storage import datasets
from desra_studio.vocabulary import State
from tests.factories.images import write_dataset
from tests.factories.studio import list_items

FOLDERS = ("GAN-SR", "MSE-SR", "LR", "GT-Mask")


def read_labels(studio, dataset_id):
    """Return (state, mask) of every image by name."""
    found = {}
    for item in list_items(studio, dataset_id):
        revision = describe_image(studio, item.id).revision
        mask = load_revision_mask(studio, revision.id) if revision else None
        found[item.name] = (item.state, mask)
    return found


def list_shas(studio, name):
    """Return the stored files of every image by name."""
    with studio.database.read() as session:
        records = datasets.list_records(session, datasets.find_dataset(session, name))
        return {
            one.image.name: (one.gan.blob_sha, one.mse.blob_sha, one.image.lr_sha, one.image.scale)
            for one in records
        }


def test_an_import_gives_the_same(studio, shapes, tmp_path):
    exported = export_dataset(studio, "shapes", "desra", tmp_path / "out")
    assert exported.images == 4
    assert exported.notes == ["1 image not in LR, they have no LR: odd"]
    report = import_dataset(studio, tmp_path / "out", "again")
    assert (report.images, report.with_lr, report.labels) == (4, 3, 4)
    assert list_shas(studio, "again") == list_shas(studio, "shapes")
    labels = read_labels(studio, report.dataset_id)
    for name, mask in shapes.items():
        state, found = labels[name]
        assert np.array_equal(found, mask), name
        assert state == (State.CLEAN if name == "empty" else State.ACCEPTED)


def test_unlabelled_images_come_along(studio, labelled, tmp_path):
    notes = export_dataset(studio, "set", "desra", tmp_path / "out").notes
    assert notes == ["1 image not in GT-Mask, not accepted or clean: c"]
    found = {folder: "".join(list_images(tmp_path / "out" / folder)) for folder in FOLDERS}
    assert found == {"GAN-SR": "abc", "MSE-SR": "abc", "LR": "abc", "GT-Mask": "ab"}


def test_lr_images_that_wait_are_lr_images_again(studio, tmp_path):
    folder = write_dataset(tmp_path / "source")
    import_dataset(studio, folder / "LR", "waiting")
    assert export_dataset(studio, "waiting", "desra", tmp_path / "out").images == 3
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["LR"]
    again = import_dataset(studio, tmp_path / "out", "again")
    assert (again.images, again.lr_only) == (3, True)


@pytest.fixture
def one(studio, tmp_path):
    """The id of the only image, 75x61 px, of a dataset."""
    folder = write_dataset(tmp_path / "one", names=("a",), with_lr=False, size=(61, 75))
    return list_items(studio, import_dataset(studio, folder, "one").dataset_id)[0].id


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(share=st.sampled_from([0, 0.001, 0.3, 0.9, 1]), seed=st.integers(0, 9))
def test_every_mask_comes_back(studio, one, tmp_path_factory, share, seed):
    mask = np.random.default_rng(seed).random((61, 75)) < share
    version = save_mask(studio, one, mask, describe_image(studio, one).version).version
    judge_image(studio, one, State.ACCEPTED, version)
    out = tmp_path_factory.mktemp("out")
    export_dataset(studio, "one", "desra", out / "desra")
    export_dataset(studio, "one", "masks", out / "masks")
    assert np.array_equal(read_mask(out / "desra" / "GT-Mask" / "a.png").mask, mask)
    assert np.array_equal(read_mask(out / "masks" / "a.png").mask, mask)
    report = import_dataset(studio, out / "desra", out.name)
    _, found = read_labels(studio, report.dataset_id)["a"]
    assert np.array_equal(found, mask)
