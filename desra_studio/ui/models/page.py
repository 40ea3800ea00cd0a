"""Models: what there is, what each is compared with, and adding, pulling, deriving, exporting."""

from dataclasses import dataclass

import gradio as gr
from gradio.blocks import Block

from desra_studio.services import jobs
from desra_studio.services.lost_jobs import sweep_lost_jobs
from desra_studio.services.models.listing import ModelDetails, list_models
from desra_studio.services.models.registry import FORMATS
from desra_studio.services.studio import Studio
from desra_studio.services.worker import list_kinds
from desra_studio.ui.models.derive import DeriveForm, build_derive_form, offer_datasets
from desra_studio.ui.models.status import (
    COLUMNS,
    DOWNLOADS,
    describe_details,
    list_row,
    offer_exports,
    plot_psnr,
    show_models_job,
)
from desra_studio.ui.shared.components import (
    ADMIN,
    build_job_progress,
    build_model_upload,
    build_problem,
)
from desra_studio.ui.shared.events import QUIET, Updates, send

INTRO = """## Models
A **GAN-SR** model is compared with its partner: the same model trained on MSE alone, **MSE-SR**.
Choose one to see what it is and what can be done with it."""


@dataclass(frozen=True)
class ModelsTab:
    """Components of the page."""

    table: gr.Dataframe
    names: gr.State
    chosen: gr.Dropdown
    details: gr.Markdown
    pull: gr.Button
    exports: dict[str, gr.Button]
    pairing: gr.Group
    partner: gr.Dropdown
    pair: gr.Button
    derive: DeriveForm
    upload: gr.HTML
    error: gr.HTML
    progress: gr.HTML
    cancel: gr.Button
    plot: gr.LinePlot
    ended: gr.Number
    timer: gr.Timer


def build_models_page() -> ModelsTab:
    """Build the page: the table, then the chosen model and what can be done with it."""
    with gr.Column(elem_classes=["studio-page"]):
        gr.Markdown(INTRO)
        table = gr.Dataframe(
            headers=list(COLUMNS), label="Models: click one", interactive=False, max_height=320
        )
        error = build_problem()
        progress = build_job_progress()
        cancel = gr.Button("Cancel", visible=False, size="sm")
        with gr.Row():
            with gr.Column(scale=3):
                chosen = gr.Dropdown(label="Model", choices=[], elem_id="model")
                details = gr.Markdown(elem_classes=["studio-card"])
                pull = gr.Button(
                    "Pull it",
                    variant="primary",
                    visible=False,
                    elem_classes=["studio-next", *ADMIN],
                )
                with gr.Row(elem_classes=[*ADMIN]):
                    exports = {
                        form: gr.Button(DOWNLOADS[form], size="sm", visible=False)
                        for form in FORMATS
                    }
                plot = gr.LinePlot(
                    x="iteration",
                    y="PSNR in dB",
                    height=200,
                    visible=False,
                    label="Validation PSNR",
                )
            with gr.Column(scale=2):
                with gr.Group(visible=False, elem_classes=[*ADMIN]) as pairing:
                    partner = gr.Dropdown(label="MSE-SR partner", choices=[])
                    pair = gr.Button("Set this partner")
                derive = build_derive_form()
                upload = build_model_upload()
        timer = gr.Timer(1, active=False)
        names = gr.State([])
        # Not a gr.State, whose change is not noticed where an event goes without the queue.
        ended = gr.Number(visible="hidden")
    return ModelsTab(
        table=table,
        names=names,
        chosen=chosen,
        details=details,
        pull=pull,
        exports=exports,
        pairing=pairing,
        partner=partner,
        pair=pair,
        derive=derive,
        upload=upload,
        error=error,
        progress=progress,
        cancel=cancel,
        plot=plot,
        ended=ended,
        timer=timer,
    )


