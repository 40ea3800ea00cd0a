"""What opens a vote: when the pictures of a trial were loaded, signed with the study's key.

The page carries it, so that nothing has to be written before there is an answer.
"""

import hashlib
import hmac
from datetime import UTC, datetime

from desra_studio.storage.study_tables import Study, Trial

SIGNATURE_LETTERS = 24
MAX_DIGITS = 15
"""Of milliseconds since 1970: more than there will be."""


def make_nonce(study: Study, trial: Trial, shown_at: datetime) -> str:
    """Return the nonce of a trial whose pictures are loaded at a moment."""
    return _sign(study, trial, round(shown_at.timestamp() * 1000))


def read_nonce(study: Study, trial: Trial, nonce: str) -> datetime | None:
    """Return when the pictures of a trial were loaded; None where the nonce is of another one."""
    number = nonce.partition(".")[0]
    if not (nonce.isascii() and number.isdecimal() and len(number) <= MAX_DIGITS):
        return None
    if not hmac.compare_digest(_sign(study, trial, int(number)), nonce):
        return None
    return datetime.fromtimestamp(int(number) / 1000, UTC)


def _sign(study: Study, trial: Trial, milliseconds: int) -> str:
    text = f"{trial.code}.{milliseconds}"
    digest = hmac.new(bytes.fromhex(study.key), text.encode(), hashlib.sha256).hexdigest()
    return f"{milliseconds}.{digest[:SIGNATURE_LETTERS]}"
