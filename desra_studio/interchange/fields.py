"""Values of files that other programs wrote: each is what it should be, or is refused with it."""

import json
import math
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from desra_studio.errors import InputError

JsonObject: TypeAlias = dict[str, object]

MAX_WHOLE = 2**53
"""Above it JSON's numbers, which are floats to most programs, are not whole any more."""


def parse_json(data: bytes, name: str) -> object:
    """Return what a JSON file holds.

    Raises:
        InputError: no JSON, cut off, or nested deeper than any label is.
    """
    try:
        value: object = json.loads(data)
    except (ValueError, RecursionError) as error:
        reason = "too deeply nested" if isinstance(error, RecursionError) else str(error)
        raise InputError(f"{name}: not readable as JSON ({reason}).") from error
    return value


def quote(value: object) -> str:
    """Return a value for a message, shortened."""
    text = ascii(value) if not isinstance(value, (dict, list)) else type(value).__name__
    return text if len(text) <= 60 else f"{text[:57]}..."


def read_object(value: object, what: str) -> JsonObject:
    """Return a JSON object; InputError where the value is something else."""
    if not isinstance(value, dict):
        raise InputError(f"{what} must be an object, got {quote(value)}.")
    return value


def read_list(value: object, what: str) -> list[object]:
    """Return a JSON array; InputError where the value is something else."""
    if not isinstance(value, list):
        raise InputError(f"{what} must be a list, got {quote(value)}.")
    return value


def read_text(value: object, what: str) -> str:
    """Return a text that is not empty; InputError where the value is something else."""
    if not isinstance(value, str) or not value:
        raise InputError(f"{what} must be a text, got {quote(value)}.")
    return value


def read_number(value: object, what: str) -> float:
    """Return a finite number; InputError where the value is something else."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InputError(f"{what} must be a number, got {quote(value)}.")
    if abs(value) > MAX_WHOLE or not math.isfinite(value):
        raise InputError(f"{what} must be a number up to {MAX_WHOLE}, got {quote(value)}.")
    return float(value)


def read_whole(value: object, what: str) -> int:
    """Return a whole number, which may be written as 640.0; InputError for anything else."""
    number = read_number(value, what)
    if not number.is_integer():
        raise InputError(f"{what} must be a whole number, got {quote(value)}.")
    return int(number)


def read_numbers(value: object, what: str) -> NDArray[np.float64]:
    """Return a list of finite numbers, (N,); InputError where the value is something else."""
    return np.array([read_number(item, what) for item in read_list(value, what)], np.float64)


def read_counts(value: object, what: str) -> NDArray[np.int64]:
    """Return a list of whole numbers from 0, (N,); InputError where the value is something else."""
    numbers = read_numbers(value, what)
    if numbers.size and (numbers.min() < 0 or not np.array_equal(numbers, np.trunc(numbers))):
        raise InputError(f"{what} must be whole numbers from 0.")
    return numbers.astype(np.int64)


def read_points(value: object, what: str) -> NDArray[np.float64]:
    """Return a list of [x, y], (N, 2); InputError where the value is something else."""
    points = [read_numbers(item, what) for item in read_list(value, what)]
    for point in points:
        if point.size != 2:
            raise InputError(f"{what} must be [x, y] each, got one of {point.size} numbers.")
    return np.array(points, np.float64).reshape(-1, 2)
