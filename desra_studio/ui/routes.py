"""The HTTP routes that the canvas and the navigation use. Pixels and masks never go by Gradio."""

import gzip
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel

from desra_studio.errors import InputError
from desra_studio.imaging.arrays import Mask
from desra_studio.imaging.io import encode_png
from desra_studio.imaging.masks import encode_mask_runs, unpack_mask_runs
from desra_studio.progress import format_time
from desra_studio.services import curation, jobs, review
from desra_studio.services.browse import get_rendition_path, list_dataset_names, pick_dataset
from desra_studio.services.studio import Studio
from desra_studio.storage.tables import State

FOREVER = {"Cache-Control": "private, max-age=31536000, immutable"}
NEVER = {"Cache-Control": "no-store"}
MAX_MASK_BYTES = 64 * 1024 * 1024


class Verdict(BaseModel):
    """What a reviewer says about an image."""

    state: State


def make_router(studio: Studio) -> APIRouter:
    """Return all routes of the studio; StudioErrors become JSON answers in `ui.server`."""
    router = APIRouter(prefix="/studio")

    @router.get("/api/loop")
    def read_loop(dataset: int | None = None) -> dict[str, Any]:
        chosen = pick_dataset(studio, dataset)
        counts = review.count_progress(studio, chosen) if chosen else {}
        return {
            "datasets": list_dataset_names(studio),
            "dataset": chosen,
            "job": _describe_job(studio),
            **counts,
        }

    @router.get("/api/datasets/{dataset_id}/queue")
    def read_queue(dataset_id: int) -> list[dict[str, Any]]:
        return review.list_queue(studio, dataset_id)

    @router.get("/api/images/{image_id}")
    def read_image(image_id: int, response: Response) -> dict[str, Any]:
        response.headers.update(NEVER)
        return review.describe_image(studio, image_id)

    @router.get("/renditions/{rendition_id}.png")
    def read_rendition(rendition_id: int) -> FileResponse:
        path = get_rendition_path(studio, rendition_id)
        return FileResponse(path, media_type="image/png", headers=FOREVER)

    @router.get("/revisions/{revision_id}.mask")
    def read_revision(revision_id: int) -> Response:
        return _answer_mask(review.load_revision_mask(studio, revision_id))

    @router.get("/detections/{detection_id}.mask")
    def read_detection(detection_id: int) -> Response:
        return _answer_mask(review.load_detected_mask(studio, detection_id))

    @router.get("/api/images/{image_id}/pseudo-gt.png")
    def read_pseudo_gt(
        image_id: int, feather: Annotated[float, Query(ge=0, le=50)] = 2.0
    ) -> Response:
        _, pseudo_gt = curation.compose_preview(studio, image_id, feather)
        return Response(encode_png(pseudo_gt), media_type="image/png", headers=FOREVER)

    @router.post("/api/images/{image_id}/mask", status_code=201)
    async def save_mask(
        image_id: int, request: Request, if_match: Annotated[str, Header()]
    ) -> dict[str, Any]:
        version = _read_version(if_match)
        body = await _read_body(request)
        saved = await _in_thread(lambda: _save(studio, image_id, body, version))
        return {
            "version": saved.version,
            "state": saved.state.value,
            "revision": saved.revision,
        }

    @router.post("/api/images/{image_id}/verdict")
    def judge(
        image_id: int, verdict: Verdict, if_match: Annotated[str, Header()]
    ) -> dict[str, Any]:
        version = review.judge_image(studio, image_id, verdict.state, _read_version(if_match))
        return {"version": version}

    return router


def _save(studio: Studio, image_id: int, body: bytes, version: int) -> review.SavedMask:
    mask = unpack_mask_runs(body, review.get_image_size(studio, image_id))
    return review.save_mask(studio, image_id, mask, version)


async def _in_thread(action: Callable[[], review.SavedMask]) -> review.SavedMask:
    from starlette.concurrency import run_in_threadpool

    return await run_in_threadpool(action)


async def _read_body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_MASK_BYTES:
            raise InputError(f"The mask that was sent is larger than {MAX_MASK_BYTES} bytes.")
    return bytes(body)


def _read_version(if_match: str) -> int:
    try:
        return int(if_match.strip('"'))
    except ValueError as error:
        raise InputError(f"If-Match must be the version number, got {if_match!r}.") from error


def _answer_mask(mask: Mask) -> Response:
    return Response(
        gzip.compress(encode_mask_runs(mask), compresslevel=1),
        media_type="application/octet-stream",
        headers={"Content-Encoding": "gzip", **FOREVER},
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
