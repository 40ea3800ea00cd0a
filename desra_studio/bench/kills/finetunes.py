"""Fine-tunings that are killed while they run."""

import subprocess
from dataclasses import replace
from typing import Any

from desra_studio.bench.kills.home import DATASET
from desra_studio.bench.kills.jobs import KilledJob
from desra_studio.bench.kills.rounds import Findings
from desra_studio.errors import ModelError
from desra_studio.finetune.config import CHECKPOINT, QUICK
from desra_studio.services import jobs
from desra_studio.services.datasets.demo import BUNDLED_GAN
from desra_studio.services.datasets.listing import find_dataset_by_name
from desra_studio.services.finetune.candidates import list_candidates
from desra_studio.services.finetune.ordering import check_resumable, order_finetune
from desra_studio.services.jobs import JobView
from desra_studio.services.studio import Studio
from desra_studio.storage import models

SETTINGS = replace(QUICK, iterations=60, batch=1, crop=32, checkpoint_every=5, preview_every=20)
"""The quick preset made short, with many checkpoints."""
ONE_THREAD = {"OMP_NUM_THREADS": "1"}
"""Two that have to wait for each other take ten times as long where something else is at work."""


class KilledFinetune(KilledJob):
    """A fine-tuning of the bundled GAN-SR model on a CPU; goes on from its checkpoint."""

    kind = "finetune"
    resumable = 0
    """The iteration of the last checkpoint that the killed run told of."""

    def order(self) -> dict[str, Any]:
        """Order it from all masks that are accepted."""
        dataset_id = find_dataset_by_name(self.studio, DATASET).id
        chosen = [one.revision_id for one in list_candidates(self.studio, dataset_id)]
        with self.studio.database.read() as session:
            model = models.require_model(session, BUNDLED_GAN)
        return order_finetune(self.studio, dataset_id, chosen, model.id, SETTINGS).as_dict()

    def start(self) -> "subprocess.Popen[bytes]":
        """Start the job's process, on one core."""
        return jobs.start_process(self.studio, self.run_id, ONE_THREAD)

    def carry_out(self, studio: Studio, run_id: int) -> None:
        """Carry a job out in this process, on one core."""
        # Takes seconds to import.
        import torch

        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            super().carry_out(studio, run_id)
        finally:
            torch.set_num_threads(threads)

    def has_begun(self) -> bool:
        """Tell whether it trains: before, it loads PyTorch and the samples, which takes longer."""
        view = self._view()
        return view.total > 0 or not view.active

    def look_for_told(self, studio: Studio, job: JobView, found: Findings) -> None:
        """Look for the last checkpoint and the figures of each iteration that the bar told of."""
        told = job.done - job.done % SETTINGS.checkpoint_every
        if told:
            found.expect(_find_lost_checkpoint(studio, job.id, told))
        self.resumable = 0 if job.succeeded else told
        steps = [step for step, _ in jobs.list_job_metrics(studio, job.id, "loss")]
        missing = set(range(1, job.done + 1)).difference(steps)
        found.expect([f"lost: the loss of iterations {sorted(missing)}"] if missing else [])

    def look_for_whole(self, studio: Studio, job: JobView, found: Findings) -> None:
        """Look for the new weights, and that it went on from the checkpoint."""
        if job.result["resumed_from"] < self.resumable:
            found.faults.append(
                f"It went on from {job.result['resumed_from']}, having told of {self.resumable}"
            )
        with studio.database.read() as session:
            model = models.get_model(session, job.result["model_id"])
        studio.blobs.get(model.file_sha or "")

    def begin_again(self, studio: Studio) -> int | None:
        """Resume it, as the page offers it, where it has a checkpoint; else start another."""
        if not (studio.run_folder(self.run_id) / CHECKPOINT).exists():
            return super().begin_again(studio)
        check_resumable(studio, self.run_id)
        jobs.requeue_job(studio, self.run_id)
        return self.run_id


def _find_lost_checkpoint(studio: Studio, run_id: int, told: int) -> list[str]:
    # Brings torch in, which takes seconds.
    from desra_studio.finetune.checkpoints import load_checkpoint

    try:
        kept = load_checkpoint(studio.run_folder(run_id) / CHECKPOINT)["iteration"]
    except ModelError as error:
        return [f"lost: the checkpoint of iteration {told}: {error}"]
    return [] if kept >= told else [f"lost: the checkpoint of iteration {told}; {kept} is there"]
