"""Importing datasets and telling what is in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from desra_studio.detection.detector import DetectorParams
from desra_studio.errors import InputError, SuffixError
from desra_studio.imaging.io import spell_name
from desra_studio.references import MSE_SR, Reference, parse_reference
from desra_studio.services import checks
from desra_studio.services.datasets.first_labels import FirstLabel, write_first_labels
from desra_studio.services.datasets.layout import GAN_FOLDER
from desra_studio.services.datasets.model_folders import FoundLayouts, find_layouts
from desra_studio.services.datasets.reading import Sample
from desra_studio.services.datasets.reading_models import ReadModel, read_models
from desra_studio.services.job_configs import ImportJobConfig
from desra_studio.services.studio import Report, Studio, ignore_progress
from desra_studio.storage import datasets, models
from desra_studio.storage.bulk_rows import insert_numbered, insert_rows
from desra_studio.storage.database import Session
from desra_studio.storage.tables import Dataset, Image, Rendition
from desra_studio.vocabulary import ModelRole

MAX_NAME = 190
"""Letters of a dataset's name."""


@dataclass(frozen=True)
class ImportedModel:
    """The dataset that the outputs of one of several models became."""

    model: str
    dataset_id: int
    name: str
    images: int
    with_lr: int
    labels: int
    blind: int


@dataclass(frozen=True)
class ImportReport:
    """What an import did; of several models' outputs it describes the first one's dataset.

    Attributes:
        dataset_id: of the new dataset.
        name: of the new dataset.
        images: pairs imported, or LR images alone.
        lr_only: whether they wait to be upscaled.
        with_lr: how many of them have an LR image, which fine-tuning needs.
        labels: how many came with a manual mask.
        lines: one 'FOLDER/FILE: what was wrong or converted' per file concerned.
        with_detections: whether what was detected came with it, as in an archive.
        models: where several models' outputs lay side by side, all of their datasets.
        remarks: what is worth knowing and no fault of a file.
        blind: how many are to be labelled before anything of the detector is shown.
        reference: what GAN-SR is compared with, as people call it.
    """

    dataset_id: int
    name: str
    images: int
    lr_only: bool
    with_lr: int
    labels: int
    lines: tuple[str, ...]
    with_detections: bool = False
    models: tuple[ImportedModel, ...] = ()
    remarks: tuple[str, ...] = ()
    blind: int = 0
    reference: str = MSE_SR.title

    @property
    def all_images(self) -> int:
        """How many images are in all datasets that were made."""
        return sum(each.images for each in self.models) or self.images


def check_import(
    studio: Studio,
    source: Path,
    name: str,
    params: DetectorParams,
    suffix: str | None = None,
    blind_share: float | None = None,
    reference: str = MSE_SR.spelling,
) -> ImportJobConfig:
    """Return the configuration of an `import` job, having seen that it can start.

    Args:
        studio: the installation.
        source: the folder.
        name: of the new dataset; "" for the folder's.
        params: of the detector.
        suffix: an ending that names are matched without, "" for none; None where nobody was asked.
        blind_share: see `import_dataset`.
        reference: what GAN-SR is compared with, as `parse_reference` reads it.

    Raises:
        SuffixError: nobody was asked, and names would match without an ending.
        MissingReferenceError: MSE-SR is missing, and there is something else to compare with.
        InputError: as `import_dataset`, as far as it can be told at once.
    """
    source = _expand(source)
    found = find_layouts(source, [suffix] if suffix else (), parse_reference(reference))
    proposed = next((p for each in found.models if (p := each.layout.proposed)), None)
    if suffix is None and proposed:
        raise SuffixError(proposed.suffix, len(proposed.pairs), proposed.examples)
    name = checks.check_name(name or source.name, "The dataset's name", MAX_NAME)
    with studio.database.read() as session:
        _name_datasets(session, name, found)
    share = choose_blind_share(studio, blind_share)
    return ImportJobConfig(
        str(source), name, params, suffix=suffix or "", blind_share=share, reference=reference
    )


def choose_blind_share(studio: Studio, given: float | None) -> float:
    """Return the share of a new dataset that is labelled blind: what is given, else the setting.

    Raises:
        InputError: not 0 to 1.
    """
    share = studio.settings.blind_share if given is None else given
    if not 0 <= share <= 1:
        raise InputError(f"The share that is labelled blind must be 0 to 1, got {share}.")
    return share


