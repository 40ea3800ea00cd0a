"""Datasets: import a folder, see what is there, detect again with other thresholds."""

from dataclasses import dataclass
from functools import partial

import gradio as gr

from desra_studio.errors import InputError, StudioError
from desra_studio.services import browse, demo, jobs
from desra_studio.services.datasets import check_import
from desra_studio.services.detections import make_detect_config
from desra_studio.services.studio import Studio
from desra_studio.services.weight_sets import check_new_name
from desra_studio.ui.components import build_dataset_list, build_job_progress
from desra_studio.ui.datasets_detector import (
    CalibrationForm,
    DetectorFields,
    build_calibration_form,
    build_detector_fields,
    read_params,
    show_weights,
)
from desra_studio.ui.datasets_offers import (
    DemoOffer,
    UpscaleOffer,
    build_demo_offer,
    build_upscale_offer,
    show_upscale_offer,
)
from desra_studio.ui.datasets_status import KINDS, leads_on, offer_review, show_import, show_report
from desra_studio.ui.datasets_text import INTRO, LAYOUT
from desra_studio.ui.events import QUIET, Updates
from desra_studio.ui.requests import read_dataset, read_folder
from desra_studio.ui.text import show_error


@dataclass(frozen=True)
class DatasetsTab:
    """Components of the page."""

    demo: DemoOffer
    upscale: UpscaleOffer
    source: gr.Textbox
    name: gr.Textbox
    detector: DetectorFields
    calibration: CalibrationForm
    start: gr.Button
    detect: gr.Button
    cancel: gr.Button
    error: gr.Markdown
    progress: gr.HTML
    to_review: gr.Button
    report: gr.Dataframe
    layout: gr.Markdown
    table: gr.HTML
    timer: gr.Timer


def build() -> DatasetsTab:
    """Build the page."""
    with gr.Column(elem_classes=["studio-page"]):
        demo_offer = build_demo_offer()
        gr.Markdown(INTRO)
        with gr.Row():
            source = gr.Textbox(
                label="Folder on this machine", placeholder="/home/me/results", scale=3
            )
            name = gr.Textbox(label="Name", placeholder="taken from the folder", scale=1)
        with gr.Row(equal_height=True):
            detector = build_detector_fields()
            with gr.Column():
                start = gr.Button("Import and detect", variant="primary")
                detect = gr.Button("Detect again in this dataset", interactive=False)
        error = gr.Markdown(visible=False, elem_classes=["studio-error"])
        progress = build_job_progress()
        cancel = gr.Button("Cancel", visible=False, size="sm")
        upscale = build_upscale_offer()
        to_review = gr.Button(
            "Review it", variant="primary", visible=False, elem_classes=["studio-next"]
        )
        layout = gr.Markdown(LAYOUT, visible=False)
        table = build_dataset_list()
        calibration = build_calibration_form()
        report = gr.Dataframe(
            headers=["File", "What was found"],
            label="Files that were converted or left out",
            interactive=False,
            wrap=True,
            max_height=300,
            visible=False,
        )
        timer = gr.Timer(1, active=False)
    return DatasetsTab(
        demo=demo_offer,
        upscale=upscale,
        source=source,
        name=name,
        detector=detector,
        calibration=calibration,
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
    )


