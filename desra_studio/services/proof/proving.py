"""Proving a fine-tuned model on images that it was not trained on; needs torch."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from desra_studio.detection.detector import DetectorParams
from desra_studio.errors import InputError, NotFoundError, StudioError
from desra_studio.finetune.pseudo_gt import FEATHER_SIGMA_PX
from desra_studio.imaging.arrays import RgbImage
from desra_studio.imaging.io import decode_png
from desra_studio.imaging.masks import decode_mask_png
from desra_studio.metrics.mask_metrics import score_image
from desra_studio.metrics.outside import (
    OutsideSums,
    mark_outside,
    measure_outside,
    summarize_outside,
)
from desra_studio.services.detection.class_maps import read_class_map
from desra_studio.services.detection.detectors import list_detector_runs, load_network
from desra_studio.services.detection.judging import Case, JudgedOutput
from desra_studio.services.detection.weight_sets import load_weights
from desra_studio.services.detection.witnesses import (
    TRAINED_ON_BY_CONTRAST,
    WITNESSES,
    Scene,
    Witness,
    make_network_witness,
)
from desra_studio.services.finetune.bounds import BOUNDS, find_warnings
from desra_studio.services.finetune.candidates import rank_image
from desra_studio.services.proof.applying import AppliedImage, list_applicable, run_model
from desra_studio.services.proof.figures import (
    ProofComponent,
    ProofFigures,
    describe_components,
    rank_all,
    sort_components,
    summarize_proof,
)
from desra_studio.services.studio import Report, Studio
from desra_studio.storage import datasets, models, runs
from desra_studio.storage.database import Session
from desra_studio.storage.datasets import ImageRecord
from desra_studio.storage.tables import Model, Rendition, Run
from desra_studio.storage.training_sets import list_samples
from desra_studio.vocabulary import State

MAX_CLEAN = 12
"""Clean images that a proof looks at, besides those with artifacts: each is upscaled."""


@dataclass(frozen=True)
class ProofSet:
    """The images that prove a model.

    Attributes:
        records: the images.
        manual: image id -> address of its manual mask, where that marks anything.
        held_out: whether they are the run's own held-out samples; else they are images of its
            dataset that it was not trained on.
        reviewed: whether people have said what is an artifact; else the detector has.
    """

    records: list[ImageRecord]
    manual: dict[int, str]
    held_out: bool
    reviewed: bool


@dataclass(frozen=True)
class ProvedImage:
    """What one image shows.

    Attributes:
        image_id: of it.
        judged: what became of each component.
        ious: of the detected mask before and of that after with the manual one; None without one.
        outside: what changed outside the masks.
        detections: ids of the two detections.
    """

    image_id: int
    judged: JudgedOutput
    ious: tuple[float, float] | None
    outside: OutsideSums
    detections: tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Proof(ProofFigures):
    """The proof of a fine-tuned model.

    Attributes:
        model_id: what is proved.
        held_out: whether by the run's own held-out samples.
        reviewed: whether people have said what is an artifact; else the detector has.
        components: all of them.
        detections: ids of each image's detection before, and of that after.
        notes: what had to be changed on the way.
        bounds: `BOUNDS`.
        warnings: a sentence for each bound that is passed.
    """

    model_id: int
    held_out: bool
    reviewed: bool
    components: list[ProofComponent]
    detections: list[tuple[int, int]]
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
        dataset = datasets.get_dataset(session, run.config["dataset_id"])
        reference = datasets.get_reference(dataset).title
    if not chosen.records:
        raise InputError(
            "No image is left that it was not trained on. Import more LR images into the dataset's "
            "folder, or fine-tune with a held-out share."
        )
    feather = run.config.get("feather_sigma", FEATHER_SIGMA_PX)
    trained_on = TRAINED_ON_BY_CONTRAST if run.config.get("contrast_weight") else ()
    witnesses = WITNESSES | _load_networks(studio, run.config["dataset_id"])
    notes: list[str] = []
    proved = [
        _measure_image(studio, applied, chosen, witnesses, feather)
        for applied in run_model(studio, model, chosen.records, notes, report)
    ]
    judged = [image.judged for image in proved]
    ranked = rank_all(judged, trained_on)
    figures = summarize_proof(
        judged,
        ranked,
        witnesses,
        trained_on,
        summarize_outside(image.outside for image in proved),
        [image.ious for image in proved if image.ious],
    )
    proof = Proof(
        **vars(figures),
        model_id=model.id,
        held_out=chosen.held_out,
        reviewed=chosen.reviewed,
        components=[
            component
            for image in proved
            for component in describe_components(image.image_id, image.judged, ranked)
        ],
        detections=[image.detections for image in proved],
        notes=notes,
        bounds=BOUNDS,
        warnings=find_warnings(vars(figures), reference),
    )
    on_card = {key: value for key, value in asdict(proof).items() if key not in _NOT_ON_CARD}
    with studio.database.write() as session:
        row = models.get_model(session, model.id)
        row.card = row.card | {"figures": on_card}
    return proof


_NOT_ON_CARD = ("model_id", "components", "detections", "bounds")


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

    def is_left(record: ImageRecord) -> bool:
        return record.image.lr_sha not in seen

    if held_out:
        chosen = [record for record in records if record.image.id in held_out]
        masks = {image_id: revision.mask_sha for image_id, revision in held_out.items()}
    else:
        chosen = [record for record in records if is_left(record)]
        labels = [record.label for record in chosen]
        masks = {label.image_id: label.mask_sha for label in labels if label and label.area_px}
        if masks:
            chosen = [record for record in chosen if record.image.id in masks]
    if masks:
        clean = [one for one in records if one.state is State.CLEAN and is_left(one)]
        chosen += sorted(clean, key=lambda one: rank_image(one.image))[:MAX_CLEAN]
    return ProofSet(chosen, masks, bool(held_out), bool(masks))


def _load_networks(studio: Studio, dataset_id: int) -> dict[str, Witness]:
    """Return the networks that were run on a dataset, as witnesses by the names of their files."""
    return {
        run.params.network_name: make_network_witness(
            run.params,
            load_network(studio.blobs.find(run.params.network), run.params, studio.settings.device),
        )
        for run in list_detector_runs(studio, dataset_id)
        if not isinstance(run.params, DetectorParams) and run.params.network
    }


def _measure_image(
    studio: Studio,
    applied: AppliedImage,
    chosen: ProofSet,
    witnesses: Mapping[str, Witness],
    feather: float,
) -> ProvedImage:
    def read(rendition: Rendition) -> RgbImage:
        return decode_png(studio.blobs.get(rendition.blob_sha))

    before, after = (
        decode_mask_png(studio.blobs.get(found.mask_sha))
        for found in (applied.before, applied.after)
    )
    record = applied.record
    manual_sha = chosen.manual.get(record.image.id)
    manual = decode_mask_png(studio.blobs.get(manual_sha)) if manual_sha else None
    accepted, rejected = sort_components(before, manual, chosen.reviewed)
    labels_sha = applied.before.labels_sha
    params = DetectorParams(**applied.before.params)
    case = Case(
        gan=read(record.gan),
        scene=Scene(
            mse=read(record.mse),
            params=params,
            labels=read_class_map(studio, labels_sha) if labels_sha else None,
            weights=load_weights(studio, params.class_weights) if labels_sha else None,
        ),
        accepted=accepted,
        rejected=rejected,
        witnesses=witnesses,
    )
    output = read(applied.output)
    outside = mark_outside(accepted, feather)
    return ProvedImage(
        image_id=record.image.id,
        judged=case.judge(output),
        ious=None
        if manual is None
        else (score_image(before, manual).iou, score_image(after, manual).iou),
        outside=measure_outside(case.gan, output, case.scene.mse, outside),
        detections=(applied.before.id, applied.after.id),
    )
