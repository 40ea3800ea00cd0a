"""Reading and storing the files of one import."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import numpy as np

from desra_studio.errors import InputError
from desra_studio.imaging.arrays import BORDER_PX, RgbImage, Size, size_of
from desra_studio.imaging.io import encode_png, is_plain_png, read_rgb, spell_name, to_mask
from desra_studio.imaging.masks import encode_mask_png
from desra_studio.services.datasets.layout import (
    GAN_FOLDER,
    MSE_FOLDER,
    Layout,
    find_scale,
    fit_label,
    shrink_lr,
)
from desra_studio.services.studio import Studio

MINIMUM_LR_PX = 8
"""Smaller inputs have hardly a pixel that the artifact map of their output covers."""

T = TypeVar("T")


@dataclass
class Sample:
    """One image as read and stored, before its rows are written.

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


@dataclass
class Importer:
    """Reads and stores the files of a layout, and keeps a line on each that is not as it should be.

    Attributes:
        lines: 'FOLDER/FILE: what was wrong or converted'.
    """

    studio: Studio
    lines: list[str] = field(default_factory=list)

    def read_sample(self, name: str, layout: Layout) -> Sample | None:
        """Read and store one image; None, and a line that says why, where it cannot be used."""
        return self._read_lr(name, layout) if layout.lr_only else self._read_pair(name, layout)

    def _read_lr(self, name: str, layout: Layout) -> Sample | None:
        path = layout.lr[name]
        stored = self._attempt(path, self._store_rgb)
        if stored is None:
            return None
        sha, size = stored
        if min(size) < MINIMUM_LR_PX:
            self.note(path, f"left out, {size} px is smaller than {MINIMUM_LR_PX} px")
            return None
        return Sample(spell_name(name), size, lr_sha=sha)

    def _read_pair(self, name: str, layout: Layout) -> Sample | None:
        for other, folder, own in (
            (layout.mse, MSE_FOLDER, layout.gan.get(name)),
            (layout.gan, GAN_FOLDER, layout.mse.get(name)),
        ):
            if name not in other and own:
                self.note(own, f"left out, {folder} has no image of this name")
                return None
        gan = self._attempt(layout.gan[name], self._store_rgb)
        mse = self._attempt(layout.mse[name], self._store_rgb)
        if gan is None or mse is None:
            return None
        if gan[1] != mse[1]:
            self.note(layout.gan[name], f"left out, it is {gan[1]} px but MSE-SR is {mse[1]} px")
            return None
        if min(gan[1]) <= 2 * BORDER_PX:
            self.note(layout.gan[name], f"left out, {gan[1]} px is smaller than the map's window")
            return None
        sample = Sample(spell_name(name), gan[1], gan[0], mse[0])
        if name in layout.lr:
            self._add_lr(sample, layout.lr[name], layout.lr_enlarged_by)
        if name in layout.labels:
            self._add_label(sample, layout.labels[name])
        return sample

    def _add_lr(self, sample: Sample, path: Path, enlarged_by: int) -> None:
        def store(path: Path) -> tuple[str, int]:
            pixels = self._read(path)
            if enlarged_by > 1:
                pixels = shrink_lr(path, pixels, enlarged_by, sample.size)
                self.note(path, f"reduced {enlarged_by} times, to {size_of(pixels)} px")
            scale = find_scale(path, size_of(pixels), sample.size)
            return self.studio.blobs.put(encode_png(pixels)), scale

        stored = self._attempt(path, store, "imported without LR")
        if stored:
            sample.lr_sha, sample.scale = stored

    def _add_label(self, sample: Sample, path: Path) -> None:
        def store(path: Path) -> tuple[str, int]:
            read = read_rgb(path, self.studio.settings.max_megapixels)
            mask = fit_label(path, to_mask(read.pixels, path.name), sample.size)
            # Grey is what a mask should be.
            told = [text for text in read.conversions if not text.startswith("grey")]
            if told:
                self.note(path, ", ".join(told))
            return self.studio.blobs.put(encode_mask_png(mask)), int(np.count_nonzero(mask))

        stored = self._attempt(path, store, "imported without its manual mask")
        if stored:
            sample.label_sha, sample.label_area = stored

    def _store_rgb(self, path: Path) -> tuple[str, Size]:
        pixels = self._read(path)
        data = path.read_bytes()
        sha = self.studio.blobs.put(data if is_plain_png(data) else encode_png(pixels))
        return sha, size_of(pixels)

    def _read(self, path: Path) -> RgbImage:
        read = read_rgb(path, self.studio.settings.max_megapixels)
        if read.conversions:
            self.note(path, ", ".join(read.conversions))
        return read.pixels

    def _attempt(
        self, path: Path, action: Callable[[Path], T], consequence: str = "left out"
    ) -> T | None:
        try:
            return action(path)
        except InputError as error:
            reason = str(error).removeprefix(f"{path.name}: ")
            self.note(path, f"{consequence}, {reason}")
            return None

    def note(self, path: Path, text: str) -> None:
        """Add a line on one file to the report."""
        self.lines.append(spell_name(f"{path.parent.name}/{path.name}: {text}"))
