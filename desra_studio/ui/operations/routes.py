"""What admins ask about the server: what runs, how full the disk is, and what jobs printed."""

from fastapi import APIRouter, Response
from pydantic import BaseModel

from desra_studio.services.operations.describing import ServerView, describe_server
from desra_studio.services.operations.job_logs import read_log
from desra_studio.services.studio import Studio
from desra_studio.ui.shared.answers import NEVER


class JobLog(BaseModel):
    """The end of what a job printed."""

    lines: list[str]


def add_operation_routes(router: APIRouter, studio: Studio) -> None:
    """Add them to the studio's routes."""

    @router.get("/api/server")
    def read_server(response: Response) -> ServerView:
        response.headers.update(NEVER)
        return describe_server(studio)

    @router.get("/api/runs/{run_id}/log")
    def read_job_log(run_id: int, response: Response) -> JobLog:
        response.headers.update(NEVER)
        return JobLog(lines=read_log(studio, run_id))
