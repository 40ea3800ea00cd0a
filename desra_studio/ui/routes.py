"""All HTTP routes of the studio. Pixels and masks never go by Gradio."""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Cookie, Response
from fastapi.responses import FileResponse

from desra_studio.progress import format_time
from desra_studio.services import jobs
from desra_studio.services.datasets.listing import (
    FineTunedOutputs,
    get_reference,
    get_weights_path,
    list_dataset_names,
    list_fine_tuned,
)
from desra_studio.services.export.exporting import Download, render_download
from desra_studio.services.lost_jobs import sweep_lost_jobs
from desra_studio.services.models.registry import encode_model
from desra_studio.services.review.masks import (
    count_progress,
)
from desra_studio.services.review.regions import ALL
from desra_studio.services.scores.tables import render_images_csv, render_scores_csv
from desra_studio.services.studio import Studio
from desra_studio.services.worker import KINDS
from desra_studio.ui.access.team_routes import add_team_routes
from desra_studio.ui.access.user_routes import add_user_routes
from desra_studio.ui.datasets.export_routes import add_export_routes
from desra_studio.ui.datasets.import_routes import add_import_routes
from desra_studio.ui.datasets.routes import add_dataset_routes
from desra_studio.ui.datasets.upload_routes import add_upload_routes
from desra_studio.ui.finetune.live_routes import add_run_live_routes
from desra_studio.ui.finetune.routes import add_finetune_routes
from desra_studio.ui.models.routes import add_model_routes
from desra_studio.ui.operations.routes import add_operation_routes
from desra_studio.ui.proof.routes import add_proof_routes
from desra_studio.ui.proof.run_routes import add_run_routes
from desra_studio.ui.review.detector_routes import add_detector_routes
from desra_studio.ui.review.kind_routes import add_kind_routes
from desra_studio.ui.review.label_routes import add_label_routes
from desra_studio.ui.review.opinion_routes import add_opinion_routes
from desra_studio.ui.review.queue_routes import add_queue_routes
from desra_studio.ui.review.routes import add_review_routes
from desra_studio.ui.review.view_routes import add_view_routes
from desra_studio.ui.scores.routes import add_score_routes
from desra_studio.ui.shared.requests import KEPT, choose_dataset
from desra_studio.ui.shared.serving import LimitedRoute
from desra_studio.ui.studies.routes import add_study_routes


def make_router(studio: Studio) -> APIRouter:
    """Return all routes of the studio; StudioErrors become JSON answers in `ui.server`."""
    router = APIRouter(prefix="/studio", route_class=LimitedRoute)
    _add_browse_routes(router, studio)
    add_dataset_routes(router, studio)
    add_review_routes(router, studio)
    add_import_routes(router, studio)
    add_upload_routes(router, studio)
    add_export_routes(router, studio)
    add_detector_routes(router, studio)
    add_view_routes(router, studio)
    add_label_routes(router, studio)
    add_opinion_routes(router, studio)
    add_kind_routes(router, studio)
    add_queue_routes(router, studio)
    add_proof_routes(router, studio)
    add_finetune_routes(router, studio)
    add_run_live_routes(router, studio)
    add_run_routes(router, studio)
    add_model_routes(router, studio)
    add_score_routes(router, studio)
    add_study_routes(router, studio)
    add_user_routes(router, studio)
    add_team_routes(router, studio)
    add_operation_routes(router, studio)
    return router


def _add_browse_routes(router: APIRouter, studio: Studio) -> None:
    @router.get("/api/loop")
    def read_loop(
        dataset: int | None = None, kept: Annotated[str, Cookie(alias=KEPT)] = ""
    ) -> dict[str, Any]:
        sweep_lost_jobs(studio)
        chosen = choose_dataset(studio, "" if dataset is None else str(dataset), kept)
        counts = count_progress(studio, chosen) if chosen else {}
        return {
            "datasets": list_dataset_names(studio),
            "dataset": chosen,
            "reference": get_reference(studio, chosen).title if chosen else None,
            "jobs": [_describe_job(job) for job in jobs.list_active_jobs(studio)],
            **counts,
        }

    @router.get("/api/datasets/{dataset_id}/fine-tuned")
    def read_fine_tuned(dataset_id: int) -> FineTunedOutputs:
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

    @router.get("/api/datasets/{dataset_id}/labels.{form}")
    def read_labels(dataset_id: int, form: str) -> Response:
        return _answer_file(render_download(studio, dataset_id, form))

    @router.get("/api/datasets/{dataset_id}/scores.csv")
    def read_scores(dataset_id: int, regions: str = ALL) -> Response:
        name, text = render_scores_csv(studio, dataset_id, regions)
        return _answer_csv(f"{name}-scores", text)

    @router.get("/api/datasets/{dataset_id}/scores-images.csv")
    def read_scored_images(dataset_id: int, regions: str = ALL) -> Response:
        name, text = render_images_csv(studio, dataset_id, regions)
        return _answer_csv(f"{name}-scores-images", text)


def _answer_csv(name: str, text: str) -> Response:
    return _answer_file(Download(f"{name}.csv", "text/csv; charset=utf-8", text.encode()))


def _answer_file(file: Download) -> Response:
    return Response(
        file.data,
        media_type=file.media_type,
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name)}"},
    )


def _describe_job(job: jobs.JobView) -> dict[str, Any]:
    return {
        "kind": job.kind,
        "page": KINDS[job.kind].page,
        "message": job.message,
        "done": job.done,
        "total": job.total,
        "left": "" if job.seconds_left is None else format_time(job.seconds_left),
    }
