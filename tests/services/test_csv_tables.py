import ast
import csv
import io
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from desra_studio.services.csv_tables import guard_text, render_csv

PACKAGE = Path(__file__).parents[2] / "desra_studio"
WRITERS = {"writer", "DictWriter", "to_csv", "to_clipboard", "savetxt"}
"""By what tables are written; reading them runs nothing."""


def read(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_text_is_a_formula(start):
    (row,) = read(render_csv(("name",), [{"name": f"{start}cmd|'x'!A0, \"y\""}]))
    assert row["name"] == f"'{start}cmd|'x'!A0, \"y\""


@pytest.mark.parametrize(
    "before",
    [" ", "   ", "\t", "\n", "\r\n", "\u00a0", "\u3000", "\ufeff", "\u200b", "\x00", " \n"],
)
def test_what_a_spreadsheet_skips_hides_no_formula(before):
    (row,) = read(render_csv(("name", "b"), [{"name": f"{before}=1+1"}]))
    assert row["name"].lstrip(before).startswith("'")
    assert row["name"].replace("'", "") == f"{before}=1+1"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a;=1", "a;'=1"),
        ("a; =1", "a;' =1"),
        ("a\t@SUM(1)", "a\t'@SUM(1)"),
        ("a\n=1", "a\n'=1"),
        ("a\r\n+1", "a\r\n'+1"),
        ("=1;=2", "'=1;'=2"),
    ],
)
def test_no_formula_begins_where_others_separate_cells(text, written):
    (row,) = read(render_csv(("name", "b"), [{"name": text}]))
    assert row["name"] == written


@pytest.mark.parametrize(
    "text", ["a=b", "'=a", " a", "", "ä", "{-1}", '"=1"', "a;b", "a-b; c", "first\nsecond", "a +1"]
)
def test_other_texts_stay(text):
    assert read(render_csv(("name", "b"), [{"name": text}]))[0]["name"] == text


@given(st.text(alphabet=" \t\r\n;,|\"'=+-@aä\ufeff\u00a0＝", max_size=12))
@example('",=1')
@example(";\n=1")
def test_a_formula_begins_in_no_cell_of_any_separator(text):
    """However naively it is read: by commas, semicolons or tabs, with quotes or without."""
    written = render_csv(("a", "b"), [{"a": text, "b": "end"}])
    row = written.partition("\n")[2]
    for separator in (";", "\t"):
        for cell in re.split(f"[{separator}\r\n]", row):
            naive = cell.lstrip(" \t\r\n\ufeff\u00a0")
            assert not naive.startswith(tuple("=+-@＝")), (separator, cell)
    (read_back,) = read(written)
    assert not read_back["a"].lstrip(" \t\r\n\ufeff\u00a0").startswith(tuple("=+-@＝"))
    assert read_back["b"] == "end"


@pytest.mark.parametrize("text", ["a\rb", "a\nb", "a\r\nb"])
def test_a_line_break_breaks_no_row(text):
    written = render_csv(("a", "b"), [{"a": text, "b": "end"}])
    assert read(written) == [{"a": text, "b": "end"}]
    assert written == f'a,b\n"{text}",end\n'


@given(st.text(alphabet=" \t\n;=-a", max_size=8))
def test_nothing_is_lost_but_apostrophes_are_added(text):
    assert guard_text(text).replace("'", "") == text


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


def list_writers(path):
    """Names by which a module would write a table past `csv_tables`."""
    tree = ast.parse(path.read_text())
    used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    taken = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "csv"
        for alias in node.names
    }
    return (used | taken) & WRITERS


def test_nobody_else_writes_tables():
    found = {
        path.relative_to(PACKAGE).as_posix(): writers
        for path in PACKAGE.rglob("*.py")
        if (writers := list_writers(path))
    }
    assert found == {"services/csv_tables.py": {"DictWriter"}}


def test_no_page_makes_tables_itself():
    """Scripts fetch them from routes, which use `csv_tables`."""
    for path in (PACKAGE / "ui" / "static").rglob("*.js"):
        assert not re.search(r"text/(csv|tab-separated)", path.read_text()), path
