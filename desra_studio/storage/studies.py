"""Queries on user studies: what is shown, who votes, and what was voted."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import defer

from desra_studio.storage.database import Session, get_row
from desra_studio.storage.datasets import IS_THERE, get_dataset
from desra_studio.storage.study_tables import RegionVote, Study, StudyItem, Trial, Vote, Voter
from desra_studio.storage.tables import Dataset, Image, Model, Rendition


class VoteRow(NamedTuple):
    """A vote with all that it is about."""

    vote: Vote
    trial: Trial
    item: StudyItem
    voter: Voter
    image: str


def get_study(session: Session, study_id: int) -> Study:
    """Return a study by id; NotFoundError where it or its dataset is not there."""
    study = get_row(session, Study, study_id, "Study")
    get_dataset(session, study.dataset_id)
    return study


def find_study(session: Session, name: str) -> Study | None:
    """Return the study of this name, if there is one."""
    return session.scalar(select(Study).where(Study.name == name))


def list_studies(session: Session, dataset_id: int | None = None) -> list[Study]:
    """Return all studies, or those of a dataset, newest first; none of a dataset in the bin."""
    query = select(Study).join(Dataset, Dataset.id == Study.dataset_id).where(IS_THERE)
    query = query.order_by(Study.id.desc())
    if dataset_id is not None:
        query = query.where(Study.dataset_id == dataset_id)
    return list(session.scalars(query))


def list_systems(session: Session, dataset_id: int) -> list[tuple[Model, int]]:
    """Return the models that made outputs of a dataset's images, and of how many."""
    query = (
        select(Model, func.count())
        .join(Rendition, Rendition.model_id == Model.id)
        .join(Image, Image.id == Rendition.image_id)
        .where(Image.dataset_id == dataset_id)
        .group_by(Model.id)
        .order_by(Model.id)
    )
    return [(model, count) for model, count in session.execute(query)]


def list_outputs(
    session: Session, dataset_id: int, model_ids: Iterable[int]
) -> dict[int, dict[int, str]]:
    """Return blobs of what models made: image id -> model id -> SHA-256."""
    query = (
        select(Rendition.image_id, Rendition.model_id, Rendition.blob_sha)
        .join(Image, Image.id == Rendition.image_id)
        .where(Image.dataset_id == dataset_id, Rendition.model_id.in_(list(model_ids)))
    )
    found: dict[int, dict[int, str]] = {}
    for image_id, model_id, sha in session.execute(query):
        found.setdefault(image_id, {})[model_id] = sha
    return found


def list_items(session: Session, study_id: int) -> list[StudyItem]:
    """Return what a study shows, by number."""
    query = select(StudyItem).where(StudyItem.study_id == study_id).order_by(StudyItem.number)
    return list(session.scalars(query))


def find_voter(session: Session, code: str) -> tuple[Voter, Study] | None:
    """Return the voter of a link's code, with the study."""
    query = select(Voter, Study).join(Study, Study.id == Voter.study_id).where(Voter.code == code)
    found = session.execute(query).first()
    return None if found is None else (found[0], found[1])


def list_voters(session: Session, study_id: int) -> list[Voter]:
    """Return a study's voters in the order they came."""
    query = select(Voter).where(Voter.study_id == study_id).order_by(Voter.place)
    return list(session.scalars(query))


def count_voters(session: Session, study_id: int, since: datetime | None = None) -> int:
    """Count a study's voters, or those who joined by the open link since a moment."""
    query = select(func.count()).select_from(Voter).where(Voter.study_id == study_id)
    if since is not None:
        query = query.where(Voter.is_open, Voter.created_at >= since)
    return session.scalar(query) or 0


def count_open_voters(session: Session, study_id: int) -> int:
    """Count who joined by the open link."""
    query = select(func.count()).where(Voter.study_id == study_id, Voter.is_open)
    return session.scalar(query) or 0


def find_trial(session: Session, code: str) -> Trial | None:
    """Return the trial of a code."""
    return session.scalar(select(Trial).where(Trial.code == code))


def find_shown(session: Session, code: str) -> tuple[Trial, StudyItem, Study] | None:
    """Return the trial of a code with what it shows and its study."""
    query = (
        select(Trial, StudyItem, Study)
        .join(StudyItem, StudyItem.id == Trial.item_id)
        .join(Study, Study.id == StudyItem.study_id)
        .where(Trial.code == code)
        .options(defer(Study.manifest))
    )
    found = session.execute(query).first()
    return None if found is None else (found[0], found[1], found[2])


def find_vote(session: Session, trial_id: int) -> Vote | None:
    """Return the answer to a trial, if it was given."""
    return session.scalar(select(Vote).where(Vote.trial_id == trial_id))


