"""The team's routes of user studies: set up, links, state, results and downloads."""

from dataclasses import asdict, replace
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from desra_studio.errors import InputError
from desra_studio.services import jobs
from desra_studio.services.lost_jobs import sweep_lost_jobs
from desra_studio.services.studies import findings, lifecycle
from desra_studio.services.studies import links as study_links
from desra_studio.services.studies.manifests import export_manifest
from desra_studio.services.studies.reports import report_study
from desra_studio.services.studies.votes import render_votes_csv, render_votes_json
from desra_studio.services.studio import Studio
from desra_studio.study.order import CHOICE, StudyOrder
from desra_studio.ui.shared.answers import MAX_VERSION, NEVER
from desra_studio.ui.shared.components import show_job

Id = Annotated[int, Field(ge=0, le=MAX_VERSION)]


class WantedLinks(BaseModel):
    """Whom to make personal links for, and for how many days; None is for ever."""

    labels: list[str]
    days: int | None = None


class LosingSystem(BaseModel):
    """Which system's losses to send back; None is the fine-tuned one."""

    system: int | None = None


def add_study_routes(router: APIRouter, studio: Studio) -> None:
    """Add the routes of the Studies page."""
    _add_making_routes(router, studio)
    _add_result_routes(router, studio)


def _add_making_routes(router: APIRouter, studio: Studio) -> None:
    @router.get("/api/datasets/{dataset_id}/studies")
    def read_studies(dataset_id: int, response: Response) -> dict[str, Any]:
        response.headers.update(NEVER)
        return {
            "choices": lifecycle.describe_choices(studio, dataset_id),
            "studies": lifecycle.list_studies(studio, dataset_id),
        }

    @router.post("/api/datasets/{dataset_id}/studies", status_code=202)
    def make_study(dataset_id: int, order: dict[str, Any]) -> dict[str, int]:
        return {"job": lifecycle.start_study(studio, dataset_id, StudyOrder.from_dict(order))}

    @router.get("/api/studies/jobs/{run_id}")
    def read_job(run_id: int, response: Response) -> dict[str, Any]:
        response.headers.update(NEVER)
        sweep_lost_jobs(studio)
        job = jobs.view_job(studio, run_id)
        told: dict[str, Any] = {**(show_job(job) or {})}
        return told | {"active": job.active, "study": job.result.get("study")}

    @router.get("/api/studies/{study_id}")
    def read_study(study_id: int, response: Response) -> lifecycle.StudyDescription:
        response.headers.update(NEVER)
        return _describe(studio, study_id)

    @router.post("/api/studies/{study_id}/open")
    def open_study(study_id: int) -> lifecycle.StudyDescription:
        lifecycle.open_study(studio, study_id)
        return _describe(studio, study_id)

    @router.post("/api/studies/{study_id}/close")
    def close_study(study_id: int) -> lifecycle.StudyDescription:
        lifecycle.close_study(studio, study_id)
        return _describe(studio, study_id)

    @router.post("/api/studies/{study_id}/links", status_code=201)
    def make_links(study_id: int, wanted: WantedLinks) -> lifecycle.StudyDescription:
        study_links.make_links(studio, study_id, wanted.labels, wanted.days)
        return _describe(studio, study_id)


def _add_result_routes(router: APIRouter, studio: Studio) -> None:
    @router.get("/api/studies/{study_id}/report")
    def read_report(study_id: int, response: Response) -> dict[str, Any]:
        response.headers.update(NEVER)
        report = report_study(studio, study_id)
        losses = findings.list_losses(studio, study_id) if report.kind == CHOICE else []
        return asdict(report) | {"losses": losses}

    @router.post("/api/studies/{study_id}/send-back")
    def send_back(study_id: int, losing: LosingSystem) -> findings.LossesSent:
        return findings.send_back_losses(studio, study_id, losing.system)

    @router.post("/api/studies/{study_id}/prominence")
    def keep_prominence(study_id: int) -> dict[str, int]:
        return {"regions": findings.keep_prominence(studio, study_id)}

    @router.get("/api/studies/{study_id}/{file}")
    def download(study_id: int, file: str) -> Response:
        renderers = {
            "manifest.json": export_manifest,
            "votes.csv": render_votes_csv,
            "votes.json": render_votes_json,
        }
        if file not in renderers:
            raise InputError(f"There is no {file!r}. There are: {', '.join(renderers)}.")
        name = f"{lifecycle.describe_study(studio, study_id).name}-{file}"
        kind = "text/csv" if file.endswith("csv") else "application/json"
        return Response(
            renderers[file](studio, study_id),
            media_type=f"{kind}; charset=utf-8",
            headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}", **NEVER},
        )


def _describe(studio: Studio, study_id: int) -> lifecycle.StudyDescription:
    """Return a study with its links as addresses: of the voters' own server, if there is one."""
    told = lifecycle.describe_study(studio, study_id)
    voters = studio.settings.voters
    root = f"http://{voters}/vote" if voters else "/vote"
    personal = [replace(one, link=f"{root}/{one.link}") for one in told.links.personal]
    return replace(told, links=lifecycle.StudyLinks(f"{root}/{told.links.open}", personal))
