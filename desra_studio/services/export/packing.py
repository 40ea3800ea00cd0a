"""Exports as one file each, for browsers."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO

from desra_studio.imaging.io import SUFFIXES
from desra_studio.services.export.exporting import check_format
from desra_studio.services.export.format_types import Export
from desra_studio.services.export.formats import CROPPABLE, FORMATS
from desra_studio.services.studio import Studio
from desra_studio.storage import datasets

PIECE_BYTES = 256 * 1024


@dataclass(frozen=True)
class FormatView:
    """A format as pages offer it.

    Attributes:
        name: of the format.
        title, about: in plain words.
        suffix: of the file that a browser gets.
        croppable: whether its masks can lack 5 px on each side.
    """

    name: str
    title: str
    about: str
    suffix: str
    croppable: bool


@dataclass(frozen=True)
class PackedExport:
    """A file without a name on the disk, which is gone once it is closed.

    Attributes:
        file: at its begin.
        size: in bytes.
        name, media_type: as browsers are told.
        images: that it is of.
        notes: what was left out.
    """

    file: IO[bytes]
    size: int
    name: str
    media_type: str
    images: int
    notes: tuple[str, ...]

    def iter_pieces(self) -> Iterator[bytes]:
        """Yield the bytes, and close the file at their end or when nobody takes them any more."""
        with self.file:
            while piece := self.file.read(PIECE_BYTES):
                yield piece


def list_formats() -> list[FormatView]:
    """Return all formats in the order of FORMATS."""
    return [
        FormatView(name, form.title, form.about, form.suffix or ".zip", name in CROPPABLE)
        for name, form in FORMATS.items()
    ]


def pack_export(
    studio: Studio, dataset_id: int, form: str, *, cropped: bool = False
) -> PackedExport:
    """Export a dataset into one file: as it is, or a zip of the folder that the format makes.

    It is made in the data directory, so the disk needs room for it twice.

    Raises:
        InputError, NotFoundError: see `export_dataset`.
    """
    check_format(form, cropped)
    with studio.database.read() as session:
        dataset = datasets.get_dataset(session, dataset_id)
    chosen = FORMATS[form]
    export = Export(studio, dataset, cropped)
    # Windows cannot remove what is open.
    with TemporaryDirectory(
        dir=studio.settings.data_dir, prefix="export-", ignore_cleanup_errors=True
    ) as folder:
        out = Path(folder) / "out"
        images = chosen.write(export, out)
        file: IO[bytes] = _zip_folder(out) if out.is_dir() else out.open("rb")
    size = file.seek(0, 2)
    file.seek(0)
    name = f"{dataset.name}-{form}{chosen.suffix or '.zip'}"
    return PackedExport(file, size, name, chosen.media_type, images, tuple(export.notes))


def _zip_folder(folder: Path) -> IO[bytes]:
    """Return a zip of a folder's files, each of which is removed once it is in."""
    file = TemporaryFile(dir=folder.parent)  # noqa: SIM115 (whoever sends it closes it)
    with zipfile.ZipFile(file, "w") as packed:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            is_image = path.suffix in SUFFIXES
            packed.write(
                path,
                path.relative_to(folder).as_posix(),
                zipfile.ZIP_STORED if is_image else zipfile.ZIP_DEFLATED,
            )
            path.unlink()
    return file
