"""Proofs of fine-tuned models as they are looked at: figures, components, and the way back."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from desra_studio.errors import InputError, NotFoundError
from desra_studio.imaging.masks import decode_mask_png
from desra_studio.metrics.regression import Fate, judge_components
from desra_studio.services.datasets.listing import ShownRendition
from desra_studio.services.job_configs import ProveJobConfig
from desra_studio.services.jobs import find_active_job, start_job
from desra_studio.services.review.flags import Finding, flag_images
from desra_studio.services.studio import Studio
from desra_studio.storage import datasets, models, runs
from desra_studio.storage.database import Session
from desra_studio.storage.tables import Detection, Run

ORDER = (Fate.NEW, Fate.UNCHANGED, Fate.FIXED)
"""What a person should look at first."""
_NOTES = {Fate.NEW: "new", Fate.UNCHANGED: "still there"}


@dataclass(frozen=True, kw_only=True)
class ProofImage:
    """An image of a proof.

    Attributes:
        id, name: of it.
        width, height: of its outputs, in px.
        gan, after, mse: GAN-SR before and after fine-tuning, and MSE-SR.
    """

    id: int
    name: str
    width: int
    height: int
    gan: ShownRendition
    after: ShownRendition
    mse: ShownRendition


@dataclass(frozen=True, kw_only=True)
class ProofComponent:
    """What became of a component.

    Attributes:
        image_id: of the image that it is in.
        fate: fixed, unchanged or new.
        x, y, w, h: of its box, in px.
        area_px: its size.
        centre: x and y of a pixel of it, near its middle.
    """

    image_id: int
    fate: Fate
    x: int
    y: int
    w: int
    h: int
    area_px: int
    centre: tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class ProofView:
    """A proof with all components that it is about.

    Attributes:
        run: id of the fine-tuning.
        model: name of what it made.
        dataset_id: whose images prove it.
        images: all of them.
        components: the new ones first, then the unchanged, each by area.
        proof: as it was stored, see `proving.Proof`.
        flagged: whether the components were sent back.
    """

    run: int
    model: str
    dataset_id: int
    images: list[ProofImage]
    components: list[ProofComponent]
    proof: dict[str, object]
    flagged: bool


@dataclass(frozen=True)
class ProofSent:
    """What went back into the review queue: how many images and components, of which dataset."""

    images: int
    components: int
    dataset_id: int


def start_proof(studio: Studio, run_id: int) -> int:
    """Start the job that proves a fine-tuning again, and return its id.

    Raises:
        NotFoundError: no such job.
        InputError: it is not a fine-tuning that made a model, or is being proved already.
    """
    with studio.database.read() as session:
        run = runs.open_run(session, run_id)
        model = models.find_run_model(session, run_id)
    if run.kind != "finetune" or model is None:
        raise InputError(f"Job {run_id} has made no model that could be proved.")
    active = find_active_job(studio, "finetune", "prove")
    if active and run_id in (active.id, active.config.get("run_id")):
        raise InputError(f"{model.name} is being proved already. Wait for job {active.id}.")
    config = ProveJobConfig(run_id, run.config["dataset_id"])
    return start_job(studio, "prove", config.as_dict())


def list_proof_components(studio: Studio, run_id: int) -> ProofView:
    """Return a proof with all components it is about.

    Raises:
        NotFoundError: no such job, no proof, or a stored file is missing.
    """
    with studio.database.read() as session:
        run = _get_proved(session, run_id)
        pairs = list(_read_pairs(session, run))
        images = [_describe_image(session, before, after) for before, after in pairs]
    components = [component for pair in pairs for component in _judge_pair(studio, *pair)]
    components.sort(key=lambda one: (ORDER.index(one.fate), -one.area_px))
    return ProofView(
        run=run_id,
        model=run.result["model"],
        dataset_id=run.config["dataset_id"],
        images=images,
        components=components,
        proof=run.result["proof"],
        flagged=bool(run.result.get("sent_back")),
    )


def send_back(studio: Studio, run_id: int) -> ProofSent:
    """Flag, for the review queue, every component that is new or still there after fine-tuning.

    What was flagged before and nobody has looked at is not flagged twice.

    Raises:
        NotFoundError: see `list_proof_components`.
    """
    shown = list_proof_components(studio, run_id)
    findings = [
        Finding(
            component.image_id,
            f"{_NOTES[component.fate]} after fine-tuning {run_id}, {component.area_px} px",
            *component.centre,
        )
        for component in shown.components
        if component.fate in _NOTES
    ]
    flag_images(studio, "regression", findings)
    sent = ProofSent(
        images=len({finding.image_id for finding in findings}),
        components=len(findings),
        dataset_id=shown.dataset_id,
    )
    with studio.database.write() as session:
        runs.keep_result(session, run_id, {"sent_back": asdict(sent)})
    return sent


def _get_proved(session: Session, run_id: int) -> Run:
    run = runs.open_run(session, run_id)
    if not run.result.get("proof"):
        why = run.result.get("proof_note") or "It is no fine-tuning that has ended with a model."
        raise NotFoundError(f"Job {run_id} has no proof. {why}")
    return run


def _read_pairs(session: Session, run: Run) -> Iterator[tuple[Detection, Detection]]:
    for before, after in run.result["proof"]["detections"]:
        yield datasets.get_detection(session, before), datasets.get_detection(session, after)


def _describe_image(session: Session, before: Detection, after: Detection) -> ProofImage:
    image = datasets.get_image(session, before.image_id)

    def name(rendition_id: int) -> ShownRendition:
        rendition = datasets.get_rendition(session, rendition_id)
        return ShownRendition(rendition.id, rendition.blob_sha)

    return ProofImage(
        id=image.id,
        name=image.name,
        width=image.width,
        height=image.height,
        gan=name(before.gan_rendition_id),
        after=name(after.gan_rendition_id),
        mse=name(before.mse_rendition_id),
    )


def _judge_pair(studio: Studio, before: Detection, after: Detection) -> Iterator[ProofComponent]:
    masks = [decode_mask_png(studio.blobs.get(found.mask_sha)) for found in (before, after)]
    for component in judge_components(masks[0], masks[1]):
        x, y, width, height = component.box
        yield ProofComponent(
            image_id=before.image_id,
            fate=component.fate,
            x=x,
            y=y,
            w=width,
            h=height,
            area_px=component.area,
            centre=component.centre,
        )
