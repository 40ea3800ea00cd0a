"""Looking around: which datasets there are, and the files behind what is shown."""

from dataclasses import dataclass
from pathlib import Path

from desra_studio.errors import NotFoundError
from desra_studio.references import Reference
from desra_studio.services.jobs import list_jobs, view_job
from desra_studio.services.review.masks import count_progress
from desra_studio.services.studio import Studio
from desra_studio.storage import dataset_bin, datasets
from desra_studio.storage.tables import Dataset


@dataclass(frozen=True)
class DatasetName:
    """A dataset by id and name."""

    id: int
    name: str


@dataclass(frozen=True)
class ShownRendition:
    """An output of an image: its id, and the SHA-256 of its PNG."""

    id: int
    sha: str


@dataclass(frozen=True)
class FineTunedOutputs:
    """What a fine-tuned model made of a dataset.

    Attributes:
        model: its name; None where none was run.
        renditions: image id -> its output.
    """

    model: str | None
    renditions: dict[int, ShownRendition]


@dataclass(frozen=True)
class DatasetView:
    """A dataset as the page lists it; `waiting` images are not upscaled yet.

    `reference` is what GAN-SR is compared with, as people call it.
    """

    id: int
    name: str
    reference: str
    images: int
    waiting: int
    reviewed: int
    accepted: int


@dataclass(frozen=True)
class PendingDataset:
    """A dataset with LR images that are not upscaled yet.

    Attributes:
        id, name: of the dataset.
        images: how many of its images wait.
        gan_model_id: the model that upscaled the others, None where none is.
    """

    id: int
    name: str
    images: int
    gan_model_id: int | None


def list_dataset_names(studio: Studio) -> list[DatasetName]:
    """Return id and name of all datasets, newest first."""
    with studio.database.read() as session:
        return [
            DatasetName(dataset.id, dataset.name) for dataset in datasets.list_datasets(session)
        ]


def find_dataset_by_name(studio: Studio, name: str) -> Dataset:
    """Return a dataset by name.

    Raises:
        NotFoundError: none of this name; lists those there are, or says that it is in the bin.
    """
    with studio.database.read() as session:
        dataset = datasets.find_dataset(session, name)
        known = [found.name for found in datasets.list_datasets(session)]
        deleted = dataset_bin.list_deleted(session, name)
    if dataset is None:
        if deleted:
            raise NotFoundError(datasets.describe_bin(deleted[0]))
        raise NotFoundError(
            f"No dataset named {name!r}. There are: {', '.join(known) or 'none yet'}."
        )
    return dataset


def list_dataset_views(studio: Studio) -> list[DatasetView]:
    """Return all datasets with their progress, newest first."""
    views = []
    for dataset in list_dataset_names(studio):
        counts = count_progress(studio, dataset.id)
        with studio.database.read() as session:
            row = datasets.get_dataset(session, dataset.id)
            images = datasets.count_images(session, row.id)
            waiting = datasets.count_waiting_images(session, row)
        views.append(
            DatasetView(
                id=dataset.id,
                name=dataset.name,
                reference=datasets.get_reference(row).title,
                images=images,
                waiting=waiting,
                reviewed=counts["reviewed"],
                accepted=counts["accepted"],
            )
        )
    return views


def pick_dataset(studio: Studio, *wanted: int) -> int | None:
    """Return the first of these that there is, else the newest; None where there is none at all."""
    ids = [dataset.id for dataset in list_dataset_names(studio)]
    return next((each for each in (*wanted, *ids) if each in ids), None)


def check_dataset(studio: Studio, dataset_id: int) -> None:
    """Raise NotFoundError unless there is such a dataset, outside the bin."""
    with studio.database.read() as session:
        datasets.get_dataset(session, dataset_id)


def get_reference(studio: Studio, dataset_id: int) -> Reference:
    """Return what the GAN-SR of a dataset is compared with.

    Raises:
        NotFoundError: no such dataset, or it is in the bin.
    """
    with studio.database.read() as session:
        return datasets.get_reference(datasets.get_dataset(session, dataset_id))


def get_gan_model_id(studio: Studio, dataset_id: int | None) -> int | None:
    """Return the model that made a dataset's GAN-SR; None where there is none yet."""
    if dataset_id is None:
        return None
    with studio.database.read() as session:
        return datasets.get_dataset(session, dataset_id).gan_model_id


def find_pending(studio: Studio, wanted: int | None = None) -> PendingDataset | None:
    """Return a dataset with images to upscale: the wanted one, else the newest; None if none."""
    with studio.database.read() as session:
        pending = [
            PendingDataset(dataset.id, dataset.name, waiting, dataset.gan_model_id)
            for dataset in datasets.list_datasets(session)
            if (waiting := datasets.count_waiting_images(session, dataset))
        ]
    chosen = [dataset for dataset in pending if dataset.id == wanted]
    return next(iter(chosen + pending), None)


def list_fine_tuned(studio: Studio, dataset_id: int) -> FineTunedOutputs:
    """Return the outputs of the fine-tuned model that was run last on a dataset.

    Raises:
        NotFoundError: no such dataset.
    """
    check_dataset(studio, dataset_id)
    job = next(
        (
            job
            for job in list_jobs(studio, "apply")
            if job.succeeded and job.config["dataset_id"] == dataset_id
        ),
        None,
    )
    if job is None:
        return FineTunedOutputs(None, {})
    with studio.database.read() as session:
        outputs = {
            rendition.image_id: ShownRendition(rendition.id, rendition.blob_sha)
            for rendition in datasets.list_renditions(session, job.config["model_id"])
        }
    return FineTunedOutputs(job.result["model"], outputs)


def get_weights_path(studio: Studio, run_id: int) -> Path:
    """Return the file of the generator that a fine-tuning job made.

    Raises:
        NotFoundError: no such job, or it ended without a model.
    """
    path = studio.run_folder(view_job(studio, run_id).id) / "generator.safetensors"
    if not path.is_file():
        raise NotFoundError(
            f"Job {run_id} has no weights: it was not a fine-tuning that ended well."
        )
    return path


def get_rendition_path(studio: Studio, rendition_id: int) -> Path:
    """Return the PNG file of a rendition.

    Raises:
        NotFoundError: no such rendition, or its file is missing on disk.
    """
    with studio.database.read() as session:
        sha = datasets.get_rendition(session, rendition_id).blob_sha
    return studio.blobs.find(sha)
