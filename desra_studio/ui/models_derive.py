"""The form with which the Models page derives an MSE-SR partner."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from desra_studio.errors import InputError
from desra_studio.services import browse
from desra_studio.services.curation import DeriveConfig
from desra_studio.services.studio import Studio
from desra_studio.ui.requests import read_folder

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
    with gr.Group(visible=False) as group:
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
    choices = [(dataset["name"], dataset["id"]) for dataset in browse.list_dataset_names(studio)]
    return gr.update(choices=choices, value=choices[0][1] if choices else None)


def read_derive_config(
    name: str, dataset: int | None, hr: str, iterations: float | None
) -> dict[str, Any]:
    """Return the configuration of a `derive` job.

    Raises:
        InputError: no images to train on, no such folder, or less than one iteration.
    """
    folder = read_folder(hr).expanduser() if hr.strip() else None
    if dataset is None and folder is None:
        raise InputError("Choose a dataset with LR images, or give a folder of HR images.")
    if folder and not folder.is_dir():
        raise InputError(f"{folder} is not a folder. Give one of HR images.")
    settings = DeriveConfig(max_iterations=int(iterations or 0))
    return {
        "model": name,
        "dataset_id": dataset,
        "hr": str(folder) if folder else "",
        "max_iterations": settings.max_iterations,
    }
