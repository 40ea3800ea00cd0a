"""Imports that are killed."""

import hashlib
from pathlib import Path
from typing import Any

from desra_studio.bench.kills.home import DETECTOR, write_pairs
from desra_studio.bench.kills.jobs import KilledJob
from desra_studio.bench.kills.rounds import Findings
from desra_studio.services.datasets.importing import check_import
from desra_studio.services.detection.dataset import detect_dataset
from desra_studio.services.jobs import JobView
from desra_studio.services.studio import Studio
from desra_studio.storage import datasets
from desra_studio.storage.datasets import ImageRecord

NAME = "killed"
PAIRS = 24
FOLDER = "to import"


class KilledImport(KilledJob):
    """A folder that is imported, and detected in, by the job of the Datasets page."""

    kind = "import"

    def order(self) -> dict[str, Any]:
        """Order the import of a folder, made at the first call."""
        source = self.settings.data_dir / FOLDER
        if not source.exists():
            write_pairs(source, PAIRS)
        return check_import(self.studio, source, NAME, DETECTOR).as_dict()

    def look_for_told(self, studio: Studio, job: JobView, found: Findings) -> None:
        """Look for the dataset where the job told of it; it is there whole, or not at all."""
        records = _list_imported(studio)
        # The job's bar: the import is over where it tells of detecting.
        if job.succeeded or job.message.startswith("Detecting"):
            found.expect([] if records else [f"lost: the imported dataset {NAME}"])
        if records:
            _look_for_files(self.settings.data_dir / FOLDER, records, found)

    def look_for_whole(self, studio: Studio, job: JobView, found: Findings) -> None:
        """Look for all images and what was detected in them."""
        records = _list_imported(studio)
        _look_for_files(self.settings.data_dir / FOLDER, records, found)
        undetected = [record.image.name for record in records if record.detection is None]
        if undetected:
            found.faults.append(f"The {job.kind} is done, but without detections: {undetected}")

    def begin_again(self, studio: Studio) -> int | None:
        """Detect, as the page offers it, where the dataset is there; else import."""
        records = _list_imported(studio)
        if not records:
            return super().begin_again(studio)
        detect_dataset(studio, records[0].image.dataset_id, DETECTOR)
        return None


def _list_imported(studio: Studio) -> list[ImageRecord]:
    with studio.database.read() as session:
        dataset = datasets.find_dataset(session, NAME)
        return datasets.list_records(session, dataset) if dataset else []


def _look_for_files(source: Path, records: list[ImageRecord], found: Findings) -> None:
    """Compare what is stored with the files that were imported, which are plain PNGs."""
    if len(records) != PAIRS:
        found.faults.append(f"{len(records)} of {PAIRS} images of {NAME} are there: half of it")
    for record in records:
        stored = {
            "LR": record.image.lr_sha,
            "GAN-SR": record.gan.blob_sha,
            "MSE-SR": record.mse.blob_sha,
        }
        for folder, sha in stored.items():
            path = source / folder / f"{record.image.name}.png"
            if hashlib.sha256(path.read_bytes()).hexdigest() != sha:
                found.faults.append(f"{folder} of {record.image.name} is not what was imported")
