"""The HTTP routes of the Proof page beside those of a run."""

from typing import Any

from fastapi import APIRouter, Response

from desra_studio.services.jobs import sweep_lost_jobs
from desra_studio.services.proof_runs import list_proof_runs, start_proof
from desra_studio.services.studio import Studio
from desra_studio.ui.answers import NEVER


def add_proof_routes(router: APIRouter, studio: Studio) -> None:
    """Add the list of fine-tunings and proving one again."""

    @router.get("/api/proofs")
    def read_proofs(response: Response, run: int | None = None) -> dict[str, Any]:
        sweep_lost_jobs(studio)
        response.headers.update(NEVER)
        return {"runs": list_proof_runs(studio, run)}

    @router.post("/api/runs/{run_id}/prove", status_code=202)
    def prove(run_id: int) -> dict[str, int]:
        return {"job": start_proof(studio, run_id)}
