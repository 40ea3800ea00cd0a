"""Cutting tiles of stored renditions."""

import threading

import numpy as np
import pytest

from desra_studio.errors import DamagedError, NotFoundError
from desra_studio.imaging.io import decode_png
from desra_studio.services.datasets.importing import import_dataset
from desra_studio.services.datasets.pictures import Thumbnails, TileCutter
from desra_studio.storage import datasets
from tests.factories.damage import flip_byte
from tests.patience import join_thread


@pytest.fixture
def renditions(studio, dataset_folder):
    dataset_id = import_dataset(studio, dataset_folder, "set").dataset_id
    with studio.database.read() as session:
        records = datasets.list_records(session, datasets.get_dataset(session, dataset_id))
    return [record.gan for record in records]


def count_reads(studio, monkeypatch):
    reads, get = [], studio.blobs.get
    monkeypatch.setattr(studio.blobs, "get", lambda sha: reads.append(sha) or get(sha))
    return reads


def test_an_image_is_decoded_once_for_all_who_ask(studio, renditions, monkeypatch):
    reads, cutter, tiles = count_reads(studio, monkeypatch), TileCutter(studio), []

    def cut():
        tiles.append(cutter.cut(renditions[0].id, 0, 0, 0))

    threads = [threading.Thread(target=cut) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        join_thread(thread)
    assert reads == [renditions[0].blob_sha]
    assert len(set(tiles)) == 1
    image = decode_png(studio.blobs.get(renditions[0].blob_sha))
    assert np.array_equal(decode_png(tiles[0]), image)


def test_memory_is_bounded(studio, renditions, monkeypatch):
    reads = count_reads(studio, monkeypatch)
    cutter = TileCutter(studio, cache_bytes=2 * 96 * 96 * 3)
    first, second, third = (rendition.id for rendition in renditions)
    for rendition in (first, second, first, third, first, second):
        cutter.cut(rendition, 0, 0, 0)
    assert [renditions[index].blob_sha for index in (0, 1, 2, 1)] == reads


def test_a_file_that_is_gone(studio, renditions):
    studio.blobs.find(renditions[0].blob_sha).unlink()
    with pytest.raises(NotFoundError, match="is missing"):
        TileCutter(studio).cut(renditions[0].id, 0, 0, 0)


def test_a_file_that_is_damaged(studio, renditions):
    flip_byte(studio.blobs, renditions[0].blob_sha)
    with pytest.raises(DamagedError, match="is damaged"):
        TileCutter(studio).cut(renditions[0].id, 0, 0, 0)


def test_thumbnails_are_made_once_and_never_of_a_damaged_file(studio, renditions, monkeypatch):
    flip_byte(studio.blobs, renditions[1].blob_sha)
    reads, thumbnails = count_reads(studio, monkeypatch), Thumbnails(studio)
    small = thumbnails.render(renditions[0].image_id)
    assert decode_png(small).shape == (72, 72, 3)
    assert thumbnails.render(renditions[0].image_id) == small
    assert reads == [renditions[0].blob_sha]
    with pytest.raises(DamagedError, match="is damaged"):
        thumbnails.render(renditions[1].image_id)
    with pytest.raises(NotFoundError):
        thumbnails.render(99)
