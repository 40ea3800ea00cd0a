"""Which images of a dataset a queue is made of, and in which order."""

from dataclasses import dataclass

from desra_studio.vocabulary import State


@dataclass(frozen=True, kw_only=True)
class QueueFilter:
    """Which images of a dataset, and in which order.

    Attributes:
        dataset_id: of the dataset.
        order: a key of `ORDERS`.
        states: of the review; all where empty.
        kind: that a region of the current mask was given.
        severity: the least that its most severe region has.
        area_min, area_max: share of the image that is marked, 0..1, both inclusive.
        annotator: who made the current mask.
        assigned_to: who is to label it.
        class_index: of ADE20K, that most of a detected region shows.
    """

    dataset_id: int
    order: str = "name"
    states: tuple[State, ...] = ()
    kind: str | None = None
    severity: int | None = None
    area_min: float | None = None
    area_max: float | None = None
    annotator: str | None = None
    assigned_to: str | None = None
    class_index: int | None = None
