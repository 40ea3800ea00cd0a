"""Rows are written all at once: however many images, it takes as many statements."""

from contextlib import contextmanager

import numpy as np
import pytest
from sqlalchemy import event

from desra_studio.imaging.masks import encode_mask_png
from desra_studio.services.datasets.adding import add_to_dataset
from desra_studio.services.datasets.archives import import_archive
from desra_studio.services.datasets.importing import import_dataset
from desra_studio.services.export.exporting import export_dataset
from desra_studio.services.maintenance import check_studio
from desra_studio.storage import datasets, reviews, weight_sets
from desra_studio.storage.label_tables import QueueEntry
from desra_studio.storage.tables import Dataset
from desra_studio.vocabulary import State
from tests.factories.images import write_dataset

FEW, MANY = ("1", "2"), ("1", "2", "3", "4", "5", "6")
MASK = np.zeros((96, 96), bool)
MASK[30:50, 30:60] = True


@pytest.fixture
def write(tmp_path):
    """A function that writes a folder of pairs, with masks where they are wanted."""

    def write(names, folder="GT-Mask"):
        source = write_dataset(tmp_path / "".join((*names, folder)), names=names)
        (source / folder).mkdir(exist_ok=True)
        for name in names:
            (source / folder / f"{name}.png").write_bytes(encode_mask_png(MASK))
        return source

    return write


@contextmanager
def count_statements(studio):
    """Yield a list that gets every statement of the block."""
    seen = []

    def note(_connection, _cursor, statement, *_others):
        seen.append(statement)

    event.listen(studio.database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(studio.database.engine, "before_cursor_execute", note)


def import_them(studio, write, names):
    """Import pairs and masks."""
    with count_statements(studio) as seen:
        dataset_id = import_dataset(studio, write(names), f"of {len(names)}").dataset_id
    return dataset_id, seen


def add_images(studio, write, names):
    """Add as many pairs and masks to a dataset of one."""
    dataset_id = import_dataset(studio, write(("0",)), f"of {len(names)}").dataset_id
    with count_statements(studio) as seen:
        add_to_dataset(studio, dataset_id, write(names))
    return dataset_id, seen


def add_again_with_lr(studio, write, names):
    """Add pairs that are there already, this time with their LR and masks."""
    bare = write(names, "masks")
    for path in (bare / "LR").iterdir():
        path.unlink()
    dataset_id = import_dataset(studio, bare, f"of {len(names)}").dataset_id
    with count_statements(studio) as seen:
        assert add_to_dataset(studio, dataset_id, write(names)).unchanged == len(names)
    return dataset_id, seen


def add_later_labels(studio, write, names):
    """Add masks for images that have a review, but no mask."""
    source = write(names, "masks")
    dataset_id = import_dataset(studio, source, f"of {len(names)}").dataset_id
    with studio.database.write() as session:
        dataset = datasets.get_dataset(session, dataset_id)
        for image in datasets.list_images(session, dataset_id):
            reviews.get_review(session, image.id, dataset.gan_model_id).assigned_to = "anna"
    with count_statements(studio) as seen:
        assert add_to_dataset(studio, dataset_id, source / "masks").labels == len(names)
    return dataset_id, seen


def import_archive_of_them(studio, write, names):
    """Import an archive with class maps."""
    name = f"of {len(names)}"
    dataset_id = import_dataset(studio, write(names), name).dataset_id
    with studio.database.write() as session:
        dataset = datasets.get_dataset(session, dataset_id)
        for record in datasets.list_records(session, dataset):
            labels = studio.blobs.put(record.image.name.encode())
            weight_sets.put_class_map(session, record.gan.blob_sha, f"B{len(names)}", labels)
    archive = write(names, "archive") / "set.zip"
    export_dataset(studio, name, "archive", archive)
    with count_statements(studio) as seen:
        dataset_id = import_archive(studio, archive, f"again {name}").dataset_id
    return dataset_id, seen


DEEDS = (import_them, add_images, add_again_with_lr, add_later_labels, import_archive_of_them)


@pytest.mark.parametrize("deed", DEEDS)
def test_as_many_statements_for_more_images(studio, write, deed):
    few, many = (deed(studio, write, names)[1] for names in (FEW, MANY))
    assert len(few) == len(many)


@pytest.mark.parametrize("deed", DEEDS)
def test_all_rows_and_the_queue_are_there(studio, write, deed):
    dataset_id, _ = deed(studio, write, MANY)
    with studio.database.read() as session:
        records = datasets.list_records(session, session.get(Dataset, dataset_id))
        entries = [session.get(QueueEntry, record.image.id) for record in records]
    for record, entry in zip(records, entries, strict=True):
        assert record.image.lr_sha
        assert (record.state, record.revision.area_px) == (State.ACCEPTED, 600)
        assert (entry.name, entry.state) == (record.image.name, State.ACCEPTED)
        assert entry.area_share == pytest.approx(600 / 96**2)
    assert {*MANY} <= {record.image.name for record in records}
    assert check_studio(studio)[1] == []
