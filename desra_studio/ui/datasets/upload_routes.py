"""The routes by which a browser sends files to import: piece by piece, and on where it stopped."""

from collections.abc import AsyncIterator
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from desra_studio.detection.detector import DetectorParams
from desra_studio.errors import InputError, StudioError
from desra_studio.references import MSE_SR
from desra_studio.services import jobs
from desra_studio.services.datasets.staged import (
    check_staged_import,
    discard_staged,
    list_importing,
)
from desra_studio.services.studio import Studio
from desra_studio.services.uploads.staging import (
    OfferedFile,
    OffsetError,
    Upload,
    append_bytes,
    begin_upload,
    list_uploads,
    measure_files,
    open_upload,
)
from desra_studio.setting import read_settings
from desra_studio.ui.shared.answers import NEVER, read_body
from desra_studio.ui.shared.serving import answer_error

MAX_LIST_BYTES = 64 * 10**6
"""As much as the longest list of files with long names takes."""
PIECE_BYTES = 2**20


class UploadOrder(BaseModel):
    """What is to be sent: the name of the folder or the zip, and its files."""

    name: str
    files: list[OfferedFile]


class StagedImport(BaseModel):
    """What the dataset of an upload is called, and how artifacts are detected in it.

    `into` is a dataset that it is added to in place of a new one, and whose own share is labelled
    blind; for `suffix`, `blind_share` and `reference` see `check_import`.
    """

    name: str = ""
    detector: dict[str, Any] = {}
    suffix: str | None = None
    into: int | None = None
    blind_share: float | None = None
    reference: str = MSE_SR.spelling


def add_upload_routes(router: APIRouter, studio: Studio) -> None:
    """Add them to the studio's routes."""

    @router.get("/api/uploads")
    def read_uploads(response: Response) -> dict[str, list[dict[str, Any]]]:
        response.headers.update(NEVER)
        busy = list_importing(studio)
        uploads = [upload for upload in list_uploads(studio) if upload.id not in busy]
        return {"uploads": [_summarize(upload, measure_files(upload)) for upload in uploads]}

    @router.post("/api/uploads", status_code=201)
    async def begin(request: Request) -> dict[str, Any]:
        body = await read_body(request, MAX_LIST_BYTES, "The list of files")
        return await run_in_threadpool(_begin, studio, body)

    @router.get("/api/uploads/{named}")
    def read_upload(named: str, response: Response) -> dict[str, Any]:
        response.headers.update(NEVER)
        return _describe(open_upload(studio, named))

    @router.put("/api/uploads/{named}")
    async def add_piece(named: str, path: str, offset: int, request: Request) -> Response:
        pieces = _gather(request)
        try:
            length = await _append(studio, named, path, offset, pieces)
        except (StudioError, OSError) as error:
            # Browsers hear an answer only once they have sent all.
            async for _ in pieces:
                pass
            if isinstance(error, OffsetError):
                return answer_error(HTTPStatus.CONFLICT, str(error), length=error.length)
            raise
        return JSONResponse({"length": length})

    @router.post("/api/uploads/{named}/import", status_code=202)
    def start_import(named: str, order: StagedImport) -> dict[str, int]:
        params = read_settings(DetectorParams, order.detector)
        config = check_staged_import(
            studio,
            named,
            order.name,
            params,
            order.suffix,
            order.into,
            order.blind_share,
            order.reference,
        )
        return {"job": jobs.start_job(studio, "import", config.as_dict())}

    @router.delete("/api/uploads/{named}")
    def discard(named: str) -> dict[str, str]:
        discard_staged(studio, named)
        return {"id": named}


async def _append(
    studio: Studio, upload_id: str, path: str, offset: int, pieces: AsyncIterator[bytes]
) -> int:
    upload = await run_in_threadpool(open_upload, studio, upload_id)
    async for piece in pieces:
        offset = await run_in_threadpool(append_bytes, upload, path, offset, piece)
    return offset


def _begin(studio: Studio, body: bytes) -> dict[str, Any]:
    try:
        order = UploadOrder.model_validate_json(body)
    except ValidationError as error:
        raise InputError(
            "The list of files is no JSON of a name and files, each a path, a size and a time."
        ) from error
    return _describe(begin_upload(studio, order.name, order.files))


def _describe(upload: Upload) -> dict[str, Any]:
    lengths = measure_files(upload)
    return {**_summarize(upload, lengths), "lengths": lengths, "left_out": upload.left_out}


def _summarize(upload: Upload, lengths: dict[str, int]) -> dict[str, Any]:
    return {
        "id": upload.id,
        "name": upload.name,
        "files": len(upload.files),
        "size": upload.size,
        "here": sum(lengths.values()),
        "whole": lengths == upload.files,
    }


async def _gather(request: Request) -> AsyncIterator[bytes]:
    """Yield what arrives in pieces that are worth a write; what came before a cut is kept."""
    gathered = bytearray()
    with suppress(ClientDisconnect):
        async for chunk in request.stream():
            gathered += chunk
            if len(gathered) >= PIECE_BYTES:
                yield bytes(gathered)
                gathered.clear()
    yield bytes(gathered)
