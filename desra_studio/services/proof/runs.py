"""Fine-tunings as the Proof page lists them: with a proof, or why there is none."""

from dataclasses import dataclass

from desra_studio.errors import NotFoundError
from desra_studio.services.datasets.listing import list_dataset_names
from desra_studio.services.jobs import JobView, list_jobs, view_job
from desra_studio.services.proof.proofs import explain_missing, is_proved
from desra_studio.services.studio import Studio


@dataclass(frozen=True)
class ProofJob:
    """A job that proves a fine-tuning just now; the message says what it does."""

    message: str


@dataclass(frozen=True, kw_only=True)
class ProofRun:
    """A fine-tuning as the Proof page lists it.

    Attributes:
        id, status, message: of its job.
        dataset_id, dataset: id and name.
        model_id, model: what it made, None without.
        proven: whether there is a proof.
        note: why there is none.
        proving: None unless it is proved again just now.
    """

    id: int
    status: str
    message: str
    dataset_id: int
    dataset: str
    model_id: int | None
    model: str | None
    proven: bool
    note: str
    proving: ProofJob | None


def list_proof_runs(studio: Studio, wanted: int | None = None) -> list[ProofRun]:
    """Return the newest fine-tunings, newest first; among them a wanted one, however old it is.

    None of a dataset in the bin is among them.
    """
    names = {dataset.id: dataset.name for dataset in list_dataset_names(studio)}
    # Listed newest first, so that the newest one of a run stays.
    again = {job.config["run_id"]: job for job in reversed(list_jobs(studio, "prove"))}
    runs = list_jobs(studio, "finetune")
    if wanted is not None and all(run.id != wanted for run in runs):
        runs += _find_run(studio, wanted)
    return [
        _describe(run, names[run.config["dataset_id"]], again.get(run.id))
        for run in runs
        if run.config["dataset_id"] in names
    ]


def _find_run(studio: Studio, run_id: int) -> list[JobView]:
    try:
        job = view_job(studio, run_id)
    except NotFoundError:
        return []
    return [job] if job.kind == "finetune" else []


def _describe(job: JobView, dataset: str, again: JobView | None) -> ProofRun:
    note = explain_missing(job.result)
    if again and not again.active and not again.succeeded:
        note = f"Proving it again ended early: {again.message}"
    return ProofRun(
        id=job.id,
        status=job.status.value,
        message=job.message,
        dataset_id=job.config["dataset_id"],
        dataset=dataset,
        model_id=job.result.get("model_id"),
        model=job.result.get("model"),
        proven=is_proved(job.result),
        note=note,
        proving=ProofJob(again.message) if again and again.active else None,
    )
