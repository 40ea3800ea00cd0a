"""The routes of fine-tunings that have ended: their proof, and what comes of it."""

from fastapi import APIRouter

from desra_studio.services.proof import proofs
from desra_studio.services.studio import Studio


def add_run_routes(router: APIRouter, studio: Studio) -> None:
    """Add them to the studio's routes."""

    @router.get("/api/runs/{run_id}/proof")
    def read_proof(run_id: int) -> proofs.ProofView:
        return proofs.list_proof_components(studio, run_id)

    @router.post("/api/runs/{run_id}/prove", status_code=201)
    def prove_again(run_id: int) -> dict[str, int]:
        return {"job": proofs.start_proof(studio, run_id)}

    @router.post("/api/runs/{run_id}/send-back")
    def send_back(run_id: int) -> proofs.ProofSent:
        return proofs.send_back(studio, run_id)
