"""What the Fine-tune page shows of its jobs: progress, loss, the result, what comes next."""

import math

import gradio as gr
import pandas as pd

from desra_studio.services import jobs
from desra_studio.services.jobs import JobView
from desra_studio.services.studio import Studio
from desra_studio.ui.components import JobValue, show_job
from desra_studio.ui.text import show_figure

KINDS = ("finetune", "apply")
PLOT_POINTS = 300
"""A plot sends all its points on every tick; more than the screen has px help nobody."""


def find_finished(studio: Studio, dataset: int | None) -> JobView | None:
    """Return the newest fine-tuning of a dataset that ended with a model."""
    return next(
        (
            job
            for job in jobs.list_jobs(studio, "finetune")
            if job.succeeded and job.config["dataset_id"] == dataset
        ),
        None,
    )


def show_run(job: JobView | None) -> JobValue | None:
    """Return what the progress shows of a job, and of its result where it has one."""
    if job is None or not job.succeeded:
        return show_job(job)
    result = job.result
    if job.kind == "finetune":
        return show_job(
            job,
            f"{result['model']} is ready: {result['iterations']} iterations on "
            f"{result['samples']} samples in {result['seconds']:.0f} s on {result['device']}, "
            f"L1 {result['loss']:.4f}. Next: run it on this dataset. {result['warning']}",
        )
    return show_job(
        job,
        f"{result['model']}: {result['removed']} of {result['before_components']} artifacts gone, "
        f"{result['added']} new, over {result['images']} images (removal rate "
        f"{show_figure(result['removal_rate'])}, addition rate "
        f"{show_figure(result['addition_rate'])}). The samples show its output. "
        f"{job.config.get('warning', '')} {' '.join(result.get('notes', []))}".rstrip(),
    )


def plot_loss(studio: Studio, job: JobView | None) -> object:
    """Return the update of the loss plot; hidden before there are two points."""
    points = jobs.list_job_metrics(studio, job.id, "loss") if job else []
    if len(points) < 2:
        return gr.update(visible=False)
    step = math.ceil(len(points) / PLOT_POINTS)
    frame = pd.DataFrame(points[::-step][::-1], columns=["iteration", "L1 loss"])
    return gr.update(value=frame, visible=True)


def offer_weights(job: JobView | None) -> object:
    """Return the update of the download button for a job that ended with a model."""
    if job is None:
        return gr.update(visible=False)
    return gr.update(link=f"/studio/api/runs/{job.id}/generator.safetensors", visible=True)
