"""A table with a row per image, as CSV."""

from desra_studio.metrics.mask_metrics import ImageScore
from desra_studio.services.csv_tables import Cell, render_csv
from desra_studio.services.export.format_types import Export, FileFormat, LabelFile
from desra_studio.services.scores.dataset import score_dataset
from desra_studio.storage.datasets import ImageRecord

COLUMNS = (
    "image", "width", "height", "state", "revision", "origin", "author", "saved_at",
    "label_area_px", "detected_area_px", "detected_components", "detected_hits",
    "manual_components", "manual_hits", "iou", "made_by",
)  # fmt: skip


def render_table(export: Export) -> LabelFile:
    """Return the newest revision of every image, and its score where it has one."""
    detectors = score_dataset(export.studio, export.dataset.id).detectors
    # Those of the detector whose masks Review shows.
    rows = detectors[0].rows if detectors else []
    scores = {row.image_id: row.score for row in rows}
    records = export.list_records()
    cells = (_list_cells(record, scores.get(record.image.id)) for record in records)
    return LabelFile(render_csv(COLUMNS, cells, digits=9).encode(), len(records))


def _list_cells(record: ImageRecord, score: ImageScore | None) -> dict[str, Cell]:
    """Return the cells that an image has."""
    cells: dict[str, Cell] = {
        "image": record.image.name,
        "width": record.image.width,
        "height": record.image.height,
        "state": record.state.value,
    }
    # What is to be labelled blind is not to be read in a table either.
    if record.detection and (record.revision or not record.image.is_blind):
        cells["detected_area_px"] = record.detection.area_px
    if revision := record.revision:
        cells |= {
            "revision": revision.number,
            "origin": revision.origin.value,
            "made_by": revision.made_by.value,
            "author": revision.author,
            "saved_at": revision.created_at.isoformat(),
            "label_area_px": revision.area_px,
        }
    if score:
        cells |= {
            "detected_components": score.detected,
            "detected_hits": score.detected_hits,
            "manual_components": score.manual,
            "manual_hits": score.manual_hits,
            "iou": score.iou,
        }
    return cells


CSV = FileFormat(
    title="Table of images",
    about="A table with a row per image: its state, who judged it, and the detector's score.",
    suffix=".csv",
    media_type="text/csv; charset=utf-8",
    render=render_table,
)
