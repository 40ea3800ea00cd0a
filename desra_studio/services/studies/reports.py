"""What a study found: shares, majorities, checks and who was left out, raw and screened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeAlias

from desra_studio.metrics.intervals import Interval, count_images_wanting
from desra_studio.services.studies.manifests import (
    Manifest,
    describe_screening,
    read_manifest,
    read_rules,
)
from desra_studio.services.studies.votes import read_ballots
from desra_studio.services.studies.windows import read_outline
from desra_studio.services.studio import Studio
from desra_studio.storage import studies
from desra_studio.storage.study_tables import StudyItem
from desra_studio.study.bradley_terry import rank_systems
from desra_studio.study.consistency import Rate, measure_consistency
from desra_studio.study.majorities import ImageShare, SignTest, compare_signs, share_by_image
from desra_studio.study.order import PROMINENCE
from desra_studio.study.power import estimate_votes_needed
from desra_studio.study.prominence import measure_false_alarms, measure_prominence
from desra_studio.study.screening import Excluded, Screening, count_unjudged, screen
from desra_studio.study.shares import measure_share
from desra_studio.study.two_way import LEAST_CLUSTERS
from desra_studio.study.votes import Ballot, select_votes

Names = dict[int, str]
Bounds: TypeAlias = tuple[float, float] | None
"""Low and high end of a 95 % interval; None where there is nothing to tell one from."""


@dataclass(frozen=True, kw_only=True)
class CheckRate:
    """A share of trials, in 0..1, None without any; and what it is made of."""

    share: float | None
    hits: int
    total: int
    interval: Bounds


@dataclass(frozen=True, kw_only=True)
class ImageResult:
    """How a pair fared on one image: the share is of the first system."""

    image: str
    image_id: int
    share: float
    votes: int
    interval: Bounds


@dataclass(frozen=True, kw_only=True)
class PairResult:
    """How two systems fared against each other on one question.

    Attributes:
        a, b: names.
        share: of the votes, for a, in 0..1; None without votes.
        interval: of the share, two-way over voters and images.
        wilson: of the share, if votes were independent.
        votes, wins: that named a side, and those for a.
        unsure, unsure_rate: answers of 'not sure', and their share of all.
        p_value: of the share being a half.
        voters, images: how many the votes are of.
        voters_wanting, images_wanting: how many more it takes for an interval, 0 where there is
            one.
        signs: majorities by image.
        by_image: each image with votes.
        votes_needed: more of them, until the preference can be told; None where it is, or never.
    """

    a: str
    b: str
    share: float | None
    interval: Bounds
    wilson: Bounds
    votes: int
    wins: int
    unsure: int
    unsure_rate: float | None
    p_value: float | None
    voters: int
    images: int
    voters_wanting: int
    images_wanting: int
    signs: SignTest
    by_image: list[ImageResult]
    votes_needed: int | None


@dataclass(frozen=True, kw_only=True)
class RankedSystem:
    """A system in the order of several, by its Bradley-Terry worth."""

    system: str
    worth: float
    interval: Bounds
    votes: int


@dataclass(frozen=True)
class QuestionResult:
    """What was answered to one question; the ranking is None for two systems."""

    text: str
    pairs: list[PairResult]
    ranking: list[RankedSystem] | None


@dataclass(frozen=True, kw_only=True)
class RegionResult:
    """How many voters noticed an artifact in a region.

    Attributes:
        item: number of the window.
        image, image_id: name and id.
        x, y: a pixel of the region, in px of the image.
        unsure: answers of 'not sure'.
        share, hits, total, interval: of those who noticed one, as `CheckRate` has them.
    """

    item: int
    image: str
    image_id: int
    x: int
    y: int
    unsure: int
    share: float | None
    hits: int
    total: int
    interval: Bounds


@dataclass(frozen=True, kw_only=True)
class StudyFigures:
    """What some ballots of a study say.

    Attributes:
        votes, voters: that count, and whose they are.
        unsure, left, repeats, gold, identical, alpha: see `Consistency`.
        questions: empty for prominence.
        regions: empty for choices.
        decoys: how often an artifact was noticed where none is.
    """

    votes: int
    voters: int
    unsure: CheckRate
    left: CheckRate
    repeats: CheckRate
    gold: CheckRate
    identical: CheckRate
    alpha: float | None
    questions: list[QuestionResult]
    regions: list[RegionResult]
    decoys: CheckRate


@dataclass(frozen=True, kw_only=True)
class ExcludedVoter:
    """Who was left out: a number from 1 on, the team's name for them, and why, in words."""

    voter: int
    label: str
    votes: int
    reasons: list[str]


@dataclass(frozen=True, kw_only=True)
class StudyReport:
    """All figures of a study.

    Attributes:
        study, id, kind, state: of it.
        manifest_sha, seed, systems, rules: as laid down.
        votes, voters: all that were cast, and by how many.
        screening: whether a voter's gold trials suffice to screen by them.
        unjudged: voters who saw too few gold trials to be judged by them.
        excluded: voters whom the screened figures leave out.
        raw, screened: figures of all voters, and of those who broke no rule.
    """

    study: str
    id: int
    kind: str
    state: str
    manifest_sha: str
    seed: int
    systems: list[str]
    votes: int
    voters: int
    rules: dict[str, int | float]
    screening: Screening
    unjudged: int
    excluded: list[ExcludedVoter]
    raw: StudyFigures
    screened: StudyFigures


