"""Importing what a path stands for: a folder, a zip, a manifest, or the archive of a dataset."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from desra_studio.detection.detector import DetectorParams
from desra_studio.errors import InputError, SuffixError
from desra_studio.imaging.io import SUFFIXES
from desra_studio.services.datasets.archives import import_archive, is_archive
from desra_studio.services.datasets.importing import (
    ImportReport,
    check_import,
    check_name,
    choose_blind_share,
    import_dataset,
)
from desra_studio.services.datasets.layout import KNOWN
from desra_studio.services.job_configs import ImportJobConfig
from desra_studio.services.studio import Report, Studio, ignore_progress
from desra_studio.services.suffixes import propose_suffix
from desra_studio.services.uploads.sources import open_source
from desra_studio.services.uploads.zips import list_names

OUTPUTS = frozenset(name.lower() for name in KNOWN)
"""The folders of a layout, in small letters."""


def check_source(
    studio: Studio,
    path: Path,
    name: str,
    params: DetectorParams,
    suffix: str | None = None,
    blind_share: float | None = None,
) -> ImportJobConfig:
    """Return the configuration of an `import` job, having seen that it can start.

    Of a file no more is seen than the names in a zip, until it is unpacked.

    Raises:
        SuffixError, InputError: as `check_import`.
    """
    if not path.is_file():
        return check_import(studio, path, name, params, suffix, blind_share)
    with studio.database.read() as session:
        name = check_name(session, name or path.stem)
    if suffix is None and path.suffix.lower() == ".zip":
        _ask_of_zip(path)
    share = choose_blind_share(studio, blind_share)
    return ImportJobConfig(str(path), name, params, suffix=suffix or "", blind_share=share)


def import_source(
    studio: Studio,
    path: Path,
    name: str,
    report: Report = ignore_progress,
    suffixes: Sequence[str] = (),
    origin: str = "",
    blind_share: float | None = None,
) -> ImportReport:
    """Import a folder, zip, manifest or archive as a new dataset; see `import_dataset`.

    What is labelled blind in an archive stays as it says.

    Raises:
        InputError: as `import_dataset`, `open_source` and `import_archive`.
        CancelledError: from `report`.
    """
    if path.is_file() and is_archive(path):
        return import_archive(studio, path, name, report)
    with open_source(studio, path, report) as source:
        given = origin or (str(path) if path.is_file() else "")
        try:
            imported = import_dataset(
                studio, source.folder, name, report, suffixes, given, blind_share
            )
        except InputError as error:
            # Where it was unpacked to is nobody's business, and gone when this is read.
            raise InputError(str(error).replace(str(source.folder.resolve()), path.name)) from error
    return replace(imported, lines=(*source.notes, *imported.lines))


def _ask_of_zip(path: Path) -> None:
    """Raise SuffixError where the names in a zip would match without an ending."""
    listed: dict[str, set[str]] = {}
    for name in map(PurePosixPath, list_names(path)):
        folder = name.parent.name.lower()
        if folder in OUTPUTS and name.suffix.lower() in SUFFIXES:
            listed.setdefault(folder, set()).add(name.stem)
    found = propose_suffix(listed) if len(listed) > 1 else None
    if found:
        raise SuffixError(found.suffix, len(found.pairs), found.examples)
