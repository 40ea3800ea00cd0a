"""Checking that what people made is all there, and removing what nobody came back to."""

import time
from pathlib import Path

from desra_studio.errors import InputError, StudioError
from desra_studio.services.datasets.staged import list_importing
from desra_studio.services.detection.rebuilding import measure_missing
from desra_studio.services.occupation import occupy
from desra_studio.services.studio import Report, Studio, ignore_progress
from desra_studio.services.uploads.staging import sweep_uploads
from desra_studio.storage.backups import list_backups
from desra_studio.storage.faults import find_faults
from desra_studio.storage.maintenance import find_broken_references, list_blobs
from desra_studio.storage.migrate import check_schema, get_head, get_revision, upgrade_database
from desra_studio.storage.snapshots import put_back

ABANDONED_DAYS = 7
"""After which an upload that nothing arrived for is removed."""


def upgrade_studio(studio: Studio, report: Report = ignore_progress) -> tuple[str, Path | None]:
    """Bring the database to this version's schema, and measure what its queues are ordered by.

    What ended half-way goes on when it is called again.

    Returns:
        the schema it is at now, and the backup that was made first, if one was needed.

    Raises:
        SchemaError: unknown or newer schema, or a migration that failed and was undone.
        InputError: a server is at work.
    """
    with occupy(studio.settings, "desra-studio db upgrade"):
        backup = upgrade_database(studio.database)
        measure_missing(studio, report)
    return get_head(), backup


def restore_studio(
    studio: Studio, backup: Path | None = None
) -> tuple[Path, str | None, Path | None]:
    """Put a backup in the place of the database.

    Args:
        studio: connected, with no server and no job at work on it.
        backup: the copy; the newest that an upgrade made where it is None.

    Returns:
        the backup, the schema that it is of, and where the database that was there is now.

    Raises:
        InputError: no such backup, a damaged one, or a server that is at work.
    """
    path = studio.database.sqlite_path
    if backup is None:
        backup = next(iter(list_backups(path)), None) if path else None
        if backup is None:
            raise InputError(
                f"There is no backup beside {path or 'the database'}: upgrades of SQLite make "
                "them. Name one: desra-studio db restore FILE"
            )
    with occupy(studio.settings, "desra-studio db restore"):
        replaced = put_back(studio.database, backup, studio.settings.data_dir)
    return backup, get_revision(studio.database), replaced


def check_studio(studio: Studio, report: Report = ignore_progress) -> tuple[int, list[str]]:
    """Check schema, references, what else rows have to be, and every file that one names.

    Returns:
        how many files were read, and one line per problem.
    """
    problems = [f"schema: {line}" for line in check_schema(studio.database)]
    with studio.database.read() as session:
        problems += find_broken_references(session)
        problems += [fault.line for fault in find_faults(session)]
        blobs = list_blobs(session)
    for index, (sha, owner) in enumerate(blobs.items()):
        report(index, len(blobs), owner)
        try:
            studio.blobs.get(sha)
        except StudioError as error:
            problems.append(f"{owner}: {error}")
    return len(blobs), problems


def sweep_abandoned(studio: Studio) -> int:
    """Remove uploads that nobody came back to for a week, and return how many that were."""
    before = time.time() - ABANDONED_DAYS * 24 * 60 * 60
    return sweep_uploads(studio, before, list_importing(studio))
