"""Scores: how well the detector agrees with the manual masks."""

from dataclasses import dataclass

import gradio as gr

from desra_studio.errors import StudioError
from desra_studio.services import scores
from desra_studio.services.scores import DatasetScore, SetScore
from desra_studio.services.studio import Studio
from desra_studio.ui.events import QUIET, Updates, open_on_click
from desra_studio.ui.requests import read_dataset
from desra_studio.ui.text import show_error, show_figure

INTRO = """## Scores
The detector's masks against the manual ones: your accepted masks, and the images you marked
clean."""

NOTHING = "**Nothing to score yet.** Accept masks or mark images clean first: 0 of {images}."

EXPLANATION = """**IoU**: mean over images of the overlap over the union; an image that is empty in
both counts as 1. **Precision**: share of detected artifacts of which at least half the area is in
the manual mask. **Recall**: share of manual artifacts of which at least half the area is detected.
The 5 px along each edge, for which the detector has no value, are left out.

[Download all labels and figures as CSV](/studio/api/datasets/{dataset}/labels.csv).
`desra-studio export NAME --format masks --out DIR` and
`desra-studio score --pred DIR/detected --gt DIR` give the same figures."""


@dataclass(frozen=True)
class ScoresTab:
    """Components of the page."""

    error: gr.Markdown
    empty: gr.Markdown
    to_review: gr.Button
    total: gr.Markdown
    counted: gr.Markdown
    images: gr.Dataframe
    explanation: gr.Markdown
    ids: gr.State


def build() -> ScoresTab:
    """Build the page: the figures, then the images, worst first."""
    with gr.Column(elem_classes=["studio-page"]):
        gr.Markdown(INTRO)
        error = gr.Markdown(visible=False, elem_classes=["studio-error"])
        empty = gr.Markdown(visible=False)
        to_review = gr.Button(
            "Go to Review", variant="primary", visible=False, elem_classes=["studio-next"]
        )
        total = gr.Markdown(visible=False, elem_id="total", elem_classes=["studio-total"])
        counted = gr.Markdown(visible=False)
        images = gr.Dataframe(
            headers=[
                "Image", "State", "IoU", "Detected artifacts", "of them right",
                "Manual artifacts", "of them found",
            ],
            label="Images, worst first: click one to open it in Review",
            interactive=False,
            visible=False,
            elem_id="images",
        )  # fmt: skip
        explanation = gr.Markdown(visible=False)
        ids = gr.State([])
    return ScoresTab(
        error=error,
        empty=empty,
        to_review=to_review,
        total=total,
        counted=counted,
        images=images,
        explanation=explanation,
        ids=ids,
    )


class ScoresHandlers:
    """What happens on the page."""

    def __init__(self, tab: ScoresTab, studio: Studio) -> None:
        self.tab, self.studio = tab, studio

    def load_page(self, request: gr.Request) -> Updates:
        """Return the scores, or what to do where there is nothing to score."""
        dataset = read_dataset(request, self.studio)
        try:
            score = scores.score_dataset(self.studio, dataset) if dataset else None
        except StudioError as error:
            return {self.tab.error: show_error(error)}
        if dataset is None or score is None or not score.rows:
            images = score.unlabelled if score else 0
            return {
                self.tab.empty: gr.update(value=NOTHING.format(images=images), visible=True),
                self.tab.to_review: gr.update(visible=True),
            }
        explanation = EXPLANATION.format(dataset=dataset)
        return {
            self.tab.total: gr.update(value=_render_total(score.total), visible=True),
            self.tab.counted: gr.update(value=_describe_counted(score), visible=True),
            self.tab.images: gr.update(value=_list_images(score), visible=True),
            self.tab.explanation: gr.update(value=explanation, visible=True),
            self.tab.ids: [row.image_id for row in score.rows],
        }


def bind(tab: ScoresTab, pages: gr.Blocks, studio: Studio) -> None:
    """Wire the events."""
    handlers = ScoresHandlers(tab, studio)
    outputs = [
        tab.error,
        tab.empty,
        tab.to_review,
        tab.total,
        tab.counted,
        tab.images,
        tab.explanation,
        tab.ids,
    ]
    pages.load(handlers.load_page, None, outputs, **QUIET)
    tab.to_review.click(None, js="() => { location.href = '/review' + location.search }")
    open_on_click(
        tab.images,
        tab.ids,
        """(id) => {
          const query = new URLSearchParams(location.search);
          query.set('image', id);
          location.href = `/review?${query}`;
        }""",
    )


def _list_images(score: DatasetScore) -> list[list[object]]:
    return [
        [
            row.name,
            row.state.value,
            show_figure(row.score.iou),
            row.score.detected,
            row.score.detected_hits,
            row.score.manual,
            row.score.manual_hits,
        ]
        for row in score.rows
    ]


def _render_total(total: SetScore) -> str:
    figures = (total.iou, total.precision, total.recall)
    cells = " | ".join([*map(show_figure, figures), str(total.images)])
    return f"| IoU | Precision | Recall | Labelled images |\n|---|---|---|---|\n| {cells} |"


def _describe_counted(score: DatasetScore) -> str:
    lines = [
        f"Labelled images: {score.total.images}, empty in both masks: {score.total.empty_both}, "
        f"not labelled yet and not counted: {score.unlabelled}.",
        f"Detector: {', '.join(score.detectors)}.",
    ]
    if score.unchanged:
        lines.append(
            f"{score.unchanged} of the labels are the detector's own masks, accepted unchanged; "
            "that favours it."
        )
    return " ".join(lines)
