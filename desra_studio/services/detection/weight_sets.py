"""Class weights by name: the released table, none, or those that a team calibrated."""

import numpy as np
from numpy.typing import NDArray

from desra_studio.detection.class_weights import (
    compute_class_weights,
    load_released_intervals,
)
from desra_studio.errors import InputError
from desra_studio.services.checks import check_name
from desra_studio.services.studio import Studio
from desra_studio.storage import weight_sets

RELEASED = "released"
NONE = "none"
BUILT_IN = {
    RELEASED: "DeSRA's released table",
    NONE: "all weights 1",
}


def list_weight_names(studio: Studio) -> list[str]:
    """Return the names that a detector can be given: the built-in ones, then the newest first."""
    with studio.database.read() as session:
        return [*BUILT_IN, *(found.name for found in weight_sets.list_weight_sets(session))]


def load_weights(studio: Studio, name: str) -> NDArray[np.float32] | None:
    """Return the weights A of a set, (150,) float32 >= 1; None where all are 1.

    Raises:
        NotFoundError: no set of this name; lists those there are.
    """
    if name == NONE:
        return None
    if name == RELEASED:
        return compute_class_weights(load_released_intervals())
    with studio.database.read() as session:
        found = weight_sets.require_weight_set(session, name, tuple(BUILT_IN))
    intervals = [row["interval"] for row in found.classes]
    return compute_class_weights(np.array(intervals, np.int64))


def check_new_name(studio: Studio, name: str) -> str:
    """Return a name for a new weight set, having seen that it can be used.

    Raises:
        InputError: empty, too long, or taken.
    """
    name = check_name(name, "The weight set's name", 100)
    if name in list_weight_names(studio):
        raise InputError(
            f"A weight set named {name!r} exists already, and masks may depend on it. "
            "Choose another name."
        )
    return name
