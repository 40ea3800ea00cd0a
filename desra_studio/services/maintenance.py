"""Checking that what people made is all there."""

from pathlib import Path

from desra_studio.errors import StudioError
from desra_studio.services.queue_figures import rebuild_queue
from desra_studio.services.studio import Report, Studio, ignore_progress
from desra_studio.storage.datasets import list_datasets
from desra_studio.storage.maintenance import find_broken_references, list_blobs
from desra_studio.storage.migrate import check_schema, get_head, get_revision, upgrade_database


def upgrade_studio(studio: Studio, report: Report = ignore_progress) -> tuple[str, Path | None]:
    """Bring the database to this version's schema, and its queues to what they are ordered by now.

    Returns:
        the schema it is at now, and the backup that was made first, if one was needed.

    Raises:
        SchemaError: unknown or newer schema, or a migration that failed and was undone.
    """
    changes = get_revision(studio.database) != get_head()
    backup = upgrade_database(studio.database)
    if changes:
        with studio.database.read() as session:
            ids = [dataset.id for dataset in list_datasets(session)]
        for dataset_id in ids:
            rebuild_queue(studio, dataset_id, report)
    return get_head(), backup


def check_studio(studio: Studio, report: Report = ignore_progress) -> tuple[int, list[str]]:
    """Check schema, references and every file that a row names.

    Returns:
        how many files were read, and one line per problem.
    """
    problems = [f"schema: {line}" for line in check_schema(studio.database)]
    with studio.database.read() as session:
        problems += find_broken_references(session)
        blobs = list_blobs(session)
    for index, (sha, owner) in enumerate(blobs.items()):
        report(index, len(blobs), owner)
        try:
            studio.blobs.get(sha)
        except StudioError as error:
            problems.append(f"{owner}: {error}")
    return len(blobs), problems
