"""What the Datasets page shows of its jobs: progress, the result, what comes next."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import gradio as gr

from desra_studio.references import MSE_SR
from desra_studio.services.csv_tables import guard_text
from desra_studio.services.datasets.importing import describe_blind
from desra_studio.services.datasets.listing import DatasetView
from desra_studio.services.jobs import JobView
from desra_studio.ui.shared.components import JobValue, show_job
from desra_studio.wording import count_noun

NAMED = 40
"""Letters of a dataset's name that a button has room for."""


def show_import(job: JobView | None) -> JobValue | None:
    """Return what the progress shows of a job, and of its result where it has one."""
    if job is None or not job.succeeded:
        return show_job(job)
    result = job.result
    notes = " ".join(result.get("notes", []))
    if job.kind == "detect":
        return show_job(
            job, f"Detected again: artifacts in {count_noun(result['marked'], 'image')}. {notes}"
        )
    if job.kind == "calibrate":
        return show_job(
            job,
            f"{result['calibrated']} of 150 classes calibrated on "
            f"{count_noun(result['images'], 'clean image')} "
            f"as {result['name']}; the others keep the released weight.",
        )
    if job.kind in ("upscale", "demo"):
        return show_job(
            job,
            f"{count_noun(result['images'], 'image')} of {result['name']} upscaled with "
            f"{result['model']} and "
            f"{result['partner']}; artifacts detected in {result['marked']}. {notes}",
        )
    if "kept" in result:
        return show_job(
            job,
            f"{count_noun(result['images'], 'image')} and {count_noun(result['labels'], 'label')} "
            f"added to {result['name']}, {count_noun(result['kept'], 'label')} kept beside others; "
            f"{result['unchanged']} were there before. "
            + " ".join(result.get("remarks", []))
            + describe_blind(result.get("blind", 0)),
        )
    if _waits(job):
        images = count_noun(result["images"], "LR image")
        blind = describe_blind(result.get("blind", 0))
        return show_job(job, f"{images} imported as {result['name']}.{blind}")
    told = [_tell_imported(result | each) for each in result.get("models") or [{}]]
    return show_job(job, " ".join([*told, *result.get("remarks", []), notes]).strip())


def name_detection(views: Sequence[DatasetView], shown: int | None) -> str:
    """Return what the button says that detects again: in which dataset, by its first letters."""
    name = next((view.name for view in views if view.id == shown), "")
    cut = name if len(name) <= NAMED else f"{name[: NAMED - 1]}\N{HORIZONTAL ELLIPSIS}"
    return f"Detect again in {cut}" if name else "Detect again"


def leads_on(job: JobView | None) -> bool:
    """Whether the newest job ended with something to review."""
    return job is not None and job.succeeded and job.kind != "calibrate" and not _waits(job)


def offer_review(job: JobView | None, known: Collection[int]) -> object:
    """Return the update of the button that leads on to Review, if the dataset is a known one."""
    if job is None or not leads_on(job):
        return gr.update(visible=False)
    dataset = job.result.get("dataset_id") or job.config.get("dataset_id")
    if dataset not in known:
        return gr.update(visible=False)
    return gr.update(link=f"/review?dataset={dataset}", link_target="_self", visible=True)


def show_report(job: JobView | None) -> object:
    """Return the update of the table of files that were converted or left out."""
    lines = job.result.get("lines", []) if job else []
    # The table has a button that copies it, and what it copies is pasted into spreadsheets.
    rows = [[guard_text(part) for part in line.partition(": ")[::2]] for line in lines]
    return gr.update(value=rows, visible=bool(rows))


def _tell_imported(result: Mapping[str, Any]) -> str:
    reference = result.get("reference", MSE_SR.title)
    compared = "" if reference == MSE_SR.title else f" compared with {reference},"
    return (
        f"{count_noun(result['images'], 'image')} imported as {result['name']},{compared} "
        f"{result['with_lr']} with LR, "
        f"{result['labels']} with a manual mask"
        + (f"; artifacts detected in {result['marked']}." if "marked" in result else ".")
        + describe_blind(result.get("blind", 0))
    )


def _waits(job: JobView) -> bool:
    """Whether it imported LR images and did not upscale them."""
    return job.kind == "import" and job.result.get("lr_only", False)
