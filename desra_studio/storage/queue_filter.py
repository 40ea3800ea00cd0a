"""Which images of a dataset a queue is made of, and in which order."""

from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from desra_studio.vocabulary import State

Id: TypeAlias = Annotated[int, Field(ge=0, le=2**31 - 1)]
"""What a database can look for; no other number is asked of it."""
ClassIndex: TypeAlias = Annotated[int, Field(ge=0, lt=150)]
"""A class of ADE20K."""
Word: TypeAlias = Annotated[str | None, BeforeValidator(lambda text: text or None)]
"""An empty one does not filter."""


class QueueChoice(BaseModel):
    """Filter and order, by the names that addresses have too; what is absent does not filter.

    Attributes:
        order: a key of `storage.queue.ORDERS`.
        states: of the review; all where empty.
        kind: that a region of the current mask was given.
        severity: the least that its most severe region has.
        area_min, area_max: share of the image that is marked, 0..1, both inclusive.
        annotator: who made the current mask.
        assigned_to: who is to label it.
        class_index: of ADE20K, that most of a detected region shows.
    """

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    order: str = "name"
    states: tuple[State, ...] = Field((), alias="state")
    kind: Word = None
    severity: Id | None = None
    area_min: float | None = None
    area_max: float | None = None
    annotator: Word = None
    assigned_to: Word = Field(None, alias="assigned")
    class_index: ClassIndex | None = Field(None, alias="class")

    def as_values(self) -> dict[str, Any]:
        """Return the values by their names here, for `QueueFilter`."""
        return {name: getattr(self, name) for name in QueueChoice.model_fields}


class QueueFilter(QueueChoice):
    """The same, of a dataset."""

    dataset_id: int
