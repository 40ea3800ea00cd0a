"""Importing an archive of a dataset; `archive_format` says what one is."""

import hashlib
import json
import shutil
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from desra_studio.errors import InputError, NotFoundError
from desra_studio.imaging.arrays import Size
from desra_studio.imaging.io import spell_name
from desra_studio.imaging.opening import MAX_FILE_BYTES
from desra_studio.imaging.png import read_png_size
from desra_studio.references import Reference
from desra_studio.services.datasets.archive_format import (
    FILES,
    FORMAT,
    KIND,
    MANIFEST,
    ROWS,
    Manifest,
    name_file,
    name_rows,
)
from desra_studio.services.datasets.archive_rows import Rows, check_archive_rows
from desra_studio.services.datasets.importing import ImportReport, check_name
from desra_studio.services.studio import Report, Studio, ignore_progress
from desra_studio.storage.archive_load import (
    REFERENCE_FORMAT,
    RowLoader,
    check_row,
    complete_row,
)
from desra_studio.storage.archive_tables import (
    TABLES,
    WEIGHTS,
)
from desra_studio.vocabulary import LABELLED

MAX_MANIFEST_BYTES = 256 * 1024 * 1024
"""A hundred thousand images need half of it."""
PEEK_BYTES = 4096
PIECE_BYTES = 1024 * 1024


def is_archive(path: Path) -> bool:
    """Tell whether a file is an archive of a dataset, by how its manifest begins."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(MANIFEST) as file:
            return f'"kind": "{KIND}"'.encode() in file.read(PEEK_BYTES)
    except (OSError, KeyError, zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error):
        return False


def import_archive(
    studio: Studio, path: Path, name: str, report: Report = ignore_progress
) -> ImportReport:
    """Import an archive as a new dataset, whole or not at all.

    Every file is compared with its hash before any row is written, and all rows are written at
    once. Files that were stored until then stay, as of any import that ended early: they are named
    by their content, and found again by the next.

    Args:
        studio: the installation.
        path: of the zip.
        name: of the new dataset; "" for that in the archive.
        report: of the progress; may raise CancelledError.

    Raises:
        InputError: no archive, one that is cut off or damaged, with what it must not hold, of a
            newer format, too large for the disk, or the name cannot be given.
    """
    with _open(path) as archive:
        manifest = _read_manifest(archive)
        with studio.database.read() as session:
            name = check_name(session, name or manifest.dataset)
        _check_entries(archive, manifest)
        _check_space(studio, manifest)
        rows = _read_rows(archive, manifest)
        try:
            sizes = check_archive_rows(rows, studio.settings.max_megapixels)
        except InputError as error:
            raise archive.refuse(str(error)) from error
        _store_files(studio, archive, manifest, sizes, report)
    images = len(rows["image"])
    report(images, images, f"Writing {images} images")
    (dataset,) = rows["dataset"]
    dataset |= {"name": name, "source": spell_name(str(path))}
    return _write_rows(studio, manifest, name, rows)


@dataclass(frozen=True)
class _Archive:
    """An open zip, with the name that people know it by."""

    name: str
    zip: zipfile.ZipFile

    def refuse(self, text: str) -> InputError:
        return InputError(f"{self.name}: {text}. Export it again.")


@contextmanager
def _open(path: Path) -> Iterator[_Archive]:
    """Yield an open zip; whatever is wrong with it becomes an InputError that names it."""
    name = spell_name(path.name)
    try:
        with zipfile.ZipFile(path) as opened:
            yield _Archive(name, opened)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise InputError(
            f"{name}: cut off or damaged, no whole zip ({error}). Copy or export it again."
        ) from error
    except NotImplementedError as error:
        raise InputError(f"{name}: packed in a way that is not read ({error}).") from error
    except OSError as error:
        raise InputError(f"{name}: cannot be read ({error.strerror or error}).") from error


def _read_manifest(archive: _Archive) -> Manifest:
    try:
        entry = archive.zip.getinfo(MANIFEST)
    except KeyError as error:
        raise archive.refuse(f"no {MANIFEST} in it, so it is no archive of a dataset") from error
    if entry.file_size > MAX_MANIFEST_BYTES:
        raise archive.refuse(f"its {MANIFEST} has {entry.file_size} bytes, which no dataset needs")
    _check_entry(archive, entry)
    data = archive.zip.read(entry)
    try:
        found = json.loads(data)
        kind, form = found["kind"], found["format"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise archive.refuse(f"its {MANIFEST} is not readable") from error
    if kind != KIND or not isinstance(form, int):
        raise archive.refuse(f"its {MANIFEST} is of another kind: {str(kind)[:60]!r}")
    if form > FORMAT:
        raise InputError(
            f"{archive.name}: written in format {form}, and this version reads {FORMAT}. Update "
            "DeSRA Studio, then import it."
        )
    try:
        return Manifest.model_validate(found)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise archive.refuse(
            f"its {MANIFEST} says nothing usable of {place}: {first['msg']}"
        ) from (error)


def _check_entries(archive: _Archive, manifest: Manifest) -> None:
    """Raise InputError unless the zip holds what the manifest names, and that alone."""
    seen: set[str] = set()
    for entry in archive.zip.infolist():
        if entry.is_dir() and entry.filename in ("rows/", "files/"):
            continue
        _check_entry(archive, entry)
        name = spell_name(entry.filename)
        if name in seen:
            raise archive.refuse(f"{name} is in it twice")
        seen.add(name)
        if name == MANIFEST:
            continue
        table = ROWS.fullmatch(name)
        if not FILES.fullmatch(name) and not (table and table[1] in TABLES):
            raise archive.refuse(f"{name[:100]!r} has no place in an archive")
        if name not in manifest.files:
            raise archive.refuse(f"{name} is not in its {MANIFEST}")
        said = manifest.files[name].bytes
        if entry.file_size != said:
            raise archive.refuse(f"{name} has {entry.file_size} bytes, not {said}")
        if said > MAX_FILE_BYTES:
            raise archive.refuse(f"{name} has {said} bytes, more than a file of it can need")
    missing = sorted(manifest.files.keys() - seen)
    if missing:
        raise archive.refuse(f"{missing[0]} is missing, and {len(missing) - 1} others")


def _check_entry(archive: _Archive, entry: zipfile.ZipInfo) -> None:
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise archive.refuse(f"{entry.filename[:100]!r} is a link")
    if entry.flag_bits & 1:
        raise archive.refuse(f"{entry.filename[:100]!r} is encrypted")


def _check_space(studio: Studio, manifest: Manifest) -> None:
    needed = sum(file.bytes for file in manifest.files.values())
    free = shutil.disk_usage(studio.settings.data_dir).free
    if needed > free:
        raise InputError(
            f"The archive holds {needed / 1e9:.1f} GB, and {free / 1e9:.1f} GB are free in the "
            "data directory. Free some space and try again."
        )


def _read_rows(archive: _Archive, manifest: Manifest) -> Rows:
    """Return the rows of every table, each with values of its columns' types."""
    rows: Rows = {table: [] for table in TABLES}
    for table, found in rows.items():
        name = name_rows(table)
        if name in manifest.files:
            _check_hash(archive, manifest, name)
            with archive.zip.open(name) as file:
                for number, line in enumerate(file, 1):
                    try:
                        row = json.loads(line)
                        row = complete_row(table, row, manifest.format)
                        found.append(check_row(table, row))
                    except (ValueError, AttributeError, RecursionError, InputError) as error:
                        raise archive.refuse(f"{name} line {number}: {error}") from error
        if len(found) != manifest.rows.get(table, 0):
            said = manifest.rows.get(table, 0)
            raise archive.refuse(f"{name} has {len(found)} rows, its {MANIFEST} says {said}")
    return rows


