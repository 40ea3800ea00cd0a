"""Scores: detectors against the manual masks, the table first, then the curve, then the images."""

from collections.abc import Sequence
from typing import Any

import gradio as gr
from gradio.blocks import Block

from desra_studio.errors import StudioError
from desra_studio.services import jobs
from desra_studio.services.detection.detectors import DetectorRun, list_detector_runs
from desra_studio.services.export.formats import list_downloads
from desra_studio.services.lost_jobs import sweep_lost_jobs
from desra_studio.services.review.regions import ALL, RegionFilter, list_filters
from desra_studio.services.scores.dataset import DatasetScore, DetectorScore, score_dataset
from desra_studio.services.scores.making import compare_making, describe_making
from desra_studio.services.scores.set_scorer import SetScorer
from desra_studio.services.studio import Studio
from desra_studio.services.worker import list_kinds
from desra_studio.ui.scores.agreement import bind_agreement
from desra_studio.ui.scores.compare import show_networks
from desra_studio.ui.scores.curve import show_curve
from desra_studio.ui.scores.layout import ScoresTab
from desra_studio.ui.scores.table import (
    describe_uncounted,
    make_key,
    make_region_choices,
    show_images,
    show_table,
)
from desra_studio.ui.shared.components import show_job
from desra_studio.ui.shared.events import QUIET, Updates, send
from desra_studio.ui.shared.requests import read_dataset
from desra_studio.ui.shared.text import show_error

NOTHING = "**Nothing to score yet.** Accept masks or mark images clean first: 0 of {images}."
NO_DETECTOR = "**No detector has run on this dataset yet.** Choose one below."

EXPLANATION = """**IoU**: mean over images of the overlap over the union; an image that is empty in
both counts as 1. **Precision**: share of detected artifacts of which at least half the area is in
the manual mask. **Recall**: share of manual artifacts of which at least half the area is detected.
**[low, high]**: 95 % interval, over images; shown where simulated ones hold the truth in 93 to
98 %. The 5 px along each edge, for which the detector has no value, are left out.

As CSV: [this table]({api}/scores.csv?regions={regions}),
[image by image]({api}/scores-images.csv?regions={regions}). All labels: {downloads}.
`desra-studio export NAME --format masks --out DIR` and
`desra-studio score --pred DIR/detected --gt DIR` give the first row's figures for all regions."""

NO_ROWS: dict[str, Any] = {"rows": []}


