"""Words that every part of the studio shares, and that files and databases keep as text."""

import enum


class ModelRole(enum.StrEnum):
    """What a model is for."""

    GAN = "gan"
    MSE = "mse"
    DISCRIMINATOR = "discriminator"


class ReferenceKind(enum.StrEnum):
    """What GAN-SR is compared with."""

    MSE = "mse"
    """The output of the same model trained on MSE alone."""
    LR = "lr"
    """The LR image, enlarged."""
    OTHER = "other"
    """The output of another model."""
    HR = "hr"
    """The ground truth."""


class Origin(enum.StrEnum):
    """Where the pixels of a mask revision come from."""

    DETECTED = "detected"
    MANUAL = "manual"
    IMPORTED = "imported"
    CONSENSUS = "consensus"


class MadeBy(enum.StrEnum):
    """How a label was made: what its author had seen of the detector, or whose it is."""

    BLIND = "blind"
    """Drawn before anything of the detector was shown."""
    CORRECTED = "corrected"
    """Drawn with the detector's mask in sight."""
    DETECTED = "detected"
    """The detector's own mask, saved as it was."""
    IMPORTED = "imported"
    CONSENSUS = "consensus"


class State(enum.StrEnum):
    """How far the review of an image is."""

    UNREVIEWED = "unreviewed"
    IN_PROGRESS = "in progress"
    ACCEPTED = "accepted"
    CLEAN = "clean"
    SKIPPED = "skipped"


LABELLED = (State.ACCEPTED, State.CLEAN)
"""States in which the current mask revision is a manual label."""


class Role(enum.StrEnum):
    """What somebody may do: all that those listed before may, and more."""

    REVIEWER = "reviewer"
    CURATOR = "curator"
    ADMIN = "admin"

    def covers(self, needed: "Role") -> bool:
        """Tell whether this one may do what takes the role `needed`."""
        order = list(Role)
        return order.index(self) >= order.index(needed)


class RunStatus(enum.StrEnum):
    """Life of a job."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


ACTIVE = (RunStatus.QUEUED, RunStatus.RUNNING)
"""States of a job that is not over."""
