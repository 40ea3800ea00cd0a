"""The errors a user may see: each says what was wrong, with the value, and what to do next."""

from datetime import datetime


class StudioError(Exception):
    """Base of everything that is told to the user in one line instead of a traceback."""


class InputError(StudioError):
    """A file, folder or argument that cannot be used as it is."""


class SuffixError(InputError):
    """Names that would match without an ending that a program appended: somebody is to decide.

    Attributes:
        suffix: the ending.
        pairs: how many names it is of.
        examples: some of them, in words.
    """

    def __init__(self, suffix: str, pairs: int, examples: str) -> None:
        super().__init__(
            f"Names do not match; without {suffix} these would: {examples}. Say whether they "
            "belong together."
        )
        self.suffix, self.pairs, self.examples = suffix, pairs, examples


class MissingReferenceError(InputError):
    """GAN-SR without MSE-SR, and with something else to compare it with: somebody is to decide.

    Attributes:
        references: what there is, as `references.parse_reference` reads it -> what people call it.
    """

    def __init__(self, message: str, references: dict[str, str]) -> None:
        super().__init__(message)
        self.references = references


class NotFoundError(StudioError):
    """Something named by the user does not exist (any more)."""


class ForbiddenError(StudioError):
    """Whoever is signed in may not do this; says what it takes."""


class DamagedError(NotFoundError):
    """What lies under a name is not what was stored there: that does not exist any more."""


class StaleRevisionError(StudioError):
    """An edit started from a revision that is no longer the current one.

    Attributes:
        version: the version number an edit has to carry now.
        kept: number of the revision under which a stale mask was kept all the same, if one was.
    """

    def __init__(self, current: int, version: int, kept: int | None = None) -> None:
        what = f"saved revision {current}" if current else "judged this image"
        kept_as = f" Your mask is kept as revision {kept}, beside theirs." if kept else ""
        super().__init__(f"Somebody {what} meanwhile.{kept_as}")
        self.version, self.kept = version, kept


class ClaimedError(StudioError):
    """Somebody else works on an image.

    Attributes:
        claimed_by: who.
        until: when the claim ends, unless it is renewed; aware.
    """

    def __init__(self, name: str, claimed_by: str, until: datetime) -> None:
        super().__init__(
            f"{claimed_by} works on {name} until {until:%H:%M} UTC. Take the next image, or take "
            "this one over."
        )
        self.claimed_by, self.until = claimed_by, until


class VoteError(StudioError):
    """Something that a voter is told: nothing of the study itself is in it.

    Attributes:
        code: forged, expired, closed, not_yours, already, too_soon, too_many or missing.
        wait: seconds after which the same may be tried again, where that helps.
    """

    def __init__(self, code: str, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.code, self.wait = code, wait


class SchemaError(StudioError):
    """The database is not of the schema this version works with."""


class ModelError(StudioError):
    """A weight file that cannot be loaded, or does not fit the images."""


class CancelledError(StudioError):
    """A job was told to stop."""