def _check_hash(archive: _Archive, manifest: Manifest, name: str) -> None:
    digest = hashlib.sha256()
    with archive.zip.open(name) as file:
        while piece := file.read(PIECE_BYTES):
            digest.update(piece)
    if digest.hexdigest() != manifest.files[name].sha256:
        raise _refuse_hash(archive, name)


def _refuse_hash(archive: _Archive, name: str) -> InputError:
    return archive.refuse(f"{name} is damaged: its SHA-256 is not that of its {MANIFEST}")


def _store_files(
    studio: Studio,
    archive: _Archive,
    manifest: Manifest,
    sizes: dict[str, Size | None],
    report: Report,
) -> None:
    """Compare every file with its hash, and store those that rows name.

    Raises:
        InputError: a file is damaged or missing, or an image has another size than its row says.
    """
    for sha in sizes:
        if name_file(sha) not in manifest.files:
            raise archive.refuse(f"{name_file(sha)} is missing, and a row names it")
    names = [name for name in manifest.files if FILES.fullmatch(name)]
    for index, name in enumerate(names):
        report(index, len(names), "Storing the files")
        data = archive.zip.read(name)
        sha = hashlib.sha256(data).hexdigest()
        if sha != manifest.files[name].sha256 or name != name_file(sha):
            raise _refuse_hash(archive, name)
        if sha not in sizes:
            continue
        size = sizes[sha]
        if size and read_png_size(data) != size:
            raise archive.refuse(f"{name} is no PNG of {size} px, as a row says")
        studio.blobs.put(data)


def _list_unknown(manifest: Manifest) -> list[str]:
    """Return what the archive tells that there is no place for."""
    told = {f"{MANIFEST}, made_by": manifest.made_by}
    if manifest.format < REFERENCE_FORMAT:  # since then it stands in the dataset's row, too
        told[f"{MANIFEST}, reference"] = manifest.reference
    return [place for place, value in told.items() if value is not None]


def _count_blind(rows: Rows) -> int:
    """Return how many images are still to be labelled blind."""
    labelled = {row["image_id"] for row in rows["mask_revision"]}
    return sum(row["is_blind"] and row["id"] not in labelled for row in rows["image"])


def _write_rows(studio: Studio, manifest: Manifest, name: str, rows: Rows) -> ImportReport:
    here = {}
    for row in rows["model"]:
        if sha := row[WEIGHTS]:
            with suppress(NotFoundError):
                studio.blobs.find(sha)
                here[sha] = True
    lines = [f"{place}: not kept by this version" for place in _list_unknown(manifest)]
    (dataset,) = rows["dataset"]
    with studio.database.write() as session:
        check_name(session, name)
        loader = RowLoader(session, here)
        for table, found in rows.items():
            loader.add_rows(table, found)
        dataset_id = loader.ids["dataset"][dataset["id"]]
    return ImportReport(
        dataset_id=dataset_id,
        name=name,
        images=len(rows["image"]),
        lr_only=dataset["gan_model_id"] is None,
        with_lr=sum(row["lr_sha"] is not None for row in rows["image"]),
        labels=sum(row["state"] in LABELLED for row in rows["review_state"]),
        lines=(*lines, *loader.notes),
        with_detections=True,
        reference=Reference(dataset["reference"], dataset["reference_name"]).title,
        blind=_count_blind(rows),
    )
