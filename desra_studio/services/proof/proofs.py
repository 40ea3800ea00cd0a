"""Proofs of fine-tuned models as they are looked at: figures, components, and the way back."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from pydantic import TypeAdapter

from desra_studio.errors import InputError, NotFoundError
from desra_studio.metrics.fates import Fate
from desra_studio.services.datasets.listing import ShownRendition
from desra_studio.services.job_configs import ProveJobConfig
from desra_studio.services.jobs import find_active_job, start_job
from desra_studio.services.proof.figures import ControlFate, ProofComponent
from desra_studio.services.proof.voters import VoterWord, list_voter_words
from desra_studio.services.review.flags import Finding, flag_images
from desra_studio.services.studio import Studio
from desra_studio.storage import datasets, models, runs
from desra_studio.storage.database import Session
from desra_studio.storage.tables import Detection, Run

ORDER = (
    Fate.NEW, Fate.STILL_THERE, Fate.FAINTER, Fate.UNSEEN, ControlFate.CHANGED, Fate.GONE,
    ControlFate.KEPT,
)  # fmt: skip
"""What a person should look at first."""
OLD_PROOF = (
    "Its proof is from before witnesses were asked, and counted what the detector alone had found. "
    "Prove it again."
)
_READ_COMPONENTS = TypeAdapter(list[ProofComponent])
_NOTES: dict[Fate | ControlFate, str] = {Fate.NEW: "new", Fate.STILL_THERE: "still there"}


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
class ProofView:
    """A proof with all components that it is about.

    Attributes:
        run: id of the fine-tuning.
        model: name of what it made.
        dataset_id: whose images prove it.
        images: all of them.
        components: in `ORDER`, those of a fate by area.
        proof: as it was stored, without those, see `proving.Proof`; with its dataset's `reference`,
            as people call it.
        flagged: whether the components were sent back.
        voters: what blinded studies say of the model against the one that it was made from.
    """

    run: int
    model: str
    dataset_id: int
    images: list[ProofImage]
    components: list[ProofComponent]
    proof: dict[str, object]
    flagged: bool
    voters: list[VoterWord]


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
        dataset = datasets.get_dataset(session, run.config["dataset_id"])
    proof = run.result["proof"] | {"reference": datasets.get_reference(dataset).title}
    components = _READ_COMPONENTS.validate_python(proof.pop("components"))
    components.sort(key=lambda one: (ORDER.index(one.fate), -one.area_px))
    return ProofView(
        run=run_id,
        model=run.result["model"],
        dataset_id=run.config["dataset_id"],
        images=images,
        components=components,
        proof=proof,
        flagged=bool(run.result.get("sent_back")),
        voters=list_voter_words(studio, dataset, proof["model_id"]),
    )


def send_back(studio: Studio, run_id: int) -> ProofSent:
    """Flag, for the review queue, what is new or was accepted and is still there.

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


def is_proved(result: Mapping[str, Any]) -> bool:
    """Return whether the result of a fine-tuning has a proof of the kind that is made today."""
    return "components" in (result.get("proof") or {})


def explain_missing(result: Mapping[str, Any]) -> str:
    """Return why the result of a fine-tuning has no such proof."""
    if result.get("proof"):
        return OLD_PROOF
    return str(result.get("proof_note") or "")


def _get_proved(session: Session, run_id: int) -> Run:
    run = runs.open_run(session, run_id)
    if not is_proved(run.result):
        why = explain_missing(run.result) or "It is no fine-tuning that has ended with a model."
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
