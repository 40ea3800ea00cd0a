"""Scores: how well the detector agrees with the manual masks."""

from dataclasses import dataclass

import gradio as gr

from desra_studio.services import scores
from desra_studio.services.scores import DatasetScore, SetScore
from desra_studio.services.studio import Studio
from desra_studio.ui.events import QUIET
from desra_studio.ui.requests import read_dataset
from desra_studio.ui.text import show_figure

INTRO = """## Scores
The detector's masks against the manual ones: your accepted masks, and the images you marked
clean."""

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
    return ScoresTab(empty, to_review, total, counted, images, explanation, ids)


def bind(tab: ScoresTab, pages: gr.Blocks, studio: Studio) -> None:
    """Wire the events."""
    outputs = [
        tab.empty, tab.to_review, tab.total, tab.counted, tab.images, tab.explanation, tab.ids,
    ]  # fmt: skip

    def load_page(request: gr.Request) -> tuple[object, ...]:
        dataset = read_dataset(request, studio)
        if dataset is None:
            return _show_empty(0)
        score = scores.score_dataset(studio, dataset)
        return _show_scores(score, dataset) if score.rows else _show_empty(score.unlabelled)

    def choose(ids: list[int], event: gr.SelectData) -> int:
        row: int = event.index[0]
        return ids[row]

    pages.load(load_page, outputs=outputs, **QUIET)
    tab.to_review.click(None, js="() => { location.href = '/review' + location.search }")
    chosen = gr.Number(visible="hidden")  # a script cannot read a gr.State
    tab.images.select(choose, tab.ids, chosen, **QUIET).then(
        None,
        chosen,
        js="""(id) => {
          const query = new URLSearchParams(location.search);
          query.set('image', id);
          location.href = `/review?${query}`;
        }""",
    )


def _show_empty(images: int) -> tuple[object, ...]:
    text = f"**Nothing to score yet.** Accept masks or mark images clean first: 0 of {images}."
    shown, hidden = gr.update(visible=True), gr.update(visible=False)
    return gr.update(value=text, visible=True), shown, hidden, hidden, hidden, hidden, []


def _show_scores(score: DatasetScore, dataset: int) -> tuple[object, ...]:
    hidden = gr.update(visible=False)
    rows = [
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
    return (
        hidden,
        hidden,
        gr.update(value=_render_total(score.total), visible=True),
        gr.update(value=_describe_counted(score), visible=True),
        gr.update(value=rows, visible=True),
        gr.update(value=EXPLANATION.format(dataset=dataset), visible=True),
        [row.image_id for row in score.rows],
    )


def _render_total(total: SetScore) -> str:
    figures = (total.iou, total.precision, total.recall)
    cells = " | ".join([*map(show_figure, figures), str(total.images)])
    return f"| IoU | Precision | Recall | Labelled images |\n|---|---|---|---|\n| {cells} |"


def _describe_counted(score: DatasetScore) -> str:
    images = score.total.images
    return (
        f"Over {images} labelled image{'s' if images != 1 else ''}, {score.total.empty_both} of "
        f"them empty in both masks. {score.unlabelled} not labelled yet and not counted."
    )
