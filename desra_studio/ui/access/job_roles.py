"""Who may cancel a job: who may start one of its kind."""

from desra_studio.errors import ForbiddenError
from desra_studio.services.accounts.sessions import Account
from desra_studio.ui.access.table import JOBS
from desra_studio.vocabulary import Role


def check_may_cancel(account: Account, kind: str) -> None:
    """Raise ForbiddenError where somebody may not cancel a job of this kind."""
    needed = JOBS.get(kind, Role.CURATOR)
    if not account.role.covers(needed):
        raise ForbiddenError(
            f"A job of this kind ({kind}) is cancelled by a {needed} or above, and you are a "
            f"{account.role}. Ask one."
        )
