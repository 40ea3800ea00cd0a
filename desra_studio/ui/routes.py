"""The HTTP routes that the canvas and the navigation use. Pixels and masks never go by Gradio."""

from typing import Annotated, Any
from urllib.parse import quote, unquote

from fastapi import APIRouter, BackgroundTasks, Header, Query, Request, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from desra_studio.progress import format_time
from desra_studio.services import jobs
from desra_studio.services.datasets.listing import (
    get_rendition_path,
    get_weights_path,
    list_dataset_names,
    list_fine_tuned,
    pick_dataset,
)
from desra_studio.services.export.labels import render_dataset_csv
from desra_studio.services.finetune.ordering import render_pseudo_gt
from desra_studio.services.models.registry import encode_model
from desra_studio.services.review.disagreement import measure_disagreement
from desra_studio.services.review.masks import (
    Mask,
    State,
    count_progress,
    describe_image,
    judge_image,
    load_detected_mask,
    load_revision_mask,
    pack_mask,
    save_packed_mask,
)
from desra_studio.services.review.regions import ALL
from desra_studio.services.scores.tables import render_images_csv, render_scores_csv
from desra_studio.services.studio import Studio
from desra_studio.ui.answers import (
    MAX_MASK_BYTES,
    NEVER,
    User,
    answer_packed,
    describe_saved,
    keep_named,
    read_body,
    read_version,
)
from desra_studio.ui.dataset_routes import add_dataset_routes
from desra_studio.ui.detector_routes import add_detector_routes
from desra_studio.ui.finetune_routes import add_finetune_routes
from desra_studio.ui.import_routes import add_import_routes
from desra_studio.ui.label_routes import add_label_routes
from desra_studio.ui.model_routes import add_model_routes
from desra_studio.ui.opinion_routes import add_opinion_routes
from desra_studio.ui.proof_routes import add_proof_routes
from desra_studio.ui.queue_routes import add_queue_routes
from desra_studio.ui.run_live_routes import add_run_live_routes
from desra_studio.ui.run_routes import add_run_routes
from desra_studio.ui.score_routes import add_score_routes
from desra_studio.ui.serving import LimitedRoute
from desra_studio.ui.study_routes import add_study_routes
from desra_studio.ui.user_routes import add_user_routes
from desra_studio.ui.view_routes import add_view_routes


class Verdict(BaseModel):
    """What a reviewer says about an image."""

    state: State


def make_router(studio: Studio) -> APIRouter:
    """Return all routes of the studio; StudioErrors become JSON answers in `ui.server`."""
    router = APIRouter(prefix="/studio", route_class=LimitedRoute)
    _add_browse_routes(router, studio)
    add_dataset_routes(router, studio)
    _add_image_routes(router, studio)
    _add_review_routes(router, studio)
    add_import_routes(router, studio)
    add_detector_routes(router, studio)
    add_view_routes(router, studio)
    add_label_routes(router, studio)
    add_opinion_routes(router, studio)
    add_user_routes(router, studio)
    add_queue_routes(router, studio)
    add_proof_routes(router, studio)
    add_finetune_routes(router, studio)
    add_run_live_routes(router, studio)
    add_run_routes(router, studio)
    add_model_routes(router, studio)
    add_score_routes(router, studio)
    add_study_routes(router, studio)
    return router


