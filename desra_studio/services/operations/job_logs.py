"""The end of a job's log, for who does not sit at the server."""

import os
import sys
from pathlib import Path

import desra_studio
from desra_studio.errors import NotFoundError
from desra_studio.services.operations.describing import find_log
from desra_studio.services.studio import Studio, name_log
from desra_studio.storage import runs

LINES = 200
MAX_BYTES = 200_000
"""Of the end of the file: that is read, however long its lines are."""


def read_log(studio: Studio, run_id: int) -> list[str]:
    """Return the last 200 lines that a job printed, without where on the server things lie.

    Raises:
        NotFoundError: no such job, or one without a log.
    """
    with studio.database.read() as session:
        runs.get_run(session, run_id)
    try:
        with find_log(studio, run_id).open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - MAX_BYTES))
            text = file.read().decode(errors="replace")
    except FileNotFoundError as error:
        raise NotFoundError(f"Job {run_id} has no log: {name_log(run_id)} is not there.") from error
    return [_hide_folders(studio, line) for line in text.splitlines()[-LINES:]]


def _hide_folders(studio: Studio, line: str) -> str:
    # The longest first: some lie within others.
    hidden = {
        str(studio.settings.data_dir.resolve()): "[data]",
        str(Path(desra_studio.__file__).resolve().parent.parent): "[studio]",
        str(Path(sys.prefix)): "[python]",
        str(Path(sys.base_prefix)): "[python]",
        str(Path.home()): "[home]",
    }
    for folder in sorted(hidden, key=len, reverse=True):
        if len(folder) > 1:
            line = line.replace(folder, hidden[folder])
    return line
