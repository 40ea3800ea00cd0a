"""Queries on figures that were computed and kept."""

from typing import Any

from sqlalchemy import select

from desra_studio.storage.database import Session
from desra_studio.storage.tables import Score


def list_known(
    session: Session, dataset_id: int, mask_set: str, code_version: str
) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Return (prediction_set, detector, options) of what was kept for these masks and this code."""
    query = select(Score.prediction_set, Score.detector, Score.options).where(
        Score.dataset_id == dataset_id,
        Score.mask_set == mask_set,
        Score.code_version == code_version,
    )
    return [(found, detector, options) for found, detector, options in session.execute(query)]


def list_scores(session: Session, dataset_id: int) -> list[Score]:
    """Return all figures of a dataset, newest first."""
    query = select(Score).where(Score.dataset_id == dataset_id).order_by(Score.id.desc())
    return list(session.scalars(query))


def add_score(
    session: Session,
    *,
    dataset_id: int,
    mask_set: str,
    prediction_set: str,
    detector: dict[str, Any],
    options: dict[str, Any],
    figures: dict[str, Any],
    code_version: str,
) -> Score:
    """Keep figures with what is needed to compute them again."""
    row = Score(
        dataset_id=dataset_id,
        mask_set=mask_set,
        prediction_set=prediction_set,
        detector=detector,
        options=options,
        figures=figures,
        code_version=code_version,
    )
    session.add(row)
    session.flush()
    return row
