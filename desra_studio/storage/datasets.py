"""Queries on datasets, their images, renditions and detections."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from sqlalchemy import BindParameter, ScalarSelect, Select, bindparam, func, select
from sqlalchemy.orm import aliased

from desra_studio.errors import NotFoundError
from desra_studio.references import Reference
from desra_studio.storage.database import Session, get_row
from desra_studio.storage.label_tables import MaskRevision, Review
from desra_studio.storage.tables import Dataset, Detection, Image, Model, Rendition
from desra_studio.vocabulary import LABELLED, ModelRole, State

DESRA = "desra"
IS_THERE = Dataset.deleted_at.is_(None)
"""Whether a dataset is not in the bin."""


@dataclass(frozen=True)
class ImageRecord:
    """An image with everything that belongs to it for the dataset's pair of models."""

    image: Image
    gan: Rendition
    mse: Rendition
    detection: Detection | None
    review: Review | None
    revision: MaskRevision | None

    @property
    def state(self) -> State:
        """State of the review."""
        return self.review.state if self.review else State.UNREVIEWED

    @property
    def label(self) -> MaskRevision | None:
        """The manual label: the current revision of an accepted or clean image."""
        return self.revision if self.state in LABELLED else None


def find_dataset(session: Session, name: str) -> Dataset | None:
    """Return the dataset of this name, if there is one outside the bin."""
    return session.scalar(select(Dataset).where(Dataset.name == name, IS_THERE))


def get_dataset(session: Session, dataset_id: int) -> Dataset:
    """Return a dataset by id.

    Whatever belongs to a dataset is reached by this, so that all of it is gone with it.

    Raises:
        NotFoundError: there is none, or it is in the bin.
    """
    dataset = get_row(session, Dataset, dataset_id, "Dataset")
    if dataset.deleted_at is not None:
        raise NotFoundError(describe_bin(dataset))
    return dataset


def list_datasets(session: Session) -> list[Dataset]:
    """Return all datasets, newest first, without those in the bin."""
    return list(session.scalars(select(Dataset).where(IS_THERE).order_by(Dataset.id.desc())))


def get_reference(dataset: Dataset) -> Reference:
    """Return what the GAN-SR of a dataset is compared with."""
    return Reference(dataset.reference, dataset.reference_name)


def describe_bin(dataset: Dataset) -> str:
    """Return one line for who opens a dataset that is in the bin."""
    return (
        f"The dataset {dataset.name!r} is in the bin. To restore it, open the bin on the Datasets "
        f"page, or run: desra-studio datasets restore {dataset.id}"
    )


def find_free_name(session: Session, name: str) -> str:
    """Return this name, with a number appended where another dataset has it."""
    free, number = name, 2
    while find_dataset(session, free):
        free, number = f"{name} {number}", number + 1
    return free


def list_records(
    session: Session, dataset: Dataset, image_ids: Collection[int] | None = None
) -> list[ImageRecord]:
    """Return the dataset's upscaled images by name, or those of these ids, in one query."""
    given: dict[str, object] = {
        "dataset": dataset.id, "gan": dataset.gan_model_id, "mse": dataset.mse_model_id,
    }  # fmt: skip
    if image_ids is not None:
        given["ids"] = list(image_ids)
    query = _select_records(of_some=image_ids is not None)
    return [ImageRecord(*row) for row in session.execute(query, given)]


@cache
def _select_records(
    of_some: bool,
) -> Select[Image, Rendition, Rendition, Detection, Review, MaskRevision]:
    """Build the query once: that takes longer than SQLite needs to carry it out for one image."""
    gan, mse = aliased(Rendition), aliased(Rendition)
    gan_model: BindParameter[int] = bindparam("gan")
    query = (
        select(Image, gan, mse, Detection, Review, MaskRevision)
        .join(gan, (gan.image_id == Image.id) & (gan.model_id == gan_model))
        .join(mse, (mse.image_id == Image.id) & (mse.model_id == bindparam("mse")))
        .outerjoin(Detection, Detection.id == find_newest_detection(gan, mse))
        .outerjoin(Review, (Review.image_id == Image.id) & (Review.model_id == gan_model))
        .outerjoin(MaskRevision, MaskRevision.id == Review.current_revision_id)
        .where(Image.dataset_id == bindparam("dataset"))
        .order_by(Image.name)
    )
    return query.where(Image.id.in_(bindparam("ids", expanding=True))) if of_some else query


