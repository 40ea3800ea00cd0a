"""Datasets: import a folder, see what is there, detect again with other thresholds."""

from dataclasses import dataclass
from pathlib import Path

import gradio as gr

from desra_studio.errors import InputError, StudioError
from desra_studio.services import browse, demo, jobs
from desra_studio.services.datasets import check_import
from desra_studio.services.detections import DetectorParams
from desra_studio.services.studio import Studio
from desra_studio.ui.components import build_job_progress
from desra_studio.ui.datasets_offers import (
    DemoOffer,
    UpscaleOffer,
    build_demo_offer,
    build_upscale_offer,
    show_upscale_offer,
)
from desra_studio.ui.datasets_status import KINDS, leads_on, offer_review, show_import, show_report
from desra_studio.ui.events import QUIET, Updates, open_on_click
from desra_studio.ui.requests import read_dataset
from desra_studio.ui.text import show_error

INTRO = """## Datasets
A folder with **GAN-SR** and **MSE-SR** images of the same names, and **LR** (needed for
fine-tuning) and **GT-Mask** (manual masks) where you have them. Or a folder of LR images alone:
they are upscaled here."""

LAYOUT = """### What the folder looks like
```
results/
  GAN-SR/    0001.png  0002.png ...   outputs of the GAN-trained model
  MSE-SR/    0001.png  0002.png ...   outputs of the same model trained on MSE alone
  LR/        0001.png  0002.png ...   its inputs, for fine-tuning
  GT-Mask/   0001.png  0002.png ...   manual masks, if you have some
```
Or LR images alone, directly in the folder: they are upscaled here. Files are matched by name. PNG,
JPEG, WebP, BMP and TIFF are read; what is converted or left out is told file by file. Nothing is
written into your folder."""


@dataclass(frozen=True)
class DatasetsTab:
    """Components of the page."""

    demo: DemoOffer
    upscale: UpscaleOffer
    source: gr.Textbox
    name: gr.Textbox
    contrast: gr.Number
    area: gr.Number
    start: gr.Button
    detect: gr.Button
    cancel: gr.Button
    error: gr.Markdown
    progress: gr.HTML
    to_review: gr.Button
    report: gr.Dataframe
    layout: gr.Markdown
    table: gr.Dataframe
    timer: gr.Timer
    ids: gr.State


def build() -> DatasetsTab:
    """Build the page."""
    defaults = DetectorParams()
    with gr.Column(elem_classes=["studio-page"]):
        demo_offer = build_demo_offer()
        gr.Markdown(INTRO)
        with gr.Row():
            source = gr.Textbox(
                label="Folder on this machine", placeholder="/home/me/results", scale=3
            )
            name = gr.Textbox(label="Name", placeholder="taken from the folder", scale=1)
        with gr.Row(equal_height=True):
            contrast = gr.Number(
                defaults.contrast_threshold,
                label="Contrast threshold",
                info="Artifact where the map is below it",
                minimum=0.01,
                maximum=1,
                step=0.01,
            )
            area = gr.Number(
                defaults.area_threshold,
                label="Area threshold in px",
                info="4000 suits large outputs; try 400 for small ones",
                minimum=0,
                precision=0,
            )
            with gr.Column():
                start = gr.Button("Import and detect", variant="primary")
                detect = gr.Button("Detect again in the chosen dataset", interactive=False)
        error = gr.Markdown(visible=False, elem_classes=["studio-error"])
        progress = build_job_progress()
        cancel = gr.Button("Cancel", visible=False, size="sm")
        upscale = build_upscale_offer()
        to_review = gr.Button(
            "Review it", variant="primary", visible=False, elem_classes=["studio-next"]
        )
        layout = gr.Markdown(LAYOUT, visible=False)
        table = gr.Dataframe(
            headers=["Dataset", "Images", "Not upscaled", "Reviewed", "Accepted"],
            label="Datasets: click one to review it",
            interactive=False,
            visible=False,
        )
        report = gr.Dataframe(
            headers=["File", "What was found"],
            label="Files that were converted or left out",
            interactive=False,
            wrap=True,
            max_height=300,
            visible=False,
        )
        timer = gr.Timer(1, active=False)
        ids = gr.State([])
    return DatasetsTab(
        demo=demo_offer,
        upscale=upscale,
        source=source,
        name=name,
        contrast=contrast,
        area=area,
        start=start,
        detect=detect,
        cancel=cancel,
        error=error,
        progress=progress,
        to_review=to_review,
        report=report,
        layout=layout,
        table=table,
        timer=timer,
        ids=ids,
    )


