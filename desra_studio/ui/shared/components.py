"""Our own components: an element, and one line that loads the ES module which fills it.

Templates stay constant and values are small: a template with user text in it would be evaluated
as code, and pixels travel over routes of their own.
"""

from collections.abc import Sequence
from typing import Final, TypedDict

import gradio as gr

from desra_studio.progress import format_time
from desra_studio.services.jobs import JobView
from desra_studio.ui.shared.static_files import STATIC_URL

CURATOR: Final = ("needs-curator",)
ADMIN: Final = ("needs-admin",)
"""Classes of what is shown to this role and those above alone; the routes refuse it anyway."""


class JobValue(TypedDict):
    """What the progress of a job shows; `id` is for cancelling it."""

    id: int
    message: str
    done: int
    total: int
    pace: str
    status: str


def build_loop_nav() -> gr.HTML:
    """Build the steps of the loop with their counts, the dataset, and the running job."""
    return _build("studio-nav", "shell/nav.js", "element")


def build_mask_canvas() -> gr.HTML:
    """Build synced panes, tools, queue and verdicts; they load and save by themselves."""
    return _build("studio-review", "review/review.js", "element")


def build_dataset_list() -> gr.HTML:
    """Build the list of datasets, which loads by itself; `submit` tells that it changed them."""
    return _build("studio-datasets", "datasets/list.js", "element, trigger")


def build_dataset_upload() -> gr.HTML:
    """Build the place to drop files; `submit` tells that its value's upload is to be imported."""
    return _build("studio-uploads", "datasets/upload.js", "element, props, trigger", CURATOR)


def build_job_progress() -> gr.HTML:
    """Build the progress of a job; its value is a JobValue, or None for nothing."""
    return _build("studio-job", "shell/job.js", "element, props, watch")


def build_problem() -> gr.HTML:
    """Build the line that says what went wrong; its value is the text, empty for nothing."""
    return _build("studio-problem", "shared/problem.js", "element, props, watch")


def build_model_upload() -> gr.HTML:
    """Build the form that adds a weight file; `submit` tells that its value's `name` was added."""
    return _build("studio-upload", "models/upload.js", "element, props, trigger", ADMIN)


def build_finetune_page() -> gr.HTML:
    """Build the choice of samples and settings, and the runs; they load and start by themselves."""
    return _build("studio-finetune", "finetune/page.js", "element")


def build_proof_page() -> gr.HTML:
    """Build the proof of a fine-tuning, in figures and panes; it loads by itself."""
    return _build("studio-proof", "proof/proof.js", "element")


def build_studies_page() -> gr.HTML:
    """Build the user studies: set-up, links and results; they load by themselves."""
    return _build("studio-studies", "studies/page.js", "element")


def build_team_page() -> gr.HTML:
    """Build the users and the audit trail; they load by themselves."""
    return _build("studio-team", "team/page.js", "element")


def build_score_table() -> gr.HTML:
    """Build the table of detectors; `select` tells that its value's `chosen` row is another."""
    return _build("studio-scores detectors", "scores/table.js", "element, props, watch, trigger")


def build_score_curve() -> gr.HTML:
    """Build a precision-recall curve; `submit` asks for it to be traced."""
    return _build("studio-scores curve", "scores/curve.js", "element, props, watch, trigger")


def build_score_images() -> gr.HTML:
    """Build the list of scored images; each leads to Review."""
    return _build("studio-scores images", "scores/images.js", "element, props, watch")


def _build(name: str, module: str, arguments: str, needs: Sequence[str] = ()) -> gr.HTML:
    # No subclass of gr.HTML: Gradio writes a .pyi file beside the module of every such class.
    return gr.HTML(
        html_template=f'<div class="{name}"></div>',
        js_on_load=f"import('{STATIC_URL}/{module}').then((m) => m.mount({arguments}))",
        elem_classes=["studio-bare", *needs],
        apply_default_css=False,
    )


def show_job(job: JobView | None, done_message: str = "") -> JobValue | None:
    """Return what the progress shows of a job."""
    if job is None:
        return None
    message = job.message or "Waiting"
    if job.succeeded:
        message = done_message or "Done."
    pace = ""
    if job.seconds_left is not None and job.total:
        pace = (
            f"{job.done} of {job.total} · {job.rate:.2g}/s · {format_time(job.seconds_left)} left"
        )
    return JobValue(
        id=job.id,
        message=message,
        done=job.done,
        total=job.total,
        pace=pace,
        status=job.status.value,
    )
