"""Pictures of one place that a training leaves behind while it runs."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from desra_studio.errors import NotFoundError
from desra_studio.imaging.arrays import RgbImage
from desra_studio.imaging.io import encode_png
from desra_studio.imaging.staging import write_atomically
from desra_studio.services.jobs import view_job
from desra_studio.services.studio import Studio

FIXED = ("gan", "mse", "pseudo_gt")
"""Pictures that stay as they are: what was, what is known to be calm, what is to come."""

_ABOUT = "about.json"
_NUMBERED = re.compile(r"\d{6,9}")


@dataclass(frozen=True, kw_only=True)
class PreviewList:
    """What pictures a run has so far.

    Attributes:
        name: of the image; empty before the first picture.
        box: x, y, width and height in px of it; None before the first picture.
        fixed: names of the pictures that stay.
        iterations: those that have a picture, in order.
    """

    name: str
    box: list[int] | None
    fixed: list[str]
    iterations: list[int]


@dataclass(frozen=True)
class PreviewWriter:
    """Writes the pictures of a run into a folder, each whole or not at all."""

    folder: Path

    def write_fixed(self, name: str, box: list[int], pictures: dict[str, RgbImage]) -> None:
        """Write the pictures of `FIXED`, and where they are from.

        Args:
            name: of the image.
            box: x, y, width and height in px of the image.
            pictures: by name, each (height, width, 3) uint8 RGB.
        """
        for picture, pixels in pictures.items():
            write_atomically(self.folder / f"{picture}.png", encode_png(pixels))
        about = json.dumps({"name": name, "box": box})
        write_atomically(self.folder / _ABOUT, about.encode())

    def write(self, iteration: int, pixels: RgbImage) -> None:
        """Write what the generator made of the place after an iteration."""
        write_atomically(self.folder / f"{iteration:06}.png", encode_png(pixels))


def open_previews(studio: Studio, run_id: int) -> PreviewWriter:
    """Return what writes the pictures of a run."""
    return PreviewWriter(_get_folder(studio, run_id))


def list_previews(studio: Studio, run_id: int) -> PreviewList:
    """Return what pictures a run has so far.

    Raises:
        NotFoundError: no such run.
    """
    view_job(studio, run_id)
    folder = _get_folder(studio, run_id)
    try:
        about = json.loads((folder / _ABOUT).read_text())
    except FileNotFoundError:
        return PreviewList(name="", box=None, fixed=[], iterations=[])
    numbered = (path.stem for path in folder.glob("*.png") if _NUMBERED.fullmatch(path.stem))
    return PreviewList(
        name=about["name"],
        box=about["box"],
        fixed=list(FIXED),
        iterations=sorted(map(int, numbered)),
    )


def get_preview_path(studio: Studio, run_id: int, name: str) -> Path:
    """Return a picture's PNG file.

    Args:
        studio: the installation.
        run_id: of the run.
        name: one of `FIXED`, or an iteration of at least six digits.

    Raises:
        NotFoundError: no such run or picture, or not yet.
    """
    view_job(studio, run_id)
    path = _get_folder(studio, run_id) / f"{name}.png"
    if not (name in FIXED or _NUMBERED.fullmatch(name)) or not path.is_file():
        raise NotFoundError(
            f"Run {run_id} has no preview {name!r}. There are {', '.join(FIXED)}, and iterations "
            "such as 000050 once they are reached."
        )
    return path


def _get_folder(studio: Studio, run_id: int) -> Path:
    return studio.run_folder(run_id) / "preview"
