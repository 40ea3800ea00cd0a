"""The routes behind Review's detector panel: live thresholds, weight sets, what a verdict does."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from desra_studio.detection.detector import DetectorParams
from desra_studio.services import jobs
from desra_studio.services.detection import weight_sets
from desra_studio.services.detection.dataset import make_detect_config
from desra_studio.services.detection.live import LiveDetector, pack_regions
from desra_studio.services.review import regions, veils
from desra_studio.services.scores.attribution import VerdictEffect, attribute_verdict
from desra_studio.services.scores.set_scorer import SetScorer
from desra_studio.services.studio import Studio
from desra_studio.setting import list_settings, read_settings
from desra_studio.storage.region_label import RegionLabel
from desra_studio.ui.shared.answers import NEVER, User, answer_packed


def _read_query(request: Request) -> DetectorParams:
    # An address may name more than what is meant for us.
    known = list_settings(DetectorParams).keys() & request.query_params.keys()
    return read_settings(DetectorParams, {name: request.query_params[name] for name in known})


def add_detector_routes(router: APIRouter, studio: Studio) -> None:
    """Add them to the studio's routes."""
    live, scorer = LiveDetector(studio), SetScorer(studio)

    @router.get("/api/detections/{detection_id}/live")
    def read_live(
        detection_id: int, user: User, params: Annotated[DetectorParams, Depends(_read_query)]
    ) -> Response:
        veils.check_detection(studio, detection_id, user)
        return answer_packed(pack_regions(live.detect(detection_id, params)), NEVER)

    @router.get("/api/weight-sets")
    def read_weight_sets() -> list[str]:
        return weight_sets.list_weight_names(studio)

    @router.post("/api/datasets/{dataset_id}/detect", status_code=202)
    def detect_again(dataset_id: int, settings: dict[str, Any]) -> dict[str, int]:
        params = read_settings(DetectorParams, settings)
        config = make_detect_config(studio, dataset_id, params)
        return {"job": jobs.start_job(studio, "detect", config.as_dict())}

    @router.get("/api/images/{image_id}/attribution")
    def read_attribution(image_id: int, x: int, y: int, user: User) -> VerdictEffect:
        veils.check_image(studio, image_id, user)
        return attribute_verdict(scorer, image_id, x, y)

    @router.get("/api/images/{image_id}/regions")
    def read_regions(image_id: int, user: User) -> list[RegionLabel]:
        return regions.list_labels(studio, image_id, user)

    @router.post("/api/images/{image_id}/regions", status_code=201)
    def label_region(image_id: int, label: RegionLabel, user: User) -> RegionLabel:
        return regions.label_region(studio, image_id, label, user)
