"""Fine-tunings as the Proof page lists them: with a proof, or why there is none."""

from typing import Any

from desra_studio.errors import NotFoundError
from desra_studio.services.datasets.listing import list_dataset_names
from desra_studio.services.jobs import JobView, list_jobs, view_job
from desra_studio.services.studio import Studio


def list_proof_runs(studio: Studio, wanted: int | None = None) -> list[dict[str, Any]]:
    """Return the newest fine-tunings, newest first; among them a wanted one, however old it is.

    None of a dataset in the bin is among them.

    Returns:
        [{"id", "status", "message", "dataset_id", "dataset": its name, "model_id", "model": what it
        made, None without, "proven", "note": why not, "proving": {"message"} or None}].
    """
    names = {dataset["id"]: dataset["name"] for dataset in list_dataset_names(studio)}
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


def _describe(job: JobView, dataset: str, again: JobView | None) -> dict[str, Any]:
    note = job.result.get("proof_note", "")
    if again and not again.active and not again.succeeded:
        note = f"Proving it again ended early: {again.message}"
    return {
        "id": job.id,
        "status": job.status.value,
        "message": job.message,
        "dataset_id": job.config["dataset_id"],
        "dataset": dataset,
        "model_id": job.result.get("model_id"),
        "model": job.result.get("model"),
        "proven": job.result.get("proof") is not None,
        "note": note,
        "proving": {"message": again.message} if again and again.active else None,
    }
