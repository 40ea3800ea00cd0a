"""The form with which the Models page derives an MSE-SR partner."""

from dataclasses import dataclass

import gradio as gr

from desra_studio.finetune.config import DeriveConfig
from desra_studio.services.datasets.listing import list_dataset_names
from desra_studio.services.studio import Studio
from desra_studio.ui.shared.components import ADMIN

INTRO = """**Derive an MSE-SR partner.** A copy of the model goes on training with an L1 loss alone
until its PSNR no longer rises. With HR images it sees true pairs; without, the LR images take
their part."""


@dataclass(frozen=True)
class DeriveForm:
    """Components of the form."""

    group: gr.Group
    dataset: gr.Dropdown
    hr: gr.Textbox
    iterations: gr.Number
    start: gr.Button


def build_derive_form() -> DeriveForm:
    """Build the form, hidden until a GAN-SR model without a partner is chosen."""
    with gr.Group(visible=False, elem_classes=[*ADMIN]) as group:
        gr.Markdown(INTRO, elem_classes=["studio-inset"])
        dataset = gr.Dropdown(label="LR images of the dataset", choices=[])
        hr = gr.Textbox(label="Folder of HR images, if you have some", placeholder="/home/me/hr")
        iterations = gr.Number(
            DeriveConfig().max_iterations, label="Iterations at most", precision=0, minimum=1
        )
        start = gr.Button("Derive an MSE-SR partner")
    return DeriveForm(group, dataset, hr, iterations, start)


def offer_datasets(studio: Studio) -> object:
    """Return the update of the choice of LR images."""
    choices = [(dataset.name, dataset.id) for dataset in list_dataset_names(studio)]
    return gr.update(choices=choices, value=choices[0][1] if choices else None)