def check_pair(studio: Studio, name: str) -> int:
    """Return the id of the GAN-SR model of this name, having seen that it can upscale a dataset.

    Raises:
        NotFoundError: no such model.
        InputError: it is no GAN-SR model, or it or its partner has no weights.
    """
    with studio.database.read() as session:
        model = models.require_model(session, name)
        partner = models.get_model(session, model.partner_id) if model.partner_id else None
    if model.role is not ModelRole.GAN or model.file_sha is None:
        raise InputError(f"{name} is not a GAN-SR model with weights. Give one.")
    if partner is None or partner.file_sha is None:
        raise InputError(
            f"{name} has no MSE-SR partner with weights, without which nothing can be detected. "
            f"Give it one: desra-studio models derive-mse {name} --lr DIR"
        )
    return model.id


def import_dataset(
    studio: Studio,
    source: Path,
    name: str,
    report: Report = ignore_progress,
    suffixes: Sequence[str] = (),
    origin: str = "",
    blind_share: float | None = None,
    reference: Reference = MSE_SR,
) -> ImportReport:
    """Import a folder in DeSRA's layout: GAN-SR, MSE-SR and, where there are any, LR and GT-Mask.

    What `reference` names takes the place of MSE-SR. A folder of LR images alone becomes a dataset
    that waits to be upscaled. Where several models' folders of that layout lie side by side, each
    becomes a dataset, called after both.
    Files are matched by name without ending. A file that cannot be used is told and left out,
    the rest is imported; rows are written at the end, all or none.

    Args:
        studio: the installation.
        source: the folder.
        name: of the new dataset.
        report: of the progress.
        suffixes: see `find_layouts`.
        origin: what the dataset says it came from; the folder where it is empty.
        blind_share: of the pictures, 0..1, that are labelled before anything of the detector is
            shown; None is that of the settings.
        reference: what GAN-SR is compared with.

    Raises:
        InputError: no such layout, nothing usable in it, a name that is empty or taken, or a share
            that cannot be.
        CancelledError: from `report`.
    """
    source = _expand(source)
    name = checks.check_name(name, "The dataset's name", MAX_NAME)
    share = choose_blind_share(studio, blind_share)
    found = find_layouts(source, suffixes, reference)
    with studio.database.read() as session:
        names = _name_datasets(session, name, found)
    reading = read_models(studio, found, report)
    if not reading.models:
        raise InputError(f"No image of {source} could be imported. " + " ".join(reading.lines[:3]))
    count = sum(len(each.layout.names) for each in found.models)
    written = sum(len(each.samples) for each in reading.models)
    report(count, count, f"Writing {written} images")
    origin = origin or str(source)
    made = []
    with studio.database.write() as session:
        for each in reading.models:
            check_name(session, names[each.model])  # reading took a while
            place = f"{origin}/{each.folder.name}" if each.model else origin
            new = Dataset(
                name=names[each.model],
                source=spell_name(place),
                blind_share=share,
                reference=reference.kind,
                reference_name=reference.model,
            )
            dataset = _write_rows(session, studio, new, each.samples)
            made.append(_describe(each, dataset))
    first, lr_only = made[0], found.models[0].layout.lr_only
    return ImportReport(
        dataset_id=first.dataset_id,
        name=first.name,
        images=first.images,
        lr_only=lr_only,
        with_lr=first.with_lr,
        labels=first.labels,
        lines=tuple(reading.lines),
        models=() if found.alone else tuple(made),
        remarks=(*found.remarks, *_tell_models(found, made)),
        blind=sum(each.blind for each in made),
        reference=reference.title,
    )


def _name_datasets(session: Session, name: str, found: FoundLayouts) -> dict[str, str]:
    """Return what the datasets of models are called, by model; see `check_name`."""
    return {
        each.model: check_name(session, f"{name} {each.model}" if each.model else name)
        for each in found.models
    }


def _describe(read: ReadModel, dataset: Dataset) -> ImportedModel:
    return ImportedModel(
        model=read.model,
        dataset_id=dataset.id,
        name=dataset.name,
        images=len(read.samples),
        with_lr=sum(sample.lr_sha is not None for sample in read.samples),
        labels=sum(sample.label_sha is not None for sample in read.samples),
        blind=sum(
            sample.label_sha is None and sample.is_blind(dataset.blind_share)
            for sample in read.samples
        ),
    )


def _tell_models(found: FoundLayouts, made: Sequence[ImportedModel]) -> list[str]:
    if found.alone:
        return []
    told = ", ".join(each.name for each in made)
    return [f"Outputs of several models: each has become a dataset of its own, {told}"]


