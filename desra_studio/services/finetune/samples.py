"""The samples of a fine-tuning, from a training set or from folders; needs torch."""

from pathlib import Path

from desra_studio.finetune.data import FinetuneSample
from desra_studio.finetune.pseudo_gt import compose_pseudo_gt
from desra_studio.imaging.arrays import size_of
from desra_studio.imaging.io import decode_png
from desra_studio.imaging.masks import decode_mask_png
from desra_studio.services.datasets.layout import fit_label
from desra_studio.services.finetune.ordering import compose_stored_pseudo_gt
from desra_studio.services.folders import FolderReader, naming
from desra_studio.services.scales import find_scale
from desra_studio.services.studio import Report, Studio
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


def read_folder_samples(
    folders: dict[str, Path], feather_sigma: float, reader: FolderReader, report: Report
) -> list[FinetuneSample]:
    """Return what folders --lr, --gan, --mse and --mask hold, matched by name.

    Raises:
        InputError: no image could be used.
    """
    sets = reader.match(folders)

    def read_sample(name: str) -> FinetuneSample:
        paths = sets[name]
        gan_sr, mse_sr, lr = reader.read_together([paths["--gan"], paths["--mse"], paths["--lr"]])
        read = reader.read_mask(paths["--mask"])
        with naming(name):
            find_scale(paths["--lr"], size_of(lr), size_of(gan_sr))
            mask = fit_label(paths["--mask"], read, size_of(gan_sr))
            pseudo_gt = compose_pseudo_gt(gan_sr, mse_sr, mask, feather_sigma)
        return FinetuneSample(name, lr, pseudo_gt, mask)

    return reader.run(read_sample, list(sets), report)
