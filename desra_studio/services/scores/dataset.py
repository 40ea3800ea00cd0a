"""Scores of detectors against manual masks, of a dataset or of folders."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from desra_studio.metrics.intervals import CONFIDENCE, ScoreIntervals, bound_scores
from desra_studio.metrics.mask_metrics import DEFINITIONS, ImageScore, SetScore, summarize_scores
from desra_studio.services.code_version import describe_code_version
from desra_studio.services.detection.detectors import DetectorRun, list_detector_runs
from desra_studio.services.review.regions import RegionFilter, check_filter
from desra_studio.services.scores.set_scorer import SetScorer, hash_mask_set
from desra_studio.services.studio import Studio
from desra_studio.storage import datasets, regions, scores
from desra_studio.storage.database import Session
from desra_studio.storage.datasets import ImageRecord
from desra_studio.storage.label_tables import Region
from desra_studio.vocabulary import MadeBy, Origin, State

ENOUGH_BLIND = 10
"""From so many blind labels on, they are what the page leads with."""


@dataclass(frozen=True)
class ScoredImage:
    """Score of one labelled image."""

    image_id: int
    name: str
    state: State
    made_by: MadeBy
    score: ImageScore


@dataclass(frozen=True, kw_only=True)
class ScoreFigures(SetScore):
    """Figures of a set of images with their intervals."""

    intervals: ScoreIntervals


@dataclass(frozen=True)
class DetectorScore:
    """One row of the table: a detector against the labels.

    Attributes:
        title: the detector in words.
        detector: its method and parameters, as plain values.
        total: figures over the labelled images.
        intervals: 95 % intervals of them, over images.
        rows: one per labelled image, worst IoU first.
        missing_predictions: labelled images that it has not run on; counted as empty.
        prediction_set: SHA-256 over the detector's masks of the labelled images.
        blind: figures over the images that were labelled blind; None where none was.
        others: figures over the other labelled images; None where there is none.
    """

    title: str
    detector: dict[str, Any]
    total: SetScore
    intervals: ScoreIntervals
    rows: list[ScoredImage]
    missing_predictions: int
    prediction_set: str
    blind: ScoreFigures | None
    others: ScoreFigures | None

    @property
    def figures(self) -> ScoreFigures:
        """The figures with their intervals."""
        return describe_score(self.total, self.intervals)


@dataclass(frozen=True)
class DatasetScore:
    """Scores of a dataset.

    Attributes:
        detectors: one row per detector that ran, the one that Review shows first.
        labelled: images that are accepted or clean.
        unlabelled: images that are neither, and so not counted.
        unchanged: labels that are the detector's own mask, accepted as it was.
        unknown_regions: manual regions that lack the severity, prominence or kind that was asked
            for; they count as not chosen.
        mask_set: SHA-256 over the masks that were scored.
        code_version: of what computed the figures.
        made_by: how many labels were made in each way.
        reference: what GAN-SR is compared with, as people call it.
    """

    detectors: list[DetectorScore]
    labelled: int
    unlabelled: int
    unchanged: int
    unknown_regions: int
    mask_set: str
    code_version: str
    made_by: dict[MadeBy, int]
    reference: str

    @property
    def leads_blind(self) -> bool:
        """Whether enough labels are blind for their figures to come first."""
        return self.made_by[MadeBy.BLIND] >= ENOUGH_BLIND

    @property
    def is_own(self) -> bool:
        """Whether all labels are the detector's own masks, accepted as they were."""
        return 0 < self.labelled == self.made_by[MadeBy.DETECTED]


def score_dataset(
    studio: Studio,
    dataset_id: int,
    chosen: RegionFilter | None = None,
    scorer: SetScorer | None = None,
    runs: Sequence[DetectorRun] | None = None,
) -> DatasetScore:
    """Score the detectors of a dataset against its accepted and clean images, and keep the figures.

    Args:
        studio: the installation.
        dataset_id: of the dataset.
        chosen: which manual regions count; all where None.
        scorer: remembers scores from one time to the next.
        runs: the detectors; all that ran where None.

    Raises:
        NotFoundError: no such dataset, or a stored mask is missing.
        InputError: the dataset has no such regions.
    """
    scorer, chosen = scorer or SetScorer(studio), chosen or RegionFilter()
    check_filter(studio, dataset_id, chosen)
    runs = list_detector_runs(studio, dataset_id) if runs is None else runs
    with studio.database.read() as session:
        dataset = datasets.get_dataset(session, dataset_id)
        records = datasets.list_records(session, dataset)
        labelled = [record for record in records if record.label]
        said = _list_said(regions.list_regions(session, [_revision_id(row) for row in labelled]))
    rows, unknown = [], 0
    for run in runs:
        row, unknown = _score_run(run, labelled, said, chosen, scorer)
        rows.append(row)
    result = DatasetScore(
        detectors=rows,
        labelled=len(labelled),
        unlabelled=len(records) - len(labelled),
        unchanged=sum(
            record.label.origin is Origin.DETECTED for record in labelled if record.label
        ),
        unknown_regions=unknown,
        mask_set=hash_mask_set(
            {record.image.name: record.label.mask_sha for record in labelled if record.label},
            chosen,
            [
                f"{region.revision_id} {region.x} {region.y} {region.kind} {region.severity} "
                f"{region.prominence}"
                for found in said.values()
                for region in found
            ],
        ),
        code_version=describe_code_version(),
        made_by=count_making(record.label.made_by for record in labelled if record.label),
        reference=datasets.get_reference(dataset).title,
    )
    if labelled:
        _keep_scores(studio, dataset_id, chosen, result)
    return result


