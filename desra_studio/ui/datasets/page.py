"""Datasets: import a folder, see what is there, detect again with other thresholds."""

from dataclasses import dataclass

import gradio as gr

from desra_studio.services import jobs
from desra_studio.services.datasets.listing import list_dataset_views
from desra_studio.services.lost_jobs import sweep_lost_jobs
from desra_studio.services.studio import Studio
from desra_studio.services.worker import list_kinds
from desra_studio.ui.datasets.detector import (
    CalibrationForm,
    DetectorFields,
    build_calibration_form,
    build_detector_fields,
    show_weights,
)
from desra_studio.ui.datasets.offers import (
    DemoOffer,
    UpscaleOffer,
    build_demo_offer,
    build_upscale_offer,
    show_upscale_offer,
)
from desra_studio.ui.datasets.status import (
    leads_on,
    name_detection,
    offer_review,
    show_import,
    show_report,
)
from desra_studio.ui.datasets.text import INTRO, LAYOUT
from desra_studio.ui.shared.components import (
    CURATOR,
    build_dataset_list,
    build_dataset_upload,
    build_job_progress,
    build_problem,
)
from desra_studio.ui.shared.events import QUIET, Updates, send
from desra_studio.ui.shared.requests import read_dataset


@dataclass(frozen=True)
class DatasetsTab:
    """Components of the page."""

    upload: gr.HTML
    demo: DemoOffer
    upscale: UpscaleOffer
    source: gr.Textbox
    name: gr.Textbox
    blind: gr.Number
    detector: DetectorFields
    calibration: CalibrationForm
    start: gr.Button
    detect: gr.Button
    cancel: gr.Button
    error: gr.HTML
    progress: gr.HTML
    to_review: gr.Button
    report: gr.Dataframe
    layout: gr.Markdown
    table: gr.HTML
    timer: gr.Timer


def build_datasets_page(blind_share: float) -> DatasetsTab:
    """Build the page; `blind_share` of new datasets is labelled blind unless it says otherwise."""
    with gr.Column(elem_classes=["studio-page"]):
        upload = build_dataset_upload()
        demo_offer = build_demo_offer()
        gr.Markdown(INTRO, elem_classes=[*CURATOR])
        with gr.Row(elem_classes=[*CURATOR]):
            source = gr.Textbox(
                label="Folder on this machine", placeholder="/home/me/results", scale=3
            )
            name = gr.Textbox(label="Name", placeholder="as the folder", scale=1)
            blind = gr.Number(
                round(100 * blind_share, 6),
                label="Labelled blind, % of images",
                minimum=0,
                maximum=100,
            )
        with gr.Row(equal_height=True, elem_classes=[*CURATOR]):
            detector = build_detector_fields()
            with gr.Column():
                start = gr.Button("Import and detect", variant="primary")
                detect = gr.Button("Detect again", interactive=False)
        error = build_problem()
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
        upload=upload,
        demo=demo_offer,
        upscale=upscale,
        source=source,
        name=name,
        blind=blind,
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
        sweep_lost_jobs(self.studio)
        newest = next(iter(jobs.list_jobs(self.studio, *list_kinds("/"))), None)
        job = jobs.find_active_job(self.studio, *list_kinds("/")) or newest
        active = job is not None and job.active
        views = list_dataset_views(self.studio)
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
            self.tab.detect: gr.update(
                value=name_detection(views, wanted), interactive=bool(views) and not active
            ),
            self.tab.timer: gr.Timer(active=active),
        }

    def load_page(self, chosen: int | None, weights: str | None, request: gr.Request) -> Updates:
        """Return the status, and the weight sets that can be chosen."""
        return self.show_status(chosen, request) | {
            self.tab.detector.weights: show_weights(self.studio, weights)
        }

    def show_weights(self, chosen: str | None) -> object:
        """Return the weight sets that can be chosen now."""
        return show_weights(self.studio, chosen)


def bind_datasets_page(tab: DatasetsTab, pages: gr.Blocks, studio: Studio) -> None:
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
    fields = [tab.source, tab.name, tab.blind, *detector]
    calibration = tab.calibration
    for trigger, function, inputs in (
        (tab.upload.submit, "importUpload", [tab.upload, tab.blind, *detector]),
        (tab.start.click, "startImport", fields),
        (tab.source.submit, "startImport", fields),
        (tab.name.submit, "startImport", fields),
        (tab.detect.click, "startDetect", detector),
        (tab.demo.start.click, "startDemo", []),
        (offer.start.click, "startUpscale", [offer.dataset, offer.model, *detector]),
        (calibration.start.click, "startCalibration", [calibration.name]),
        (calibration.name.submit, "startCalibration", [calibration.name]),
    ):
        event = send(trigger, f"datasets/actions.js#{function}", inputs, tab.error)
        event.then(handlers.show_status, offer.model, status, **QUIET)
    # What was calibrated just now can be chosen without loading the page again.
    weights.focus(handlers.show_weights, weights, weights, **QUIET)
    send(tab.cancel.click, "shared/actions.js#cancel", [tab.progress], tab.error)
    tab.table.submit(handlers.show_status, offer.model, status, **QUIET)
