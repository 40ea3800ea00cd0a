"""Importing what a path stands for: a folder, a zip, a manifest, or the archive of a dataset."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from desra_studio.detection.detector import DetectorParams
from desra_studio.errors import InputError, MissingReferenceError, SuffixError
from desra_studio.imaging.io import SUFFIXES
from desra_studio.references import MSE_SR, Reference, parse_reference
from desra_studio.services.datasets.archives import import_archive, is_archive
from desra_studio.services.datasets.importing import (
    ImportReport,
    check_import,
    check_name,
    choose_blind_share,
    import_dataset,
)
from desra_studio.services.datasets.layout import (
    GAN_FOLDER,
    KNOWN,
    LR_FOLDER,
    MSE_FOLDER,
    UPSCALED_LR,
    tell_references,
)
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
    reference: str = MSE_SR.spelling,
) -> ImportJobConfig:
    """Return the configuration of an `import` job, having seen that it can start.

    Of a file no more is seen than the names in a zip, until it is unpacked.

    Raises:
        SuffixError, MissingReferenceError, InputError: as `check_import`.
    """
    if not path.is_file():
        return check_import(studio, path, name, params, suffix, blind_share, reference)
    parse_reference(reference)
    with studio.database.read() as session:
        name = check_name(session, name or path.stem)
    if path.suffix.lower() == ".zip":
        if reference == MSE_SR.spelling:
            _ask_reference(path)
        if suffix is None:
            _ask_suffix(path)
    share = choose_blind_share(studio, blind_share)
    return ImportJobConfig(
        str(path), name, params, suffix=suffix or "", blind_share=share, reference=reference
    )


def import_source(
    studio: Studio,
    path: Path,
    name: str,
    report: Report = ignore_progress,
    suffixes: Sequence[str] = (),
    origin: str = "",
    blind_share: float | None = None,
    reference: Reference = MSE_SR,
) -> ImportReport:
    """Import a folder, zip, manifest or archive as a new dataset; see `import_dataset`.

    What is labelled blind in an archive, and what it is compared with, stays as it says.

    Raises:
        InputError: as `import_dataset`, `open_source` and `import_archive`.
        CancelledError: from `report`.
    """
    if path.is_file() and is_archive(path):
        if reference != MSE_SR:
            raise InputError(
                f"{path.name} is an archive, which says itself what GAN-SR is compared with. Leave "
                f"the reference {reference.spelling} out."
            )
        return import_archive(studio, path, name, report)
    with open_source(studio, path, report) as source:
        given = origin or (str(path) if path.is_file() else "")
        try:
            imported = import_dataset(
                studio, source.folder, name, report, suffixes, given, blind_share, reference
            )
        except InputError as error:
            # Where it was unpacked to is nobody's business, and gone when this is read.
            raise InputError(str(error).replace(str(source.folder.resolve()), path.name)) from error
    return replace(imported, lines=(*source.notes, *imported.lines))


def _ask_reference(path: Path) -> None:
    """Raise MissingReferenceError where a zip has GAN-SR and LR, and no MSE-SR at all."""
    listed = _list_folders(path)
    has_lr = any(name == LR_FOLDER.lower() or UPSCALED_LR.fullmatch(name) for name in listed)
    if GAN_FOLDER.lower() in listed and MSE_FOLDER.lower() not in listed and has_lr:
        lr = parse_reference("lr")
        offered = {lr.spelling: lr.title}
        raise MissingReferenceError(
            f"{path.name} has no {MSE_FOLDER} folder. Give a zip that has {GAN_FOLDER} and "
            f"{MSE_FOLDER} in it{tell_references(offered)}.",
            offered,
        )


def _ask_suffix(path: Path) -> None:
    """Raise SuffixError where the names in a zip would match without an ending."""
    listed = {folder: names for folder, names in _list_folders(path).items() if folder in OUTPUTS}
    found = propose_suffix(listed) if len(listed) > 1 else None
    if found:
        raise SuffixError(found.suffix, len(found.pairs), found.examples)


def _list_folders(path: Path) -> dict[str, set[str]]:
    """Return the names of the images in a zip, without ending, by their folder in small letters."""
    listed: dict[str, set[str]] = {}
    for name in map(PurePosixPath, list_names(path)):
        if name.suffix.lower() in SUFFIXES:
            listed.setdefault(name.parent.name.lower(), set()).add(name.stem)
    return listed
