"""The routes of an image in Review: its pictures, its masks, saves and verdicts."""

from typing import Annotated
from urllib.parse import unquote

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from desra_studio.imaging.arrays import Mask
from desra_studio.services.datasets.listing import (
    get_rendition_path,
)
from desra_studio.services.finetune.ordering import render_pseudo_gt
from desra_studio.services.review import veils
from desra_studio.services.review.documents import ImageDocument, describe_image
from desra_studio.services.review.masks import (
    SavedMask,
    judge_image,
    load_detected_mask,
    load_revision_mask,
    pack_mask,
    save_packed_mask,
)
from desra_studio.services.studio import Studio
from desra_studio.ui.shared.answers import (
    MAX_MASK_BYTES,
    NEVER,
    User,
    answer_packed,
    keep_named,
    read_body,
    read_version,
)
from desra_studio.vocabulary import State


class Verdict(BaseModel):
    """What a reviewer says about an image."""

    state: State


def add_review_routes(router: APIRouter, studio: Studio) -> None:
    """Add them to the studio's routes."""
    _add_picture_routes(router, studio)
    _add_deed_routes(router, studio)


def _add_picture_routes(router: APIRouter, studio: Studio) -> None:
    @router.get("/api/images/{image_id}")
    def read_image(image_id: int, user: User, response: Response) -> ImageDocument:
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
    def read_detection(detection_id: int, user: User, v: str = "") -> Response:
        veils.check_detection(studio, detection_id, user)
        return _answer_mask(load_detected_mask(studio, detection_id), v)

    @router.get("/revisions/{revision_id}/pseudo-gt.png")
    def read_pseudo_gt(
        revision_id: int, feather: Annotated[float, Query(ge=0, le=50)] = 2.0, v: str = ""
    ) -> Response:
        image = render_pseudo_gt(studio, revision_id, feather)
        return Response(image, media_type="image/png", headers=keep_named(v))


def _add_deed_routes(router: APIRouter, studio: Studio) -> None:
    @router.post("/api/images/{image_id}/mask", status_code=201)
    async def save_mask(
        image_id: int,
        request: Request,
        user: User,
        if_match: Annotated[str, Header()],
        x_note: Annotated[str, Header()] = "",
    ) -> SavedMask:
        version, note = read_version(if_match), unquote(x_note)
        body = await read_body(request, MAX_MASK_BYTES, "The mask")
        return await run_in_threadpool(
            save_packed_mask, studio, image_id, body, version, user, note
        )

    @router.post("/api/images/{image_id}/verdict")
    def judge(
        image_id: int, verdict: Verdict, user: User, if_match: Annotated[str, Header()]
    ) -> dict[str, int]:
        version = read_version(if_match)
        return {"version": judge_image(studio, image_id, verdict.state, version, user)}


def _answer_mask(mask: Mask, version: str) -> Response:
    return answer_packed(pack_mask(mask), keep_named(version))
