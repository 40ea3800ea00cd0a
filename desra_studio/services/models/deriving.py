"""Deriving an MSE-SR model for a GAN-SR model that has none; needs torch."""

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from torch import Tensor

from desra_studio.errors import InputError
from desra_studio.finetune.config import DeriveConfig
from desra_studio.finetune.data import FinetuneSample, fit_crop, sample_batches
from desra_studio.finetune.derive import Pairs, derive_mse
from desra_studio.finetune.pairs import MINIMUM_LR_PX, PairSource, cut_middle
from desra_studio.imaging.alignment import compare_pictures
from desra_studio.imaging.arrays import RgbImage, size_of
from desra_studio.imaging.io import decode_png
from desra_studio.services.folders import FolderReader
from desra_studio.services.job_configs import DeriveJobConfig
from desra_studio.services.models.registry import load_model
from desra_studio.services.studio import Report, Studio, ignore_progress
from desra_studio.sr.loader import choose_device, encode_weights
from desra_studio.storage import datasets, models
from desra_studio.storage.database import Session
from desra_studio.storage.tables import Model
from desra_studio.vocabulary import ModelRole

MINIMUM_IMAGES = 4
VALIDATION_SHARE = 0.15

AddMetric = Callable[[int, str, float], None]


@dataclass(frozen=True)
class _Material:
    """What to train on and to validate with, and how the pairs were made."""

    batches: Iterator[tuple[Tensor, Tensor]]
    validation: Pairs
    images: int
    pairs: str


@dataclass(frozen=True, kw_only=True)
class DerivedPartner:
    """An MSE-SR model that was derived.

    Attributes:
        model, model_id: name and id of the new model.
        partner_of: name of the GAN-SR model, or empty where that keeps another partner.
        note: says so then, else empty.
        iteration: the best one.
        psnr_before, psnr: in dB on the validation pairs.
        images: that it was made from.
        seconds: that it took.
        device: where it was trained.
    """

    model: str
    model_id: int
    partner_of: str
    note: str
    iteration: int
    psnr_before: float
    psnr: float
    images: int
    seconds: float
    device: str
    notes: list[str] = field(default_factory=list)


def find_derivable_model(studio: Studio, name: str, replace: bool = False) -> Model:
    """Return the GAN-SR model of this name, for which an MSE-SR partner can be made.

    Raises:
        NotFoundError: no such model.
        InputError: not a GAN-SR model, without weights, or it has a partner and `replace` is off.
    """
    with studio.database.read() as session:
        model = models.require_model(session, name)
        partner = models.get_model(session, model.partner_id) if model.partner_id else None
    if model.role is not ModelRole.GAN or model.file_sha is None:
        raise InputError(f"{name} is not a GAN-SR model with weights. Give one.")
    if partner and not replace:
        raise InputError(
            f"{name} has the partner {partner.name} already. Give --replace to derive another."
        )
    return model


def derive_from_folders(
    studio: Studio,
    model: Model,
    lr: Path,
    hr: Path | None,
    config: DeriveConfig,
    report: Report = ignore_progress,
    reader: FolderReader | None = None,
) -> DerivedPartner:
    """Derive an MSE-SR model from folders of LR and, where there are any, HR images.

    Returns, raises:
        as `derive_partner`; with the notes a line per file that was left out or converted.
    """
    reader = reader or FolderReader(studio.settings.max_megapixels)
    lr_images = _read_folder(reader, lr, report)
    hr_images = _read_folder(reader, hr, report) if hr else {}
    _drop_misfits(reader, lr_images, hr_images)
    derived = derive_partner(studio, model, lr_images, hr_images, config, report, _ignore_metric)
    return replace(derived, notes=reader.lines)


def run_derivation(
    studio: Studio, config: DeriveJobConfig, report: Report, add_metric: AddMetric
) -> DerivedPartner:
    """Do what a `derive` job asks, from a dataset's LR images and a folder of HR images."""
    model = find_derivable_model(studio, config.model, replace=True)
    dataset_id = config.dataset_id
    with studio.database.read() as session:
        if dataset_id:
            datasets.get_dataset(session, dataset_id)
        images = datasets.list_images(session, dataset_id) if dataset_id else []
    lr_images = {
        image.name: decode_png(studio.blobs.get(image.lr_sha)) for image in images if image.lr_sha
    }
    reader = FolderReader(studio.settings.max_megapixels)
    hr_images = _read_folder(reader, Path(config.hr), report) if config.hr else {}
    _drop_misfits(reader, lr_images, hr_images)
    settings = DeriveConfig(max_iterations=config.max_iterations)
    derived = derive_partner(studio, model, lr_images, hr_images, settings, report, add_metric)
    return replace(derived, notes=reader.lines)


