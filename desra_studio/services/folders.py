"""Reading the images of several folders, matched by name, so that one file's fault is its own."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from desra_studio.errors import InputError
from desra_studio.imaging.alignment import compare_pictures
from desra_studio.imaging.arrays import Mask, RgbImage
from desra_studio.imaging.io import ReadImage, read_rgb, sort_files, spell_name
from desra_studio.imaging.mask_files import read_mask
from desra_studio.imaging.opening import MAX_MEGAPIXELS
from desra_studio.services.file_notes import FileNotes, LeftOutError, spell_line, tell_reason
from desra_studio.services.studio import Report
from desra_studio.services.suffixes import propose_suffix

T = TypeVar("T")

TOLD_FAULTS = 3
"""Lines that are told where nothing could be done at all."""


class FolderReader:
    """Reads the files of a command's folders, and keeps a line on each left out or converted.

    Attributes:
        notes: these lines.
    """

    def __init__(
        self, max_megapixels: float = MAX_MEGAPIXELS, suffixes: Sequence[str] = ()
    ) -> None:
        self.notes = FileNotes()
        self._max_megapixels, self._suffixes = max_megapixels, tuple(suffixes)

    @property
    def lines(self) -> list[str]:
        """The lines, sorted by file, each once."""
        return sorted(set(self.notes.lines))

    def list_images(self, folder: Path, given: Sequence[Path] = ()) -> dict[str, Path]:
        """Map names without ending, and without suffix, to the images directly in a folder.

        Args:
            folder: to list.
            given: other folders of the command, which may lie in this one.

        Raises:
            InputError: no such folder.
        """
        images, others = sort_files(folder, self._suffixes)
        own = {path.resolve() for path in given}
        for path, reason in others.items():
            if path.resolve() not in own:
                self.notes.note(path, f"left out, {reason}")
        return images

    def match(self, folders: dict[str, Path]) -> dict[str, dict[str, Path]]:
        """Match images of several folders by name: name -> option -> path.

        Raises:
            InputError: no such folder, or no name that all of them have.
        """
        listed = {
            option: self.list_images(folder, list(folders.values()))
            for option, folder in folders.items()
        }
        names = sorted(set().union(*listed.values()))
        if not names:
            raise InputError(f"{' and '.join(map(str, folders.values()))} hold no images.")
        common = set(names).intersection(*listed.values())
        proposed = propose_suffix(listed) if len(common) < len(names) else None
        proposal = proposed.describe() if proposed else ""
        if not common:
            held = "; ".join(
                f"{option} {folders[option]} has {', '.join(list(paths)[:TOLD_FAULTS]) or 'none'}"
                f"{' and more' if len(paths) > TOLD_FAULTS else ''}"
                for option, paths in listed.items()
            )
            raise InputError(f"No image has a file of its name in every folder: {held}.{proposal}")
        for name in names:
            lacking = [option for option, paths in listed.items() if name not in paths]
            for paths in listed.values():
                if lacking and name in paths:
                    what = f"left out, {' and '.join(lacking)} has no image of this name."
                    self.notes.note(paths[name], what + proposal)
        return {
            name: {option: paths[name] for option, paths in listed.items()}
            for name in sorted(common)
        }

    def read_rgb(self, path: Path) -> RgbImage:
        """Read an image, (H, W, 3) uint8 RGB, and note what was converted.

        Raises:
            LeftOutError: it cannot be read.
        """
        return self._note(path, self._read(path))

    def read_together(self, paths: Sequence[Path]) -> list[RgbImage]:
        """Read images that belong together, and see that all show what the first one does.

        Where only one has an EXIF rotation, it is tried without.

        Args:
            paths: of one image; their sizes may differ.

        Returns:
            (H, W, 3) uint8 RGB each.

        Raises:
            LeftOutError: one cannot be read, or lies turned, mirrored or shifted against the first.
        """
        images = [self._read(path) for path in paths]
        for index, path in enumerate(paths[1:], 1):
            settled = settle_turns(images[index], images[0])
            images[index] = settled.picture
            if index == 1:
                images[0] = settled.reference
            misfit = f"against {paths[0].parent.name} it is {settled.problem}"
            if settled.sure:
                raise LeftOutError(spell_line(path, f"left out, {misfit}"))
            if settled.problem:
                self.notes.note(path, f"warning: {misfit}")
        return [self._note(path, image) for path, image in zip(paths, images, strict=True)]

    def read_mask(self, path: Path) -> Mask:
        """Read a mask, (H, W) bool, and note what was not plainly black and white.

        Raises:
            LeftOutError: it cannot be read, or its values mean nothing known.
        """
        try:
            read = read_mask(path, self._max_megapixels)
        except InputError as error:
            raise LeftOutError(spell_line(path, f"left out, {tell_reason(path, error)}")) from error
        if read.conversions:
            self.notes.note(path, ", ".join(read.conversions))
        return read.mask

    def run(self, function: Callable[[str], T], names: Sequence[str], report: Report) -> list[T]:
        """Call a function for every name, one per core at a time; what a file spoils is noted.

        Reading, filtering and writing images leave the interpreter lock, so threads use every core.

        Returns:
            the answers of the names that have one, in order.

        Raises:
            InputError: there is none; says why.
            whatever else the function raises first; the rest is not begun.
        """
        answers: list[T] = []
        faults: list[str] = []
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            futures = [pool.submit(function, name) for name in names]
            try:
                for index, (name, future) in enumerate(zip(names, futures, strict=True)):
                    report(index, len(names), name)
                    try:
                        answers.append(future.result())
                    except InputError as error:
                        faults.append(self.note_fault(name, error))
            finally:
                for future in futures:
                    future.cancel()
        report(len(names), len(names), "done")
        check_any(answers, faults)
        return answers

    def note_fault(self, name: str, error: InputError) -> str:
        """Note what left an image out, and return the line."""
        told = isinstance(error, LeftOutError)
        line = str(error) if told else spell_name(f"{name}: left out, {error}")
        self.notes.lines.append(line)
        return line

    def _read(self, path: Path) -> ReadImage:
        try:
            return read_rgb(path, self._max_megapixels)
        except InputError as error:
            raise LeftOutError(spell_line(path, f"left out, {tell_reason(path, error)}")) from error

    def _note(self, path: Path, read: ReadImage) -> RgbImage:
        if read.conversions:
            self.notes.note(path, ", ".join(read.conversions))
        return read.pixels


def check_any(answers: Sequence[object], faults: Sequence[str]) -> None:
    """Raise InputError, with the first reasons, where nothing came of anything."""
    if faults and not answers:
        more = f" And {len(faults) - TOLD_FAULTS} more." if len(faults) > TOLD_FAULTS else ""
        raise InputError(f"No image could be used. {' '.join(faults[:TOLD_FAULTS])}{more}")


@dataclass(frozen=True)
class Settled:
    """How two images that belong together are to lie.

    Attributes:
        picture, reference: as they lie.
        problem: what does not fit all the same, see `Alignment`; empty for nothing.
        sure: whether that is certain.
    """

    picture: ReadImage
    reference: ReadImage
    problem: str = ""
    sure: bool = False


def settle_turns(picture: ReadImage, reference: ReadImage) -> Settled:
    """Find how two images that belong together are to lie.

    Programs that read a photograph's stored px ignore its EXIF rotation. Where an image has one and
    the two show the same without it, it is left alone.
    """
    found = compare_pictures(picture.pixels, reference.pixels)
    if not found.problem:
        return Settled(picture, reference)
    unturned = [(picture.unturn(), reference)] if picture.orientation != 1 else []
    unturned += [(picture, reference.unturn())] if reference.orientation != 1 else []
    for one, other in unturned:
        if not compare_pictures(one.pixels, other.pixels).problem:
            return Settled(one, other)
    return Settled(picture, reference, found.problem, found.sure)


@contextmanager
def naming(image: str) -> Iterator[None]:
    """Let an InputError say that the image it is about is left out.

    Raises:
        LeftOutError: in its place.
    """
    try:
        yield
    except LeftOutError:
        raise
    except InputError as error:
        raise LeftOutError(spell_name(f"{image}: left out, {error}")) from error