def find_answer(session: Session, study_id: int, trial_id: int) -> tuple[str, str | None]:
    """Return the state of a study, and what was answered to a trial, if it was."""
    query = (
        select(Study.state, Vote.answer)
        .select_from(Study)
        .outerjoin(Vote, Vote.trial_id == trial_id)
        .where(Study.id == study_id)
    )
    state, answer = session.execute(query).one()
    return state, answer


def list_waiting(session: Session, voter_id: int, most: int) -> list[tuple[Trial, StudyItem]]:
    """Return the first trials of a voter that have no answer, in order."""
    query = (
        select(Trial, StudyItem)
        .join(StudyItem, StudyItem.id == Trial.item_id)
        .outerjoin(Vote, Vote.trial_id == Trial.id)
        .where(Trial.voter_id == voter_id, Vote.id.is_(None))
        .order_by(Trial.position)
        .limit(most)
    )
    return [(trial, item) for trial, item in session.execute(query)]


def count_trials(session: Session, voter_id: int) -> tuple[int, int]:
    """Return how many trials a voter answered, and how many there are."""
    query = (
        select(func.count(Vote.id), func.count(Trial.id))
        .select_from(Trial)
        .outerjoin(Vote, Vote.trial_id == Trial.id)
        .where(Trial.voter_id == voter_id)
    )
    done, total = session.execute(query).one()
    return int(done), int(total)


def count_voter_trials(session: Session, study_id: int) -> dict[int, tuple[int, int]]:
    """Return, by voter id, how many trials were answered, and how many there are."""
    query = (
        select(Trial.voter_id, func.count(Vote.id), func.count(Trial.id))
        .join(Voter, Voter.id == Trial.voter_id)
        .outerjoin(Vote, Vote.trial_id == Trial.id)
        .where(Voter.study_id == study_id)
        .group_by(Trial.voter_id)
    )
    return {voter: (int(done), int(total)) for voter, done, total in session.execute(query)}


def count_votes(session: Session, study_id: int) -> dict[tuple[int, int], int]:
    """Count the votes that count, by number of the item and question."""
    query = (
        select(StudyItem.number, Trial.question, func.count())
        .select_from(Trial)
        .join(StudyItem, StudyItem.id == Trial.item_id)
        .join(Vote, Vote.trial_id == Trial.id)
        .where(StudyItem.study_id == study_id, Trial.role == "vote")
        .group_by(StudyItem.number, Trial.question)
    )
    return {(number, question): count for number, question, count in session.execute(query)}


def count_sides(
    session: Session, study_id: int, since: datetime
) -> dict[tuple[int, int], tuple[int, int]]:
    """Count votes that there are or will be soon, by item and question: (plain, swapped).

    Args:
        session: of the database.
        study_id: of the study.
        since: trials that have no answer count if their voter began after this moment.
    """
    query = (
        select(StudyItem.number, Trial.question, Trial.swapped, func.count())
        .select_from(Trial)
        .join(StudyItem, StudyItem.id == Trial.item_id)
        .join(Voter, Voter.id == Trial.voter_id)
        .outerjoin(Vote, Vote.trial_id == Trial.id)
        .where(
            StudyItem.study_id == study_id,
            Trial.role == "vote",
            Vote.id.is_not(None) | (Voter.consent_at >= since),
        )
        .group_by(StudyItem.number, Trial.question, Trial.swapped)
    )
    found: dict[tuple[int, int], tuple[int, int]] = {}
    for number, question, swapped, count in session.execute(query):
        plain, other = found.get((number, question), (0, 0))
        found[number, question] = (plain, other + count) if swapped else (plain + count, other)
    return found


def list_votes(session: Session, study_id: int) -> list[VoteRow]:
    """Return all votes of a study, checks and training too, in the order they were cast."""
    query = (
        select(Vote, Trial, StudyItem, Voter, Image.name)
        .join(Trial, Trial.id == Vote.trial_id)
        .join(StudyItem, StudyItem.id == Trial.item_id)
        .join(Voter, Voter.id == Trial.voter_id)
        .join(Image, Image.id == StudyItem.image_id)
        .where(StudyItem.study_id == study_id)
        .order_by(Vote.id)
    )
    return [VoteRow(*row) for row in session.execute(query)]


def put_region_vote(
    session: Session, study_id: int, region_id: int, votes: int, noticed: int
) -> None:
    """Keep what a study found of a region, in place of what it had found before."""
    row = session.get(RegionVote, (study_id, region_id))
    if row is None:
        row = RegionVote(study_id=study_id, region_id=region_id)
        session.add(row)
    row.votes, row.noticed = votes, noticed
    session.flush()


def sum_region_votes(session: Session, region_id: int) -> tuple[int, int]:
    """Return the votes on a region of all studies, and how many of them noticed an artifact."""
    query = select(func.sum(RegionVote.votes), func.sum(RegionVote.noticed)).where(
        RegionVote.region_id == region_id
    )
    votes, noticed = session.execute(query).one()
    return int(votes or 0), int(noticed or 0)
