"""The route of the Proof page beside those of a run."""

from fastapi import APIRouter, Response

from desra_studio.services.lost_jobs import sweep_lost_jobs
from desra_studio.services.proof.runs import ProofRun, list_proof_runs
from desra_studio.services.studio import Studio
from desra_studio.ui.shared.answers import NEVER


def add_proof_routes(router: APIRouter, studio: Studio) -> None:
    """Add the list that the page begins with."""

    @router.get("/api/fine-tunings")
    def read_fine_tunings(response: Response, run: int | None = None) -> dict[str, list[ProofRun]]:
        sweep_lost_jobs(studio)
        response.headers.update(NEVER)
        return {"runs": list_proof_runs(studio, run)}
