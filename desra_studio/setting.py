"""A setting is declared once: a field of a frozen dataclass, with what it is and its limits.

    batch: Annotated[int, Setting("Crops at once, on each device", least=1)] = 4

From that the class checks its values, commands make their options, and pages their fields.
"""

import math
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from functools import cache
from typing import (
    Annotated,
    Any,
    ClassVar,
    Literal,
    Protocol,
    TypeVar,
    get_args,
    get_origin,
    get_type_hints,
)

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from desra_studio.errors import InputError


@dataclass(frozen=True)
class Setting:
    """What is known about a setting besides its type and its default.

    Attributes:
        about: what it does, in words that commands and pages show.
        title: what messages call it; its name with blanks where empty.
        least, most: the limits, where these are values that it may have.
        above, below: the limits, where it may not have these.
        unit: of its values.
    """

    about: str
    title: str = ""
    least: float | None = None
    most: float | None = None
    above: float | None = None
    below: float | None = None
    unit: str = ""

    @property
    def help(self) -> str:
        """What an option of a command says."""
        limits = self.describe_limits()
        return f"{self.about}; {limits}." if limits else f"{self.about}."

    def holds(self, value: float) -> bool:
        """Whether a value lies within the limits; what is not finite does not."""
        return math.isfinite(value) and (
            (self.least is None or value >= self.least)
            and (self.most is None or value <= self.most)
            and (self.above is None or value > self.above)
            and (self.below is None or value < self.below)
        )

    def describe_limits(self) -> str:
        """Return the limits in words, or nothing where there are none."""
        if self.least is not None and self.most is not None:
            words = f"{self.least:g} to {self.most:g}"
        else:
            named = {
                "at least": self.least, "above": self.above, "at most": self.most,
                "below": self.below,
            }  # fmt: skip
            words = " and ".join(
                f"{n} {limit:g}" for n, limit in named.items() if limit is not None
            )
        return f"{words} {self.unit}".strip() if words else ""


@dataclass(frozen=True)
class SettingView:
    """A setting as a page shows it.

    Attributes:
        about, unit: see `Setting`.
        limits: in words.
        default: the usual value; None where there is none.
        least, most: between which the values lie, where there are such limits.
        whole: whether the values are whole numbers.
        choices: the values where they are words, or nothing.
    """

    about: str
    unit: str
    limits: str
    default: Any
    least: float | None
    most: float | None
    whole: bool
    choices: tuple[str, ...]


class DataclassInstance(Protocol):
    """An object of any dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


Settings = TypeVar("Settings", bound=DataclassInstance)


@cache
def list_settings(kind: type[DataclassInstance]) -> dict[str, Setting]:
    """Return the settings that a dataclass declares, by the names of their fields."""
    hints = get_type_hints(kind, include_extras=True)
    return {
        field.name: said
        for field in fields(kind)
        if get_origin(hints[field.name]) is Annotated
        for said in get_args(hints[field.name])[1:]
        if isinstance(said, Setting)
    }


def describe_settings(kind: type[DataclassInstance]) -> dict[str, SettingView]:
    """Return all that pages show of a dataclass's settings, by name."""
    defaults = {field.name: field.default for field in fields(kind)}
    hints = _read_hints(kind)
    return {
        name: SettingView(
            about=said.about,
            unit=said.unit,
            limits=said.describe_limits(),
            default=None if defaults[name] is MISSING else defaults[name],
            least=said.above if said.least is None else said.least,
            most=said.below if said.most is None else said.most,
            whole=hints[name] is int,
            choices=_list_choices(hints[name]),
        )
        for name, said in list_settings(kind).items()
    }


def check_settings(settings: DataclassInstance) -> None:
    """Raise InputError where a value lies beyond its limits, or is none of its choices."""
    kind = type(settings)
    hints = _read_hints(kind)
    for name, said in list_settings(kind).items():
        value = getattr(settings, name)
        choices = _list_choices(hints[name])
        if choices and value not in choices:
            raise InputError(
                f"The {_name(kind, name)} must be one of {', '.join(choices)}, got {value!r}."
            )
        if isinstance(value, int | float) and not said.holds(value):
            raise InputError(
                f"The {_name(kind, name)} must be {said.describe_limits()}, got {value}."
            )


def read_settings(kind: type[Settings], values: Mapping[str, Any]) -> Settings:
    """Return settings from plain values; those that are absent have their usual ones.

    Raises:
        InputError: a name that there is not, a value of another type, or beyond its limits.
    """
    known = {field.name for field in fields(kind)}
    for name in values:
        if name not in known:
            raise InputError(f"There is no setting named {name!r}. Reload the page.")
    try:
        read: Settings = _adapt(kind).validate_python(dict(values))
    except ValidationError as error:
        raise InputError(_explain(kind, error.errors()[0])) from error
    return read


def complete_settings(kind: type[Settings], kept: Mapping[str, Any]) -> Settings:
    """Return settings that were kept once; what is absent has its default, the rest is passed over.

    Raises:
        InputError: a value beyond its limits.
    """
    names = {field.name for field in fields(kind)}
    return kind(**{name: value for name, value in kept.items() if name in names})


@cache
def _read_hints(kind: type[DataclassInstance]) -> dict[str, Any]:
    return get_type_hints(kind)


@cache
def _adapt(kind: type[DataclassInstance]) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _list_choices(hint: object) -> tuple[str, ...]:
    return get_args(hint) if get_origin(hint) is Literal else ()


def _name(kind: type[DataclassInstance], name: str) -> str:
    said = list_settings(kind).get(name)
    return said.title if said and said.title else name.replace("_", " ")


def _explain(kind: type[DataclassInstance], error: ErrorDetails) -> str:
    title, value = _name(kind, str(error["loc"][0])), error["input"]
    if error["type"] == "missing" or value is None or value == "":
        return f"Fill in the {title}."
    if error["type"] in ("int_from_float", "int_fractional"):
        return f"The {title} must be a whole number, got {value}."
    if error["type"].startswith(("int", "float")):
        return f"The {title} must be a number, got {str(value)[:40]!r}."
    if error["type"] == "string_type":
        return f"The {title} must be text, got {str(value)[:40]!r}."
    return f"The {title} is not what it must be ({error['msg']}), got {str(value)[:40]!r}."
