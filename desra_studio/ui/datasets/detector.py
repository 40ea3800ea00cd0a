"""The detector's settings on the Datasets page, and calibrating its class weights."""

from dataclasses import dataclass

import gradio as gr

from desra_studio.detection.detector import DetectorParams
from desra_studio.services.detection.weight_sets import RELEASED, list_weight_names
from desra_studio.services.studio import Studio
from desra_studio.ui.shared.components import CURATOR

PIXELS, SHARE = "px", "% of the image"

CALIBRATION = """How much may GAN-SR differ from MSE-SR in foliage, how much in sky? Mark images as
**clean** in Review, then measure it on them: the 85th percentile per class. Classes with too few
pixels keep the released weight. The new weights can be chosen here and in Review."""


@dataclass(frozen=True)
class DetectorFields:
    """Components of the detector's settings."""

    contrast: gr.Number
    area: gr.Number
    unit: gr.Dropdown
    weights: gr.Dropdown

    def as_list(self) -> list[gr.Number | gr.Dropdown]:
        """Return them in the order in which scripts take their values."""
        return [self.contrast, self.area, self.unit, self.weights]


@dataclass(frozen=True)
class CalibrationForm:
    """Components of the form that calibrates class weights; `group` is shown with a dataset."""

    group: gr.Accordion
    name: gr.Textbox
    start: gr.Button


def build_detector_fields() -> DetectorFields:
    """Build the settings in a row."""
    defaults = DetectorParams()
    return DetectorFields(
        contrast=gr.Number(
            defaults.contrast_threshold,
            label="Contrast threshold",
            info="Higher marks more",
            minimum=0.01,
            maximum=1,
            step=0.01,
        ),
        area=gr.Number(
            defaults.area_threshold,
            label="Area threshold",
            info="400 for small images",
            minimum=0,
        ),
        unit=gr.Dropdown([PIXELS, SHARE], value=PIXELS, label="Unit", info="of the area"),
        weights=gr.Dropdown(
            [RELEASED], value=RELEASED, label="Class weights", info="none: all are 1"
        ),
    )


def build_calibration_form() -> CalibrationForm:
    """Build the form, closed at first."""
    title = "Calibrate class weights on clean images"
    with gr.Accordion(title, open=False, visible=False, elem_classes=[*CURATOR]) as group:
        gr.Markdown(CALIBRATION)
        name = gr.Textbox(label="Name of the new weights", placeholder="city photographs")
        start = gr.Button("Calibrate on this dataset", elem_classes=["studio-next"])
    return CalibrationForm(group, name, start)


def show_weights(studio: Studio, chosen: str | None) -> object:
    """Return the update of the choice of weight sets."""
    names = list_weight_names(studio)
    return gr.update(choices=names, value=chosen if chosen in names else RELEASED)
