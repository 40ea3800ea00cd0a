"""Points of trainings: what each had come to at its previews, removal over detail."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from desra_studio.services.datasets.listing import get_reference
from desra_studio.services.detection.witnesses import TRAINED_ON_BY_CONTRAST
from desra_studio.services.finetune.bounds import find_warnings
from desra_studio.services.finetune.kept_weights import measure_kept
from desra_studio.services.finetune.pieces import BY_WITNESS, LIVE_FIGURES
from desra_studio.services.jobs import JobView, list_jobs
from desra_studio.services.studio import Studio
from desra_studio.storage import models, runs
from desra_studio.storage.models import TAKEN_AT
from desra_studio.storage.tables import Model


@dataclass(frozen=True, kw_only=True)
class Point:
    """What a training had come to at one of its previews.

    Attributes:
        run_id, title: of the run; the title names it and what it started from.
        iteration: after which.
        is_last: whether it is the newest one of its run.
        removal: share gone of what is marked, by the strictest witness that no loss asked for.
        removals: the same by each witness alone, by name.
        trained_on: names of those that a loss asked for.
        detail_kept, sharpness_kept: outside of what is marked, 0 as MSE-SR, 1 as GAN-SR; None
            where GAN-SR is no sharper there, so that there is nothing to keep.
        variance_ratio: local variance there over GAN-SR's; None where that has none.
        added: new components, for each that there was.
        warnings: a sentence for each bound of a proof that it passes.
        is_best: whether it removes most of the points of all runs that pass no bound and whose
            weights are kept; of equal ones it adds less, then has the detail closest to GAN-SR's.
        kept_bytes: size of its weights on disk; None where they are not kept.
        model_id, model: id and name of the model that was made of it; None while there is none.
    """

    run_id: int
    title: str
    iteration: int
    is_last: bool
    removal: float
    removals: dict[str, float]
    trained_on: list[str]
    detail_kept: float | None
    sharpness_kept: float | None
    variance_ratio: float | None
    added: float | None
    warnings: list[str]
    is_best: bool = False
    kept_bytes: int | None
    model_id: int | None
    model: str | None

    @property
    def is_within_bounds(self) -> bool:
        """Whether it passes none of a proof's bounds."""
        return not self.warnings


def list_points(studio: Studio, dataset_id: int) -> list[Point]:
    """Return the points of a dataset's newest fine-tunings, newest run first, each run in order.

    Without figures by witness there is no point: runs from before there were such have none.

    Raises:
        NotFoundError: no such dataset, or it is in the bin.
    """
    reference = get_reference(studio, dataset_id).title
    points = [
        point
        for run in list_jobs(studio, "finetune")
        if run.config["dataset_id"] == dataset_id
        for point in _list_run_points(studio, run, reference)
    ]
    takeable = [one for one in points if one.is_within_bounds and one.kept_bytes is not None]
    best = max(takeable, key=_rank, default=None)
    return [replace(one, is_best=one is best) for one in points]


def _rank(point: Point) -> tuple[float, float, float]:
    distance = abs(1 - point.detail_kept) if point.detail_kept is not None else 0.0
    return point.removal, -(point.added or 0.0), -distance


def find_made(made: list[Model], run: JobView) -> dict[int, Model]:
    """Return the models of a run by the iteration after which they were what it had come to."""
    return {model.card.get(TAKEN_AT, run.config["iterations"]): model for model in made}


def _list_run_points(studio: Studio, run: JobView, reference: str) -> list[Point]:
    with studio.database.read() as session:
        steps = runs.list_steps(session, run.id, LIVE_FIGURES)
        made = find_made(models.list_run_models(session, run.id), run)
        base = models.get_model(session, run.config["model_id"]).name
    sizes = measure_kept(studio, run.id)
    last = max(steps, default=0)
    return [
        _describe_point(
            run_id=run.id,
            title=f"Run {run.id}, from {base}",
            trained_on=list(TRAINED_ON_BY_CONTRAST) if run.config.get("contrast_weight") else [],
            iteration=iteration,
            is_last=iteration == last,
            figures=figures,
            kept_bytes=sizes.get(iteration),
            model=made.get(iteration),
            reference=reference,
        )
        for iteration, figures in steps.items()
        if iteration and _read_removals(figures)
    ]


def _read_removals(figures: Mapping[str, float]) -> dict[str, float]:
    """Return the share gone by each witness, by its name."""
    return {
        name.removeprefix(BY_WITNESS): value
        for name, value in figures.items()
        if name.startswith(BY_WITNESS) and name != "removal_rate"
    }


def _describe_point(
    *,
    run_id: int,
    title: str,
    trained_on: list[str],
    iteration: int,
    is_last: bool,
    figures: Mapping[str, float],
    kept_bytes: int | None,
    model: Model | None,
    reference: str,
) -> Point:
    bounded = {
        "variance_ratio_outside": figures.get("variance_ratio"),
        "psnr_outside": figures.get("psnr_outside"),
        "ssim_outside": figures.get("ssim_outside"),
        "sharpness_kept": figures.get("sharpness_kept"),
        "addition_rate": figures.get("addition_rate"),
    }
    return Point(
        run_id=run_id,
        title=title,
        iteration=iteration,
        is_last=is_last,
        removal=figures["removal_rate"],
        removals=_read_removals(figures),
        trained_on=trained_on,
        detail_kept=figures.get("detail_kept"),
        sharpness_kept=figures.get("sharpness_kept"),
        variance_ratio=figures.get("variance_ratio"),
        added=figures.get("addition_rate"),
        warnings=find_warnings(bounded, reference),
        kept_bytes=kept_bytes,
        model_id=model.id if model else None,
        model=model.name if model else None,
    )
