"""Settings that are declared once: their limits, how they are read, and what pages show."""

import math
from dataclasses import dataclass
from typing import Annotated, Literal

import pytest

from desra_studio.detection.detector import DetectorParams
from desra_studio.errors import InputError
from desra_studio.finetune.config import DeriveConfig, FinetuneConfig
from desra_studio.setting import (
    Setting,
    check_settings,
    complete_settings,
    describe_settings,
    list_settings,
    read_settings,
)
from desra_studio.study.order import StudyOrder


@dataclass(frozen=True)
class Kiln:
    """Settings of every kind."""

    name: str
    heat: Annotated[float, Setting("How hot", title="heat in there", above=0, most=1, unit="K")] = 1
    shelves: Annotated[int, Setting("How many", least=1)] = 3
    glaze: Annotated[Literal["matt", "clear"], Setting("Which")] = "clear"
    door: Annotated[float | None, Setting("How far open", least=0, below=1)] = None

    def __post_init__(self) -> None:
        check_settings(self)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"heat": 0}, "The heat in there must be above 0 and at most 1 K, got 0."),
        ({"heat": 1.5}, "The heat in there must be above 0 and at most 1 K, got 1.5."),
        ({"heat": math.nan}, "The heat in there must be above 0 and at most 1 K, got nan."),
        ({"shelves": 0}, "The shelves must be at least 1, got 0."),
        ({"glaze": "blue"}, "The glaze must be one of matt, clear, got 'blue'."),
        ({"door": 1.0}, "The door must be at least 0 and below 1, got 1.0."),
    ],
)
def test_what_lies_beyond_the_limits_is_refused(values, message):
    with pytest.raises(InputError) as refused:
        Kiln("a", **values)
    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "Fill in the name."),
        ({"name": None}, "Fill in the name."),
        ({"name": "a", "shelves": None}, "Fill in the shelves."),
        ({"name": "a", "shelves": ""}, "Fill in the shelves."),
        ({"name": "a", "shelves": 2.5}, "The shelves must be a whole number, got 2.5."),
        ({"name": "a", "shelves": "many"}, "The shelves must be a number, got 'many'."),
        ({"name": "a", "heat": "hot"}, "The heat in there must be a number, got 'hot'."),
        ({"name": "a", "heat": 2}, "The heat in there must be above 0 and at most 1 K, got 2.0."),
        ({"name": "a", "shelf": 2}, "There is no setting named 'shelf'. Reload the page."),
        ({"name": ["a"]}, "The name must be text, got \"['a']\"."),
    ],
)
def test_what_cannot_be_read_is_told(values, message):
    with pytest.raises(InputError) as refused:
        read_settings(Kiln, values)
    assert str(refused.value) == message


def test_values_are_read_from_json_and_from_addresses():
    assert read_settings(Kiln, {"name": "a", "shelves": 2.0, "door": None}) == Kiln("a", shelves=2)
    assert read_settings(Kiln, {"name": "a", "heat": "0.5", "shelves": "4"}) == Kiln("a", 0.5, 4)


def test_what_was_kept_by_another_version_is_completed():
    assert complete_settings(Kiln, {"name": "a", "shelves": 9, "chimney": 2}) == Kiln(
        "a", shelves=9
    )


def test_what_pages_show():
    shown = describe_settings(Kiln)
    assert list(shown) == ["heat", "shelves", "glaze", "door"]
    assert (shown["heat"].least, shown["heat"].most, shown["heat"].whole) == (0, 1, False)
    assert shown["heat"].limits == "above 0 and at most 1 K"
    assert (shown["shelves"].default, shown["shelves"].whole) == (3, True)
    assert shown["glaze"].choices == ("matt", "clear")


@pytest.mark.parametrize("kind", [DetectorParams, FinetuneConfig, DeriveConfig])
def test_every_setting_says_what_it_is(kind):
    assert list(list_settings(kind)) == list(kind.__dataclass_fields__)
    assert all(said.about and not said.about.endswith(".") for said in list_settings(kind).values())


def test_the_settings_of_a_study_have_limits():
    numbers = {name: view for name, view in describe_settings(StudyOrder).items() if view.limits}
    assert {"window_px", "votes_per_pair", "seed"} <= numbers.keys()
