"""Makes settings, and what a studio holds: queues that are read, masks that are accepted."""

from collections.abc import Collection
from pathlib import Path

from desra_studio.config import Settings
from desra_studio.detection.detector import DetectorParams
from desra_studio.services.datasets.importing import import_dataset
from desra_studio.services.detection.dataset import detect_dataset
from desra_studio.services.review.documents import describe_image
from desra_studio.services.review.masks import judge_image, load_detected_mask, save_mask
from desra_studio.services.review.queue import QueueRow, make_filter, read_page
from desra_studio.services.studio import Studio
from desra_studio.vocabulary import State

DATABASES: dict[Path, str] = {}
"""The URL of the database of a data directory, where that is not in it."""


def make_settings(data_dir: Path, **values) -> Settings:
    """Settings that ignore what the environment says."""
    url = DATABASES.get(data_dir, "")
    usual = {"data_dir": data_dir, "database_url": url, "author": "tester", "blind_share": 0}
    return Settings(**usual | values)


def import_detected(
    studio: Studio, folder: Path, name: str = "set", area_threshold: int = 400
) -> int:
    """Import a folder in DeSRA's layout and detect, as the command does; returns its id."""
    dataset_id = import_dataset(studio, folder, name).dataset_id
    detect_dataset(studio, dataset_id, DetectorParams(area_threshold=area_threshold))
    return dataset_id


def list_items(studio: Studio, dataset_id: int) -> list[QueueRow]:
    """The queue of a dataset as the page has it, by name."""
    return read_page(studio, make_filter(dataset_id)).items


def accept_detected(studio: Studio, dataset_id: int, all_over: Collection[str] = ()) -> None:
    """Accept every image with the mask that was detected; some, by name, marked all over."""
    for item in list_items(studio, dataset_id):
        document = describe_image(studio, item.id)
        mask = load_detected_mask(studio, document.detection.id)
        if item.name in all_over:
            mask[:] = True
        saved = save_mask(studio, item.id, mask, document.version)
        judge_image(studio, item.id, State.ACCEPTED, saved.version)