def _add_browse_routes(router: APIRouter, studio: Studio) -> None:
    @router.get("/api/loop")
    def read_loop(dataset: int | None = None) -> dict[str, Any]:
        jobs.sweep_lost_jobs(studio)
        chosen = pick_dataset(studio, dataset)
        counts = count_progress(studio, chosen) if chosen else {}
        return {
            "datasets": list_dataset_names(studio),
            "dataset": chosen,
            "job": _describe_job(studio),
            **counts,
        }

    @router.get("/api/datasets/{dataset_id}/fine-tuned")
    def read_fine_tuned(dataset_id: int) -> dict[str, Any]:
        return list_fine_tuned(studio, dataset_id)

    @router.get("/api/runs/{run_id}/generator.safetensors")
    def read_weights(run_id: int) -> FileResponse:
        path = get_weights_path(studio, run_id)
        return FileResponse(path, filename=f"fine-tuned-{run_id}.safetensors")

    @router.get("/api/models/{model_id}/{file:path}")
    def read_model(model_id: int, file: str) -> Response:
        data = encode_model(studio, model_id, file.rpartition(".")[2])
        return Response(
            data,
            media_type="application/octet-stream",
            headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(file)}"},
        )

    @router.get("/api/datasets/{dataset_id}/labels.csv")
    def read_labels(dataset_id: int) -> Response:
        return _answer_csv(*render_dataset_csv(studio, dataset_id))

    @router.get("/api/datasets/{dataset_id}/scores.csv")
    def read_scores(dataset_id: int, regions: str = ALL) -> Response:
        name, text = render_scores_csv(studio, dataset_id, regions)
        return _answer_csv(f"{name}-scores", text)

    @router.get("/api/datasets/{dataset_id}/scores-images.csv")
    def read_scored_images(dataset_id: int, regions: str = ALL) -> Response:
        name, text = render_images_csv(studio, dataset_id, regions)
        return _answer_csv(f"{name}-scores-images", text)


def _add_image_routes(router: APIRouter, studio: Studio) -> None:
    @router.get("/api/images/{image_id}")
    def read_image(image_id: int, user: User, response: Response) -> dict[str, Any]:
        response.headers.update(NEVER)
        return describe_image(studio, image_id, user)

    @router.get("/renditions/{rendition_id}.png")
    def read_rendition(rendition_id: int, v: str = "") -> FileResponse:
        path = get_rendition_path(studio, rendition_id)
        return FileResponse(path, media_type="image/png", headers=keep_named(v))

    @router.get("/revisions/{revision_id}.mask")
    def read_revision(revision_id: int, v: str = "") -> Response:
        return _answer_mask(load_revision_mask(studio, revision_id), v)

    @router.get("/detections/{detection_id}.mask")
    def read_detection(detection_id: int, v: str = "") -> Response:
        return _answer_mask(load_detected_mask(studio, detection_id), v)

    @router.get("/revisions/{revision_id}/pseudo-gt.png")
    def read_pseudo_gt(
        revision_id: int, feather: Annotated[float, Query(ge=0, le=50)] = 2.0, v: str = ""
    ) -> Response:
        image = render_pseudo_gt(studio, revision_id, feather)
        return Response(image, media_type="image/png", headers=keep_named(v))


def _add_review_routes(router: APIRouter, studio: Studio) -> None:
    @router.post("/api/images/{image_id}/mask", status_code=201)
    async def save_mask(
        image_id: int,
        request: Request,
        user: User,
        if_match: Annotated[str, Header()],
        after: BackgroundTasks,
        x_note: Annotated[str, Header()] = "",
    ) -> dict[str, Any]:
        version, note = read_version(if_match), unquote(x_note)
        after.add_task(measure_disagreement, studio, image_id)
        body = await read_body(request, MAX_MASK_BYTES, "The mask")
        saved = await run_in_threadpool(
            save_packed_mask, studio, image_id, body, version, user, note
        )
        return describe_saved(saved)

    @router.post("/api/images/{image_id}/verdict")
    def judge(
        image_id: int, verdict: Verdict, user: User, if_match: Annotated[str, Header()]
    ) -> dict[str, Any]:
        version = read_version(if_match)
        return {"version": judge_image(studio, image_id, verdict.state, version, user)}


def _answer_mask(mask: Mask, version: str) -> Response:
    return answer_packed(pack_mask(mask), keep_named(version))


def _answer_csv(name: str, text: str) -> Response:
    return Response(
        text,
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}.csv"},
    )


def _describe_job(studio: Studio) -> dict[str, Any] | None:
    job = jobs.find_active_job(studio)
    if job is None:
        return None
    return {
        "kind": job.kind,
        "message": job.message,
        "done": job.done,
        "total": job.total,
        "left": "" if job.seconds_left is None else format_time(job.seconds_left),
    }
