"""Proving a fine-tuned model on images that it was not trained on; needs torch."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import fmean
from typing import TypeAlias

from desra_studio.errors import InputError, NotFoundError, StudioError
from desra_studio.finetune.pseudo_gt import FEATHER_SIGMA_PX
from desra_studio.imaging.arrays import RgbImage
from desra_studio.imaging.io import decode_png
from desra_studio.imaging.masks import decode_mask_png
from desra_studio.metrics.intervals import Interval, bootstrap_regressions
from desra_studio.metrics.mask_metrics import score_image
from desra_studio.metrics.outside import (
    OutsideSums,
    mark_outside,
    measure_outside,
    summarize_outside,
)
from desra_studio.metrics.regression import (
    Regression,
    RegressionFigures,
    describe_regression,
    summarize_regressions,
)
from desra_studio.services.proof.applying import AppliedImage, list_applicable, run_model
from desra_studio.services.proof.bounds import BOUNDS, find_warnings
from desra_studio.services.studio import Report, Studio
from desra_studio.storage import datasets, models, runs
from desra_studio.storage.database import Session
from desra_studio.storage.datasets import ImageRecord
from desra_studio.storage.tables import Model, Rendition, Run
from desra_studio.storage.training_sets import list_samples


@dataclass(frozen=True)
class ProofSet:
    """The images that prove a model.

    Attributes:
        records: the images.
        manual: image id -> address of its manual mask, where that marks anything.
        held_out: whether they are the run's own held-out samples; else they are all images of its
            dataset that it was not trained on.
    """

    records: list[ImageRecord]
    manual: dict[int, str]
    held_out: bool


@dataclass(frozen=True)
class ProvedImage:
    """What one image shows.

    Attributes:
        regression: components before against components after.
        ious: of the detected mask before and of that after with the manual one; None without one.
        outside: what changed outside the masks.
        detections: ids of the two detections.
    """

    regression: Regression
    ious: tuple[float, float] | None
    outside: OutsideSums
    detections: tuple[int, int]


Bounds: TypeAlias = tuple[float, float] | None
"""Low and high end of a 95 % interval; None where there is nothing to tell one from."""


@dataclass(frozen=True)
class Sharpness:
    """Mean gradient of the luma outside the masks, in grey levels per px, of the three outputs."""

    gan: float | None
    after: float | None
    mse: float | None


@dataclass(frozen=True, kw_only=True)
class ProofFigures(RegressionFigures):
    """What a fine-tuned model changed, good and bad; what cannot be told is None.

    Attributes:
        removal_interval, addition_interval: of the two rates.
        iou_before, iou_after: mean over images of the detected mask's IoU with the manual one.
        psnr_outside, ssim_outside, variance_ratio_outside: against the original GAN-SR, outside
            the masks grown by the feather; the first in dB.
        sharpness: there.
        sharpness_kept: 0 as MSE-SR, 1 as GAN-SR.
        detections: ids of each image's detection before, and of that after.
    """

    removal_interval: Bounds
    addition_interval: Bounds
    iou_before: float | None
    iou_after: float | None
    psnr_outside: float | None
    ssim_outside: float | None
    variance_ratio_outside: float | None
    sharpness: Sharpness
    sharpness_kept: float | None
    detections: list[tuple[int, int]]


@dataclass(frozen=True, kw_only=True)
class Proof(ProofFigures):
    """The proof of a fine-tuned model.

    Attributes:
        model_id: what is proved.
        held_out: whether by the run's own held-out samples.
        notes: what had to be changed on the way.
        bounds: `BOUNDS`.
        warnings: a sentence for each bound that is passed.
    """

    model_id: int
    held_out: bool
    notes: list[str]
    bounds: dict[str, float]
    warnings: list[str]


@dataclass(frozen=True)
class ProofAttempt:
    """A proof, None where there is none, and why there is none, else empty."""

    proof: Proof | None
    proof_note: str


@dataclass(frozen=True)
class RenewedProof:
    """The proof of a fine-tuning in place of its last one, and the fine-tuning's id."""

    run_id: int
    proof: Proof


def prove_or_tell(studio: Studio, run_id: int, report: Report) -> ProofAttempt:
    """Prove the model that a run made; where that fails, the model is kept and the reason told."""
    try:
        return ProofAttempt(prove_run(studio, run_id, report), "")
    except StudioError as error:
        return ProofAttempt(None, f"The model is kept, but not proved: {error}")


def prove_again(studio: Studio, run_id: int, report: Report) -> RenewedProof:
    """Do what a `prove` job asks: prove a fine-tuning that has ended, in place of its last proof.

    Raises:
        see `prove_run`; then the last proof stays.
    """
    proof = prove_run(studio, run_id, report)
    with studio.database.write() as session:
        runs.keep_result(
            session, run_id, {"proof": asdict(proof), "proof_note": "", "sent_back": None}
        )
    return RenewedProof(run_id, proof)


