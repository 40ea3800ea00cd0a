"""Fine-tune: choose accepted samples, start the job, watch it, run the new model."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import gradio as gr

from desra_studio.errors import InputError, StudioError
from desra_studio.services import curation, jobs, models
from desra_studio.services.curation import FEATHER_SIGMA_PX, QUICK
from desra_studio.services.studio import Studio
from desra_studio.ui.components import build_job_progress, build_sample_picker
from desra_studio.ui.events import QUIET, Updates
from desra_studio.ui.finetune_form import (
    FIELDS,
    build_generator,
    build_settings,
    load_generators,
)
from desra_studio.ui.finetune_status import KINDS, find_finished, offer_weights, plot_loss, show_run
from desra_studio.ui.requests import read_dataset
from desra_studio.ui.text import show_error

INTRO = """## Fine-tune
Teaches the generator that made GAN-SR to give **MSE-SR** where you marked an artifact and its own
output elsewhere: the *pseudo-GT* below. About 50 samples remove a kind of artifact from images it
has never seen."""

NO_SAMPLES = """**No accepted samples yet.** Accept at least {minimum} masks in Review first:
they become the samples that the generator learns from."""


@dataclass(frozen=True)
class FinetuneTab:
    """Components of the page."""

    empty: gr.Markdown
    to_review: gr.Button
    samples: gr.HTML
    form: gr.Group
    generator: gr.Dropdown
    upload: gr.UploadButton
    settings: dict[str, gr.Number]
    start: gr.Button
    error: gr.Markdown
    progress: gr.HTML
    cancel: gr.Button
    plot: gr.LinePlot
    apply: gr.Button
    download: gr.Button
    timer: gr.Timer


def build() -> FinetuneTab:
    """Build the page: samples on the left, settings and the job on the right."""
    with gr.Column(elem_classes=["studio-page"]):
        gr.Markdown(INTRO)
        empty = gr.Markdown(NO_SAMPLES.format(minimum=curation.MINIMUM_SAMPLES), visible=False)
        to_review = gr.Button(
            "Go to Review", variant="primary", visible=False, elem_classes=["studio-next"]
        )
        with gr.Row():
            with gr.Column(scale=3):
                samples = build_sample_picker()
            with gr.Column(scale=2):
                with gr.Group() as form:
                    generator, upload = build_generator()
                    settings = build_settings()
                    start = gr.Button("Start fine-tuning", variant="primary")
                error = gr.Markdown(visible=False, elem_classes=["studio-error"])
                progress = build_job_progress()
                cancel = gr.Button("Cancel", visible=False, size="sm")
                apply = gr.Button("Run the new model on this dataset", visible=False)
                download = gr.Button("Download the new weights", visible=False)
                plot = gr.LinePlot(
                    x="iteration", y="L1 loss", height=220, visible=False, label="L1 loss"
                )
        timer = gr.Timer(1, active=False)
    return FinetuneTab(
        empty=empty,
        to_review=to_review,
        samples=samples,
        form=form,
        generator=generator,
        upload=upload,
        settings=settings,
        start=start,
        error=error,
        progress=progress,
        cancel=cancel,
        plot=plot,
        apply=apply,
        download=download,
        timer=timer,
    )


class FinetuneHandlers:
    """What happens on the page."""

    def __init__(self, tab: FinetuneTab, studio: Studio) -> None:
        self.tab, self.studio = tab, studio

    def load_page(self, feather: float | None, request: gr.Request) -> Updates:
        """Return the samples, or what to do where there are none."""
        dataset = read_dataset(request, self.studio)
        candidates = curation.list_candidates(self.studio, dataset) if dataset else []
        empty = not candidates
        return {
            self.tab.empty: gr.update(visible=empty),
            self.tab.to_review: gr.update(visible=empty),
            self.tab.form: gr.update(visible=not empty),
            self.tab.samples: {
                "dataset": dataset,
                "feather": FEATHER_SIGMA_PX if feather is None else feather,
                "candidates": [_describe_candidate(candidate) for candidate in candidates],
            },
        }

    def load_generators(self, request: gr.Request) -> object:
        """Return the choice of generators."""
        return load_generators(self.studio, read_dataset(request, self.studio))

    def show_status(self, request: gr.Request) -> Updates:
        """Return the newest job with its loss and what can be done next."""
        dataset = read_dataset(request, self.studio)
        jobs.sweep_lost_jobs(self.studio)
        own = [
            job
            for job in jobs.list_jobs(self.studio, *KINDS)
            if job.config.get("dataset_id") == dataset
        ]
        finetune = next((job for job in own if job.kind == "finetune"), None)
        finished = find_finished(self.studio, dataset)
        active = jobs.find_active_job(self.studio, *KINDS)
        idle = active is None
        return {
            self.tab.progress: show_run(active or next(iter(own), None)),
            self.tab.cancel: gr.update(visible=not idle),
            self.tab.plot: plot_loss(self.studio, finetune),
            self.tab.apply: gr.update(visible=finished is not None and idle),
            self.tab.download: offer_weights(finished),
            self.tab.start: gr.update(interactive=idle),
            self.tab.timer: gr.Timer(active=not idle),
        }

    def add_model(self, path: str, request: gr.Request) -> tuple[object, object]:
        """Add an uploaded weight file and choose it, or say why not."""
        try:
            model = models.add_model_file(self.studio, Path(path))
        except StudioError as error:
            return gr.update(), show_error(error)
        dataset = read_dataset(request, self.studio)
        return load_generators(self.studio, dataset, model), gr.update(visible=False)

    def start(
        self,
        request: gr.Request,
        samples: dict[str, Any],
        generator: int | None,
        *values: float | None,
    ) -> object:
        """Start fine-tuning with the values of FIELDS, or say why not."""
        dataset = read_dataset(request, self.studio)
        try:
            _start(self.studio, dataset, samples, generator, values)
        except StudioError as error:
            return show_error(error)
        return gr.update(visible=False)

    def apply(self, request: gr.Request) -> None:
        """Run the newest fine-tuned model on the dataset."""
        dataset = read_dataset(request, self.studio)
        newest = find_finished(self.studio, dataset)
        if newest and dataset:
            config = {
                "dataset_id": dataset,
                "model_id": newest.result["model_id"],
                "warning": newest.result["warning"],
            }
            jobs.start_job(self.studio, "apply", config)

    def cancel(self) -> None:
        """Cancel what runs."""
        jobs.cancel_active_job(self.studio, *KINDS)


def bind(tab: FinetuneTab, pages: gr.Blocks, studio: Studio) -> None:
    """Wire the events."""
    handlers = FinetuneHandlers(tab, studio)
    page = [tab.empty, tab.to_review, tab.samples, tab.form]
    status = [tab.progress, tab.cancel, tab.plot, tab.apply, tab.download, tab.start, tab.timer]
    feather = tab.settings["feather_sigma"]
    pages.load(handlers.load_page, feather, page, **QUIET)
    pages.load(handlers.load_generators, None, tab.generator, **QUIET)
    pages.load(handlers.show_status, None, status, **QUIET)
    tab.timer.tick(handlers.show_status, None, status, queue=False, **QUIET)
    feather.change(handlers.load_page, feather, page, **QUIET)
    tab.to_review.click(None, js="() => { location.href = '/review' + location.search }")
    tab.upload.upload(handlers.add_model, tab.upload, [tab.generator, tab.error], **QUIET)
    fields = [tab.settings[name] for name in FIELDS]
    tab.start.click(handlers.start, [tab.samples, tab.generator, *fields], tab.error, **QUIET).then(
        handlers.show_status, None, status, **QUIET
    )
    tab.apply.click(handlers.apply, **QUIET).then(handlers.show_status, None, status, **QUIET)
    tab.cancel.click(handlers.cancel, **QUIET)


def _describe_candidate(candidate: curation.Candidate) -> dict[str, Any]:
    return {
        "id": candidate.image_id,
        "name": candidate.name,
        "gan": {"id": candidate.gan_id, "sha": candidate.gan_sha},
        "revision": {"id": candidate.revision_id, "sha": candidate.mask_sha},
        "share": candidate.area_share,
        "problem": candidate.problem,
    }


def _start(
    studio: Studio,
    dataset: int | None,
    samples: dict[str, Any],
    generator: int | None,
    values: tuple[float | None, ...],
) -> None:
    if dataset is None:
        raise InputError("There is no dataset yet. Import one first.")
    if generator is None:
        raise InputError("Choose a generator, or add its weight file first.")
    named = dict(zip(FIELDS, values, strict=True))
    missing = [name for name, value in named.items() if value is None]
    if missing:
        raise InputError(f"Fill in {', '.join(missing).replace('_', ' ')}.")
    whole = ("iterations", "batch", "crop", "seed")
    given = {
        name: int(value) if name in whole else value
        for name, value in named.items()
        if value is not None
    }
    feather_sigma = given.pop("feather_sigma")
    chosen = [int(revision) for revision in samples.get("chosen", [])]
    curation.start_finetune(
        studio,
        dataset,
        chosen,
        int(generator),
        replace(QUICK, **given),  # type: ignore[arg-type]
        feather_sigma,
    )
