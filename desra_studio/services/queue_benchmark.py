"""The queue's benchmark: pages of 100 000 images over HTTP, against reading all of them."""

import http.client
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode

from desra_studio.config import LOCAL_HOST, Settings
from desra_studio.detection.class_weights import CLASSES
from desra_studio.errors import StudioError
from desra_studio.services.detections import DetectorParams
from desra_studio.services.kinds import USUAL
from desra_studio.services.studio import Studio, open_studio
from desra_studio.storage import datasets, regions
from desra_studio.storage.database import Session
from desra_studio.storage.queue_entries import cut, refresh_dataset
from desra_studio.storage.tables import (
    Dataset,
    Detection,
    Image,
    MaskRevision,
    Model,
    ModelRole,
    Origin,
    Region,
    Rendition,
    Review,
    ReviewFlag,
    State,
)

IMAGES = 100_000
REGIONS = 10
"""Regions of each image, both detected and labelled: a million of both in all."""
REPEATS = 9
LIMIT = 100
TARGET_MS = 50.0
SIDE = 1024
PEOPLE = ("Ada", "Grace", "Mary")
PARAMS = DetectorParams().as_dict()
SHA = "0" * 64
PROGRESS = "progress"
"""It counts every region of the dataset, and no page of the queue waits for it."""

Row = dict[str, Any]


def time_queue(images: int = IMAGES) -> dict[str, Any]:
    """Time the queue's routes over a dataset of so many images with ten regions each, in SQLite.

    Each route is asked in turns with the others, over one connection, of a server in a process of
    its own. The naive way is to read every image with its detection, review and regions, and to
    filter and sort them in Python.

    Returns:
        {"images", "regions", "build_seconds": filling the tables, "rebuild_seconds": making all of
        the queue's entries, "routes": {what is asked: {"median_ms", "worst_ms"}}, "progress_ms":
        median of counting all, "median_ms" and "worst_ms": the largest of the routes',
        "target_ms", "naive_ms", "ratio": naive over the same question's median}.

    Raises:
        StudioError: the server did not start, or refused an answer.
    """
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder) / "data"
        studio = open_studio(Settings(data_dir=data_dir, database_url=""))
        begun = time.perf_counter()
        with studio.database.write() as session:
            dataset_id = fill_dataset(session, images)
        built = time.perf_counter()
        with studio.database.write() as session:
            refresh_dataset(session, dataset_id)
        rebuilt = time.perf_counter()
        with _serve(data_dir) as connection:
            times = _time_routes(connection, dataset_id, images)
        naive = time_naive(studio, dataset_id)
        studio.database.close()
    routes = {
        name: {"median_ms": round(median(each), 1), "worst_ms": round(max(each), 1)}
        for name, each in times.items()
    }
    progress = routes.pop(PROGRESS)
    return {
        "images": images,
        "regions": images * REGIONS,
        "build_seconds": round(built - begun, 1),
        "rebuild_seconds": round(rebuilt - built, 1),
        "routes": routes,
        "progress_ms": progress["median_ms"],
        "median_ms": max(each["median_ms"] for each in routes.values()),
        "worst_ms": max(each["worst_ms"] for each in routes.values()),
        "target_ms": TARGET_MS,
        "naive_ms": round(naive),
        "ratio": round(naive / routes["filter kind, middle page"]["median_ms"], 1),
        "cores": os.cpu_count(),
    }


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


@contextmanager
def _serve(data_dir: Path) -> Iterator[http.client.HTTPConnection]:
    from desra_studio.services.benchmarks import find_free_port, wait_until_healthy

    port = find_free_port()
    command = [sys.executable, "-m", "desra_studio", "serve", "--port", str(port)]
    process = subprocess.Popen([*command, "--data-dir", str(data_dir)], stdout=subprocess.DEVNULL)
    try:
        wait_until_healthy(port, process)
        connection = http.client.HTTPConnection(LOCAL_HOST, port, timeout=60)
        yield connection
        connection.close()
    finally:
        process.terminate()
        process.wait()


def list_routes(dataset_id: int, images: int) -> dict[str, str]:
    """Return what is asked: its name -> path and query."""
    middle, prefix = images // 2, f"/studio/api/datasets/{dataset_id}"
    filters: dict[str, Row] = {
        "state": {"state": ["unreviewed", "in progress"]},
        "kind": {"kind": USUAL[0]},
        "severity": {"severity": 4},
        "area": {"area_min": 0.07, "area_max": 0.08},
        "annotator": {"annotator": PEOPLE[0]},
        "assigned": {"assigned": PEOPLE[0]},
        "class": {"class": 3},
        "kind and class": {"kind": USUAL[0], "class": 3},
        "state, kind and severity": {
            "state": ["unreviewed", "accepted", "clean"], "kind": USUAL[0], "severity": 3,
        },
    }  # fmt: skip
    asked: dict[str, tuple[str, Row]] = {}
    for order in ("name", "area", "uncertainty", "disagreement", "dissent", "flagged"):
        asked[f"order {order}, first page"] = "queue", {"order": order}
        asked[f"order {order}, middle page"] = "queue", {"order": order, "offset": middle}
        asked[f"order {order}, around an image"] = "queue", {"order": order, "around": middle}
        asked[f"order {order}, step"] = "queue/step", {"order": order, "from": middle, "offset": 1}
        asked[f"order {order}, next"] = "queue/next", {"order": order, "after": middle}
    for name, values in filters.items():
        by_area = values | {"order": "area"}
        share = 3 if name in ("state", "annotator", "assigned") else 2
        asked[f"filter {name}, first page"] = "queue", by_area
        asked[f"filter {name}, middle page"] = "queue", by_area | {"offset": middle // share}
        asked[f"filter {name}, around an image"] = "queue", by_area | {"around": middle}
    asked["next where none is open"] = "queue/next", {"state": "clean", "after": middle}
    asked[PROGRESS] = "progress", {}
    return {
        name: f"{prefix}/{path}?{urlencode(values, doseq=True)}"
        for name, (path, values) in asked.items()
    }


def _time_routes(
    connection: http.client.HTTPConnection, dataset_id: int, images: int
) -> dict[str, list[float]]:
    routes = list_routes(dataset_id, images)
    times: dict[str, list[float]] = {name: [] for name in routes}
    for repeat in range(REPEATS + 1):
        for name, path in routes.items():
            begun = time.perf_counter()
            connection.request("GET", path)
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 200:
                raise StudioError(f"{path} answered {answer.status}: {body[:200]!r}")
            if repeat:  # the first turn fills the caches of the system and of SQLite
                times[name].append(1000 * (time.perf_counter() - begun))
    return times


def time_naive(studio: Studio, dataset_id: int) -> float:
    """Return in ms how long a middle page of one kind takes in Python."""
    begun = time.perf_counter()
    with studio.database.read() as session:
        records = datasets.list_records(session, datasets.get_dataset(session, dataset_id))
        kinds: dict[int, set[str | None]] = {}
        for ids in cut([record.revision.id for record in records if record.revision], 500):
            for region in regions.list_regions(session, ids):
                kinds.setdefault(region.revision_id, set()).add(region.kind)
    found = [
        record
        for record in records
        if record.revision and USUAL[0] in kinds.get(record.revision.id, ())
    ]
    found.sort(key=lambda record: record.detection.area_px if record.detection else 0, reverse=True)
    middle = len(found) // 2
    page = [(record.image.name, record.state) for record in found[middle : middle + LIMIT]]
    if not page:
        raise StudioError("The naive way found nothing.")
    return 1000 * (time.perf_counter() - begun)
