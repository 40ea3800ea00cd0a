"""What the Fine-tune page shows of its jobs: runs, how far they are, what came of them."""

from dataclasses import asdict
from typing import Any

from desra_studio.finetune.config import CHECKPOINT, QUICK, compute_kept_share
from desra_studio.services import jobs
from desra_studio.services.datasets.listing import check_dataset
from desra_studio.services.finetune.pieces import MAX_PIECES
from desra_studio.services.jobs import JobView
from desra_studio.services.lost_jobs import sweep_lost_jobs
from desra_studio.services.models.listing import list_models
from desra_studio.services.studio import Studio
from desra_studio.ui.shared.components import JobValue, show_job
from desra_studio.ui.shared.text import show_figure
from desra_studio.wording import count_noun

AFTERWARDS = ("apply", "prove")
"""Kinds of jobs that do something with the model of a run."""
SETTINGS = (*asdict(QUICK), "feather_sigma", "held_out_share")


def list_runs(studio: Studio, dataset: int) -> list[dict[str, Any]]:
    """Return the fine-tunings of a dataset, newest first, each with its newest job.

    A run is {"id", "status", "active", "resumable", "iteration", "iterations", "base", "model",
    "model_id", "generator", "discriminator", "discriminator_name", "ema_at_end", "samples",
    "held_out", "watched", "settings", "seconds", "resumed_from", "device", "loss", "warning",
    "proof", "job"}; the discriminator is an id, None for a fresh one, its name empty where there is
    none at all; its live figures are of as many images as are watched, the
    seconds are those since it was resumed, `job` is what its progress shows: of its training, or of
    what was done with its model since then.

    Raises:
        NotFoundError: no such dataset, or it is in the bin.
    """
    check_dataset(studio, dataset)
    sweep_lost_jobs(studio)
    names = {details.id: details.name for details in list_models(studio, ())}
    later = jobs.list_jobs(studio, *AFTERWARDS)
    return [
        _describe_run(studio, run, names, later)
        for run in jobs.list_jobs(studio, "finetune")
        if run.config["dataset_id"] == dataset
    ]


def _describe_run(
    studio: Studio, run: JobView, names: dict[int | None, str], later: list[JobView]
) -> dict[str, Any]:
    config, result = run.config, run.result
    model_id = result.get("model_id")
    of_run = (
        job
        for job in later
        if job.config.get("run_id") == run.id
        or (model_id is not None and job.config.get("model_id") == model_id)
    )
    newest = run if run.active else next(of_run, run)
    judge = config.get("discriminator_id")
    stopped = run.status.value in ("cancelled", "failed")
    resumable = stopped and (studio.run_folder(run.id) / CHECKPOINT).exists()
    return {
        "id": run.id,
        "status": run.status.value,
        "active": run.active,
        "resumable": resumable,
        "iteration": config["iterations"] if run.succeeded else run.done,
        "iterations": config["iterations"],
        "base": names.get(config["model_id"], "a model that is gone"),
        "model": result.get("model"),
        "model_id": model_id,
        "generator": config["model_id"],
        "discriminator": judge,
        "discriminator_name": _name_discriminator(config, names),
        "ema_at_end": compute_kept_share(config["ema"], config["iterations"]),
        "samples": config.get("samples", 0),
        "held_out": config.get("held_out", 0),
        "watched": min(MAX_PIECES, config.get("held_out") or config.get("samples", 0)),
        "settings": {name: config[name] for name in SETTINGS if name in config},
        "seconds": result.get("seconds"),
        "resumed_from": result.get("resumed_from", 0),
        "device": result.get("device"),
        "loss": result.get("loss"),
        "warning": " ".join(filter(None, map(result.get, ("warning", "proof_note")))),
        "proof": result.get("proof"),
        "job": {"active": newest.active, **_show_newest(newest)},
    }


def _name_discriminator(config: dict[str, Any], names: dict[int | None, str]) -> str:
    if not config.get("adversarial_weight"):
        return ""
    judge = config.get("discriminator_id")
    return "a fresh one" if judge is None else names.get(judge, "a model that is gone")


def _show_newest(job: JobView) -> JobValue:
    shown = show_job(job, _tell_result(job) if job.succeeded else "")
    # Only where there is no job there is nothing to show.
    return shown or JobValue(id=job.id, message="", done=0, total=0, pace="", status="")


def _tell_result(job: JobView) -> str:
    result = job.result
    if job.kind == "finetune":
        resumed = result.get("resumed_from", 0)
        timed = f", the last {result['iterations'] - resumed} of them" if resumed else ""
        return (
            f"{result['model']} is ready: {count_noun(result['iterations'], 'iteration')} on "
            f"{count_noun(result['samples'], 'sample')}{timed} in {result['seconds']:.0f} s on "
            f"{result['device']}, L1 {result['loss']:.4f}."
        )
    if job.kind == "apply":
        return (
            f"{result['model']}: {result['removed']} of "
            f"{count_noun(result['before_components'], 'artifact')} "
            f"gone, {result['added']} new, over {count_noun(result['images'], 'image')} (removal "
            f"rate "
            f"{show_figure(result['removal_rate'])}, addition rate "
            f"{show_figure(result['addition_rate'])}). {' '.join(result.get('notes', []))}".rstrip()
        )
    return ""