def describe_blind(count: int) -> str:
    """Return what people are told of images that are to be labelled blind; "" where none is."""
    if not count:
        return ""
    are = "1 of them is" if count == 1 else f"{count} of them are"
    return f" {are} to be labelled blind: the detector's view comes after the save."


def rename_dataset(studio: Studio, dataset_id: int, name: str) -> str:
    """Give a dataset another name, and return it as it is kept.

    What is called after it, the models whose outputs were imported with it, is called anew, too.

    Raises:
        NotFoundError: no such dataset, or it is in the bin.
        InputError: a name that is empty, too long or taken.
    """
    with studio.database.write() as session:
        dataset = datasets.get_dataset(session, dataset_id)
        if name.strip() == dataset.name:
            return dataset.name
        before, dataset.name = dataset.name, check_name(session, name)
        for model_id, folder in _list_outputs(dataset):
            model = models.get_model(session, model_id)
            if model.file_sha is None and model.name == _name_outputs(before, folder):
                free = models.find_free_name(session, _name_outputs(dataset.name, folder))
                model.name = free
        return dataset.name


def check_name(session: Session, name: str) -> str:
    """Return a dataset's name without spaces around it, having seen that it can be given.

    Raises:
        InputError: it is empty, too long, cannot be printed, or is taken.
    """
    name = checks.check_name(name, "The dataset's name", MAX_NAME)
    if datasets.find_dataset(session, name):
        raise InputError(f"A dataset named {name!r} exists already. Choose another name.")
    return name


def _list_outputs(dataset: Dataset) -> list[tuple[int, str]]:
    """Return the models of a dataset's pair, each with what its outputs are called."""
    title = datasets.get_reference(dataset).title
    pair = ((dataset.gan_model_id, GAN_FOLDER), (dataset.mse_model_id, title))
    return [(model_id, folder) for model_id, folder in pair if model_id is not None]


def _name_outputs(dataset: str, title: str) -> str:
    """Return what the model is called of which a dataset has outputs of this title alone."""
    # As long as that of GAN-SR at most: the column has room for a number behind it.
    return f"{dataset[: MAX_NAME + len(GAN_FOLDER) - len(title)]} {title}"


def _expand(source: Path) -> Path:
    try:
        return source.expanduser().resolve()
    except (RuntimeError, OSError) as error:
        raise InputError(f"{source} cannot be found ({error}). Give the whole path.") from error


def _write_rows(
    session: Session, studio: Studio, dataset: Dataset, samples: list[Sample]
) -> Dataset:
    session.add(dataset)
    session.flush()
    image_ids = insert_numbered(
        session,
        Image,
        [
            {
                "dataset_id": dataset.id,
                "name": sample.name,
                "width": sample.size.width,
                "height": sample.size.height,
                "scale": sample.scale,
                "lr_sha": sample.lr_sha,
                "is_blind": sample.is_blind(dataset.blind_share),
            }
            for sample in samples
        ],
    )
    if any(sample.gan_sha for sample in samples):
        _write_pairs(session, studio, dataset, image_ids, samples)
    return dataset


def _write_pairs(
    session: Session, studio: Studio, dataset: Dataset, image_ids: list[int], samples: list[Sample]
) -> None:
    reference = datasets.get_reference(dataset)
    mse, gan = (
        # Those of a dataset in the bin keep their names.
        models.add_model(
            session, models.find_free_name(session, _name_outputs(dataset.name, title)), role
        )
        for title, role in ((reference.title, ModelRole.MSE), (GAN_FOLDER, ModelRole.GAN))
    )
    if reference != MSE_SR:
        mse.card = {models.REFERENCE: reference.title}
    gan.partner_id = mse.id
    dataset.gan_model_id, dataset.mse_model_id = gan.id, mse.id
    insert_rows(
        session,
        Rendition,
        [
            {"image_id": image_id, "model_id": model.id, "blob_sha": str(sha)}
            for image_id, sample in zip(image_ids, samples, strict=True)
            for model, sha in ((gan, sample.gan_sha), (mse, sample.mse_sha))
        ],
    )
    write_first_labels(
        session,
        studio.settings.author,
        gan.id,
        [
            FirstLabel(image_id, sample.label_sha, sample.label_area)
            for image_id, sample in zip(image_ids, samples, strict=True)
            if sample.label_sha is not None
        ],
    )
