"""Folders of this machine that a page may name: an admin says which, where it is not all."""

from pathlib import Path

from desra_studio.config import Settings
from desra_studio.errors import InputError


def resolve_folder(settings: Settings, text: str) -> Path:
    """Return the folder that a page's field names; `~` is the home of whoever runs the server.

    Links are followed before it is looked where the folder lies.

    Raises:
        InputError: nothing is named, something that depends on where the server was started, or a
            folder outside those that the server was told it may read.
    """
    named = text.strip()
    if not named:
        raise InputError("No folder is named. Give its whole path, such as /home/you/images.")
    if "\0" in named or not (named.startswith("~") or Path(named).is_absolute()):
        raise InputError(
            f"{named!r} could be anywhere: it depends on where the server was started. Give its "
            "whole path."
        )
    try:
        folder = Path(named).expanduser().resolve()
    except RuntimeError as error:
        raise InputError(
            f"{named} names a home folder that does not exist. Give another."
        ) from error
    allowed = [place.expanduser().resolve() for place in settings.folders]
    if allowed and not any(folder.is_relative_to(place) for place in allowed):
        raise InputError(
            f"{named} is not in a folder that this server may read. Choose one in "
            f"{' or '.join(map(str, allowed))}, or let whoever runs it add --folder."
        )
    return folder


def list_detector_files(settings: Settings) -> list[str]:
    """Return the names of the files in the folder of detectors, sorted; none without a folder."""
    folder = settings.detectors
    if folder is None or not folder.expanduser().is_dir():
        return []
    return sorted(path.name for path in folder.expanduser().iterdir() if path.is_file())


def resolve_detector(settings: Settings, name: str) -> Path:
    """Return the path of a file in the folder of detectors.

    A detector is a program. It is run only where an admin put it, never from where a page says.

    Raises:
        InputError: no folder was named, or no file of this name is in it.
    """
    if settings.detectors is None:
        raise InputError(
            "Detector files are programs, and no folder of them was named. Let whoever runs the "
            "server start it with --detectors DIR."
        )
    if name not in list_detector_files(settings):
        raise InputError(f"{name!r} is no file in the folder of detectors. Choose one of the list.")
    return settings.detectors.expanduser() / name
