"""Taking labels out of the studio."""

import csv
import io
from pathlib import Path
from typing import Any

from desra_studio.errors import InputError
from desra_studio.imaging.staging import stage_folder, write_atomically
from desra_studio.services.datasets.listing import find_dataset_by_name
from desra_studio.services.scores.dataset import score_dataset
from desra_studio.services.studio import Studio
from desra_studio.storage import datasets
from desra_studio.storage.tables import Dataset

FORMATS = ("masks", "csv")
DETECTED_FOLDER = "detected"

COLUMNS = (
    "image", "width", "height", "state", "revision", "origin", "author", "saved_at",
    "label_area_px", "detected_area_px", "detected_components", "detected_hits",
    "manual_components", "manual_hits", "iou",
)  # fmt: skip


def export_dataset(studio: Studio, name: str, form: str, out: Path) -> dict[str, Any]:
    """Export a dataset's labels and return what was written.

    `masks`: OUT/NAME.png for every accepted or clean image, 0/255 at the size of the image, and
    OUT/detected/NAME.png, what the detector found in the same images; so that
    `desra-studio score --pred OUT/detected --gt OUT` gives the figures of the Scores page.
    `csv`: one row per image.

    Raises:
        InputError: unknown format, or OUT cannot be written to.
        NotFoundError: no such dataset, or a stored mask is missing.
    """
    if form not in FORMATS:
        raise InputError(f"Unknown format {form!r}. Choose one of: {', '.join(FORMATS)}.")
    dataset = find_dataset_by_name(studio, name)
    if form == "masks":
        return {"images": _export_masks(studio, dataset, out), "out": str(out)}
    text, rows = _render_csv(studio, dataset)
    if out.exists():
        raise InputError(f"{out} exists already. Give the name of a new .csv file.")
    try:
        write_atomically(out, text.encode())
    except OSError as error:
        raise InputError(f"{out} cannot be written: {error.strerror}.") from error
    return {"images": rows, "out": str(out)}


def render_dataset_csv(studio: Studio, dataset_id: int) -> tuple[str, str]:
    """Return the name of a dataset and its labels as CSV text; NotFoundError if it is gone."""
    with studio.database.read() as session:
        dataset = datasets.get_dataset(session, dataset_id)
    return dataset.name, _render_csv(studio, dataset)[0]


def _render_csv(studio: Studio, dataset: Dataset) -> tuple[str, int]:
    """Return a dataset as CSV text, and how many rows it has."""
    detectors = score_dataset(studio, dataset.id).detectors
    # Those of the detector whose masks Review shows.
    rows = detectors[0].rows if detectors else []
    scores = {row.image_id: row.score for row in rows}
    with studio.database.read() as session:
        records = datasets.list_records(session, dataset)
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for record in records:
        revision, score = record.revision, scores.get(record.image.id)
        row: dict[str, Any] = {
            "image": record.image.name,
            "width": record.image.width,
            "height": record.image.height,
            "state": record.state.value,
            "detected_area_px": record.detection.area_px if record.detection else "",
        }
        if revision:
            row |= {
                "revision": revision.number,
                "origin": revision.origin.value,
                "author": revision.author,
                "saved_at": revision.created_at.isoformat(),
                "label_area_px": revision.area_px,
            }
        if score:
            row |= {
                "detected_components": score.detected,
                "detected_hits": score.detected_hits,
                "manual_components": score.manual,
                "manual_hits": score.manual_hits,
                "iou": f"{score.iou:.9f}",
            }
        writer.writerow(row)
    return text.getvalue(), len(records)


def _export_masks(studio: Studio, dataset: Dataset, out: Path) -> int:
    with studio.database.read() as session:
        records = datasets.list_records(session, dataset)
    if out.is_dir() and any(out.iterdir()):
        raise InputError(
            f"{out} is not empty, and old masks would mix with new. Give a new folder."
        )
    count = 0
    with stage_folder(out) as staged:
        (staged / DETECTED_FOLDER).mkdir()
        for record in records:
            if record.label is None:
                continue
            # Stored masks are 1-bit PNGs already.
            name = f"{record.image.name}.png"
            (staged / name).write_bytes(studio.blobs.get(record.label.mask_sha))
            if record.detection:
                detected = studio.blobs.get(record.detection.mask_sha)
                (staged / DETECTED_FOLDER / name).write_bytes(detected)
            count += 1
        if not count:
            raise InputError(
                f"{dataset.name} has no accepted or clean image yet. Review some first."
            )
    return count
