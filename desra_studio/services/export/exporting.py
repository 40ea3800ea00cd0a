"""Taking labels out of the studio."""

from dataclasses import dataclass
from pathlib import Path

from desra_studio.errors import InputError, NotFoundError
from desra_studio.services.datasets.listing import find_dataset_by_name
from desra_studio.services.export.formats import FORMATS, list_downloads
from desra_studio.services.studio import Studio
from desra_studio.storage import datasets


@dataclass(frozen=True)
class Exported:
    """What was written: of how many images, and where."""

    images: int
    out: str


@dataclass(frozen=True)
class Download:
    """A file for a browser, with the name under which it is kept there."""

    name: str
    media_type: str
    data: bytes


def export_dataset(studio: Studio, name: str, form: str, out: Path) -> Exported:
    """Write a dataset's labels in one of FORMATS.

    Raises:
        InputError: unknown format, nothing to write, or OUT cannot be written to.
        NotFoundError: no such dataset, or a stored mask is missing.
    """
    if form not in FORMATS:
        raise InputError(f"Unknown format {form!r}. Choose one of: {', '.join(FORMATS)}.")
    dataset = find_dataset_by_name(studio, name)
    return Exported(images=FORMATS[form].write(studio, dataset, out), out=str(out))


def render_download(studio: Studio, dataset_id: int, form: str) -> Download:
    """Return a dataset's labels in a format that is one file.

    Raises:
        NotFoundError: no such dataset, no such format, or a stored mask is missing.
    """
    with studio.database.read() as session:
        dataset = datasets.get_dataset(session, dataset_id)
    downloads = list_downloads()
    if form not in downloads:
        raise NotFoundError(
            f"Labels cannot be downloaded as {form!r}. Choose one of: {', '.join(downloads)}."
        )
    chosen = downloads[form]
    data = chosen.render(studio, dataset).data
    return Download(f"{dataset.name}{chosen.suffix}", chosen.media_type, data)