class DatasetsHandlers:
    """What happens on the page."""

    def __init__(self, tab: DatasetsTab, studio: Studio) -> None:
        self.tab, self.studio = tab, studio

    def show_status(self, chosen: int | None, request: gr.Request) -> Updates:
        """Return the newest job, the table of datasets, and what can be done next."""
        jobs.sweep_lost_jobs(self.studio)
        newest = next(iter(jobs.list_jobs(self.studio, *KINDS)), None)
        job = jobs.find_active_job(self.studio, *KINDS) or newest
        active = job is not None and job.active
        views = browse.list_dataset_views(self.studio)
        rows = [
            [view.name, view.images, view.waiting, view.reviewed, view.accepted] for view in views
        ]
        empty = not views and not active
        wanted = read_dataset(request, self.studio)
        offer = show_upscale_offer(self.tab.upscale, self.studio, wanted, chosen, not active)
        waiting = any(view.waiting for view in views)
        return {
            self.tab.demo.group: gr.update(visible=empty),
            **offer,
            # One next step at a time: whatever else is offered comes first.
            self.tab.start: gr.update(
                variant="secondary" if empty or leads_on(job) or waiting else "primary"
            ),
            self.tab.progress: show_import(job),
            self.tab.cancel: gr.update(visible=active),
            self.tab.to_review: offer_review(job),
            self.tab.report: show_report(job),
            self.tab.layout: gr.update(visible=empty),
            self.tab.table: gr.update(value=rows, visible=bool(rows)),
            self.tab.ids: [view.id for view in views],
            self.tab.detect: gr.update(interactive=bool(views) and not active),
            self.tab.timer: gr.Timer(active=active),
        }

    def start_import(self, source: str, name: str, contrast: float, area: float) -> object:
        """Start an import, or say why not."""
        try:
            params = _read_params(contrast, area)
            config = check_import(self.studio, Path(source.strip()), name, params)
        except StudioError as error:
            return show_error(error)
        jobs.start_job(self.studio, "import", config)
        return gr.update(visible=False)

    def start_detect(self, contrast: float, area: float, request: gr.Request) -> object:
        """Start detecting again in the chosen dataset, or say why not."""
        try:
            params = _read_params(contrast, area)
        except StudioError as error:
            return show_error(error)
        config = {"dataset_id": read_dataset(request, self.studio), "params": params.as_dict()}
        jobs.start_job(self.studio, "detect", config)
        return gr.update(visible=False)

    def start_demo(self) -> object:
        """Start importing, upscaling and detecting the sample images, or say why not."""
        try:
            demo.start_demo(self.studio)
        except StudioError as error:
            return show_error(error)
        return gr.update(visible=False)

    def start_upscale(
        self, dataset: int | None, model: int | None, contrast: float, area: float
    ) -> object:
        """Start upscaling what waits for it, or say why not."""
        try:
            params = _read_params(contrast, area)
            if model is None:
                raise InputError(
                    "No GAN-SR model has an MSE-SR partner yet. Add or derive one on the Models "
                    "page."
                )
        except StudioError as error:
            return show_error(error)
        config = {"dataset_id": dataset, "model_id": model, "params": params.as_dict()}
        jobs.start_job(self.studio, "upscale", config)
        return gr.update(visible=False)

    def cancel(self) -> None:
        """Cancel what runs."""
        jobs.cancel_active_job(self.studio, *KINDS)


def bind(tab: DatasetsTab, pages: gr.Blocks, studio: Studio) -> None:
    """Wire the events."""
    handlers = DatasetsHandlers(tab, studio)
    offer = tab.upscale
    status = [
        tab.demo.group,
        tab.start,
        offer.group,
        offer.text,
        offer.model,
        offer.dataset,
        tab.progress,
        tab.cancel,
        tab.to_review,
        tab.report,
        tab.layout,
        tab.table,
        tab.ids,
        tab.detect,
        tab.timer,
    ]
    pages.load(handlers.show_status, offer.model, status, **QUIET)
    tab.timer.tick(handlers.show_status, offer.model, status, queue=False, **QUIET)
    fields = [tab.source, tab.name, tab.contrast, tab.area]
    for trigger in (tab.start.click, tab.source.submit, tab.name.submit):
        trigger(handlers.start_import, fields, tab.error, **QUIET).then(
            handlers.show_status, offer.model, status, **QUIET
        )
    tab.detect.click(handlers.start_detect, [tab.contrast, tab.area], tab.error, **QUIET).then(
        handlers.show_status, offer.model, status, **QUIET
    )
    tab.demo.start.click(handlers.start_demo, None, tab.error, **QUIET).then(
        handlers.show_status, offer.model, status, **QUIET
    )
    tab.upscale.start.click(
        handlers.start_upscale,
        [offer.dataset, offer.model, tab.contrast, tab.area],
        tab.error,
        **QUIET,
    ).then(handlers.show_status, offer.model, status, **QUIET)
    tab.cancel.click(handlers.cancel, **QUIET)
    open_on_click(tab.table, tab.ids, "(id) => { location.href = `/review?dataset=${id}` }")


def _read_params(contrast: float | None, area: float | None) -> DetectorParams:
    if contrast is None or area is None:
        raise InputError("Fill in both thresholds.")
    return DetectorParams(contrast_threshold=contrast, area_threshold=int(area))
