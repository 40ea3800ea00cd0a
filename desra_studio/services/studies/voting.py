"""Voting: what one voter is shown, and the answers, each of which counts once.

Nothing here tells a voter what made a picture: trials are known by opaque codes alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from desra_studio.errors import NotFoundError, VoteError
from desra_studio.services.studies.lifecycle import close_if_done
from desra_studio.services.studies.links import (
    check_open,
    find_open_study,
    find_voter,
    is_open_link,
)
from desra_studio.services.studies.manifests import read_manifest
from desra_studio.services.studies.signing import make_nonce, read_nonce
from desra_studio.services.studies.trials import NextTrial, list_blobs, plan_session, tell_next
from desra_studio.services.studio import Studio
from desra_studio.storage import studies
from desra_studio.storage.base import now
from desra_studio.storage.database import Session
from desra_studio.storage.dataset_bin import is_in_bin
from desra_studio.storage.study_tables import Study, StudyItem, Trial, Vote, Voter
from desra_studio.study.order import CHOICE

DISPLAY_LIMITS = {"zoom": 100.0, "ratio": 100.0, "width": 1e5, "height": 1e5}


@dataclass(frozen=True, kw_only=True)
class VotingSession:
    """What a voter is told before and while voting.

    Attributes:
        title, kind, consent, questions, min_seconds, show_lr: of the study, as `StudyOrder` has
            them.
        state: join, consent, running, done or closed.
        trials: how many the voter has, 0 before they agreed.
        done: how many of them are answered.
    """

    title: str
    kind: str
    consent: str
    questions: list[str]
    min_seconds: float
    show_lr: bool
    state: str
    trials: int
    done: int


@dataclass(frozen=True)
class ShownMark:
    """Proof that the pictures of a trial are loaded.

    Attributes:
        nonce: to send with the answer.
        wait: seconds before which no answer is taken.
    """

    nonce: str
    wait: float


@dataclass(frozen=True)
class Feedback:
    """What a voter is told after training: whether the answer was right, and a sentence."""

    right: bool
    text: str


@dataclass(frozen=True)
class VoteOutcome:
    """What comes of an answer.

    Attributes:
        feedback: after training, else None.
        next: the trial that comes now.
    """

    feedback: Feedback | None
    next: NextTrial


def describe_session(studio: Studio, link: str) -> VotingSession:
    """Return what a voter is told before and while voting.

    Raises:
        VoteError: the link is forged or has expired.
    """
    with studio.database.read() as session:
        voter = None
        if is_open_link(link):
            study = find_open_study(session, link)
        else:
            voter, study = find_voter(session, link)
        done, trials = studies.count_trials(session, voter.id) if voter else (0, 0)
        manifest = read_manifest(study)
        return VotingSession(
            title=manifest.title,
            kind=manifest.kind,
            consent=manifest.consent,
            questions=manifest.questions,
            min_seconds=manifest.min_seconds,
            show_lr=manifest.show_lr,
            state=_tell_state(session, study, voter, done, trials),
            trials=trials,
            done=done,
        )


def begin_session(studio: Studio, link: str, display: Mapping[str, object]) -> NextTrial:
    """Keep that a voter agreed, and what they look at; plan their trials, the first time.

    Args:
        studio: the installation.
        link: personal.
        display: {"zoom", "ratio", "width", "height"}: numbers; anything else is left out.

    Returns:
        The first trial.

    Raises:
        VoteError: the link is forged or has expired, or the study is not open or has all votes.
    """
    with studio.database.write() as session:
        voter, study = find_voter(session, link)
        check_open(session, study)
        voter.display = _keep_display(display)
        if voter.consent_at is None:
            voter.consent_at = now()
            plan_session(session, study, voter)
        return tell_next(session, study, voter)


def find_next(studio: Studio, link: str) -> NextTrial:
    """Return the first trial that a voter has not answered.

    Raises:
        VoteError: the link is forged or has expired, or the study is not open.
    """
    with studio.database.read() as session:
        voter, study = find_voter(session, link)
        check_open(session, study)
        return tell_next(session, study, voter)


def mark_shown(studio: Studio, link: str, code: str) -> ShownMark:
    """Tell that all pictures of a trial are loaded; only from now on can it be voted on.

    A page that is loaded again begins anew: the minimum time counts from then on.

    Raises:
        VoteError: see `cast_vote`, and already, where the trial was answered.
    """
    with studio.database.read() as session:
        voter, study = find_voter(session, link)
        check_open(session, study)
        trial = _get_trial(session, voter, code)
        if studies.find_vote(session, trial.id):
            raise _refuse_again()
    return ShownMark(make_nonce(study, trial, now()), read_manifest(study).min_seconds)


def cast_vote(studio: Studio, link: str, code: str, answer: str, nonce: str) -> VoteOutcome:
    """Take an answer, once; the same answer sent again is answered in the same way.

    Raises:
        VoteError: forged or expired link, a study that is not open, a trial of somebody else or
            none at all, an answer that the trial does not have, one before the pictures were
            loaded or the minimum time had passed, or a second, different one.
    """
    with studio.database.read() as session:
        voter, study = find_voter(session, link)
        check_open(session, study)
        trial = _get_trial(session, voter, code)
        known = studies.find_vote(session, trial.id)
        outcome = _tell_outcome(session, study, voter, trial, answer)
    vote = _make_vote(study, trial, answer, nonce, now(), is_known=known is not None)
    # Only what has to be is done while others wait: fifty may vote at this moment.
    with studio.database.write() as session:
        state, given = studies.find_answer(session, study.id, trial.id)
        if given is None:
            study.state = state
            check_open(session, study)
            session.add(vote)
        elif given != answer:
            raise _refuse_again()
    if outcome.next.trial is None and voter.finished_at is None:
        _finish(studio, voter)
    return outcome


def load_picture(studio: Studio, code: str, side: str) -> bytes:
    """Return the PNG that stands on one side of a trial.

    Args:
        studio: the installation.
        code: of the trial.
        side: left, right, only or lr.

    Raises:
        VoteError: no such trial or picture, a study that is not open, or a file that is missing.
    """
    with studio.database.read() as session:
        found = studies.find_shown(session, code)
        if found is None:
            raise VoteError("missing", "There is no such picture.")
        trial, item, study = found
        check_open(session, study)
    sha = list_blobs(trial, item).get(side)
    if sha is None:
        raise VoteError("missing", "There is no such picture.")
    try:
        return studio.blobs.get(sha)
    except NotFoundError as error:
        raise VoteError(
            "missing",
            "A picture of this study is missing or damaged, so that you cannot vote on it. Please "
            "tell who sent you the link; the votes that you gave are kept.",
        ) from error


def _tell_outcome(
    session: Session, study: Study, voter: Voter, trial: Trial, answer: str
) -> VoteOutcome:
    """Return what a voter is told once an answer has been kept."""
    feedback = None
    if trial.role == "training":
        better = session.get_one(StudyItem, trial.item_id).better or ""
        right = _read_choice(study, trial, answer) == better
        opening = "Right" if right else "Not quite"
        feedback = Feedback(right, f"{opening}: {_explain(better, trial.swapped)}")
    return VoteOutcome(feedback, tell_next(session, study, voter, after=trial))


def _finish(studio: Studio, voter: Voter) -> None:
    """Note that a voter has answered everything; the study closes if it was the last one."""
    with studio.database.write() as session:
        session.get_one(Voter, voter.id).finished_at = now()
        close_if_done(session, session.get_one(Study, voter.study_id))


def _explain(better: str, swapped: bool) -> str:
    if better in ("a", "b"):
        return f"picture {2 if (better == 'a') == swapped else 1} is the better one here."
    return f"there is {'an' if better == 'yes' else 'no'} artifact in the outline."


def _tell_state(session: Session, study: Study, voter: Voter | None, done: int, trials: int) -> str:
    if voter is not None and voter.consent_at is not None and done >= trials:
        return "done"
    if study.state != "open" or is_in_bin(session, study.dataset_id):
        return "closed"
    if voter is None:
        return "join"
    return "running" if voter.consent_at else "consent"


def _keep_display(display: Mapping[str, object]) -> dict[str, float]:
    return {
        name: float(value)
        for name, most in DISPLAY_LIMITS.items()
        if isinstance(value := display.get(name), (int, float)) and 0 < value <= most
    }


def _get_trial(session: Session, voter: Voter, code: str) -> Trial:
    trial = studies.find_trial(session, code)
    if trial is None or trial.voter_id != voter.id:
        raise VoteError("not_yours", "This is not one of your pictures. Load the page again.")
    return trial


def _read_choice(study: Study, trial: Trial, answer: str) -> str:
    """Return what an answer means: a, b, unsure, yes or no."""
    allowed = ("left", "right", "unsure") if study.kind == CHOICE else ("yes", "no", "unsure")
    if answer not in allowed:
        raise VoteError("missing", f"The answer must be one of {', '.join(allowed)}.")
    if answer in ("left", "right"):
        return "b" if (answer == "left") == trial.swapped else "a"
    return answer


def _make_vote(
    study: Study, trial: Trial, answer: str, nonce: str, moment: datetime, *, is_known: bool
) -> Vote:
    """Return the vote that an answer is; one that was given already has no time to keep."""
    choice = _read_choice(study, trial, answer)
    shown_at = read_nonce(study, trial, nonce)
    if shown_at is None:
        if is_known:
            raise _refuse_again()
        raise VoteError("too_soon", "Wait until the pictures are loaded.")
    # Where the clock went back, who looked an hour ahead of now would wait for an hour.
    wait = read_manifest(study).min_seconds - max(0.0, (moment - shown_at).total_seconds())
    if wait > 0 and not is_known:
        raise VoteError("too_soon", "Look at the pictures a little longer first.", wait)
    seconds = max(0.0, (moment - shown_at).total_seconds())
    return Vote(trial_id=trial.id, answer=answer, choice=choice, seconds=seconds, created_at=moment)


def _refuse_again() -> VoteError:
    return VoteError("already", "This vote was given already. It counts once, as it was given.")
