"""The routes of a run while it goes on: its previews and its figures."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from fastapi.responses import FileResponse

from desra_studio.services import jobs
from desra_studio.services.finetune import previews
from desra_studio.services.studio import Studio
from desra_studio.ui.shared.answers import MAX_VERSION, NEVER, keep_named

RunId = Annotated[int, Path(ge=0, le=MAX_VERSION)]


def add_run_live_routes(router: APIRouter, studio: Studio) -> None:
    """Add them to the studio's routes."""

    @router.get("/api/runs/{run_id}/previews")
    def read_previews(run_id: RunId, response: Response) -> previews.PreviewList:
        response.headers.update(NEVER)
        return previews.list_previews(studio, run_id)

    @router.get("/runs/{run_id}/previews/{name}.png")
    def read_preview(run_id: RunId, name: str, v: str = "") -> FileResponse:
        path = previews.get_preview_path(studio, run_id, name)
        return FileResponse(path, media_type="image/png", headers=keep_named(v))

    @router.get("/api/runs/{run_id}/metrics")
    def read_metrics(run_id: RunId, response: Response) -> dict[str, list[tuple[int, float]]]:
        response.headers.update(NEVER)
        return jobs.summarize_job_metrics(studio, run_id)
