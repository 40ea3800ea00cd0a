"""What a format is: labels as a folder of files, or as one file, which pages lend as well."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from desra_studio.errors import InputError
from desra_studio.imaging.staging import stage_folder, write_atomically
from desra_studio.services.studio import Studio
from desra_studio.storage.tables import Dataset


class ExportFormat(ABC):
    """A way to write a dataset's labels; `target` is what it makes of the path it is given."""

    target: ClassVar[str]

    @abstractmethod
    def write(self, studio: Studio, dataset: Dataset, out: Path) -> int:
        """Write the labels whole or not at all, and return of how many images.

        Raises:
            InputError: `out` is in the way or cannot be written, or there is nothing to write.
            NotFoundError: a stored file is missing.
        """


@dataclass(frozen=True)
class FolderFormat(ExportFormat):
    """Labels as a new folder.

    Attributes:
        fill: writes into the empty folder it is given, and returns of how many images.
    """

    target: ClassVar[str] = "folder"

    fill: Callable[[Studio, Dataset, Path], int]

    def write(self, studio: Studio, dataset: Dataset, out: Path) -> int:
        """Fill a folder that takes its place once it is complete."""
        if out.is_dir() and any(out.iterdir()):
            raise InputError(
                f"{out} is not empty, and old files would mix with new. Give a new folder."
            )
        with stage_folder(out) as staged:
            return self.fill(studio, dataset, staged)


@dataclass(frozen=True)
class LabelFile:
    """Labels as the bytes of one file, and of how many images they are."""

    data: bytes
    images: int


@dataclass(frozen=True)
class FileFormat(ExportFormat):
    """Labels as one new file.

    Attributes:
        title: what pages call it.
        suffix: of the file's name, with its dot.
        media_type: of the file, as browsers are told.
        render: makes the file.
    """

    target: ClassVar[str] = "file"

    title: str
    suffix: str
    media_type: str
    render: Callable[[Studio, Dataset], LabelFile]

    def write(self, studio: Studio, dataset: Dataset, out: Path) -> int:
        """Write a file that was not there."""
        if out.exists():
            raise InputError(f"{out} exists already. Give the name of a new {self.suffix} file.")
        file = self.render(studio, dataset)
        try:
            write_atomically(out, file.data)
        except OSError as error:
            raise InputError(f"{out} cannot be written: {error.strerror}.") from error
        return file.images
