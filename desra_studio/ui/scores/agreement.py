"""How far two annotators of the dataset agree."""

from dataclasses import dataclass

import gradio as gr

from desra_studio.errors import StudioError
from desra_studio.services.scores import agreement
from desra_studio.services.scores.set_scorer import SetScorer
from desra_studio.ui.shared.events import QUIET, Updates
from desra_studio.ui.shared.requests import read_dataset
from desra_studio.ui.shared.text import escape_markdown, show_error, show_figure
from desra_studio.wording import count_noun

INTRO = """### Agreement between two annotators
What they mark is the measure of what a detector can reach: on the images that both labelled."""


@dataclass(frozen=True)
class AgreementPanel:
    """Components of the panel."""

    group: gr.Column
    first: gr.Dropdown
    second: gr.Dropdown
    result: gr.Markdown


def build_agreement() -> AgreementPanel:
    """Build the panel; shown once two annotators saved masks."""
    with gr.Column(visible=False) as group:
        gr.Markdown(INTRO)
        with gr.Row():
            first = gr.Dropdown(label="First annotator", elem_classes=["studio-choice"])
            second = gr.Dropdown(label="Second annotator", elem_classes=["studio-choice"])
        result = gr.Markdown(elem_classes=["studio-card", "studio-agreement"])
    return AgreementPanel(group=group, first=first, second=second, result=result)


class AgreementHandlers:
    """What happens in the panel."""

    def __init__(self, panel: AgreementPanel, scorer: SetScorer) -> None:
        self.panel, self.scorer = panel, scorer

    def load(self, request: gr.Request) -> Updates:
        """Return the two busiest annotators and how far they agree; nothing without two."""
        dataset = read_dataset(request, self.scorer.studio)
        known = agreement.list_annotators(self.scorer, dataset) if dataset else {}
        if len(known) < 2:
            return {self.panel.group: gr.update(visible=False)}
        choices = [
            (f"{name} ({count_noun(count, 'image')})", name) for name, count in known.items()
        ]
        first, second = list(known)[:2]
        return {
            self.panel.group: gr.update(visible=True),
            self.panel.first: gr.update(choices=choices, value=first),
            self.panel.second: gr.update(choices=choices, value=second),
            self.panel.result: self.compare(first, second, request),
        }

    def compare(self, first: str, second: str, request: gr.Request) -> object:
        """Return how far two annotators agree, or why that cannot be told."""
        dataset = read_dataset(request, self.scorer.studio)
        if dataset is None:
            return gr.update()
        try:
            found = agreement.compare_authors(self.scorer, dataset, first, second)
        except StudioError as error:
            return show_error(error)
        return render_agreement(found, first, second)


def bind_agreement(panel: AgreementPanel, pages: gr.Blocks, scorer: SetScorer) -> None:
    """Wire the events."""
    handlers = AgreementHandlers(panel, scorer)
    outputs = [panel.group, panel.first, panel.second, panel.result]
    # Apart from the table, which need not wait for it.
    pages.load(handlers.load, None, outputs, **QUIET)
    for dropdown in (panel.first, panel.second):
        dropdown.input(handlers.compare, [panel.first, panel.second], panel.result, **QUIET)


def render_agreement(found: agreement.AuthorAgreement, first: str, second: str) -> str:
    """Return the result of a comparison as a Markdown table."""
    names = escape_markdown(first), escape_markdown(second)
    if not found.images:
        return (
            f"No image was labelled by both {names[0]} and {names[1]}: {found.only_first} by "
            f"the one alone, {found.only_second} by the other."
        )
    regions = sum(_list_answers(found))
    rows = {
        "Pixel IoU": f"**{show_figure(found.iou)}** over {count_noun(found.images, 'image')}, "
        f"{found.empty_both} of them empty in both",
        "Krippendorff's alpha": f"**{show_figure(found.alpha)}** "
        + (
            _explain_missing(found)
            if found.alpha is None
            else f"over {count_noun(regions, 'region')}"
        ),
        "Regions": f"both {found.both}, only {names[0]} {found.first_only}, only {names[1]} "
        f"{found.second_only}, neither {found.neither} (proposed by the detector)",
        "Not compared": f"{count_noun(found.only_first, 'image')} labelled by {names[0]} alone, "
        f"{found.only_second} by {names[1]} alone",
    }
    return "\n".join(["| | |", "|---|---|", *(f"| {name} | {x} |" for name, x in rows.items())])


def _explain_missing(found: agreement.AuthorAgreement) -> str:
    answers = _list_answers(found)
    if not any(answers):
        return "as neither they nor the detector marked a region"
    if sum(answers) in (found.both, found.neither):
        return "as every region got the same answer: chance cannot be told from agreement"
    return "as the detector proposed nothing that they could have said no to"


def _list_answers(found: agreement.AuthorAgreement) -> tuple[int, int, int, int]:
    return found.both, found.first_only, found.second_only, found.neither
