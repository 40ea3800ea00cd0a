"""Makes fine-tunings that have come to certain points, without training."""

from collections.abc import Collection, Mapping

from desra_studio.services.finetune.kept_weights import WeightWriter
from desra_studio.services.studio import Studio
from desra_studio.storage import runs
from desra_studio.vocabulary import RunStatus

FIGURES = {
    "removal_rate": 0.5, "addition_rate": 0.0, "variance_ratio": 1.0, "sharpness_kept": 0.9,
    "detail_kept": 0.8, "psnr_outside": 40.0, "ssim_outside": 0.97, "removal_D": 0.9,
    "removal_SSIM": 0.5,
}  # fmt: skip
"""Of a point that passes no bound."""


def add_points(
    studio: Studio,
    config: Mapping[str, object],
    figures: Mapping[int, Mapping[str, float]],
    weights: bytes = b"weights",
    kept: Collection[int] = (),
) -> int:
    """Add a fine-tuning that was cancelled after its last point; returns its id.

    Args:
        studio: where to.
        config: of its job.
        figures: by iteration, what differs from FIGURES.
        weights: of each point that keeps them.
        kept: the iterations of those.
    """
    with studio.database.write() as session:
        run = runs.add_run(session, "finetune", dict(config))
        run.done, run.total = max(figures), 400
        runs.finish_run(run, RunStatus.CANCELLED, f"Cancelled at {run.done} of 400.")
        for step, differing in figures.items():
            for name, value in {**FIGURES, **differing}.items():
                runs.add_metric(session, run.id, step, name, value)
    writer = WeightWriter(studio.run_folder(run.id) / "points", frozenset(kept))
    for iteration in kept:
        writer.write(iteration, weights)
    return run.id
