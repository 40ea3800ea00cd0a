"""Importing what the browser sent: the upload stays until its dataset is there."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from desra_studio.detection.detector import DetectorParams
from desra_studio.errors import InputError, MissingReferenceError, SuffixError
from desra_studio.references import MSE_SR, Reference
from desra_studio.services.datasets.adding import AddedReport, add_to_dataset
from desra_studio.services.datasets.importing import ImportReport
from desra_studio.services.datasets.sources import check_source, import_source
from desra_studio.services.job_configs import ImportJobConfig
from desra_studio.services.studio import Report, Studio, ignore_progress
from desra_studio.services.uploads.staging import discard_upload, finish_upload, open_upload
from desra_studio.storage import datasets, runs


def list_importing(studio: Studio) -> set[str]:
    """Return the ids of the uploads that a job imports, or is about to."""
    with studio.database.read() as session:
        active = runs.list_active_runs(session)
        return {str(run.config["staged"]) for run in active if run.config.get("staged")}


def check_staged_import(
    studio: Studio,
    upload_id: str,
    name: str,
    params: DetectorParams,
    suffix: str | None = None,
    into: int | None = None,
    blind_share: float | None = None,
    reference: str = MSE_SR.spelling,
) -> ImportJobConfig:
    """Return the configuration of an `import` job of an upload, having seen that it can start.

    Raises:
        NotFoundError: no such upload.
        InputError: something has not arrived yet, it is being imported, or as `check_source`; what
            is in a zip is seen when it is unpacked.
    """
    upload = open_upload(studio, upload_id)
    if upload_id in list_importing(studio):
        raise InputError(f"{upload.name} is being imported already.")
    path = finish_upload(upload)
    source = _describe_source(upload.name)
    if into is not None:
        with studio.database.read() as session:
            wanted = datasets.get_dataset(session, into).name
        return ImportJobConfig(source, wanted, params, upload_id, suffix or "", into)
    wanted = name.strip() or Path(upload.name).stem
    with _name_as(upload.name, path):
        config = check_source(studio, path, wanted, params, suffix, blind_share, reference)
    return replace(config, source=source, staged=upload_id)


def import_staged(
    studio: Studio,
    upload_id: str,
    name: str,
    report: Report = ignore_progress,
    suffixes: Sequence[str] = (),
    blind_share: float | None = None,
    reference: Reference = MSE_SR,
) -> ImportReport:
    """Import an upload and remove it; where the import fails, it stays.

    Raises:
        NotFoundError: no such upload.
        InputError: see `import_source`.
        CancelledError: from `report`.
    """
    upload = open_upload(studio, upload_id)
    path = finish_upload(upload)
    with _name_as(upload.name, path):
        origin = _describe_source(upload.name)
        imported = import_source(
            studio, path, name, report, suffixes, origin, blind_share, reference
        )
    discard_upload(studio, upload_id)
    return replace(imported, lines=(*upload.notes, *imported.lines))


def add_staged(
    studio: Studio,
    upload_id: str,
    dataset_id: int,
    report: Report = ignore_progress,
    suffixes: Sequence[str] = (),
) -> AddedReport:
    """Add an upload to a dataset and remove it; see `add_to_dataset`."""
    upload = open_upload(studio, upload_id)
    path = finish_upload(upload)
    with _name_as(upload.name, path):
        added = add_to_dataset(studio, dataset_id, path, report, suffixes)
    discard_upload(studio, upload_id)
    return replace(added, lines=(*upload.notes, *added.lines))


def discard_staged(studio: Studio, upload_id: str) -> None:
    """Remove an upload; nothing where there is none.

    Raises:
        InputError: a job imports it.
    """
    if upload_id in list_importing(studio):
        raise InputError("This upload is being imported. Cancel that first.")
    discard_upload(studio, upload_id)


def _describe_source(name: str) -> str:
    return f"upload of {name}"


@contextmanager
def _name_as(name: str, folder: Path) -> Iterator[None]:
    """Let what is wrong with a staged folder be told by the name it was sent under."""
    try:
        yield
    except SuffixError:
        raise
    except MissingReferenceError as error:
        told = str(error).replace(str(folder.resolve()), name)
        raise MissingReferenceError(told, error.references) from error
    except InputError as error:
        raise InputError(str(error).replace(str(folder.resolve()), name)) from error
