"""Masks as images: the manual ones, and beside them what the detector found."""

from pathlib import Path

from desra_studio.errors import InputError
from desra_studio.services.export.format_types import FolderFormat
from desra_studio.services.studio import Studio
from desra_studio.storage import datasets
from desra_studio.storage.tables import Dataset

DETECTED_FOLDER = "detected"


def fill_folder(studio: Studio, dataset: Dataset, folder: Path) -> int:
    """Write FOLDER/NAME.png for every accepted or clean image, 0/255 at the size of the image.

    FOLDER/detected/NAME.png is what the detector found in the same images; so that
    `desra-studio score --pred FOLDER/detected --gt FOLDER` gives the figures of the Scores page.
    """
    with studio.database.read() as session:
        records = datasets.list_records(session, dataset)
    (folder / DETECTED_FOLDER).mkdir()
    count = 0
    for record in records:
        if record.label is None:
            continue
        # Stored masks are 1-bit PNGs already.
        name = f"{record.image.name}.png"
        (folder / name).write_bytes(studio.blobs.get(record.label.mask_sha))
        if record.detection:
            detected = studio.blobs.get(record.detection.mask_sha)
            (folder / DETECTED_FOLDER / name).write_bytes(detected)
        count += 1
    if not count:
        raise InputError(f"{dataset.name} has no accepted or clean image yet. Review some first.")
    return count


MASKS = FolderFormat(fill=fill_folder)
