"""Who is signed in, and what was done by whom."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from desra_studio.storage.base import Base, now


class UserSession(Base):
    """A browser in which a user is signed in; `token` is the SHA-256 of what its cookie carries."""

    __tablename__ = "user_session"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]


class AuditEvent(Base):
    """Something that somebody did, or was refused: rows are added, and never changed.

    `actor` is a name, for it outlives whoever had it; `action` is what the table of routes calls
    it, `target` the address that was asked, and `status` what HTTP answered.
    """

    __tablename__ = "audit_event"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now)
    actor: Mapped[str] = mapped_column(String(100), index=True)
    action: Mapped[str] = mapped_column(String(200))
    target: Mapped[str] = mapped_column(String(500))
    status: Mapped[int]
