"""Adding to a dataset that is there: labels for its images, and more images."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from desra_studio.errors import InputError
from desra_studio.imaging.arrays import Size
from desra_studio.imaging.io import spell_name
from desra_studio.imaging.masks import encode_mask_png
from desra_studio.interchange.reading import SUFFIXES
from desra_studio.references import Reference
from desra_studio.services.datasets.growing import add_samples
from desra_studio.services.datasets.label_files import FoundLabels, find_labels
from desra_studio.services.datasets.later_labels import write_labels
from desra_studio.services.datasets.layout import Layout
from desra_studio.services.datasets.model_folders import FoundLayouts, find_layouts
from desra_studio.services.datasets.reading import Importer
from desra_studio.services.file_notes import spell_line
from desra_studio.services.folders import FolderReader
from desra_studio.services.studio import Report, Studio, ignore_progress
from desra_studio.services.uploads.sources import open_source
from desra_studio.storage import datasets
from desra_studio.storage.tables import Dataset


@dataclass(frozen=True, kw_only=True)
class AddedReport:
    """What was added to a dataset.

    Attributes:
        dataset_id, name: of the dataset.
        images: that are new in it.
        waiting: whether they have yet to be upscaled.
        labels: masks that became the label of their image.
        kept: masks that were kept as a revision beside a label that somebody had made.
        unchanged: images and masks that were there already.
        lines: one per thing that was left out, converted or differs from what was there.
        remarks: what is worth knowing and no fault of a file.
        blind: how many of the new images are to be labelled blind, as the dataset says.
    """

    dataset_id: int
    name: str
    images: int
    waiting: bool
    labels: int
    kept: int
    unchanged: int
    lines: tuple[str, ...]
    remarks: tuple[str, ...] = ()
    blind: int = 0


def add_to_dataset(
    studio: Studio,
    dataset_id: int,
    path: Path,
    report: Report = ignore_progress,
    suffixes: Sequence[str] = (),
    labels: Collection[str] | None = None,
) -> AddedReport:
    """Add images, labels or both to a dataset; adding the same again changes nothing.

    A folder that has a dataset's layout brings images, and labels for those that are there; all
    else is taken for labels. Nothing that a person made gives way: a mask for an image that has a
    label already is kept beside it, and an image of a known name that shows something else becomes
    one of its own.

    Args:
        studio: the installation.
        dataset_id: of the dataset.
        path: a folder, a zip, a manifest, or a file of labels.
        report: of the progress.
        suffixes: see `find_layout`.
        labels: names of the labels that count in files of other programs; None for all.

    Raises:
        NotFoundError: no such dataset.
        InputError: nothing usable, or images of another kind than the dataset's.
        CancelledError: from `report`.
    """
    with studio.database.read() as session:
        dataset = datasets.get_dataset(session, dataset_id)
    reader = FolderReader(studio.settings.max_megapixels, suffixes)
    if path.suffix.lower() in SUFFIXES and path.is_file():
        found = find_labels(path, reader, studio.settings.max_megapixels, labels)
        return _add_labels(studio, dataset, found, reader, report)
    with open_source(studio, path, report) as source:
        reference = datasets.get_reference(dataset)
        images = _find_images(source.folder, suffixes, reference)
        if images is None:
            found = find_labels(source.folder, reader, studio.settings.max_megapixels, labels)
            found.lines[:0] = source.notes
            return _add_labels(studio, dataset, found, reader, report)
        notes = [spell_line(each, f"left out, {why}") for each, why in images.others.items()]
        layout = images.models[0].layout
        added = _add_images(studio, dataset, layout, [*source.notes, *notes], report)
        return replace(added, remarks=tuple(images.remarks))


def _find_images(
    folder: Path, suffixes: Sequence[str], reference: Reference
) -> FoundLayouts | None:
    """Return a layout of pairs, or of LR in a folder of that name; None for what may be labels.

    Raises:
        InputError: outputs of several models.
    """
    try:
        found = find_layouts(folder, suffixes, reference)
    except InputError:
        return None
    if not found.alone:
        names = [each.folder.name for each in found.models]
        raise InputError(
            f"{folder.name} has outputs of {len(names)} models: {', '.join(map(spell_name, names))}"
            ". A dataset has those of one. Give the folder of one."
        )
    layout = found.models[0].layout
    inner = all(path.parent != folder for path in layout.lr.values())
    return found if not layout.lr_only or inner else None


def _add_images(
    studio: Studio, dataset: Dataset, layout: Layout, notes: Sequence[str], report: Report
) -> AddedReport:
    importer = Importer(studio)
    importer.notes.lines += notes
    samples = []
    for index, name in enumerate(layout.names):
        report(index, len(layout.names), f"Reading {name}")
        if sample := importer.read_sample(name, layout):
            samples.append(sample)
    for path, reason in layout.others.items():
        importer.note(path, f"left out, {reason}")
    report(len(layout.names), len(layout.names), f"Writing {len(samples)} images")
    added = add_samples(studio, dataset, samples, importer.lines)
    masks = {
        added.names[sample.name]: (sample.label_sha, sample.label_area)
        for sample in samples
        if sample.label_sha
    }
    written = write_labels(studio, dataset.id, masks, importer.lines)
    return AddedReport(
        dataset_id=dataset.id,
        name=dataset.name,
        images=added.images,
        waiting=layout.lr_only,
        labels=written.labels,
        kept=written.kept,
        unchanged=added.unchanged + written.unchanged,
        blind=added.blind,
        lines=tuple(importer.lines),
    )


def _add_labels(
    studio: Studio, dataset: Dataset, found: FoundLabels, reader: FolderReader, report: Report
) -> AddedReport:
    if dataset.gan_model_id is None:
        raise InputError(f"{dataset.name} is not upscaled yet, so that nothing can be labelled.")
    with studio.database.read() as session:
        images = {image.name: image for image in datasets.list_images(session, dataset.id)}
    lines, masks = list(found.lines), dict[str, tuple[str, int]]()
    for index, (stem, mask) in enumerate(found.masks.items()):
        name = spell_name(stem)
        report(index, len(found.masks), f"Reading {name}")
        image = images.get(name)
        if image is None:
            lines.append(f"{mask.origin}: {name} left out, the dataset has no image of this name")
            continue
        try:
            pixels = mask.decode(Size(image.width, image.height))
        except InputError as error:
            lines.append(f"{mask.origin}: {name} left out, {error}")
            continue
        sha = studio.blobs.put(encode_mask_png(pixels))
        masks[name] = sha, int(np.count_nonzero(pixels))
    lines += [line for line in reader.lines if line not in lines]
    if not masks:
        raise InputError(f"No label could be used. {' '.join(lines[:3])}")
    report(len(found.masks), len(found.masks), f"Writing {len(masks)} labels")
    written = write_labels(studio, dataset.id, masks, lines)
    return AddedReport(
        dataset_id=dataset.id,
        name=dataset.name,
        images=0,
        waiting=False,
        labels=written.labels,
        kept=written.kept,
        unchanged=written.unchanged,
        lines=tuple(lines),
    )
