"""Folders that something was staged in."""

import re
from pathlib import Path

from desra_studio.services.studio import Studio

LAYOUT = re.compile(r"GAN-SR|MSE-SR|LR|GT-Mask|LR-bicubic-x\d", re.IGNORECASE)
"""Folders of DeSRA's layout: what is in one alone means something else without it."""


def find_uploads(studio: Studio) -> Path:
    """Return the folder of all that is staged, made where it is not there."""
    folder = studio.settings.data_dir.resolve() / "uploads"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def descend(folder: Path) -> Path:
    """Return the folder itself, or the one below it that holds all there is."""
    while True:
        found = list(folder.iterdir())
        if len(found) != 1 or not found[0].is_dir() or LAYOUT.fullmatch(found[0].name):
            return folder
        folder = found[0]
