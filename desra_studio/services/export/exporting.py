"""Taking labels out of the studio."""

from dataclasses import dataclass
from pathlib import Path

from desra_studio.errors import InputError, NotFoundError
from desra_studio.services.datasets.listing import find_dataset_by_name
from desra_studio.services.export.format_types import Export
from desra_studio.services.export.formats import CROPPABLE, FORMATS, list_downloads
from desra_studio.services.studio import Report, Studio, ignore_progress
from desra_studio.storage import datasets


@dataclass(frozen=True)
class Exported:
    """What was written: of how many images, where, and what was left out."""

    images: int
    out: str
    notes: list[str]


@dataclass(frozen=True)
class Download:
    """A file for a browser, with the name under which it is kept there."""

    name: str
    media_type: str
    data: bytes


def export_dataset(
    studio: Studio,
    name: str,
    form: str,
    out: Path,
    *,
    cropped: bool = False,
    report: Report = ignore_progress,
) -> Exported:
    """Write a dataset's labels in one of FORMATS.

    Args:
        studio: the installation.
        name: of the dataset.
        form: one of FORMATS.
        out: where to, a new file or folder.
        cropped: leave the 5 px along each edge of the masks out; some formats can.
        report: of the progress.

    Raises:
        InputError: unknown format, one that cannot be cropped, nothing to write, or OUT cannot be
            written to.
        NotFoundError: no such dataset, or a stored mask is missing.
    """
    check_format(form, cropped)
    export = Export(studio, find_dataset_by_name(studio, name), cropped, report)
    images = FORMATS[form].write(export, out)
    return Exported(images=images, out=str(out), notes=export.notes)


def check_format(form: str, cropped: bool) -> None:
    """Raise InputError where there is no such format, or it is to be cropped and cannot be."""
    if form not in FORMATS:
        raise InputError(f"Unknown format {form!r}. Choose one of: {', '.join(FORMATS)}.")
    if cropped and form not in CROPPABLE:
        raise InputError(
            f"Only {', '.join(CROPPABLE)} can be cropped, not {form}. Export it whole."
        )


def render_download(studio: Studio, dataset_id: int, form: str) -> Download:
    """Return a dataset's labels in a format that is one file.

    Raises:
        NotFoundError: no such dataset, no such format, or a stored mask is missing.
        InputError: there is nothing to write.
    """
    with studio.database.read() as session:
        dataset = datasets.get_dataset(session, dataset_id)
    downloads = list_downloads()
    if form not in downloads:
        raise NotFoundError(
            f"Labels cannot be downloaded as {form!r}. Choose one of: {', '.join(downloads)}."
        )
    chosen = downloads[form]
    data = chosen.render(Export(studio, dataset)).data
    return Download(f"{dataset.name}{chosen.suffix}", chosen.media_type, data)