def report_study(studio: Studio, study_id: int) -> StudyReport:
    """Return all figures of a study.

    Raises:
        NotFoundError: no such study.
    """
    with studio.database.read() as session:
        study = studies.get_study(session, study_id)
        voters = {one.id: one for one in studies.list_voters(session, study.id)}
        items = {one.id: one for one in studies.list_items(session, study.id)}
    manifest = read_manifest(study)
    ballots = read_ballots(studio, study_id)
    rules = read_rules(study)
    kept, excluded = screen(ballots, rules)

    def tell_excluded(one: Excluded) -> ExcludedVoter:
        voter = voters[one.voter]
        return ExcludedVoter(
            voter=voter.place + 1,
            label=voter.label or f"voter {voter.place + 1}",
            votes=one.votes,
            reasons=list(one.reasons),
        )

    return StudyReport(
        study=study.name,
        id=study.id,
        kind=study.kind,
        state=study.state,
        manifest_sha=study.manifest_sha,
        seed=manifest.seed,
        systems=manifest.system_names,
        votes=len(ballots),
        voters=len({one.voter for one in ballots}),
        rules=manifest.rules,
        screening=describe_screening(study),
        unjudged=count_unjudged(ballots, rules),
        excluded=[tell_excluded(one) for one in excluded],
        raw=_measure(manifest, ballots, items),
        screened=_measure(manifest, kept, items),
    )


def _measure(
    manifest: Manifest, ballots: Sequence[Ballot], items: Mapping[int, StudyItem]
) -> StudyFigures:
    votes = select_votes(ballots)
    checks = measure_consistency(ballots, seed=manifest.seed)
    about_regions = manifest.kind == PROMINENCE
    return StudyFigures(
        votes=len(votes),
        voters=len({one.voter for one in votes}),
        unsure=_tell_rate(checks.unsure),
        left=_tell_rate(checks.left),
        repeats=_tell_rate(checks.repeats),
        gold=_tell_rate(checks.gold),
        identical=_tell_rate(checks.identical),
        alpha=checks.alpha,
        questions=[] if about_regions else _tell_questions(manifest, ballots),
        regions=_tell_regions(ballots, items, manifest.image_names) if about_regions else [],
        decoys=_tell_rate(measure_false_alarms(ballots)),
    )


def _tell_questions(manifest: Manifest, ballots: Sequence[Ballot]) -> list[QuestionResult]:
    systems, names = manifest.system_names, manifest.image_names
    told = []
    for number, text in enumerate(manifest.questions):
        own = select_votes(ballots, number)
        pairs = [
            _tell_pair(own, pair, systems, names, manifest.seed)
            for pair in combinations(range(len(systems)), 2)
        ]
        ranking = _tell_ranking(own, systems, manifest.seed) if len(systems) > 2 else None
        told.append(QuestionResult(text, pairs, ranking))
    return told


def _tell_regions(
    ballots: Sequence[Ballot], items: Mapping[int, StudyItem], names: Names
) -> list[RegionResult]:
    told = []
    for one in measure_prominence(ballots):
        outline = read_outline(items[one.item])
        region = outline.region if outline else None
        told.append(
            RegionResult(
                item=items[one.item].number,
                image=names[one.image],
                image_id=one.image,
                x=region.x if region else 0,
                y=region.y if region else 0,
                unsure=one.unsure,
                **vars(_tell_rate(one.noticed)),
            )
        )
    return told


def _tell_pair(
    ballots: Sequence[Ballot], pair: tuple[int, int], systems: list[str], names: Names, seed: int
) -> PairResult:
    share = measure_share(ballots, *pair, seed=seed)
    images = share_by_image(ballots, *pair)
    return PairResult(
        a=systems[pair[0]],
        b=systems[pair[1]],
        share=share.share,
        interval=_tell_interval(share.interval),
        wilson=_tell_interval(share.wilson),
        votes=share.votes,
        wins=share.wins,
        unsure=share.unsure,
        unsure_rate=share.unsure_rate,
        p_value=share.p_value,
        voters=share.voters,
        images=share.images,
        voters_wanting=_count_wanting(share.interval, share.voters),
        images_wanting=_count_wanting(share.interval, share.images),
        signs=compare_signs(images),
        by_image=[_tell_image(image, names) for image in images],
        votes_needed=estimate_votes_needed(share),
    )


def _count_wanting(interval: Interval | None, clusters: int) -> int:
    return 0 if interval else count_images_wanting(clusters, LEAST_CLUSTERS)


def _tell_ranking(ballots: Sequence[Ballot], systems: list[str], seed: int) -> list[RankedSystem]:
    return [
        RankedSystem(
            system=systems[one.system],
            worth=one.worth,
            interval=_tell_interval(one.interval),
            votes=one.votes,
        )
        for one in rank_systems(ballots, len(systems), seed=seed)
    ]


def _tell_image(image: ImageShare, names: Names) -> ImageResult:
    return ImageResult(
        image=names[image.image],
        image_id=image.image,
        share=image.share,
        votes=image.votes,
        interval=_tell_interval(image.wilson),
    )


def _tell_rate(rate: Rate) -> CheckRate:
    return CheckRate(
        share=rate.share,
        hits=rate.hits,
        total=rate.total,
        interval=_tell_interval(rate.interval),
    )


def _tell_interval(interval: Interval | None) -> Bounds:
    return (interval.low, interval.high) if interval else None
