"""The links that people vote by: signed with the study's key, so that none can be guessed."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import timedelta

from desra_studio.errors import InputError, VoteError
from desra_studio.services.checks import check_name
from desra_studio.services.studies.manifests import read_manifest
from desra_studio.services.studio import Studio
from desra_studio.storage import studies
from desra_studio.storage.base import now
from desra_studio.storage.database import MAX_ID, Session
from desra_studio.storage.dataset_bin import is_in_bin
from desra_studio.storage.study_tables import Study, Voter

OPEN_PREFIX = "open-"
SIGNATURE_LETTERS = 24
CODE_BYTES = 9
JOINS_PER_HOUR = 60
"""By the open link of one study: more than a class of students, fewer than a script."""
MAX_LABELS = 500
MAX_LABEL = 100
MAX_DAYS = 3650


def make_code() -> str:
    """Return an opaque code for a voter or a trial: 72 random bits."""
    return secrets.token_urlsafe(CODE_BYTES).replace("-", "x")


def make_key() -> str:
    """Return a new study's key, 256 random bits in hex."""
    return secrets.token_hex(32)


def sign_link(study: Study, code: str) -> str:
    """Return the link of a voter's code, or of `open-ID`: the code and its signature."""
    digest = hmac.new(bytes.fromhex(study.key), code.encode(), hashlib.sha256).hexdigest()
    return f"{code}.{digest[:SIGNATURE_LETTERS]}"


def make_open_link(study: Study) -> str:
    """Return the link by which anybody can join a study."""
    return sign_link(study, f"{OPEN_PREFIX}{study.id}")


def make_links(
    studio: Studio, study_id: int, labels: Sequence[str], days: int | None = None
) -> list[str]:
    """Make personal links, and return them in the order of the labels.

    Args:
        studio: the installation.
        study_id: of the study.
        labels: what the team calls the voters; never sent to them.
        days: until the links expire; None for never.

    Raises:
        InputError: no label, too many, one that is no name, or a study that is closed.
        NotFoundError: no such study.
    """
    names = [check_name(label, "A voter's name", MAX_LABEL) for label in labels if label.strip()]
    if not 1 <= len(names) <= MAX_LABELS:
        raise InputError(f"Name 1 to {MAX_LABELS} voters, got {len(names)}.")
    if days is not None and not 1 <= days <= MAX_DAYS:
        raise InputError(f"Links can be valid for 1 to {MAX_DAYS} days, got {days}.")
    expires = None if days is None else now() + timedelta(days=days)
    with studio.database.write() as session:
        study = studies.get_study(session, study_id)
        if study.state == "closed":
            raise InputError(f"{study.name} is closed: nobody can vote in it any more.")
        made = [add_voter(session, study, name, is_open=False) for name in names]
        for voter in made:
            voter.expires_at = expires
        return [sign_link(study, voter.code) for voter in made]


def join_study(studio: Studio, link: str) -> str:
    """Add who comes by the open link, and return their own link.

    Raises:
        VoteError: a forged link, a study that is not open, or too many who joined.
    """
    with studio.database.write() as session:
        study = find_open_study(session, link)
        check_open(session, study)
        recent = studies.count_voters(session, study.id, since=now() - timedelta(hours=1))
        if recent >= JOINS_PER_HOUR:
            raise VoteError("too_many", "Many people have just joined. Try again in an hour.", 3600)
        if studies.count_open_voters(session, study.id) >= read_manifest(study).max_voters:
            raise VoteError("too_many", "Enough people take part already. Thank you for coming.")
        return sign_link(study, add_voter(session, study, "", is_open=True).code)


def add_voter(session: Session, study: Study, label: str, *, is_open: bool) -> Voter:
    """Add a voter in the next place."""
    place = studies.count_voters(session, study.id)
    voter = Voter(study_id=study.id, place=place, code=make_code(), label=label, is_open=is_open)
    session.add(voter)
    session.flush()
    return voter


def is_open_link(link: str) -> bool:
    """Tell whether a link is one by which anybody can join."""
    return link.startswith(OPEN_PREFIX)


def find_open_study(session: Session, link: str) -> Study:
    """Return the study of an open link; VoteError where it is forged."""
    number = link.removeprefix(OPEN_PREFIX).partition(".")[0]
    known = link.isascii() and number.isdecimal() and len(number) < 11 and int(number) <= MAX_ID
    study = session.get(Study, int(number)) if known else None
    if study is None or not hmac.compare_digest(make_open_link(study), link):
        raise _refuse_forged()
    return study


def find_voter(session: Session, link: str) -> tuple[Voter, Study]:
    """Return whose personal link this is.

    Raises:
        VoteError: the link is forged, or has expired.
    """
    found = studies.find_voter(session, link.partition(".")[0]) if link.isascii() else None
    if found is None:
        raise _refuse_forged()
    voter, study = found
    if not hmac.compare_digest(sign_link(study, voter.code), link):
        raise _refuse_forged()
    if voter.expires_at is not None and voter.expires_at <= now():
        raise VoteError(
            "expired",
            f"This link was valid until {voter.expires_at:%d %B %Y}. Ask for a new one; the votes "
            "that you gave are kept.",
        )
    return voter, study


def check_open(session: Session, study: Study) -> None:
    """Raise VoteError unless a study can be voted in."""
    if is_in_bin(session, study.dataset_id):
        raise VoteError("closed", "This study is not open just now. Your votes until now are kept.")
    if study.state == "draft":
        raise VoteError("closed", "This study has not begun yet. Come back later.")
    if study.state != "open":
        raise VoteError("closed", "The study is complete. Your votes until now count.")


def _refuse_forged() -> VoteError:
    return VoteError(
        "forged", "This link is not valid. Check that it was copied whole, or ask for a new one."
    )
