"""The routes behind the Datasets page: what its buttons start."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from desra_studio.detection.detector import DetectorParams
from desra_studio.errors import InputError
from desra_studio.references import MSE_SR
from desra_studio.services import jobs
from desra_studio.services.datasets import demo
from desra_studio.services.datasets.sources import check_source
from desra_studio.services.detection.weight_sets import check_new_name
from desra_studio.services.job_configs import CalibrateJobConfig, UpscaleJobConfig
from desra_studio.services.places import resolve_folder
from desra_studio.services.studio import Studio
from desra_studio.setting import read_settings


class ImportOrder(BaseModel):
    """A folder to import; without a name it gets the folder's.

    For `suffix`, `blind_share` and `reference` see `check_import`.
    """

    source: str
    name: str = ""
    detector: dict[str, Any] = {}
    suffix: str | None = None
    blind_share: float | None = None
    reference: str = MSE_SR.spelling


class UpscaleOrder(BaseModel):
    """What upscales the LR images that wait, and how artifacts are detected in the outputs."""

    model: int | None
    detector: dict[str, Any] = {}


class Calibration(BaseModel):
    """What the new class weights are to be called."""

    name: str


def add_import_routes(router: APIRouter, studio: Studio) -> None:
    """Add them to the studio's routes."""

    @router.post("/api/datasets/import", status_code=202)
    def start_import(order: ImportOrder) -> dict[str, int]:
        params = read_settings(DetectorParams, order.detector)
        folder = resolve_folder(studio.settings, order.source)
        config = check_source(
            studio,
            folder,
            order.name,
            params,
            order.suffix,
            order.blind_share,
            order.reference,
        )
        return {"job": jobs.start_job(studio, "import", config.as_dict())}

    @router.post("/api/demo", status_code=202)
    def start_demo() -> dict[str, int]:
        return {"job": demo.start_demo(studio)}

    @router.post("/api/datasets/{dataset_id}/upscale", status_code=202)
    def start_upscale(dataset_id: int, order: UpscaleOrder) -> dict[str, int]:
        params = read_settings(DetectorParams, order.detector)
        if order.model is None:
            raise InputError(
                "No GAN-SR model has an MSE-SR partner yet. Add or derive one on the Models page."
            )
        config = UpscaleJobConfig(dataset_id, order.model, params)
        return {"job": jobs.start_job(studio, "upscale", config.as_dict())}

    @router.post("/api/datasets/{dataset_id}/calibrate", status_code=202)
    def start_calibration(dataset_id: int, calibration: Calibration) -> dict[str, int]:
        name = check_new_name(studio, calibration.name)
        config = CalibrateJobConfig(dataset_id, name)
        return {"job": jobs.start_job(studio, "calibrate", config.as_dict())}
