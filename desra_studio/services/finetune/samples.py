"""The samples of a fine-tuning, from a training set or from folders; needs torch."""

from pathlib import Path

from desra_studio.errors import InputError
from desra_studio.finetune.data import FinetuneSample
from desra_studio.finetune.pseudo_gt import compose_pseudo_gt
from desra_studio.imaging.arrays import size_of
from desra_studio.imaging.io import decode_png, read_mask, read_rgb
from desra_studio.imaging.masks import decode_mask_png
from desra_studio.services.datasets.layout import fit_label
from desra_studio.services.finetune.ordering import compose_stored_pseudo_gt
from desra_studio.services.folders import match_folders
from desra_studio.services.studio import Studio
from desra_studio.storage import datasets
from desra_studio.storage.training_sets import list_samples


def load_stored_samples(
    studio: Studio, training_set_id: int, feather_sigma: float, held_out: bool = False
) -> list[FinetuneSample]:
    """Return the samples of a frozen training set that are trained on, or those held out.

    Raises:
        NotFoundError: a stored file is missing.
    """
    samples = []
    with studio.database.read() as session:
        records = [
            (datasets.get_record(session, revision.image_id), revision)
            for revision in list_samples(session, training_set_id, held_out)
        ]
    for record, revision in records:
        pseudo_gt = compose_stored_pseudo_gt(studio, record, revision, feather_sigma)
        lr = decode_png(studio.blobs.get(record.image.lr_sha or ""))
        mask = decode_mask_png(studio.blobs.get(revision.mask_sha))
        samples.append(FinetuneSample(record.image.name, lr, pseudo_gt, mask))
    return samples


def read_folder_samples(folders: dict[str, Path], feather_sigma: float) -> list[FinetuneSample]:
    """Return what folders --lr, --gan, --mse and --mask hold, matched by name.

    Raises:
        InputError: files that do not match, fit or open.
    """
    return [
        _read_sample(name, paths, feather_sigma) for name, paths in match_folders(folders).items()
    ]


def _read_sample(name: str, paths: dict[str, Path], feather_sigma: float) -> FinetuneSample:
    gan_sr = read_rgb(paths["--gan"]).pixels
    mask = fit_label(paths["--mask"], read_mask(paths["--mask"]), size_of(gan_sr))
    try:
        pseudo_gt = compose_pseudo_gt(gan_sr, read_rgb(paths["--mse"]).pixels, mask, feather_sigma)
    except InputError as error:
        raise InputError(f"{name}: {error}") from error
    return FinetuneSample(name, read_rgb(paths["--lr"]).pixels, pseudo_gt, mask)
