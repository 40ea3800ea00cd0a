"""The routes behind the Scores page: what its buttons start."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from desra_studio.errors import InputError
from desra_studio.services import jobs
from desra_studio.services.detection.detectors import NETWORK_INPUT_PX, describe_params
from desra_studio.services.job_configs import CurveJobConfig, ScoreJobConfig
from desra_studio.services.places import resolve_detector
from desra_studio.services.scores.comparisons import NetworkFile, choose_comparisons
from desra_studio.services.studio import Studio
from desra_studio.services.worker import list_kinds
from desra_studio.ui.scores.curve import find_detector

MAX_INPUT_PX = 10_000


class Comparison(BaseModel):
    """Detectors to put beside a dataset's own.

    `network` is a name in the folder of detectors, and `input_px` the side of the square that it
    sees, 0 for images as they are.
    """

    baselines: list[str] = []
    contrast: str = ""
    network: str | None = None
    input_px: int = Field(NETWORK_INPUT_PX, ge=0, le=MAX_INPUT_PX)

    def read_contrast(self) -> float | None:
        """Return the contrast threshold, None for none; InputError where it is no number."""
        text = self.contrast.replace(",", ".").strip()
        try:
            return float(text) if text else None
        except ValueError as error:
            raise InputError(
                f"The contrast threshold must be a number, such as 0.65, got {self.contrast}."
            ) from error


class CurveOrder(BaseModel):
    """The key of the detector whose curve is to be traced, as the table has it."""

    detector: str


def add_score_routes(router: APIRouter, studio: Studio) -> None:
    """Add them to the studio's routes."""

    @router.post("/api/datasets/{dataset_id}/compare", status_code=202)
    def start_comparing(dataset_id: int, order: Comparison) -> dict[str, int]:
        contrast = order.read_contrast()
        network = None
        if order.network:
            path = resolve_detector(studio.settings, order.network)
            network = NetworkFile(path, order.input_px)
        detectors = choose_comparisons(studio, dataset_id, order.baselines, contrast, network)
        config = ScoreJobConfig(dataset_id, list(map(describe_params, detectors)))
        return {"job": jobs.start_job(studio, "score", config.as_dict())}

    @router.post("/api/datasets/{dataset_id}/curve", status_code=202)
    def start_curve(dataset_id: int, order: CurveOrder) -> dict[str, int]:
        if jobs.find_active_job(studio, *list_kinds("/scores")):
            raise InputError(
                "Another job of this page is running. Wait for it to end, or cancel it."
            )
        detector = find_detector(studio, dataset_id, order.detector)
        config = CurveJobConfig(dataset_id, detector)
        return {"job": jobs.start_job(studio, "curve", config.as_dict())}