def list_lr_addresses(session: Session, dataset_id: int) -> dict[int, str]:
    """Return the addresses of a dataset's LR images, by image id, where there is one."""
    query = select(Image.id, Image.lr_sha).where(Image.dataset_id == dataset_id)
    return {image_id: sha for image_id, sha in session.execute(query) if sha}


def list_output_addresses(session: Session, dataset_id: int, model_id: int) -> dict[int, str]:
    """Return the addresses of what a model made of a dataset's images, by image id."""
    query = (
        select(Rendition.image_id, Rendition.blob_sha)
        .join(Image, Image.id == Rendition.image_id)
        .where(Image.dataset_id == dataset_id, Rendition.model_id == model_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def list_unmeasured(session: Session) -> list[int]:
    """Return the datasets in which a detection or a mask lacks what the queue is ordered by.

    Not those in the bin: what lies there is as it was until it is restored.
    """
    unmeasured_mask = Review.current_revision_id.is_not(None) & Review.disagreement.is_(None)
    return list(
        session.scalars(
            select(Image.dataset_id)
            .distinct()
            .join(Detection, (Detection.image_id == Image.id) & (Detection.method == DESRA))
            .join(Dataset, Dataset.id == Image.dataset_id)
            .outerjoin(Review, Review.image_id == Image.id)
            .where(Detection.uncertainty.is_(None) | unmeasured_mask, IS_THERE)
            .order_by(Image.dataset_id)
        )
    )


def find_newest_detection(gan: type[Rendition], mse: type[Rendition]) -> ScalarSelect[int | None]:
    """Return the subquery for the id of the detection that Review shows of an image and a pair."""
    return (
        select(func.max(Detection.id))
        .where(
            Detection.image_id == Image.id,  # with it, the index finds the pair
            Detection.gan_rendition_id == gan.id,
            Detection.mse_rendition_id == mse.id,
            Detection.method == DESRA,
        )
        .correlate(Image, gan, mse)
        .scalar_subquery()
    )


def get_record(session: Session, image_id: int) -> ImageRecord:
    """Return one image with all that belongs to it.

    Raises:
        NotFoundError: no such image, or it is not upscaled yet.
    """
    image, dataset = _get_with_dataset(session, image_id)
    records = list_records(session, dataset, [image_id])
    if not records:
        raise NotFoundError(f"{image.name} is not upscaled yet. Upscale its dataset first.")
    return records[0]


def get_reviewed(session: Session, image_id: int) -> tuple[Image, int]:
    """Return an image and the model whose artifacts are marked in it: all that a draft needs.

    Raises:
        NotFoundError: no such image, or its dataset is not upscaled yet.
    """
    image, dataset = _get_with_dataset(session, image_id)
    if dataset.gan_model_id is None:
        raise NotFoundError(f"{image.name} is not upscaled yet. Upscale its dataset first.")
    return image, dataset.gan_model_id


def list_images(session: Session, dataset_id: int) -> list[Image]:
    """Return all images of a dataset by name, upscaled or not."""
    query = select(Image).where(Image.dataset_id == dataset_id).order_by(Image.name)
    return list(session.scalars(query))


def count_images(session: Session, dataset_id: int) -> int:
    """Return how many images a dataset has, upscaled or not."""
    query = select(func.count()).select_from(Image).where(Image.dataset_id == dataset_id)
    return session.scalar(query) or 0


def list_incomplete_images(session: Session, dataset: Dataset) -> list[Image]:
    """Return the images that lack an output of the dataset's pair, or a detection, by name."""
    complete = {record.image.id for record in list_records(session, dataset) if record.detection}
    return [image for image in list_images(session, dataset.id) if image.id not in complete]


def get_image(session: Session, image_id: int) -> Image:
    """Return an image by id, upscaled or not.

    Raises:
        NotFoundError: there is none, or its dataset is in the bin.
    """
    return _get_with_dataset(session, image_id)[0]


def get_rendition(session: Session, rendition_id: int) -> Rendition:
    """Return a rendition by id; NotFoundError as `get_image`."""
    rendition = get_row(session, Rendition, rendition_id, "Rendition")
    get_image(session, rendition.image_id)
    return rendition


def get_detection(session: Session, detection_id: int) -> Detection:
    """Return a detection by id; NotFoundError as `get_image`."""
    detection = get_row(session, Detection, detection_id, "Detection")
    get_image(session, detection.image_id)
    return detection


def list_all_detections(session: Session, dataset: Dataset) -> list[Detection]:
    """Return every detection of a dataset's own pair, by any detector, oldest first."""
    gan, mse = aliased(Rendition), aliased(Rendition)
    query = (
        select(Detection)
        .join(gan, (gan.id == Detection.gan_rendition_id) & (gan.model_id == dataset.gan_model_id))
        .join(mse, (mse.id == Detection.mse_rendition_id) & (mse.model_id == dataset.mse_model_id))
        .join(Image, Image.id == Detection.image_id)
        .where(Image.dataset_id == dataset.id)
        .order_by(Detection.id)
    )
    return list(session.scalars(query))


def count_waiting_images(session: Session, dataset: Dataset) -> int:
    """Return how many LR images lack an output of the dataset's pair, or the detection in it.

    None where only outputs were imported: there is nothing to run again.
    """
    gan = session.get(Model, dataset.gan_model_id) if dataset.gan_model_id else None
    if gan and gan.file_sha is None:
        return 0
    return sum(image.lr_sha is not None for image in list_incomplete_images(session, dataset))


def find_rendition(session: Session, image_id: int, model_id: int) -> Rendition | None:
    """Return what a model made of an image, if it has."""
    return session.scalar(
        select(Rendition).where(Rendition.image_id == image_id, Rendition.model_id == model_id)
    )


def put_rendition(session: Session, image_id: int, model_id: int, blob_sha: str) -> Rendition:
    """Set what a model made of an image; a newer output takes the place of an older one."""
    rendition = find_rendition(session, image_id, model_id)
    if rendition is None:
        rendition = Rendition(image_id=image_id, model_id=model_id, blob_sha=blob_sha)
        session.add(rendition)
    rendition.blob_sha = blob_sha
    session.flush()
    return rendition


def list_renditions(session: Session, model_id: int) -> list[Rendition]:
    """Return all outputs of a model."""
    return list(session.scalars(select(Rendition).where(Rendition.model_id == model_id)))


def list_fine_tuned(session: Session, record: ImageRecord) -> list[tuple[Model, Rendition]]:
    """Return what fine-tuned models made of an image, the newest model first."""
    query = (
        select(Model, Rendition)
        .join(Rendition, Rendition.model_id == Model.id)
        .where(
            Rendition.image_id == record.image.id,
            Model.role == ModelRole.GAN,
            Model.parent_run_id.is_not(None),
            Model.id != record.gan.model_id,
        )
        .order_by(Model.id.desc())
    )
    return [(model, rendition) for model, rendition in session.execute(query)]


def _get_with_dataset(session: Session, image_id: int) -> tuple[Image, Dataset]:
    """Return an image and its dataset: a session forgets a row that nobody holds."""
    image = get_row(session, Image, image_id, "Image")
    return image, get_dataset(session, image.dataset_id)