class ScoresHandlers:
    """What happens on the page; one scorer for it remembers what was scored once."""

    def __init__(self, tab: ScoresTab, studio: Studio) -> None:
        self.tab, self.studio = tab, studio
        self.scorer = SetScorer(studio)

    def load_page(self, request: gr.Request) -> Updates:
        """Return the page with the regions and the detector that its address names."""
        dataset = read_dataset(request, self.studio)
        filters = list_filters(self.studio, dataset) if dataset else [ALL]
        named = str(request.query_params.get("regions", ALL))
        regions = named if named in filters else ALL
        table = {"chosen": str(request.query_params.get("detector", ""))}
        updates = self.refresh(regions, table, request)
        updates[self.tab.compare.network] = show_networks(self.studio)
        updates[self.tab.regions] = updates[self.tab.regions] | gr.update(
            choices=make_region_choices(filters), value=regions
        )
        return updates

    def refresh(self, regions: str, table: dict[str, Any] | None, request: gr.Request) -> Updates:
        """Return everything anew, or what to do where there is nothing to score."""
        tab, dataset = self.tab, read_dataset(request, self.studio)
        status = self._show_status() | {tab.error: gr.update(visible=False)}
        if dataset is None:
            return status | self._show_nothing(0)
        try:
            runs = list_detector_runs(self.studio, dataset)
            score = self._score(dataset, regions, runs)
            if not score.labelled:
                return status | self._show_nothing(score.unlabelled)
            updates = self._show_score(dataset, regions, score)
            if runs:
                chosen = _pick_row(score.detectors, (table or {}).get("chosen"))
                key = make_key(chosen.detector)
                made = describe_making(score, compare_making(self.studio, dataset))
                updates[tab.table] = show_table(regions, score, key, made)
                updates |= self._show_detector(dataset, regions, score, chosen)
        except StudioError as error:
            return (
                status
                | self._show_nothing(0)
                | _hide(tab.empty, tab.to_review)
                | {tab.error: show_error(error)}
            )
        return status | updates

    def choose(self, regions: str, table: dict[str, Any], request: gr.Request) -> Updates:
        """Return curve and images of the row that was chosen."""
        dataset = read_dataset(request, self.studio)
        if dataset is None:
            return {self.tab.images: NO_ROWS}
        try:
            runs = list_detector_runs(self.studio, dataset)
            keys = [make_key(run.as_dict()) for run in runs]
            index = keys.index(table["chosen"]) if table["chosen"] in keys else 0
            score = self._score(dataset, regions, runs[index : index + 1])
            return self._show_detector(dataset, regions, score, score.detectors[0])
        except StudioError as error:
            return {self.tab.error: show_error(error)}

    def tick(self, regions: str, table: dict[str, Any] | None, request: gr.Request) -> Updates:
        """Return how far the job is; everything anew once it has ended."""
        sweep_lost_jobs(self.studio)
        if jobs.find_active_job(self.studio, *list_kinds("/scores")):
            return self._show_status()
        return self.refresh(regions, table, request)

    def _score(self, dataset: int, regions: str, runs: Sequence[DetectorRun]) -> DatasetScore:
        return score_dataset(self.studio, dataset, RegionFilter(regions), self.scorer, runs)

    def _show_status(self) -> Updates:
        """Return the job that runs, or the newest where that failed."""
        tab = self.tab
        active = jobs.find_active_job(self.studio, *list_kinds("/scores"))
        newest = next(iter(jobs.list_jobs(self.studio, *list_kinds("/scores"))), None)
        failed = newest if newest and newest.status.value == "failed" else None
        return {
            tab.dock: gr.update(visible=bool(active or failed)),
            tab.progress: show_job(active or failed),
            tab.cancel: gr.update(visible=active is not None),
            tab.compare.start: gr.update(interactive=active is None),
            tab.timer: gr.Timer(active=active is not None),
        }

    def _show_nothing(self, images: int) -> Updates:
        tab = self.tab
        return {
            tab.empty: gr.update(value=NOTHING.format(images=images), visible=True),
            tab.to_review: gr.update(visible=True),
            **dict.fromkeys((tab.table, tab.curve, tab.images), NO_ROWS),
            **_hide(tab.regions, tab.compare.group, tab.uncounted, tab.explanation),
        }

    def _show_score(self, dataset: int, regions: str, score: DatasetScore) -> Updates:
        """Return what does not depend on the chosen row, as if there were none."""
        tab, api = self.tab, f"/studio/api/datasets/{dataset}"
        explanation = EXPLANATION.format(
            api=api,
            regions=regions.replace(" ", "%20"),
            downloads=", ".join(
                f"[{form.title}]({api}/labels.{name})" for name, form in list_downloads().items()
            ),
        )
        return {
            tab.empty: gr.update(value=NO_DETECTOR, visible=not score.detectors),
            tab.to_review: gr.update(visible=False),
            tab.regions: gr.update(visible=True),
            **dict.fromkeys((tab.table, tab.curve, tab.images), NO_ROWS),
            tab.compare.group: gr.update(visible=True),
            tab.explanation: gr.update(value=explanation, visible=True),
        }

    def _show_detector(
        self, dataset: int, regions: str, score: DatasetScore, row: DetectorScore
    ) -> Updates:
        # A curve is over all regions, whatever the table counts.
        labels = score if regions == ALL else self._score(dataset, ALL, [])
        busy = jobs.find_active_job(self.studio, *list_kinds("/scores")) is not None
        curve = show_curve(self.studio, dataset, row.detector, row.title, labels.mask_set, busy)
        finished = (job for job in jobs.list_jobs(self.studio, "score") if job.succeeded)
        own = (job for job in finished if job.config["dataset_id"] == dataset)
        notes: list[str] = next((job.result["notes"] for job in own if job.result["notes"]), [])
        return {
            self.tab.curve: curve | {"filtered": regions != ALL},
            self.tab.images: show_images(dataset, row),
            self.tab.uncounted: gr.update(
                value=describe_uncounted(score, row, notes), visible=True
            ),
        }


def bind_scores_page(tab: ScoresTab, pages: gr.Blocks, studio: Studio) -> None:
    """Wire the events."""
    handlers = ScoresHandlers(tab, studio)
    chosen = [tab.curve, tab.images, tab.uncounted]
    status = [tab.dock, tab.progress, tab.cancel, tab.compare.start, tab.timer]
    page = [
        tab.error,
        tab.empty,
        tab.to_review,
        tab.regions,
        tab.table,
        tab.compare.group,
        tab.explanation,
        *chosen,
        *status,
    ]
    inputs = [tab.regions, tab.table]
    pages.load(handlers.load_page, None, [*page, tab.compare.network], **QUIET)
    bind_agreement(tab.agreement, pages, handlers.scorer)
    tab.regions.input(handlers.refresh, inputs, page, **QUIET)
    tab.table.select(
        handlers.choose, inputs, [tab.error, *chosen], trigger_mode="always_last", **QUIET
    )
    tab.timer.tick(handlers.tick, inputs, page, queue=False, **QUIET)
    for trigger, function, values, problem in (
        (tab.compare.start.click, "startComparing", tab.compare.fields, tab.compare.error),
        (tab.curve.submit, "startCurve", [tab.table], tab.compare.error),
    ):
        send(trigger, f"scores/actions.js#{function}", values, problem).then(
            handlers.refresh, inputs, page, **QUIET
        )
    send(tab.cancel.click, "shared/actions.js#cancel", [tab.progress], tab.compare.error)
    tab.to_review.click(None, js="() => { location.href = '/review' + location.search }")


def _pick_row(rows: Sequence[DetectorScore], key: str | None) -> DetectorScore:
    return next((row for row in rows if make_key(row.detector) == key), rows[0])


def _hide(*parts: Block) -> Updates:
    return {part: gr.update(visible=False) for part in parts}
