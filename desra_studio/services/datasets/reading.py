"""Reading and storing the files of one import."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import numpy as np

from desra_studio.errors import InputError
from desra_studio.imaging.arrays import BORDER_PX, RgbImage, Size, size_of
from desra_studio.imaging.io import (
    ReadImage,
    encode_png,
    is_plain_png,
    read_rgb,
    spell_name,
)
from desra_studio.imaging.mask_files import read_mask
from desra_studio.imaging.masks import encode_mask_png
from desra_studio.services.datasets.layout import (
    GAN_FOLDER,
    Layout,
    fit_label,
    shrink_lr,
)
from desra_studio.services.file_notes import FileNotes, tell_reason
from desra_studio.services.folders import settle_turns
from desra_studio.services.scales import enlarge_lr, find_scale
from desra_studio.services.studio import Report, Studio
from desra_studio.storage.veils import is_chosen

MINIMUM_LR_PX = 8
"""Smaller inputs have hardly a pixel that the artifact map of their output covers."""

T = TypeVar("T")


@dataclass
class Sample:
    """One image as read and stored, before its rows are written; `mse_sha` is its reference.

    An LR image that waits to be upscaled has its own size, and neither SR output nor scale.
    """

    name: str
    size: Size
    gan_sha: str | None = None
    mse_sha: str | None = None
    lr_sha: str | None = None
    scale: int | None = None
    label_sha: str | None = None
    label_area: int = 0

    def is_blind(self, share: float) -> bool:
        """Tell whether it is one of the share that is labelled blind, by its LR, or else GAN-SR."""
        return is_chosen(self.lr_sha or self.gan_sha, share)


@dataclass(frozen=True)
class _Kept:
    """An image as it was read, and where it came from."""

    path: Path
    image: ReadImage

    @property
    def size(self) -> Size:
        return size_of(self.image.pixels)


@dataclass
class Importer:
    """Reads and stores the files of a layout, and keeps a line on each that is not as it should be.

    Attributes:
        model_folder: that of the layout, where there are several side by side.
        notes: these lines.
    """

    studio: Studio
    model_folder: Path | None = None
    notes: FileNotes = field(default_factory=FileNotes)

    @property
    def lines(self) -> list[str]:
        """'FOLDER/FILE: what was wrong or converted'."""
        return self.notes.lines

    def read_layout(self, layout: Layout, report: Report) -> list[Sample]:
        """Read and store all images of a layout, with a line per file that is not used."""
        names = layout.names
        samples = []
        for index, name in enumerate(names):
            report(index, len(names), f"Reading {name}")
            if sample := self.read_sample(name, layout):
                samples.append(sample)
        for path, reason in layout.others.items():
            self.note(path, f"left out, {reason}")
        for paths in (layout.lr, layout.labels):
            for extra in sorted(paths.keys() - set(names)):
                why = f"left out, no {layout.outputs} of this name.{layout.proposal}"
                self.note(paths[extra], why)
        return samples

    def read_sample(self, name: str, layout: Layout) -> Sample | None:
        """Read and store one image; None, and a line that says why, where it cannot be used."""
        return self._read_lr(name, layout) if layout.lr_only else self._read_pair(name, layout)

    def _read_lr(self, name: str, layout: Layout) -> Sample | None:
        kept = self._attempt(layout.lr[name], self._read)
        if kept is None:
            return None
        if min(kept.size) < MINIMUM_LR_PX:
            self.note(kept.path, f"left out, {kept.size} px is smaller than {MINIMUM_LR_PX} px")
            return None
        return Sample(spell_name(name), kept.size, lr_sha=self._store(kept))

    def _read_pair(self, name: str, layout: Layout) -> Sample | None:
        reference = layout.reference
        compared = layout.lr if reference.is_enlarged else layout.mse
        for other, folder, own in (
            (compared, reference.folder, layout.gan.get(name)),
            (layout.gan, GAN_FOLDER, compared.get(name)),
        ):
            if name not in other and own:
                self.note(own, f"left out, {folder} has no image of this name.{layout.proposal}")
                return None
        gan = self._attempt(layout.gan[name], self._read)
        read = self._attempt(compared[name], self._read)
        settled = self._settle(read, gan, "left out") if gan and read else None
        if settled is None:
            return None
        read, gan = settled
        if not reference.is_enlarged and gan.size != read.size:
            why = f"it is {gan.size} px but {reference.title} is {read.size} px"
            self.note(gan.path, f"left out, {why}")
            return None
        if min(gan.size) <= 2 * BORDER_PX:
            self.note(gan.path, f"left out, {gan.size} px is smaller than the map's window")
            return None
        sample = self._store_pair(name, layout, gan, read)
        if sample and name in layout.labels:
            self._add_label(sample, layout.labels[name])
        return sample

    def _store_pair(self, name: str, layout: Layout, gan: _Kept, read: _Kept) -> Sample | None:
        """Store GAN-SR and what it is compared with, and LR; None where LR has to fit."""
        sample = Sample(spell_name(name), gan.size)
        if layout.reference.is_enlarged:
            pixels = self._store_lr(sample, read, layout.lr_enlarged_by, "left out")
            if pixels is None:
                return None
            enlarged = enlarge_lr(read.path, pixels, sample.size)
            sample.gan_sha = self._store(gan)
            sample.mse_sha = self.studio.blobs.put(encode_png(enlarged))
            return sample
        sample.gan_sha, sample.mse_sha = self._store(gan), self._store(read)
        if name in layout.lr:
            self._add_lr(sample, gan, layout.lr[name], layout.lr_enlarged_by)
        return sample

    def _add_lr(self, sample: Sample, gan: _Kept, path: Path, enlarged_by: int) -> None:
        consequence = "imported without LR"
        read = self._attempt(path, self._read, consequence)
        settled = self._settle(read, gan, consequence) if read else None
        if settled:
            self._store_lr(sample, settled[0], enlarged_by, consequence)

    def _store_lr(
        self, sample: Sample, kept: _Kept, enlarged_by: int, consequence: str
    ) -> RgbImage | None:
        """Store the LR image of a sample and return it; None, and a line, where it does not fit."""

        def store(path: Path) -> tuple[RgbImage, str, int]:
            pixels = kept.image.pixels
            if enlarged_by > 1:
                pixels = shrink_lr(path, pixels, enlarged_by, sample.size)
                self.note(path, f"reduced {enlarged_by} times, to {size_of(pixels)} px")
            scale = find_scale(path, size_of(pixels), sample.size)
            return pixels, self.studio.blobs.put(encode_png(pixels)), scale

        stored = self._attempt(kept.path, store, consequence)
        if stored is None:
            return None
        pixels, sample.lr_sha, sample.scale = stored
        self._tell_conversions(kept)
        return pixels

    def _add_label(self, sample: Sample, path: Path) -> None:
        def store(path: Path) -> tuple[str, int]:
            read = read_mask(path, self.studio.settings.max_megapixels)
            mask = fit_label(path, read.mask, sample.size)
            if read.conversions:
                self.note(path, ", ".join(read.conversions))
            return self.studio.blobs.put(encode_mask_png(mask)), int(np.count_nonzero(mask))

        stored = self._attempt(path, store, "imported without its manual mask")
        if stored:
            sample.label_sha, sample.label_area = stored

    def _settle(
        self, kept: _Kept, reference: _Kept, consequence: str
    ) -> tuple[_Kept, _Kept] | None:
        """Find how two images are to lie; None, and a line, where they do not show the same."""
        settled = settle_turns(kept.image, reference.image)
        misfit = f"against {reference.path.parent.name} it is {settled.problem}"
        if settled.sure:
            self.note(kept.path, f"{consequence}, {misfit}")
            return None
        if settled.problem:
            self.note(kept.path, f"warning: {misfit}")
        return _Kept(kept.path, settled.picture), _Kept(reference.path, settled.reference)

    def _read(self, path: Path) -> _Kept:
        return _Kept(path, read_rgb(path, self.studio.settings.max_megapixels))

    def _store(self, kept: _Kept) -> str:
        self._tell_conversions(kept)
        data = kept.path.read_bytes()
        plain = not kept.image.conversions and is_plain_png(data)
        return self.studio.blobs.put(data if plain else encode_png(kept.image.pixels))

    def _tell_conversions(self, kept: _Kept) -> None:
        if kept.image.conversions:
            self.note(kept.path, ", ".join(kept.image.conversions))

    def _attempt(
        self, path: Path, action: Callable[[Path], T], consequence: str = "left out"
    ) -> T | None:
        try:
            return action(path)
        except InputError as error:
            self.note(path, f"{consequence}, {tell_reason(path, error)}")
            return None

    def note(self, path: Path, text: str) -> None:
        """Add a line on one file to the report."""
        if self.model_folder is None:
            self.notes.note(path, text)
            return
        if not path.is_relative_to(self.model_folder):
            text = f"for {self.model_folder.name}, {text}"
        self.notes.lines.append(spell_name(f"{path.relative_to(self.model_folder.parent)}: {text}"))
