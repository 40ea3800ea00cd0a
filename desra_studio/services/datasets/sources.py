"""Importing what a path stands for: a folder, a zip, a manifest, or the archive of a dataset."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from desra_studio.detection.detector import DetectorParams
from desra_studio.errors import InputError
from desra_studio.services.datasets.archives import import_archive, is_archive
from desra_studio.services.datasets.importing import (
    ImportReport,
    check_import,
    check_name,
    import_dataset,
)
from desra_studio.services.job_configs import ImportJobConfig
from desra_studio.services.studio import Report, Studio, ignore_progress
from desra_studio.services.uploads.sources import open_source


def check_source(studio: Studio, path: Path, name: str, params: DetectorParams) -> ImportJobConfig:
    """Return the configuration of an `import` job, having seen that it can start.

    What is in a file is seen when it is unpacked.

    Raises:
        InputError: as `check_import`.
    """
    if not path.is_file():
        return check_import(studio, path, name, params)
    with studio.database.read() as session:
        name = check_name(session, name or path.stem)
    return ImportJobConfig(str(path), name, params)


def import_source(
    studio: Studio,
    path: Path,
    name: str,
    report: Report = ignore_progress,
    suffixes: Sequence[str] = (),
    origin: str = "",
) -> ImportReport:
    """Import a folder, zip, manifest or archive as a new dataset; see `import_dataset`.

    Raises:
        InputError: as `import_dataset`, `open_source` and `import_archive`.
        CancelledError: from `report`.
    """
    if path.is_file() and is_archive(path):
        return import_archive(studio, path, name, report)
    with open_source(studio, path, report) as source:
        given = origin or (str(path) if path.is_file() else "")
        try:
            imported = import_dataset(studio, source.folder, name, report, suffixes, given)
        except InputError as error:
            # Where it was unpacked to is nobody's business, and gone when this is read.
            raise InputError(str(error).replace(str(source.folder.resolve()), path.name)) from error
    return replace(imported, lines=(*source.notes, *imported.lines))
