"""What the Datasets page offers beside an import: the demo, and upscaling LR images."""

from dataclasses import dataclass

import gradio as gr

from desra_studio.services.datasets.listing import find_pending
from desra_studio.services.models.registry import list_generators
from desra_studio.services.studio import Studio
from desra_studio.ui.shared.components import CURATOR
from desra_studio.ui.shared.events import Updates
from desra_studio.ui.shared.text import escape_markdown

DEMO = """### New here? See it work first
Sixteen photographs are upscaled by the bundled pair of models and searched for artifacts, on this
machine, in less than a minute. Then you judge what was found."""

PENDING = """### {count} of {name} wait to be upscaled
A GAN-SR model and its MSE-SR partner run on each; where they differ too much, an artifact is
marked with the thresholds above. What is finished can be reviewed while the rest runs."""


@dataclass(frozen=True)
class DemoOffer:
    """Components of the offer that an empty studio makes."""

    group: gr.Column
    start: gr.Button


@dataclass(frozen=True)
class UpscaleOffer:
    """Components of the offer to upscale LR images."""

    group: gr.Column
    text: gr.Markdown
    model: gr.Dropdown
    start: gr.Button
    dataset: gr.Number


def build_demo_offer() -> DemoOffer:
    """Build the offer of the demo dataset, hidden until it is known that nothing is there."""
    with gr.Column(visible=False, elem_classes=["studio-offer", *CURATOR]) as group:
        gr.Markdown(DEMO)
        start = gr.Button("Open the demo dataset", variant="primary", elem_classes=["studio-next"])
    return DemoOffer(group, start)


def build_upscale_offer() -> UpscaleOffer:
    """Build the offer to upscale, hidden until images wait for it."""
    with gr.Column(visible=False, elem_classes=["studio-offer", *CURATOR]) as group:
        text = gr.Markdown()
        with gr.Row(equal_height=True):
            model = gr.Dropdown(
                label="GAN-SR model", info="Those that have an MSE-SR partner", choices=[], scale=3
            )
            start = gr.Button("Upscale and detect", variant="primary", scale=1)
    # A script cannot read a gr.State, but a number that is not shown.
    return UpscaleOffer(group, text, model, start, gr.Number(visible="hidden"))


def show_upscale_offer(
    offer: UpscaleOffer, studio: Studio, wanted: int | None, chosen: int | None, idle: bool
) -> Updates:
    """Return the updates of the offer.

    Args:
        offer: its components.
        studio: the installation.
        wanted: the dataset that the page shows; another one that waits is offered if it does not.
        chosen: the model that the user chose, which stays if it can be had.
        idle: whether no job runs; nothing is offered meanwhile.
    """
    pending = find_pending(studio, wanted) if idle else None
    if pending is None:
        return {
            offer.group: gr.update(visible=False),
            offer.text: gr.skip(),
            offer.model: gr.skip(),
            offer.dataset: None,
        }
    pairs = [view for view in list_generators(studio) if view.partner_id is not None]
    if pending.gan_model_id is not None:
        pairs = [view for view in pairs if view.id == pending.gan_model_id]
    ids = [view.id for view in pairs]
    count = "1 LR image" if pending.images == 1 else f"{pending.images} LR images"
    text = PENDING.format(count=count, name=escape_markdown(pending.name))
    return {
        offer.group: gr.update(visible=True),
        offer.text: text,
        offer.model: gr.update(
            choices=[(view.label, view.id) for view in pairs],
            value=chosen if chosen in ids else next(iter(ids), None),
        ),
        offer.dataset: pending.id,
    }
