import csv
import io

import numpy as np
import pytest

from desra_studio.services.csv_tables import render_csv


def read(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_text_is_a_formula(start):
    (row,) = read(render_csv(("name",), [{"name": f"{start}cmd|'x'!A0, \"y\""}]))
    assert row["name"] == f"'{start}cmd|'x'!A0, \"y\""


@pytest.mark.parametrize("text", ["a=b", "'=a", " =a", "", "ä", "{-1}"])
def test_other_texts_stay(text):
    assert read(render_csv(("name", "b"), [{"name": text}]))[0]["name"] == text


@pytest.mark.parametrize(
    ("number", "digits", "written"),
    [(-3, None, "-3"), (-0.5, None, "-0.5"), (-0.5, 9, "-0.500000000"), (-3, 9, "-3"),
     (np.float64(1 / 3), 9, "0.333333333"), (None, 9, "")],
)  # fmt: skip
def test_numbers_stay_numbers(number, digits, written):
    assert render_csv(("a", "b"), [{"a": number}], digits) == f"a,b\n{written},\n"


def test_a_number_told_as_text_is_guarded():
    assert render_csv(("a",), [{"a": "-3"}]) == "a\n'-3\n"


def test_a_cell_of_no_column_is_a_mistake():
    with pytest.raises(ValueError, match="b"):
        render_csv(("a",), [{"b": 1}])
