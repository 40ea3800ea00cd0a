"""More images in a dataset that is there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from desra_studio.errors import InputError
from desra_studio.services.datasets.reading import Sample
from desra_studio.services.studio import Studio
from desra_studio.storage import datasets, models
from desra_studio.storage.bulk_rows import insert_numbered, insert_rows, update_rows
from desra_studio.storage.database import Session
from desra_studio.storage.tables import Dataset, Image, Rendition


@dataclass
class AddedImages:
    """What became of samples.

    Attributes:
        images: that are new.
        blind: of these, how many are to be labelled blind.
        unchanged: that were there.
        names: of the sample -> of its image in the dataset.
    """

    images: int = 0
    blind: int = 0
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
        known = _list_shown(session, dataset)
        new: dict[str, Sample] = {}
        given_lr: list[dict[str, object]] = []
        for sample in samples:
            name = _find_name(known, sample)
            added.names[sample.name] = name
            if name not in known:
                if name != sample.name:
                    lines.append(
                        f"{sample.name}: differs from the image of this name, which stays; "
                        f"imported as {name}"
                    )
                known[name] = _Shown(None, sample.gan_sha, sample.mse_sha, sample.lr_sha)
                new[name] = sample
                continue
            added.unchanged += 1
            shown = known[name]
            if shown.lr_sha is None and sample.lr_sha is not None:
                shown.lr_sha = sample.lr_sha
                lines.append(f"{name}: its LR was added")
                if shown.image_id is None:
                    new[name] = replace(new[name], lr_sha=sample.lr_sha, scale=sample.scale)
                else:
                    given_lr.append(
                        {"id": shown.image_id, "lr_sha": sample.lr_sha, "scale": sample.scale}
                    )
        update_rows(session, Image, given_lr)
        _write_images(session, dataset, new, scale)
        added.images = len(new)
        added.blind = sum(
            sample.label_sha is None and sample.is_blind(dataset.blind_share)
            for sample in new.values()
        )
    return added


@dataclass
class _Shown:
    """What an image shows, by address; one that is not written yet has no id."""

    image_id: int | None
    gan_sha: str | None
    mse_sha: str | None
    lr_sha: str | None


def _list_shown(session: Session, dataset: Dataset) -> dict[str, _Shown]:
    """Return what the images of a dataset show, by name."""
    gan, mse = (
        datasets.list_output_addresses(session, dataset.id, model_id) if model_id else {}
        for model_id in (dataset.gan_model_id, dataset.mse_model_id)
    )
    return {
        image.name: _Shown(image.id, gan.get(image.id), mse.get(image.id), image.lr_sha)
        for image in datasets.list_images(session, dataset.id)
    }


def _check_kind(session: Session, dataset: Dataset, samples: Sequence[Sample]) -> int | None:
    """Return by how much the dataset's model enlarges LR images; None where it has none."""
    given_pairs = any(sample.gan_sha for sample in samples)
    if dataset.gan_model_id is None:
        if given_pairs:
            raise InputError(f"{dataset.name} holds LR images to be upscaled. Give LR images.")
        return None
    model = models.get_model(session, dataset.gan_model_id)
    if model.file_sha is None and samples and not given_pairs:
        folder = datasets.get_reference(dataset).folder
        raise InputError(
            f"The outputs of {dataset.name} were imported. Give a folder with GAN-SR and {folder}."
        )
    if model.file_sha is not None and given_pairs:
        raise InputError(
            f"The outputs of {dataset.name} are made here, by {model.name}. Give LR images alone."
        )
    return None if given_pairs else model.scale


def _find_name(known: Mapping[str, _Shown], sample: Sample) -> str:
    """Return the sample's name, or one behind it where that is another picture's."""
    name, number = sample.name, 1
    while name in known and not _is_same(known[name], sample):
        number += 1
        name = f"{sample.name} v{number}"
    return name


def _is_same(shown: _Shown, sample: Sample) -> bool:
    if sample.gan_sha is None:
        return shown.lr_sha == sample.lr_sha
    if (shown.gan_sha, shown.mse_sha) != (sample.gan_sha, sample.mse_sha):
        return False
    return not (shown.lr_sha and sample.lr_sha) or shown.lr_sha == sample.lr_sha


def _write_images(
    session: Session, dataset: Dataset, samples: Mapping[str, Sample], scale: int | None
) -> None:
    """Write samples by the name that their image gets."""
    # LR images of a dataset that has its pair of models get the size of their outputs at once.
    times = scale or 1
    image_ids = insert_numbered(
        session,
        Image,
        [
            {
                "dataset_id": dataset.id,
                "name": name,
                "width": sample.size.width * times,
                "height": sample.size.height * times,
                "scale": scale or sample.scale,
                "lr_sha": sample.lr_sha,
                "is_blind": sample.is_blind(dataset.blind_share),
            }
            for name, sample in samples.items()
        ],
    )
    insert_rows(
        session,
        Rendition,
        [
            {"image_id": image_id, "model_id": model_id, "blob_sha": str(sha)}
            for image_id, sample in zip(image_ids, samples.values(), strict=True)
            if sample.gan_sha
            for model_id, sha in (
                (dataset.gan_model_id, sample.gan_sha),
                (dataset.mse_model_id, sample.mse_sha),
            )
        ],
    )
