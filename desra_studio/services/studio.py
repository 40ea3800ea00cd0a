"""What every service needs: settings, the database and the blobs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile

from desra_studio.config import Settings
from desra_studio.errors import InputError
from desra_studio.services.bundled import register_bundled_models
from desra_studio.services.checks import MAX_PERSON, check_name
from desra_studio.services.silences import Silences
from desra_studio.storage.blobs import BlobStore
from desra_studio.storage.database import Database
from desra_studio.storage.migrate import ensure_schema

Report = Callable[[int, int, str], None]
"""Called with (done, total, what is being done) during long work; may raise CancelledError."""


@dataclass(frozen=True)
class Studio:
    """One installation, open.

    Attributes:
        settings, database, blobs: its own.
        silences: what this process has heard of the installation's jobs.
    """

    settings: Settings
    database: Database
    blobs: BlobStore
    silences: Silences = field(default_factory=Silences, compare=False)

    def run_folder(self, run_id: int) -> Path:
        """Return the folder of a job's log and files."""
        return self.settings.data_dir / "runs" / str(run_id)


def connect_studio(settings: Settings) -> Studio:
    """Connect without looking at the schema, for the commands that mend it.

    Raises:
        InputError: the data directory or the database cannot be used.
    """
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        TemporaryFile(dir=settings.data_dir).close()
    except OSError as error:
        raise InputError(
            f"The data directory {settings.data_dir} cannot be made or written to: "
            f"{error.strerror}. Give another with --data-dir, or mend this one's permissions."
        ) from error
    return Studio(
        settings,
        Database(settings.database_url or settings.data_dir.resolve() / "studio.sqlite"),
        BlobStore(settings.data_dir / "blobs"),
    )


def open_studio(settings: Settings) -> Studio:
    """Open the data directory, making an empty database where there is none.

    The bundled models are registered in it.

    Raises:
        InputError: the data directory or the database cannot be used, or the author has no name
            that masks can be saved under.
        SchemaError: the database is of another version.
    """
    check_name(settings.author, "DESRA_STUDIO_AUTHOR", MAX_PERSON)
    studio = connect_studio(settings)
    ensure_schema(studio.database)
    register_bundled_models(studio.database, studio.blobs)
    return studio


def name_log(run_id: int) -> str:
    """Return what people find a job's log by; where the data directory is, a page does not tell."""
    return f"runs/{run_id}/log.txt in the data directory"


def ignore_progress(_done: int, _total: int, _message: str) -> None:
    """Report to nobody."""
