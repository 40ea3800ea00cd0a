"""What a format is: labels as a folder of files, or as one file, which pages lend as well."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, TypeVar

from desra_studio.errors import InputError
from desra_studio.imaging.staging import stage_folder, write_atomically
from desra_studio.services.studio import Report, Studio, ignore_progress
from desra_studio.storage import datasets
from desra_studio.storage.datasets import ImageRecord
from desra_studio.storage.label_tables import MaskRevision
from desra_studio.storage.tables import Dataset

NAMED = 20
"""Images that a note names; of more it tells how many."""

T = TypeVar("T")


@dataclass(frozen=True)
class Export:
    """One export that is under way.

    Attributes:
        studio, dataset: what is exported.
        cropped: whether masks lack the border that the released scripts crop.
        report: of the progress; may raise CancelledError.
        notes: a line per kind of thing that was left out or is otherwise than one may expect.
    """

    studio: Studio
    dataset: Dataset
    cropped: bool = False
    report: Report = ignore_progress
    notes: list[str] = field(default_factory=list)

    def list_records(self) -> list[ImageRecord]:
        """Return the upscaled images by name; how many are not is noted."""
        with self.studio.database.read() as session:
            records = datasets.list_records(session, self.dataset)
            images = datasets.list_images(session, self.dataset.id)
        upscaled = {record.image.id for record in records}
        waiting = [image.name for image in images if image.id not in upscaled]
        self.note(waiting, "left out, not upscaled yet")
        return records

    def list_labelled(self) -> list[tuple[ImageRecord, MaskRevision]]:
        """Return the accepted and clean images by name with their masks, and note the others.

        Raises:
            InputError: there is none.
        """
        records = self.list_records()
        labelled = [(record, record.label) for record in records if record.label]
        if not labelled:
            raise InputError(
                f"{self.dataset.name} has no accepted or clean image yet. Review some first."
            )
        others = [record.image.name for record in records if not record.label]
        self.note(others, "left out, not accepted or clean")
        return labelled

    def note(self, names: list[str], what: str) -> None:
        """Note what holds for images of these names, if there are any."""
        if names:
            count = f"{len(names)} image{'s' if len(names) > 1 else ''}"
            more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
            self.notes.append(f"{count} {what}: {', '.join(names[:NAMED])}{more}")

    def walk(self, items: Iterable[T], count: int, doing: str) -> Iterator[T]:
        """Yield the items, and report each."""
        for index, item in enumerate(items):
            self.report(index, count, doing)
            yield item
        self.report(count, count, doing)


@dataclass(frozen=True, kw_only=True)
class ExportFormat(ABC):
    """A way to write a dataset's labels.

    Attributes:
        target: what it makes of the path it is given.
        title: what pages call it.
        about: one sentence on what it holds and for whom.
        suffix: of a file's name, with its dot; "" for a folder.
        media_type: of the file, as browsers are told; a folder is sent as a zip.
    """

    target: ClassVar[str]

    title: str
    about: str
    suffix: str = ""
    media_type: str = "application/zip"

    @abstractmethod
    def write(self, export: Export, out: Path) -> int:
        """Write the labels whole or not at all, and return of how many images.

        Raises:
            InputError: `out` is in the way or cannot be written, or there is nothing to write.
            NotFoundError: a stored file is missing.
        """


@dataclass(frozen=True, kw_only=True)
class FolderFormat(ExportFormat):
    """Labels as a new folder.

    Attributes:
        fill: writes into the empty folder it is given, and returns of how many images.
    """

    target: ClassVar[str] = "folder"

    fill: Callable[[Export, Path], int]

    def write(self, export: Export, out: Path) -> int:
        """Fill a folder that takes its place once it is complete."""
        if out.is_dir() and any(out.iterdir()):
            raise InputError(
                f"{out} is not empty, and old files would mix with new. Give a new folder."
            )
        with stage_folder(out) as staged:
            return self.fill(export, staged)


@dataclass(frozen=True)
class LabelFile:
    """Labels as the bytes of one file, and of how many images they are."""

    data: bytes
    images: int


@dataclass(frozen=True, kw_only=True)
class FileFormat(ExportFormat):
    """Labels as one new file.

    Attributes:
        render: makes the file.
    """

    target: ClassVar[str] = "file"

    render: Callable[[Export], LabelFile]

    def write(self, export: Export, out: Path) -> int:
        """Write a file that was not there."""
        check_new_file(out, self.suffix)
        file = self.render(export)
        try:
            write_atomically(out, file.data)
        except OSError as error:
            raise InputError(f"{out} cannot be written: {error.strerror}.") from error
        return file.images


def check_new_file(out: Path, suffix: str) -> None:
    """Raise InputError where a file that is to be written is there already."""
    if out.exists():
        raise InputError(f"{out} exists already. Give the name of a new {suffix} file.")