def count_making(made: Iterable[MadeBy]) -> dict[MadeBy, int]:
    """Return how many labels were made in each way, those that nobody used, too."""
    counts = Counter(made)
    return {way: counts[way] for way in MadeBy}


def describe_score(total: SetScore, intervals: ScoreIntervals) -> ScoreFigures:
    """Return figures with their intervals."""
    return ScoreFigures(**vars(total), intervals=intervals)


def list_definitions() -> dict[str, str]:
    """Return what the figures mean, by name."""
    return DEFINITIONS


def _score_run(
    run: DetectorRun,
    labelled: Sequence[ImageRecord],
    said: dict[int, tuple[Region, ...]],
    chosen: RegionFilter,
    scorer: SetScorer,
) -> tuple[DetectorScore, int]:
    """Return the row of a detector, and how many regions lack what is asked for."""
    rows, unknown = [], 0
    for record in labelled:
        if record.label is None:
            continue
        detection = run.detections.get(record.image.id)
        score, missing = scorer.score(
            detection.mask_sha if detection else None,
            record.label,
            chosen,
            said.get(record.label.id, ()),
        )
        unknown += missing
        if missing and not score.manual:
            # Nobody has said which of its regions count: there is nothing to score it against.
            continue
        rows.append(
            ScoredImage(
                record.image.id, record.image.name, record.state, record.label.made_by, score
            )
        )
    intervals = bound_scores([row.score for row in rows])
    rows.sort(key=lambda row: (row.score.iou, row.name))
    detector = DetectorScore(
        title=run.title,
        detector=run.as_dict(),
        total=summarize_scores(row.score for row in rows),
        intervals=intervals,
        rows=rows,
        missing_predictions=sum(record.image.id not in run.detections for record in labelled),
        prediction_set=hash_mask_set(
            {
                record.image.name: run.detections[record.image.id].mask_sha
                for record in labelled
                if record.image.id in run.detections
            }
        ),
        blind=_score_some([row.score for row in rows if row.made_by is MadeBy.BLIND]),
        others=_score_some([row.score for row in rows if row.made_by is not MadeBy.BLIND]),
    )
    return detector, unknown


def _score_some(scores: Sequence[ImageScore]) -> ScoreFigures | None:
    return describe_score(summarize_scores(scores), bound_scores(scores)) if scores else None


def _list_said(found: Sequence[Region]) -> dict[int, tuple[Region, ...]]:
    said: dict[int, tuple[Region, ...]] = {}
    for region in found:
        said[region.revision_id] = (*said.get(region.revision_id, ()), region)
    return said


def _revision_id(record: ImageRecord) -> int:
    return record.label.id if record.label else 0


def _keep_scores(
    studio: Studio, dataset_id: int, chosen: RegionFilter, result: DatasetScore
) -> None:
    """Write the figures that are not written yet, with what is needed to compute them again."""
    options = {"regions": chosen.name, "confidence": CONFIDENCE}

    def list_new(session: Session) -> list[DetectorScore]:
        known = scores.list_known(session, dataset_id, result.mask_set, result.code_version)
        return [
            row
            for row in result.detectors
            if (row.prediction_set, row.detector, options) not in known
        ]

    with studio.database.read() as session:
        if not list_new(session):
            return
    with studio.database.write() as session:
        # Looked up again: another process may have written the same meanwhile.
        for row in list_new(session):
            scores.add_score(
                session,
                dataset_id=dataset_id,
                mask_set=result.mask_set,
                prediction_set=row.prediction_set,
                detector=row.detector,
                options=options,
                figures=asdict(row.figures),
                code_version=result.code_version,
            )