def prove_run(studio: Studio, run_id: int, report: Report) -> Proof:
    """Run a fine-tuned model on its held-out images and measure what it changed, good and bad.

    Its outputs and what the detector finds in them are stored; the figures are written to the
    model's card. Where nothing was held out, all images of the dataset prove that were not trained
    on.

    Raises:
        NotFoundError: no such run, it made no model, or a stored file is missing.
        InputError: there is no image to prove it on.
        ModelError: the model cannot be run.
        CancelledError: from `report`.
    """
    with studio.database.read() as session:
        run = runs.get_run(session, run_id)
        model = models.find_run_model(session, run_id)
        if model is None:
            raise NotFoundError(f"Job {run_id} has made no model that could be proved.")
        chosen = _choose_images(session, run, model)
    if not chosen.records:
        raise InputError(
            "No image is left that it was not trained on. Import more LR images into the dataset's "
            "folder, or fine-tune with a held-out share."
        )
    feather = run.config.get("feather_sigma", FEATHER_SIGMA_PX)
    notes: list[str] = []
    proved = [
        _measure_image(studio, applied, chosen.manual.get(applied.record.image.id), feather)
        for applied in run_model(studio, model, chosen.records, notes, report)
    ]
    figures = _summarize_images(proved)
    proof = Proof(
        **vars(figures),
        model_id=model.id,
        held_out=chosen.held_out,
        notes=notes,
        bounds=BOUNDS,
        warnings=find_warnings(vars(figures)),
    )
    on_card = {key: value for key, value in asdict(proof).items() if key not in _NOT_ON_CARD}
    with studio.database.write() as session:
        row = models.get_model(session, model.id)
        row.card = row.card | {"figures": on_card}
    return proof


_NOT_ON_CARD = ("model_id", "detections", "bounds")


def _choose_images(session: Session, run: Run, model: Model) -> ProofSet:
    samples = run.config["training_set_id"]
    held_out = {
        revision.image_id: revision for revision in list_samples(session, samples, held_out=True)
    }
    trained = {revision.image_id for revision in list_samples(session, samples, held_out=False)}
    dataset = datasets.get_dataset(session, run.config["dataset_id"])
    records = list_applicable(session, dataset, model)
    # By content: an image that was imported twice is trained on under either name.
    seen = {record.image.lr_sha for record in records if record.image.id in trained}
    if held_out:
        chosen = [record for record in records if record.image.id in held_out]
        masks = {image_id: revision.mask_sha for image_id, revision in held_out.items()}
    else:
        chosen = [record for record in records if record.image.lr_sha not in seen]
        labels = [record.label for record in chosen]
        masks = {label.image_id: label.mask_sha for label in labels if label and label.area_px}
    return ProofSet(chosen, masks, bool(held_out))


def _measure_image(
    studio: Studio, applied: AppliedImage, manual_sha: str | None, feather: float
) -> ProvedImage:
    def read(rendition: Rendition) -> RgbImage:
        return decode_png(studio.blobs.get(rendition.blob_sha))

    before, after = (
        decode_mask_png(studio.blobs.get(found.mask_sha))
        for found in (applied.before, applied.after)
    )
    manual = decode_mask_png(studio.blobs.get(manual_sha)) if manual_sha else None
    # What nobody has labelled is replaced where the detector found something.
    outside = mark_outside(before if manual is None else manual, feather)
    record = applied.record
    return ProvedImage(
        regression=applied.compare(studio),
        ious=None
        if manual is None
        else (score_image(before, manual).iou, score_image(after, manual).iou),
        outside=measure_outside(read(record.gan), read(applied.output), read(record.mse), outside),
        detections=(applied.before.id, applied.after.id),
    )


def _summarize_images(proved: Sequence[ProvedImage]) -> ProofFigures:
    rows = [image.regression for image in proved]
    intervals = bootstrap_regressions(rows)
    outside = summarize_outside(image.outside for image in proved)
    ious = [image.ious for image in proved if image.ious]
    return ProofFigures(
        **vars(describe_regression(summarize_regressions(rows), len(rows))),
        removal_interval=_tell_interval(intervals.removal_rate),
        addition_interval=_tell_interval(intervals.addition_rate),
        iou_before=fmean(before for before, _ in ious) if ious else None,
        iou_after=fmean(after for _, after in ious) if ious else None,
        psnr_outside=outside.psnr,
        ssim_outside=outside.ssim,
        variance_ratio_outside=outside.variance_ratio,
        sharpness=Sharpness(
            gan=outside.gan_sharpness,
            after=outside.after_sharpness,
            mse=outside.mse_sharpness,
        ),
        sharpness_kept=outside.sharpness_kept,
        detections=[image.detections for image in proved],
    )


def _tell_interval(interval: Interval | None) -> Bounds:
    return (interval.low, interval.high) if interval else None