def derive_partner(
    studio: Studio,
    model: Model,
    lr_images: dict[str, RgbImage],
    hr_images: dict[str, RgbImage],
    config: DeriveConfig,
    report: Report,
    add_metric: AddMetric,
) -> DerivedPartner:
    """Train an MSE-SR model, store its weights and register it as the model's partner.

    Where the model was given another partner meanwhile, it keeps that one.

    HR images whose name and size fit an LR image are paired with it; where hardly any do, HR images
    are degraded. Without HR images the LR images take their part and are degraded once more.

    Raises:
        InputError: too few images, or none of a useful size.
        ModelError: the model cannot be loaded, or training cannot go on.
        CancelledError: from `report`; then nothing is registered.
    """
    started = time.perf_counter()
    material = _gather_material(lr_images, hr_images, model.scale or 1, config)
    device = choose_device(studio.settings.device)
    total = config.max_iterations

    def report_check(iteration: int, loss: float, psnr: float) -> None:
        add_metric(iteration, "loss", loss)
        add_metric(iteration, "psnr", psnr)
        report(iteration, total, f"Iteration {iteration}, at most {total}: {psnr:.2f} dB")

    result = derive_mse(
        load_model(studio, model),
        material.batches,
        material.validation,
        config,
        device,
        report_check,
        report,
    )
    add_metric(0, "psnr", result.psnr_before)
    if result.iteration == 0:
        raise InputError(
            f"{model.name} gained no PSNR from training with L1 in {total} iterations "
            f"({result.psnr_before:.2f} dB): it behaves as an MSE-SR model already, or the images "
            "do not suit it. Give other images."
        )
    sha = studio.blobs.put(encode_weights(result.weights))
    card = {
        "source": f"derived from {model.name} with an L1 loss on {material.pairs}",
        "licence": model.card.get("licence", "as the GAN-SR model's"),
        "derived": {
            "from": model.name,
            "images": material.images,
            "iteration": result.iteration,
            "psnr_before": round(result.psnr_before, 3),
            "psnr": round(result.psnr, 3),
            **asdict(config),
        },
    }
    card |= {key: value for key, value in model.card.items() if key not in (*card, "sha256")}
    with studio.database.write() as session:
        derived = models.add_model(
            session,
            models.find_free_name(session, f"{model.name} MSE"),
            ModelRole.MSE,
            architecture=model.architecture,
            scale=model.scale,
            file_sha=sha,
            card=card,
        )
        note = _set_partner(session, model, derived)
    return DerivedPartner(
        model=derived.name,
        model_id=derived.id,
        partner_of="" if note else model.name,
        note=note,
        iteration=result.iteration,
        psnr_before=round(result.psnr_before, 3),
        psnr=round(result.psnr, 3),
        images=material.images,
        seconds=round(time.perf_counter() - started, 1),
        device=str(device),
    )


def _set_partner(session: Session, model: Model, derived: Model) -> str:
    """Make `derived` the partner, unless `model`, as read before, has got another since.

    Returns:
        What to tell of that; empty where it is the partner now.
    """
    current = models.get_model(session, model.id)
    if current.partner_id not in (None, model.partner_id):
        other = models.get_model(session, current.partner_id).name
        return (
            f"{derived.name} is here now, but {model.name} was given the partner {other} meanwhile "
            f"and keeps it. Set {derived.name} on the Models page to replace that."
        )
    current.partner_id = derived.id
    return ""


def _ignore_metric(_step: int, _name: str, _value: float) -> None:
    """Record nothing."""


def _read_folder(reader: FolderReader, folder: Path, report: Report) -> dict[str, RgbImage]:
    paths = reader.list_images(folder)
    read = reader.run(lambda name: (name, reader.read_rgb(paths[name])), list(paths), report)
    return dict(read)


def _drop_misfits(
    reader: FolderReader, lr_images: dict[str, RgbImage], hr_images: dict[str, RgbImage]
) -> None:
    """Leave out HR images that lie turned, mirrored or shifted against the LR of their name."""
    for name in lr_images.keys() & hr_images.keys():
        found = compare_pictures(hr_images[name], lr_images[name])
        if found.sure:
            reader.notes.lines.append(f"{name}: left out, against LR its HR is {found.problem}")
            del hr_images[name]


def _gather_material(
    lr_images: dict[str, RgbImage], hr_images: dict[str, RgbImage], scale: int, config: DeriveConfig
) -> _Material:
    samples = [
        FinetuneSample(name, lr_images[name], hr)
        for name, hr in hr_images.items()
        if name in lr_images and _fits(lr_images[name], hr, scale)
    ]
    if len(samples) >= MINIMUM_IMAGES:
        held_out = _count_held_out(len(samples))
        crop = fit_crop(samples, config.crop, scale)
        return _Material(
            sample_batches(samples[held_out:], config.batch, crop, scale, config.seed),
            [
                (cut_middle(sample.lr, 1), cut_middle(sample.pseudo_gt, scale))
                for sample in samples[:held_out]
            ],
            len(samples),
            "LR and HR pairs",
        )
    given = list((hr_images or lr_images).values())
    images = [image for image in given if min(size_of(image)) >= MINIMUM_LR_PX * scale]
    if len(images) < MINIMUM_IMAGES:
        raise InputError(
            f"{len(images)} of {len(given)} images have {MINIMUM_LR_PX * scale} px or more on both "
            f"sides, and at least {MINIMUM_IMAGES} are needed. Give more images, or larger ones."
        )
    held_out, kind = _count_held_out(len(images)), "HR" if hr_images else "LR"
    source = PairSource(images[held_out:], scale)
    return _Material(
        source.draw_batches(config.batch, config.crop // scale, config.seed),
        PairSource(images[:held_out], scale).make_pairs(config.seed),
        len(images),
        f"{kind} images, degraded to {scale} times less",
    )


def _count_held_out(images: int) -> int:
    return max(1, round(VALIDATION_SHARE * images))


def _fits(lr: RgbImage, hr: RgbImage, scale: int) -> bool:
    return (lr.shape[0] * scale, lr.shape[1] * scale) == hr.shape[:2]