class ModelsHandlers:
    """What happens on the page."""

    def __init__(self, tab: ModelsTab, studio: Studio) -> None:
        self.tab, self.studio = tab, studio

    def load_page(self, wanted: str | None) -> Updates:
        """Return the table and the choice, with this model chosen where it is there."""
        listed = list_models(self.studio)
        names = [details.name for details in listed]
        value = wanted if wanted in names else next(iter(names), None)
        return {
            self.tab.table: [list_row(details) for details in listed],
            self.tab.names: names,
            self.tab.chosen: gr.update(choices=names, value=value),
            self.tab.derive.dataset: offer_datasets(self.studio),
        }

    def show_chosen(self, name: str | None) -> Updates:
        """Return what the chosen model is and what can be done with it."""
        details = self._find(name)
        if details is None:
            return {component: gr.skip() for component in list_shown(self.tab)}
        is_gan = details.state == "ready" and details.role == "gan"
        return {
            self.tab.details: describe_details(details),
            self.tab.pull: gr.update(visible=details.state == "can be pulled"),
            **offer_exports(self.tab.exports, details),
            self.tab.pairing: gr.update(visible=is_gan),
            self.tab.derive.group: gr.update(visible=is_gan and not details.partner),
            self.tab.partner: self._offer_partners(details),
        }

    def show_status(self) -> Updates:
        """Return the newest job of this page."""
        sweep_lost_jobs(self.studio)
        newest = next(iter(jobs.list_jobs(self.studio, *list_kinds("/models"))), None)
        job = jobs.find_active_job(self.studio, *list_kinds("/models")) or newest
        active = job is not None and job.active
        return {
            self.tab.progress: show_models_job(job),
            self.tab.cancel: gr.update(visible=active),
            self.tab.plot: plot_psnr(self.studio, job),
            self.tab.derive.start: gr.update(interactive=not active),
            self.tab.pull: gr.update(interactive=not active),
            self.tab.ended: None if job is None or active else job.id,
            self.tab.timer: gr.Timer(active=active),
        }

    def show_added(self, added: dict[str, str] | None) -> Updates:
        """Return the page with the model that was just added as the chosen one."""
        return self.load_page(added["name"] if added else None)

    def _find(self, name: str | None) -> ModelDetails | None:
        listed = list_models(self.studio)
        return next((details for details in listed if details.name == name), None)

    def _offer_partners(self, details: ModelDetails) -> object:
        fitting = [
            other
            for other in list_models(self.studio)
            if other.role == "mse" and other.state == "ready" and other.scale == details.scale
        ]
        value = next((other.id for other in fitting if other.name == details.partner), None)
        return gr.update(choices=[(other.name, other.id) for other in fitting], value=value)


def list_shown(tab: ModelsTab) -> list[Block]:
    """Return the components that show the chosen model."""
    return [
        tab.details, tab.pull, *tab.exports.values(), tab.pairing, tab.derive.group, tab.partner,
    ]  # fmt: skip


def bind_models_page(tab: ModelsTab, pages: gr.Blocks, studio: Studio) -> None:
    """Wire the events."""
    handlers = ModelsHandlers(tab, studio)
    page = [tab.table, tab.names, tab.chosen, tab.derive.dataset]
    shown = list_shown(tab)
    status = [tab.progress, tab.cancel, tab.plot, tab.derive.start, tab.pull, tab.ended, tab.timer]
    pages.load(handlers.load_page, tab.chosen, page, **QUIET)
    pages.load(handlers.show_status, None, status, **QUIET)
    tab.chosen.change(handlers.show_chosen, tab.chosen, shown, **QUIET)
    tab.table.select(_read_name, tab.names, tab.chosen, **QUIET)
    tab.timer.tick(handlers.show_status, None, status, queue=False, **QUIET)
    derive = [tab.chosen, tab.derive.dataset, tab.derive.hr, tab.derive.iterations]
    for trigger, function, inputs in (
        (tab.pull.click, "startPull", [tab.chosen]),
        (tab.derive.start.click, "startDerive", derive),
    ):
        event = send(trigger, f"models/actions.js#{function}", inputs, tab.error)
        event.then(handlers.show_status, None, status, **QUIET)
    changed = [
        tab.upload.submit(handlers.show_added, tab.upload, page, **QUIET),
        send(
            tab.pair.click, "models/actions.js#setPartner", [tab.chosen, tab.partner], tab.error
        ).then(handlers.load_page, tab.chosen, page, **QUIET),
    ]
    for event in changed:
        event.then(handlers.show_chosen, tab.chosen, shown, **QUIET)
    # A job that ended has changed what there is.
    tab.ended.change(handlers.load_page, tab.chosen, page, **QUIET).then(
        handlers.show_chosen, tab.chosen, shown, **QUIET
    )
    send(tab.cancel.click, "shared/actions.js#cancel", [tab.progress], tab.error)


def _read_name(names: list[str], event: gr.SelectData) -> str:
    row: int = event.index[0]
    return names[row]
