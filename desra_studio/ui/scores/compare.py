"""Choosing detectors to put beside that of the dataset."""

from dataclasses import dataclass

import gradio as gr

from desra_studio.services.detection.detectors import NETWORK_INPUT_PX
from desra_studio.services.places import list_detector_files
from desra_studio.services.scores.comparisons import list_comparisons
from desra_studio.services.studio import Studio
from desra_studio.ui.shared.components import build_problem

TITLE = "Compare with: LDL-style, NIQE map, local SSIM, another threshold, a TorchScript network"
TRUST = "A TorchScript file is a program: only those in the server's own folder are run"
NO_FOLDER = "Programs, so only from a folder named at the start: serve --detectors DIR"


@dataclass(frozen=True)
class ComparePanel:
    """Components of the panel."""

    group: gr.Accordion
    baselines: gr.CheckboxGroup
    contrast: gr.Textbox
    network: gr.Dropdown
    input_px: gr.Number
    error: gr.HTML
    start: gr.Button

    @property
    def fields(self) -> list[gr.CheckboxGroup | gr.Textbox | gr.Dropdown | gr.Number]:
        """What the page's script sends, in its order."""
        return [self.baselines, self.contrast, self.network, self.input_px]


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
            network = gr.Dropdown(label="TorchScript network", choices=[], scale=2)
            input_px = gr.Number(
                NETWORK_INPUT_PX,
                label="Its input in px",
                info="Side of its square; 0 for images as they are",
                precision=0,
                minimum=0,
            )
        error = build_problem()
        start = gr.Button("Run on this dataset", variant="primary", elem_classes=["studio-next"])
    return ComparePanel(
        group=group,
        baselines=baselines,
        contrast=contrast,
        network=network,
        input_px=input_px,
        error=error,
        start=start,
    )


def show_networks(studio: Studio) -> object:
    """Return the update of the choice of TorchScript files."""
    choices = [("none", ""), *((name, name) for name in list_detector_files(studio.settings))]
    return gr.update(choices=choices, info=TRUST if studio.settings.detectors else NO_FOLDER)
