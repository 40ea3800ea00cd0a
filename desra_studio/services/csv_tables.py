"""Tables as CSV that a spreadsheet opens without running anything."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

Cell = str | int | float | None

FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")
"""What spreadsheets take a text for a formula by; some by the wide forms, too (OWASP)."""


def render_csv(
    columns: Sequence[str], rows: Iterable[Mapping[str, Cell]], digits: int | None = None
) -> str:
    """Return a table with a line of its columns' names, and a line per row, ended by a newline.

    A text that a spreadsheet would run as a formula, a name such as `=1+1`, has an apostrophe
    before it. Numbers are left alone, below zero, too: what is a number says its type.

    Args:
        columns: in order.
        rows: a cell by its column's name; None, or no cell, is written as an empty one.
        digits: of fractions behind the point; None for as many as tell them apart.

    Raises:
        ValueError: a cell of no column.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(
        {column: _write_cell(cell, digits) for column, cell in row.items()} for row in rows
    )
    return text.getvalue()


def _write_cell(cell: Cell, digits: int | None) -> Cell:
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell
    return f"{cell:.{digits}f}" if isinstance(cell, float) and digits is not None else cell
