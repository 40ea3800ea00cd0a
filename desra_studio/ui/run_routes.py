"""The routes of fine-tunings that have ended: their proof, and what comes of it."""

from typing import Any

from fastapi import APIRouter

from desra_studio.services import proofs
from desra_studio.services.studio import Studio
from desra_studio.ui.queue_routes import Id


def add_run_routes(router: APIRouter, studio: Studio) -> None:
    """Add them to the studio's routes."""

    @router.get("/api/proofs")
    def read_proofs(dataset: int | None = None) -> list[dict[str, Any]]:
        return proofs.list_proofs(studio, dataset)

    @router.get("/api/runs/{run_id}/proof")
    def read_proof(run_id: Id) -> dict[str, Any]:
        return proofs.list_proof_components(studio, run_id)

    @router.post("/api/runs/{run_id}/prove", status_code=201)
    def prove_again(run_id: Id) -> dict[str, int]:
        return {"job": proofs.start_proof(studio, run_id)}

    @router.post("/api/runs/{run_id}/send-back")
    def send_back(run_id: Id) -> dict[str, Any]:
        return proofs.send_back(studio, run_id)
