"""A dataset whole, as a zip that another studio imports without loss."""

import hashlib
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import BinaryIO, ClassVar

from desra_studio import __version__
from desra_studio.errors import InputError
from desra_studio.imaging.png import SIGNATURE
from desra_studio.imaging.staging import stage_file
from desra_studio.services.datasets.archive_format import (
    LEFT_OUT,
    MANIFEST,
    ArchivedFile,
    Manifest,
    name_file,
    name_rows,
)
from desra_studio.services.export.format_types import Export, ExportFormat, check_new_file
from desra_studio.storage import datasets
from desra_studio.storage.archive_dump import iter_rows
from desra_studio.storage.archive_tables import TABLES, ArchiveRow, list_blob_columns

FAST = 1
"""How hard what is not a PNG is compressed."""


@dataclass(frozen=True, kw_only=True)
class ArchiveFormat(ExportFormat):
    """A dataset as one zip."""

    target: ClassVar[str] = "zip"

    def write(self, export: Export, out: Path) -> int:
        """Write a zip that was not there, a file at a time."""
        check_new_file(out, self.suffix)
        try:
            with stage_file(out) as file:
                return _write_archive(export, file)
        except OSError as error:
            raise InputError(f"{out} cannot be written: {error.strerror}.") from error


def _write_archive(export: Export, file: BinaryIO) -> int:
    """Write everything, the manifest last, and return of how many images."""
    counts = dict.fromkeys(TABLES, 0)
    files: dict[str, ArchivedFile] = {}
    named: dict[str, None] = {}
    with zipfile.ZipFile(file, "w") as archive, export.studio.database.read() as session:
        rows = iter_rows(session, export.dataset)
        for table, group in groupby(rows, key=lambda each: each[0]):
            blobs = list_blob_columns(table)
            name = name_rows(table)
            digest, size = hashlib.sha256(), 0
            with archive.open(_describe(name, packed=True), "w", force_zip64=True) as entry:
                for line, row in _render_lines(row for _, row in group):
                    entry.write(line)
                    digest.update(line)
                    size += len(line)
                    counts[table] += 1
                    named |= dict.fromkeys(row[each] for each in blobs if row[each])
            files[name] = ArchivedFile(bytes=size, sha256=digest.hexdigest())
        if not counts["image"]:
            raise InputError(f"{export.dataset.name} has no image. Import some first.")
        for sha in export.walk(named, len(named), "Archiving the files"):
            data = export.studio.blobs.get(sha)
            packed = not data.startswith(SIGNATURE)
            archive.writestr(_describe(name_file(sha), packed), data, compresslevel=FAST)
            files[name_file(sha)] = ArchivedFile(bytes=len(data), sha256=sha)
        manifest = Manifest(
            studio=__version__,
            dataset=export.dataset.name,
            rows=counts,
            left_out=list(LEFT_OUT),
            reference=datasets.get_reference(export.dataset).title,
            files=files,
        )
        archive.writestr(_describe(MANIFEST, packed=True), manifest.model_dump_json(indent=1))
    return counts["image"]


def _render_lines(rows: Iterator[ArchiveRow]) -> Iterator[tuple[bytes, ArchiveRow]]:
    for row in rows:
        yield f"{json.dumps(row, ensure_ascii=False, sort_keys=True)}\n".encode(), row


def _describe(name: str, packed: bool) -> zipfile.ZipInfo:
    """Return what a zip says of a file: never a time, so that the same content is the same zip."""
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    info.external_attr = 0o644 << 16
    return info


ARCHIVE = ArchiveFormat(
    title="Archive",
    about="Everything of the dataset with its history, to be imported into another studio.",
    suffix=".zip",
)
