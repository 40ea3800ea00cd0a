"""A large dataset without a file behind it, the same every time: what the queue is timed on."""

import random
from collections.abc import Callable
from typing import Any

from desra_studio.detection.class_weights import CLASSES
from desra_studio.detection.detector import DetectorParams
from desra_studio.services.review.kinds import USUAL
from desra_studio.storage.database import Session
from desra_studio.storage.label_tables import MaskRevision, Region, Review, ReviewFlag
from desra_studio.storage.queue_entries import cut
from desra_studio.storage.tables import Dataset, Detection, Image, Model, Rendition
from desra_studio.vocabulary import MadeBy, ModelRole, Origin, State

REGIONS = 10
"""Regions of each image, both detected and labelled."""
SIDE = 1024
PEOPLE = ("Ada", "Grace", "Mary")
PARAMS = DetectorParams().as_dict()
SHA = "0" * 64

Row = dict[str, Any]


def fill_dataset(session: Session, images: int) -> int:
    """Make a dataset of so many reviewed images, the same every time, and return its id.

    There are no files behind its rows.
    """
    gan = Model(name="queue GAN-SR", role=ModelRole.GAN, card={})
    mse = Model(name="queue MSE-SR", role=ModelRole.MSE, card={})
    session.add_all([gan, mse])
    session.flush()
    dataset = Dataset(name="queue", gan_model_id=gan.id, mse_model_id=mse.id, source="")
    session.add(dataset)
    session.flush()
    chance = random.Random(0)
    makers: dict[type[Any], Callable[[int], list[Row]]] = {
        Image: lambda i: [_make_image(i, dataset.id)],
        Rendition: lambda i: [
            {"id": 2 * i + k, "image_id": i, "model_id": model.id, "blob_sha": SHA}
            for k, model in enumerate((gan, mse))
        ],
        Detection: lambda i: [_make_detection(i, chance)],
        MaskRevision: lambda i: [_make_revision(i, gan.id, chance)],
        Review: lambda i: [_make_review(i, gan.id, chance)],
        Region: lambda i: [_make_region(i, k, chance) for k in range(REGIONS)],
        ReviewFlag: lambda i: _make_flags(i, gan.id, chance),
    }
    for table, make in makers.items():
        for ids in cut(range(1, images + 1), 5000):
            session.bulk_insert_mappings(table.__mapper__, [row for i in ids for row in make(i)])
    return dataset.id


def _make_image(index: int, dataset_id: int) -> Row:
    return {
        "id": index,
        "dataset_id": dataset_id,
        "name": f"image_{index:06}",
        "width": SIDE,
        "height": SIDE,
        "scale": 4,
    }


def _make_detection(index: int, chance: random.Random) -> Row:
    areas = [chance.randrange(4000, 12000) for _ in range(REGIONS)]
    found = [
        {
            "box": [0, 0, 99, 99],
            "area": area,
            "depth": 0.3,
            "class_index": chance.randrange(CLASSES),
        }
        for area in areas
    ]
    return {
        "image_id": index,
        "gan_rendition_id": 2 * index,
        "mse_rendition_id": 2 * index + 1,
        "method": "desra",
        "params": PARAMS,
        "map_sha": SHA,
        "mask_sha": SHA,
        "regions": found,
        "area_px": sum(areas),
        "score": chance.random(),
        "uncertainty": chance.random(),
    }


def _make_revision(index: int, model_id: int, chance: random.Random) -> Row:
    return {
        "id": index,
        "image_id": index,
        "model_id": model_id,
        "number": 1,
        "author": chance.choice(PEOPLE),
        "origin": Origin.MANUAL,
        "made_by": MadeBy.CORRECTED,
        "mask_sha": SHA,
        "area_px": 9000,
        "note": "",
    }


def _make_review(index: int, model_id: int, chance: random.Random) -> Row:
    return {
        "image_id": index,
        "model_id": model_id,
        "state": chance.choice(list(State)),
        "version": 1,
        "current_revision_id": index,
        "assigned_to": chance.choice((None, *PEOPLE)),
        "opinions_wanted": 1,
        "disagreement": chance.random(),
        "dissent": chance.choice((None, chance.random())),
    }


def _make_region(index: int, number: int, chance: random.Random) -> Row:
    return {
        "revision_id": index,
        "x": number,
        "y": number,
        "kind": chance.choice(USUAL),
        "severity": chance.randrange(6),
        "note": "",
        "author": PEOPLE[0],
    }


def _make_flags(index: int, model_id: int, chance: random.Random) -> list[Row]:
    if chance.random() > 0.05:
        return []
    return [{"image_id": index, "model_id": model_id, "source": "study", "note": ""}]
