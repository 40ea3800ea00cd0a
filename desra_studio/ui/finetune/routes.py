"""The routes behind the Fine-tune page: what to choose from, runs, and what is done with them."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response

from desra_studio.errors import InputError
from desra_studio.services import jobs
from desra_studio.services.finetune.ordering import resume_finetune
from desra_studio.services.finetune.points import Point, list_points
from desra_studio.services.finetune.taking import TakenPoint, take_point
from desra_studio.services.job_configs import ApplyJobConfig
from desra_studio.services.studio import Studio
from desra_studio.ui.access.job_roles import check_may_cancel
from desra_studio.ui.finetune.order import FinetuneOrder, describe_choices, start_run
from desra_studio.ui.finetune.runs import list_runs
from desra_studio.ui.shared.answers import MAX_VERSION, NEVER, CurrentAccount

Number = Annotated[int, Path(ge=0, le=MAX_VERSION)]


def add_finetune_routes(router: APIRouter, studio: Studio) -> None:
    """Add them to the studio's routes."""

    @router.get("/api/datasets/{dataset_id}/finetune")
    def read_choices(dataset_id: int, response: Response) -> dict[str, Any]:
        response.headers.update(NEVER)
        return describe_choices(studio, dataset_id)

    @router.post("/api/datasets/{dataset_id}/finetune", status_code=202)
    def start(dataset_id: int, order: FinetuneOrder) -> dict[str, int]:
        return {"run": start_run(studio, dataset_id, order)}

    @router.get("/api/datasets/{dataset_id}/finetune/runs")
    def read_runs(dataset_id: int, response: Response) -> list[dict[str, Any]]:
        response.headers.update(NEVER)
        return list_runs(studio, dataset_id)

    @router.get("/api/datasets/{dataset_id}/finetune/points")
    def read_points(dataset_id: int, response: Response) -> list[Point]:
        response.headers.update(NEVER)
        return list_points(studio, dataset_id)

    @router.post("/api/runs/{run_id}/points/{iteration}/take", status_code=201)
    def take(run_id: Number, iteration: Number) -> TakenPoint:
        return take_point(studio, run_id, iteration)

    @router.post("/api/runs/{run_id}/cancel", status_code=202)
    def cancel(run_id: int, account: CurrentAccount) -> dict[str, int]:
        check_may_cancel(account, jobs.view_job(studio, run_id).kind)
        jobs.cancel_job(studio, run_id)
        return {"run": run_id}

    @router.post("/api/runs/{run_id}/resume", status_code=202)
    def resume(run_id: int) -> dict[str, int]:
        return {"run": resume_finetune(studio, run_id)}

    @router.post("/api/runs/{run_id}/apply", status_code=202)
    def apply(run_id: int) -> dict[str, int]:
        run = jobs.view_job(studio, run_id)
        if run.kind != "finetune" or not run.succeeded:
            raise InputError(
                f"Job {run_id} has no model to run: it is no fine-tuning that is done."
            )
        config = ApplyJobConfig(
            dataset_id=run.config["dataset_id"],
            model_id=run.result["model_id"],
            warning=run.result["warning"],
        )
        return {"run": jobs.start_job(studio, "apply", config.as_dict())}
