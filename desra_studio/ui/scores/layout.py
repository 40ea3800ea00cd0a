"""Components of the Scores page."""

from dataclasses import dataclass

import gradio as gr

from desra_studio.services.review.regions import ALL
from desra_studio.ui.scores.agreement import AgreementPanel, build_agreement
from desra_studio.ui.scores.compare import ComparePanel, build_compare
from desra_studio.ui.scores.table import make_region_choices
from desra_studio.ui.shared.components import (
    build_job_progress,
    build_score_curve,
    build_score_images,
    build_score_table,
)

INTRO = """## Scores
Detectors against the manual masks: your accepted masks, and the images you marked clean."""


@dataclass(frozen=True)
class ScoresTab:
    """Components of the page."""

    error: gr.Markdown
    empty: gr.Markdown
    to_review: gr.Button
    regions: gr.Dropdown
    table: gr.HTML
    compare: ComparePanel
    curve: gr.HTML
    images: gr.HTML
    agreement: AgreementPanel
    uncounted: gr.Markdown
    explanation: gr.Markdown
    dock: gr.Row
    progress: gr.HTML
    cancel: gr.Button
    timer: gr.Timer


def build_scores_page() -> ScoresTab:
    """Build the page; what a job does is shown at the lower edge, so that nothing moves for it."""
    with gr.Column(elem_classes=["studio-page", "studio-scores-page"]):
        with gr.Row(equal_height=True):
            gr.Markdown(INTRO)
            regions = gr.Dropdown(
                make_region_choices([ALL]),
                value=ALL,
                label="Regions that count",
                filterable=False,
                visible=False,
                elem_classes=["studio-choice"],
            )
        error = gr.Markdown(visible=False, elem_classes=["studio-error"])
        empty = gr.Markdown(visible=False)
        to_review = gr.Button(
            "Go to Review", variant="primary", visible=False, elem_classes=["studio-next"]
        )
        table = build_score_table()
        compare = build_compare()
        curve = build_score_curve()
        images = build_score_images()
        agreement = build_agreement()
        uncounted = gr.Markdown(visible=False)
        explanation = gr.Markdown(visible=False, elem_classes=["studio-quiet"])
        with gr.Row(visible=False, elem_classes=["studio-dock"]) as dock:
            progress = build_job_progress()
            cancel = gr.Button("Cancel", size="sm", min_width=90, scale=0)
        timer = gr.Timer(1, active=False)
    return ScoresTab(
        error=error,
        empty=empty,
        to_review=to_review,
        regions=regions,
        table=table,
        compare=compare,
        curve=curve,
        images=images,
        agreement=agreement,
        uncounted=uncounted,
        explanation=explanation,
        dock=dock,
        progress=progress,
        cancel=cancel,
        timer=timer,
    )
