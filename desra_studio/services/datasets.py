"""Importing datasets and telling what is in them."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from desra_studio.detection.detector import DetectorParams
from desra_studio.errors import InputError
from desra_studio.imaging.arrays import BORDER_PX, RgbImage, Size, size_of
from desra_studio.imaging.io import encode_png, is_plain_png, read_rgb, to_mask
from desra_studio.imaging.masks import encode_mask_png
from desra_studio.services.layout import (
    GAN_FOLDER,
    MSE_FOLDER,
    Layout,
    find_layout,
    find_scale,
    fit_label,
    shrink_lr,
)
from desra_studio.services.studio import Report, Studio, ignore_progress
from desra_studio.storage import datasets, models, reviews
from desra_studio.storage.database import Session
from desra_studio.storage.tables import (
    Dataset,
    Image,
    Model,
    ModelRole,
    Origin,
    Rendition,
    State,
)

T = TypeVar("T")


@dataclass(frozen=True)
class ImportReport:
    """What an import did.

    Attributes:
        dataset_id: of the new dataset.
        name: of the new dataset.
        images: pairs imported.
        with_lr: how many of them have an LR image, which fine-tuning needs.
        labels: how many came with a manual mask.
        lines: one 'FOLDER/FILE: what was wrong or converted' per file concerned.
    """

    dataset_id: int
    name: str
    images: int
    with_lr: int
    labels: int
    lines: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values, for JSON."""
        return asdict(self)


@dataclass
class _Sample:
    """One image as read and stored, before its rows are written."""

    name: str
    size: Size
    gan_sha: str
    mse_sha: str
    lr_sha: str | None = None
    scale: int | None = None
    label_sha: str | None = None
    label_area: int = 0


@dataclass
class _Importer:
    studio: Studio
    lines: list[str] = field(default_factory=list)

    def read_sample(self, name: str, layout: Layout) -> _Sample | None:
        """Read and store one pair; None, and a line that says why, where it cannot be used."""
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
        sample = _Sample(name, gan[1], gan[0], mse[0])
        if name in layout.lr:
            self._add_lr(sample, layout.lr[name], layout.lr_enlarged_by)
        if name in layout.labels:
            self._add_label(sample, layout.labels[name])
        return sample

    def _add_lr(self, sample: _Sample, path: Path, enlarged_by: int) -> None:
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

    def _add_label(self, sample: _Sample, path: Path) -> None:
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
        self.lines.append(f"{path.parent.name}/{path.name}: {text}")


def check_import(studio: Studio, source: Path, name: str, params: DetectorParams) -> dict[str, Any]:
    """Return the configuration of an `import` job, having seen that it can start.

    Raises:
        InputError: as `import_dataset`, as far as it can be told at once.
    """
    source = _expand(source)
    find_layout(source)
    name = _check_name(studio, name or source.name)
    return {"source": str(source), "name": name, "params": params.as_dict()}


def import_dataset(
    studio: Studio, source: Path, name: str, report: Report = ignore_progress
) -> ImportReport:
    """Import a folder in DeSRA's layout: GAN-SR, MSE-SR and, where there are any, LR and GT-Mask.

    Files are matched by name without ending. A file that cannot be used is told and left out,
    the rest is imported; rows are written at the end, all or none.

    Raises:
        InputError: no such layout, nothing usable in it, or a name that is empty or taken.
        CancelledError: from `report`.
    """
    name, source = _check_name(studio, name), _expand(source)
    layout = find_layout(source)
    names = sorted(layout.gan.keys() | layout.mse.keys())
    importer = _Importer(studio)
    samples = []
    for index, image_name in enumerate(names):
        report(index, len(names), f"Reading {image_name}")
        sample = importer.read_sample(image_name, layout)
        if sample:
            samples.append(sample)
    for path, reason in layout.others.items():
        importer.note(path, f"left out, {reason}")
    for paths in (layout.lr, layout.labels):
        for extra in sorted(paths.keys() - set(names)):
            importer.note(paths[extra], "left out, no GAN-SR and MSE-SR of this name")
    if not samples:
        raise InputError(f"No image of {source} could be imported. " + " ".join(importer.lines[:3]))
    report(len(names), len(names), "Writing the dataset")
    with studio.database.write() as session:
        dataset_id = _write_rows(session, studio, source, name, samples).id
    return ImportReport(
        dataset_id=dataset_id,
        name=name,
        images=len(samples),
        with_lr=sum(sample.lr_sha is not None for sample in samples),
        labels=sum(sample.label_sha is not None for sample in samples),
        lines=tuple(importer.lines),
    )


def _expand(source: Path) -> Path:
    try:
        return source.expanduser().resolve()
    except (RuntimeError, OSError) as error:
        raise InputError(f"{source} cannot be found ({error}). Give the whole path.") from error


def _check_name(studio: Studio, name: str) -> str:
    name = name.strip()
    if not name or len(name) > 190 or not name.isprintable():
        raise InputError(f"The dataset's name must have 1 to 190 printable letters, got {name!r}.")
    with studio.database.read() as session:
        if datasets.find_dataset(session, name):
            raise InputError(f"A dataset named {name!r} exists already. Choose another name.")
    return name


def _write_rows(
    session: Session, studio: Studio, source: Path, name: str, samples: list[_Sample]
) -> Dataset:
    gan = models.add_model(session, f"{name} {GAN_FOLDER}", ModelRole.GAN)
    mse = models.add_model(session, f"{name} {MSE_FOLDER}", ModelRole.MSE)
    dataset = Dataset(name=name, gan_model_id=gan.id, mse_model_id=mse.id, source=str(source))
    session.add(dataset)
    session.flush()
    images = [
        Image(
            dataset_id=dataset.id,
            name=sample.name,
            width=sample.size.width,
            height=sample.size.height,
            scale=sample.scale,
            lr_sha=sample.lr_sha,
        )
        for sample in samples
    ]
    # All of a kind at once: others wait for the write lock, five seconds at most.
    session.add_all(images)
    session.flush()
    for image, sample in zip(images, samples, strict=True):
        session.add(Rendition(image_id=image.id, model_id=gan.id, blob_sha=sample.gan_sha))
        session.add(Rendition(image_id=image.id, model_id=mse.id, blob_sha=sample.mse_sha))
    session.flush()
    for image, sample in zip(images, samples, strict=True):
        if sample.label_sha:
            _write_label(session, studio, image, gan, sample)
    return dataset


def _write_label(
    session: Session, studio: Studio, image: Image, gan: Model, sample: _Sample
) -> None:
    review = reviews.get_review(session, image.id, gan.id)
    revision = reviews.append_revision(
        session,
        review,
        parent_id=None,
        author=studio.settings.author,
        origin=Origin.IMPORTED,
        mask_sha=str(sample.label_sha),
        area_px=sample.label_area,
    )
    reviews.point_to(review, revision, State.ACCEPTED if sample.label_area else State.CLEAN)
