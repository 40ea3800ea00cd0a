"""A table with a row per marked region, as CSV."""

from collections.abc import Iterator

from desra_studio.imaging.masks import find_components
from desra_studio.services.csv_tables import Cell, render_csv
from desra_studio.services.export.format_types import Export, FileFormat, LabelFile
from desra_studio.services.review.masks import load_mask
from desra_studio.services.review.regions import list_said
from desra_studio.storage.datasets import ImageRecord
from desra_studio.storage.label_tables import MaskRevision, Region

COLUMNS = (
    "image", "image_width", "image_height", "region", "x", "y", "width", "height", "area_px",
    "kind", "severity", "note", "prominence", "labelled_by", "labelled_at", "verdict", "revision",
    "origin", "author", "saved_at", "made_by",
)  # fmt: skip


def render_table(export: Export) -> LabelFile:
    """Return the components of every accepted mask: box and area in px, and what was said of them.

    A component that several labels lie in, as after two were joined, has a row for each. Clean
    images have no row.
    """
    labelled = export.list_labelled()
    said = list_said(export.studio, [label.id for _, label in labelled])
    rows = (
        cells
        for record, label in export.walk(labelled, len(labelled), "Measuring the regions")
        for cells in _list_rows(export, record, label, said[label.id])
    )
    return LabelFile(render_csv(COLUMNS, rows, digits=9).encode(), len(labelled))


def _list_rows(
    export: Export, record: ImageRecord, label: MaskRevision, said: list[Region]
) -> Iterator[dict[str, Cell]]:
    found = find_components(load_mask(export.studio, label.mask_sha))
    common: dict[str, Cell] = {
        "image": record.image.name,
        "image_width": record.image.width,
        "image_height": record.image.height,
        "verdict": record.state.value,
        "revision": label.number,
        "origin": label.origin.value,
        "made_by": label.made_by.value,
        "author": label.author,
        "saved_at": label.created_at.isoformat(),
    }
    for index, (area, box) in enumerate(zip(found.areas, found.boxes, strict=True)):
        place = common | dict(zip(("x", "y", "width", "height"), box.tolist(), strict=True))
        place |= {"region": index + 1, "area_px": int(area)}
        here = [one for one in said if found.labels[one.y, one.x] == index + 1]
        yield from (place | _describe(one) for one in here) if here else (place,)


def _describe(region: Region) -> dict[str, Cell]:
    return {
        "kind": region.kind,
        "severity": region.severity,
        "note": region.note,
        "prominence": region.prominence,
        "labelled_by": region.author,
        "labelled_at": region.created_at.isoformat(),
    }


REGIONS = FileFormat(
    title="Table of regions",
    about="A table with a row per marked region: place, size, kind and severity.",
    suffix=".csv",
    media_type="text/csv; charset=utf-8",
    render=render_table,
)
