"""A dataset for a crowd: many images to label, of one small picture."""

import numpy as np

from desra_studio.bench.kills.home import DETECTOR, SIDE_PX, write_pairs
from desra_studio.errors import InputError
from desra_studio.imaging.arrays import Mask
from desra_studio.services.datasets.importing import import_dataset
from desra_studio.services.detection.dataset import detect_dataset
from desra_studio.services.studio import Studio
from desra_studio.storage import datasets
from desra_studio.storage.bulk_rows import insert_numbered, insert_rows
from desra_studio.storage.queue_entries import refresh_dataset
from desra_studio.storage.tables import Detection, Image, Rendition

NAME = "load"
NUMBER_BITS = 32


def make_crowd_dataset(studio: Studio, images: int) -> tuple[int, list[int]]:
    """Import one detected pair, and give its picture to as many images; returns ids of all.

    Raises:
        InputError: the database has datasets already.
    """
    with studio.database.read() as session:
        if datasets.list_datasets(session):
            raise InputError("bench load fills a database: give one that has no datasets.")
    source = studio.settings.data_dir / "source"
    write_pairs(source, 1)
    dataset_id = import_dataset(studio, source, NAME).dataset_id
    detect_dataset(studio, dataset_id, DETECTOR)
    with studio.database.write() as session:
        (record,) = datasets.list_records(session, datasets.get_dataset(session, dataset_id))
        found = record.detection
        if found is None:
            raise InputError("Nothing was detected in the sample.")
        rows = [_copy(Image, record.image) | {"name": f"{n:06}"} for n in range(1, images)]
        ids = insert_numbered(session, Image, rows)
        pairs: list[list[int]] = []
        for rendition in (record.gan, record.mse):
            copies = [_copy(Rendition, rendition) | {"image_id": image_id} for image_id in ids]
            pairs.append(insert_numbered(session, Rendition, copies))
        detected = [
            _copy(Detection, found)
            | {"image_id": image_id, "gan_rendition_id": gan, "mse_rendition_id": mse}
            for image_id, gan, mse in zip(ids, *pairs, strict=True)
        ]
        insert_rows(session, Detection, detected)
        refresh_dataset(session, dataset_id)
        return dataset_id, [record.image.id, *ids]


def make_numbered_mask(number: int) -> Mask:
    """Return a mask, (SIDE_PX, SIDE_PX) bool, that no other number from 0 to 2^32 - 1 has."""
    mask = np.zeros((SIDE_PX, SIDE_PX), bool)
    mask[0, :NUMBER_BITS] = [number >> bit & 1 for bit in range(NUMBER_BITS)]
    left, top = 8 + number % 61, 8 + number % 53
    mask[top : top + 64, left : left + 80] = True
    return mask


def _copy(table: type[Image | Rendition | Detection], row: object) -> dict[str, object]:
    """Return what a row has beside its id."""
    names = [column.key for column in table.__mapper__.column_attrs]
    return {name: getattr(row, name) for name in names if name != "id"}
