"""The form of the Fine-tune page: which generator, and how it is trained."""

import gradio as gr

from desra_studio.services import browse, models
from desra_studio.services.curation import FEATHER_SIGMA_PX, QUICK
from desra_studio.services.studio import Studio

GENERATOR_INFO = "The model that made GAN-SR"
NO_GENERATOR = "Add the weight file of the model that made GAN-SR"

FIELDS = ("iterations", "batch", "crop", "learning_rate", "ema", "seed", "feather_sigma")


def build_generator() -> tuple[gr.Dropdown, gr.UploadButton]:
    """Build the choice of a generator, and the button that adds one."""
    generator = gr.Dropdown(
        label="Generator",
        info=GENERATOR_INFO,
        choices=[],
        interactive=True,
        elem_id="generator",
    )
    upload = gr.UploadButton(
        "Add a weight file (.safetensors, .pth)",
        file_types=[".safetensors", ".pth"],
        size="sm",
    )
    return generator, upload


def build_settings() -> dict[str, gr.Number]:
    """Build the settings of the training, by the names in FIELDS."""
    defaults = QUICK
    settings = {
        "iterations": gr.Number(defaults.iterations, label="Iterations", precision=0, minimum=1),
    }
    with gr.Accordion("More settings", open=False):
        settings |= {
            "batch": gr.Number(
                defaults.batch, label="Batch", info="Crops per step", precision=0, minimum=1
            ),
            "crop": gr.Number(
                defaults.crop, label="Crop", info="Side in px of the SR image", precision=0,
                minimum=8,
            ),
            "learning_rate": gr.Number(
                defaults.learning_rate, label="Learning rate", minimum=1e-7, maximum=0.1, step=1e-5
            ),
            "ema": gr.Number(
                defaults.ema, label="EMA", info="Share of the average kept per step", minimum=0,
                maximum=0.9999, step=0.001,
            ),
            "seed": gr.Number(defaults.seed, label="Seed", precision=0, minimum=0),
            "feather_sigma": gr.Number(
                FEATHER_SIGMA_PX, label="Feather", info="Softens the mask's edge, in px",
                minimum=0, maximum=50, step=0.5,
            ),
        }  # fmt: skip
    return settings


def load_generators(studio: Studio, dataset: int | None, chosen: int | None = None) -> object:
    """Return the update of the choice: what was just added, else what made the dataset's GAN-SR.

    Where only its outputs were imported, the newest model that a person added is the best guess;
    the bundled one never is.
    """
    views = models.list_generators(studio)
    own = browse.get_gan_model_id(studio, dataset)
    guesses = [view.id for view in views if not (view.fine_tuned or view.bundled)]
    value = chosen or next((view.id for view in views if view.id == own), None)
    return gr.update(
        choices=[(view.label, view.id) for view in views],
        value=value or next(iter(guesses), None),
        info=GENERATOR_INFO if value or guesses else NO_GENERATOR,
    )
