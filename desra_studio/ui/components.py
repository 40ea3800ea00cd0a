"""Our own components: an element, and one line that loads the ES module which fills it.

Templates stay constant and values are small: a template with user text in it would be evaluated
as code, and pixels travel over routes of their own.
"""

from typing import Any, TypedDict

import gradio as gr

from desra_studio.progress import format_time
from desra_studio.services.jobs import JobView
from desra_studio.ui.static_files import STATIC_URL


class JobValue(TypedDict):
    """What `JobProgress` shows."""

    message: str
    done: int
    total: int
    pace: str
    status: str


class LoopNav(gr.HTML):
    """The steps of the loop with their counts, the dataset, and the running job."""

    def __init__(self) -> None:
        super().__init__(
            html_template='<div class="studio-nav"></div>',
            js_on_load=f"import('{STATIC_URL}/nav.js').then((m) => m.mount(element))",
            elem_classes=["studio-bare"],
            apply_default_css=False,
        )


class MaskCanvas(gr.HTML):
    """The Review page: synced panes, tools, queue and verdicts. Loads and saves by itself."""

    def __init__(self) -> None:
        super().__init__(
            html_template='<div class="studio-review"></div>',
            js_on_load=f"import('{STATIC_URL}/review.js').then((m) => m.mount(element))",
            elem_classes=["studio-bare"],
            apply_default_css=False,
        )


class _ValueComponent(gr.HTML):
    """A component whose value is plain data for its module."""

    def preprocess(self, payload: Any) -> Any:  # noqa: ANN401 (Gradio's contract)
        return payload

    def postprocess(self, value: Any) -> Any:  # noqa: ANN401
        return value

    def api_info(self) -> dict[str, Any]:
        return {"type": "object"}


class JobProgress(_ValueComponent):
    """Progress of a job: a JobValue, or None for nothing."""

    def __init__(self) -> None:
        super().__init__(
            value=None,
            html_template='<div class="studio-job" hidden></div>',
            js_on_load=f"import('{STATIC_URL}/job.js').then((m) => m.mount(element, props, watch))",
            elem_classes=["studio-bare"],
            apply_default_css=False,
        )


class SamplePicker(_ValueComponent):
    """Accepted samples with their pseudo-GT; the value's `chosen` lists the image ids."""

    def __init__(self) -> None:
        super().__init__(
            value={"candidates": [], "chosen": [], "feather": 2},
            html_template='<div class="studio-samples"></div>',
            js_on_load=(
                f"import('{STATIC_URL}/samples.js')"
                ".then((m) => m.mount(element, props, (name) => trigger('change'), watch))"
            ),
            elem_classes=["studio-bare"],
            apply_default_css=False,
        )


def show_job(job: JobView | None, done_message: str = "") -> JobValue | None:
    """Return what `JobProgress` shows of a job."""
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
        message=message, done=job.done, total=job.total, pace=pace, status=job.status.value
    )
