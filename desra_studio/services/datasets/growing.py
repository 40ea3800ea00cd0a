"""More images in a dataset that is there."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from desra_studio.errors import InputError
from desra_studio.services.datasets.reading import Sample
from desra_studio.services.studio import Studio
from desra_studio.storage import datasets, models
from desra_studio.storage.database import Session
from desra_studio.storage.tables import Dataset, Image, Rendition


@dataclass
class AddedImages:
    """What became of samples.

    Attributes:
        images: that are new.
        unchanged: that were there.
        names: of the sample -> of its image in the dataset.
    """

    images: int = 0
    unchanged: int = 0
    names: dict[str, str] = field(default_factory=dict)


def add_samples(
    studio: Studio, dataset: Dataset, samples: Sequence[Sample], lines: list[str]
) -> AddedImages:
    """Write samples as images of a dataset, all or none; those that are there are left alone.

    An image of a known name that shows something else gets a name of its own, and a line.

    Args:
        studio: the installation.
        dataset: the one that grows.
        samples: as read and stored.
        lines: gets a line per image that differs.

    Raises:
        InputError: pairs for a dataset whose outputs are made here, or the other way round.
    """
    added = AddedImages()
    with studio.database.write() as session:
        dataset = datasets.get_dataset(session, dataset.id)
        scale = _check_kind(session, dataset, samples)
        known = {image.name: image for image in datasets.list_images(session, dataset.id)}
        for sample in samples:
            name = _find_name(session, dataset, known, sample)
            added.names[sample.name] = name
            if name in known:
                added.unchanged += 1
                _add_lr(known[name], sample, lines)
                continue
            if name != sample.name:
                lines.append(
                    f"{sample.name}: differs from the image of this name, which stays; imported "
                    f"as {name}"
                )
            known[name] = _write_image(session, dataset, sample, name, scale)
            added.images += 1
    return added


def _check_kind(session: Session, dataset: Dataset, samples: Sequence[Sample]) -> int | None:
    """Return by how much the dataset's model enlarges LR images; None where it has none."""
    given_pairs = any(sample.gan_sha for sample in samples)
    if dataset.gan_model_id is None:
        if given_pairs:
            raise InputError(f"{dataset.name} holds LR images to be upscaled. Give LR images.")
        return None
    model = models.get_model(session, dataset.gan_model_id)
    if model.file_sha is None and samples and not given_pairs:
        raise InputError(
            f"The outputs of {dataset.name} were imported. Give a folder with GAN-SR and MSE-SR."
        )
    if model.file_sha is not None and given_pairs:
        raise InputError(
            f"The outputs of {dataset.name} are made here, by {model.name}. Give LR images alone."
        )
    return None if given_pairs else model.scale


def _find_name(session: Session, dataset: Dataset, known: dict[str, Image], sample: Sample) -> str:
    """Return the sample's name, or one behind it where that is another picture's."""
    name, number = sample.name, 1
    while name in known and not _is_same(session, dataset, known[name], sample):
        number += 1
        name = f"{sample.name} v{number}"
    return name


def _is_same(session: Session, dataset: Dataset, image: Image, sample: Sample) -> bool:
    if sample.gan_sha is None:
        return image.lr_sha == sample.lr_sha
    pair = (dataset.gan_model_id, sample.gan_sha), (dataset.mse_model_id, sample.mse_sha)
    for model_id, sha in pair:
        rendition = datasets.find_rendition(session, image.id, model_id or 0)
        if rendition is None or rendition.blob_sha != sha:
            return False
    return not (image.lr_sha and sample.lr_sha) or image.lr_sha == sample.lr_sha


def _add_lr(image: Image, sample: Sample, lines: list[str]) -> None:
    """Give an image that came without LR the one it has by now."""
    if image.lr_sha is None and sample.lr_sha is not None:
        image.lr_sha, image.scale = sample.lr_sha, sample.scale
        lines.append(f"{image.name}: its LR was added")


def _write_image(
    session: Session, dataset: Dataset, sample: Sample, name: str, scale: int | None
) -> Image:
    # LR images of a dataset that has its pair of models get the size of their outputs at once.
    times = scale or 1
    image = Image(
        dataset_id=dataset.id,
        name=name,
        width=sample.size.width * times,
        height=sample.size.height * times,
        scale=scale or sample.scale,
        lr_sha=sample.lr_sha,
    )
    session.add(image)
    session.flush()
    if sample.gan_sha:
        for model_id, sha in (
            (dataset.gan_model_id, sample.gan_sha),
            (dataset.mse_model_id, sample.mse_sha),
        ):
            session.add(Rendition(image_id=image.id, model_id=model_id, blob_sha=str(sha)))
    return image