class DatasetsHandlers:
    """What happens on the page."""

    def __init__(self, tab: DatasetsTab, studio: Studio) -> None:
        self.tab, self.studio = tab, studio

    def show_status(self, chosen: int | None, request: gr.Request) -> Updates:
        """Return the newest job, and what can be done next."""
        jobs.sweep_lost_jobs(self.studio)
        newest = next(iter(jobs.list_jobs(self.studio, *KINDS)), None)
        job = jobs.find_active_job(self.studio, *KINDS) or newest
        active = job is not None and job.active
        views = browse.list_dataset_views(self.studio)
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
            self.tab.to_review: offer_review(job, {view.id for view in views}),
            self.tab.report: show_report(job),
            self.tab.layout: gr.update(visible=empty),
            self.tab.calibration.group: gr.update(visible=bool(views)),
            self.tab.detect: gr.update(interactive=bool(views) and not active),
            self.tab.timer: gr.Timer(active=active),
        }

    def load_page(self, chosen: int | None, weights: str | None, request: gr.Request) -> Updates:
        """Return the status, and the weight sets that can be chosen."""
        return self.show_status(chosen, request) | {
            self.tab.detector.weights: show_weights(self.studio, weights)
        }

    def start_import(
        self, source: str, name: str, contrast: float, area: float, unit: str, weights: str
    ) -> object:
        """Start an import, or say why not."""
        try:
            params = read_params(contrast, area, unit, weights)
            config = check_import(self.studio, read_folder(source), name, params)
        except StudioError as error:
            return show_error(error)
        jobs.start_job(self.studio, "import", config)
        return gr.update(visible=False)

    def start_detect(
        self, contrast: float, area: float, unit: str, weights: str, request: gr.Request
    ) -> object:
        """Start detecting again in the chosen dataset, or say why not."""
        dataset = read_dataset(request, self.studio)
        try:
            params = read_params(contrast, area, unit, weights)
            config = make_detect_config(self.studio, dataset or 0, params)
        except StudioError as error:
            return show_error(error)
        jobs.start_job(self.studio, "detect", config)
        return gr.update(visible=False)

    def start_calibration(self, name: str, request: gr.Request) -> object:
        """Start calibrating on the chosen dataset's clean images, or say why not."""
        dataset = read_dataset(request, self.studio)
        try:
            config = {"dataset_id": dataset, "name": check_new_name(self.studio, name)}
        except StudioError as error:
            return show_error(error)
        jobs.start_job(self.studio, "calibrate", config)
        return gr.update(visible=False)

    def start_demo(self) -> object:
        """Start importing, upscaling and detecting the sample images, or say why not."""
        try:
            demo.start_demo(self.studio)
        except StudioError as error:
            return show_error(error)
        return gr.update(visible=False)

    def start_upscale(
        self,
        dataset: int | None,
        model: int | None,
        contrast: float,
        area: float,
        unit: str,
        weights: str,
    ) -> object:
        """Start upscaling what waits for it, or say why not."""
        try:
            params = read_params(contrast, area, unit, weights)
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
        tab.calibration.group,
        tab.detect,
        tab.timer,
    ]
    detector, weights = tab.detector.as_list(), tab.detector.weights
    loaded = [*status, weights]
    pages.load(handlers.load_page, [offer.model, weights], loaded, **QUIET)
    tab.timer.tick(handlers.show_status, offer.model, status, queue=False, **QUIET)
    fields = [tab.source, tab.name, *detector]
    for trigger in (tab.start.click, tab.source.submit, tab.name.submit):
        trigger(handlers.start_import, fields, tab.error, **QUIET).then(
            handlers.show_status, offer.model, status, **QUIET
        )
    tab.detect.click(handlers.start_detect, detector, tab.error, **QUIET).then(
        handlers.show_status, offer.model, status, **QUIET
    )
    tab.demo.start.click(handlers.start_demo, None, tab.error, **QUIET).then(
        handlers.show_status, offer.model, status, **QUIET
    )
    tab.upscale.start.click(
        handlers.start_upscale,
        [offer.dataset, offer.model, *detector],
        tab.error,
        **QUIET,
    ).then(handlers.show_status, offer.model, status, **QUIET)
    calibration = tab.calibration
    for trigger in (calibration.start.click, calibration.name.submit):
        trigger(handlers.start_calibration, calibration.name, tab.error, **QUIET).then(
            handlers.show_status, offer.model, status, **QUIET
        )
    # What was calibrated just now can be chosen without loading the page again.
    weights.focus(partial(show_weights, studio), weights, weights, **QUIET)
    tab.cancel.click(handlers.cancel, **QUIET)
    tab.table.submit(handlers.show_status, offer.model, status, **QUIET)
