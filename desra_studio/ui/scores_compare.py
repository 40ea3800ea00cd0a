"""Choosing detectors to put beside that of the dataset."""

from dataclasses import dataclass

import gradio as gr

from desra_studio.errors import InputError
from desra_studio.services import jobs
from desra_studio.services.comparisons import choose_comparisons, list_comparisons
from desra_studio.services.studio import Studio

TITLE = "Compare with: LDL-style, NIQE map, local SSIM, another threshold, a TorchScript network"
TRUST = "A TorchScript file is a program: run only files you trust."


@dataclass(frozen=True)
class ComparePanel:
    """Components of the panel."""

    group: gr.Accordion
    baselines: gr.CheckboxGroup
    contrast: gr.Textbox
    network: gr.Textbox
    error: gr.Markdown
    start: gr.Button

    @property
    def fields(self) -> list[gr.CheckboxGroup | gr.Textbox]:
        """What `start_comparing` reads, in its order."""
        return [self.baselines, self.contrast, self.network]


def build_compare() -> ComparePanel:
    """Build the panel; shown once there is something to score."""
    with gr.Accordion(TITLE, open=False, visible=False, elem_classes=["studio-compare"]) as group:
        baselines = gr.CheckboxGroup(
            list_comparisons(),
            label="Baselines",
            info="Area threshold and clean-up are those of the detector in Review",
        )
        with gr.Row(equal_height=True):
            # A number field cannot be empty: Gradio shows None as 0.
            contrast = gr.Textbox(
                label="DeSRA at another contrast threshold",
                info="Artifact where the map is below it; empty for none",
                placeholder="0.65",
                max_lines=1,
            )
            network = gr.Textbox(
                label="TorchScript file on this machine",
                info=TRUST,
                placeholder="/home/me/pal4vst.pt, or pal4inpainting.pt@0 for images as they are",
                max_lines=1,
            )
        error = gr.Markdown(visible=False, elem_classes=["studio-error"])
        start = gr.Button("Run on this dataset", variant="primary", elem_classes=["studio-next"])
    return ComparePanel(
        group=group,
        baselines=baselines,
        contrast=contrast,
        network=network,
        error=error,
        start=start,
    )


def start_comparing(
    studio: Studio, dataset: int, names: list[str], contrast: str, network: str
) -> None:
    """Start running the chosen detectors; a StudioError says why not."""
    detectors = choose_comparisons(studio, dataset, names, _read_contrast(contrast), network)
    jobs.start_job(studio, "score", {"dataset_id": dataset, "detectors": detectors})


def _read_contrast(text: str) -> float | None:
    try:
        return float(text.replace(",", ".")) if text.strip() else None
    except ValueError as error:
        raise InputError(
            f"The contrast threshold must be a number, as 0.65, got {text}."
        ) from error
