"""The trials of a voter: planned once, and told without a word of what made the pictures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from desra_studio.errors import VoteError
from desra_studio.services.studies.links import make_code
from desra_studio.services.studies.manifests import COUNTED, read_manifest, read_rules
from desra_studio.services.studies.windows import read_outline
from desra_studio.storage import studies
from desra_studio.storage.base import now
from desra_studio.storage.database import Session
from desra_studio.storage.study_tables import Study, StudyItem, Trial, Voter
from desra_studio.study.design import Plan, Pool, plan_trials
from desra_studio.study.order import CHOICE

PENDING_HOURS = 24
"""How long trials of somebody who began, and has not answered, are kept for them."""
AHEAD = 2
"""Trials after the next one whose pictures a page may fetch already."""
_KINDS = (*COUNTED, "training", "gold", "identical", "decoy")


@dataclass(frozen=True)
class Picture:
    """A picture of a trial: the side that it stands on (left, right or only), and its address."""

    side: str
    url: str


@dataclass(frozen=True, kw_only=True)
class ShownTrial:
    """A trial as a voter sees it.

    Attributes:
        code: opaque, to answer it by.
        training: whether feedback follows.
        question: in words.
        images: the pictures to judge.
        lr: address of the LR picture, None where it is not shown.
        width, height: of each picture, in px.
        outline: [[x, y], ...] in px of the picture; None where the question is about all of it.
    """

    code: str
    training: bool
    question: str
    images: list[Picture]
    lr: str | None
    width: int
    height: int
    outline: list[list[int]] | None


@dataclass(frozen=True, kw_only=True)
class NextTrial:
    """The first trial that a voter has not answered.

    Attributes:
        trial: None where all are answered.
        ahead: addresses of pictures that come after, which a page may fetch already.
        done, total: trials that are answered, and all of the voter's.
    """

    trial: ShownTrial | None
    ahead: list[str]
    done: int
    total: int


def plan_session(session: Session, study: Study, voter: Voter) -> None:
    """Lay down what a voter is going to see; VoteError where nothing is left to vote on."""
    manifest = read_manifest(study)
    items = studies.list_items(session, study.id)
    numbers = {kind: [one.number for one in items if one.kind == kind] for kind in _KINDS}
    is_choice = study.kind == CHOICE
    blank = "identical" if is_choice else "decoy"
    pool = Pool(
        votes=tuple(number for kind in COUNTED for number in numbers[kind]),
        training=tuple(numbers["training"]),
        gold=tuple(numbers["gold"]),
        blank=tuple(numbers[blank]),
        blank_role=blank,
    )
    plan = Plan(
        questions=len(manifest.questions),
        trials=manifest.trials_per_voter,
        check_share=manifest.check_share,
        votes_per_item=manifest.votes_per_pair,
        seed=manifest.seed,
        least_gold=read_rules(study).min_gold,
    )
    since = now() - timedelta(hours=PENDING_HOURS)
    counts = studies.count_sides(session, study.id, since)
    planned = plan_trials(pool, plan, voter.place, counts)
    if not planned:
        raise VoteError(
            "closed", "The study is complete: enough people have voted on every picture."
        )
    ids = {item.number: item.id for item in items}
    trials: list[Trial] = []
    for position, one in enumerate(planned):
        trial = Trial(
            voter_id=voter.id,
            item_id=ids[one.item],
            question=one.question,
            position=position,
            role=one.role,
            swapped=one.swapped and is_choice,
            repeat_of_id=None if one.repeat_of is None else trials[one.repeat_of].id,
            code=make_code(),
        )
        session.add(trial)
        if any(later.repeat_of == position for later in planned):
            session.flush()
        trials.append(trial)
    session.flush()


def tell_next(
    session: Session, study: Study, voter: Voter, after: Trial | None = None
) -> NextTrial:
    """Return the first trial that a voter has not answered.

    Args:
        session: of the database.
        study: that is voted in.
        voter: who votes.
        after: a trial that counts as answered, whether it is already or not yet.
    """
    waiting = studies.list_waiting(session, voter.id, 2 + AHEAD)
    done, total = studies.count_trials(session, voter.id)
    if after is not None:
        left = [row for row in waiting if row[0].id != after.id]
        done += len(waiting) - len(left)
        waiting = left
    return NextTrial(
        trial=_tell_trial(study, *waiting[0]) if waiting else None,
        ahead=[one.url for row in waiting[1 : 1 + AHEAD] for one in _list_pictures(*row)],
        done=done,
        total=total,
    )


def _tell_trial(study: Study, trial: Trial, item: StudyItem) -> ShownTrial:
    outline = read_outline(item) if study.kind != CHOICE else None
    return ShownTrial(
        code=trial.code,
        training=trial.role == "training",
        question=read_manifest(study).questions[trial.question],
        images=_list_pictures(trial, item),
        lr=f"/vote/image/{trial.code}/lr.png" if item.blob_lr else None,
        width=item.width,
        height=item.height,
        outline=outline.points if outline else None,
    )


def _list_pictures(trial: Trial, item: StudyItem) -> list[Picture]:
    return [
        Picture(side, f"/vote/image/{trial.code}/{side}.png")
        for side in list_blobs(trial, item)
        if side != "lr"
    ]


def list_blobs(trial: Trial, item: StudyItem) -> dict[str, str]:
    """Return the pictures of a trial by side."""
    lr = {"lr": item.blob_lr} if item.blob_lr else {}
    if item.blob_b is None:
        return {"only": item.blob_a} | lr
    pair: Sequence[str] = (item.blob_a, item.blob_b)
    left, right = reversed(pair) if trial.swapped else pair
    return {"left": left, "right": right} | lr
