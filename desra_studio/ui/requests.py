"""What handlers read in a page's address and in its fields."""

from pathlib import Path

import gradio as gr

from desra_studio.errors import InputError
from desra_studio.services.browse import pick_dataset
from desra_studio.services.studio import Studio


def read_folder(text: str) -> Path:
    """Return the folder that a field names; `~` is the home of whoever runs the server.

    Raises:
        InputError: nothing is named, or something that depends on where the server was started.
    """
    named = text.strip()
    if not named:
        raise InputError("No folder is named. Give its whole path, such as /home/you/images.")
    if not named.startswith("~") and not Path(named).is_absolute():
        raise InputError(
            f"{named!r} could be anywhere: it depends on where the server was started. Give its "
            "whole path."
        )
    return Path(named)


def read_dataset(request: gr.Request, studio: Studio) -> int | None:
    """Return the dataset that the page's address names, or the newest; None without any."""
    wanted = str(request.query_params.get("dataset", ""))
    return pick_dataset(studio, int(wanted) if wanted.isdecimal() else None)
