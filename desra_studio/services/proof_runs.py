"""Fine-tunings as the Proof page lists them, and the job that proves one again."""

from typing import Any

from desra_studio.services.browse import list_dataset_names
from desra_studio.services.jobs import JobView, list_jobs, start_job, view_job
from desra_studio.services.studio import Studio


def list_proof_runs(studio: Studio) -> list[dict[str, Any]]:
    """Return the newest fine-tunings, newest first.

    Returns:
        [{"id", "status", "message", "dataset_id", "dataset": its name, "model_id", "model": what it
        made, None without, "proven", "note": why not, "proving": {"message"} or None}].
    """
    names = {dataset["id"]: dataset["name"] for dataset in list_dataset_names(studio)}
    proving = {job.config["run_id"]: job for job in list_jobs(studio, "prove") if job.active}
    return [_describe(job, names, proving.get(job.id)) for job in list_jobs(studio, "finetune")]


def start_proof(studio: Studio, run_id: int) -> int:
    """Prove a fine-tuning in a job of its own and return that job's id; one that runs is enough.

    Raises:
        NotFoundError: no such run.
    """
    view_job(studio, run_id)
    for job in list_jobs(studio, "prove"):
        if job.active and job.config["run_id"] == run_id:
            return job.id
    return start_job(studio, "prove", {"run_id": run_id})


def _describe(job: JobView, names: dict[int, str], proving: JobView | None) -> dict[str, Any]:
    dataset_id = job.config["dataset_id"]
    return {
        "id": job.id,
        "status": job.status.value,
        "message": job.message,
        "dataset_id": dataset_id,
        "dataset": names.get(dataset_id, ""),
        "model_id": job.result.get("model_id"),
        "model": job.result.get("model"),
        "proven": job.result.get("proof") is not None,
        "note": " ".join(job.result.get("notes", [])),
        "proving": {"message": proving.message} if proving else None,
    }
