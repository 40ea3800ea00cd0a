"""What is told of files that are not as they should be: a line each."""

from dataclasses import dataclass, field
from pathlib import Path

from desra_studio.errors import InputError
from desra_studio.imaging.io import spell_name


class LeftOutError(InputError):
    """A file, or the image it belongs to, that is left out; its text is the line on it."""


@dataclass
class FileNotes:
    """Lines on files that were left out or converted.

    Attributes:
        lines: 'FOLDER/FILE: what was wrong or converted'.
    """

    lines: list[str] = field(default_factory=list)

    def note(self, path: Path, text: str) -> None:
        """Add a line on one file."""
        self.lines.append(spell_line(path, text))


def spell_line(path: Path, text: str) -> str:
    """Return a line on one file, with what its message says of the file's name but once."""
    return spell_name(f"{path.parent.name}/{path.name}: {text}")


def tell_reason(path: Path, error: InputError) -> str:
    """Return what an error says of a file, without its name."""
    return str(error).removeprefix(f"{path.name}: ")
