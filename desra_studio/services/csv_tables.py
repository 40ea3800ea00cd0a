"""Tables as CSV that a spreadsheet opens without running anything."""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence

Cell = str | int | float | None

STARTS = "=+\\-@＝＋－＠"
"""What spreadsheets take a text for a formula by; some by the wide forms, too (OWASP)."""
SKIPPED = r"(?:[^\S\t\r\n]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u2060\ufeff])*"
"""What spreadsheets may drop in front of it: spaces of every kind, and what cannot be seen."""
FIRST = re.compile(f"{SKIPPED}[{STARTS}]|[\t\r\n]")
LATER = re.compile(f"([;\t\r\n])(?={SKIPPED}[{STARTS}])")
"""Where a cell would begin for who separates cells by semicolons, as half of Europe does, or by
tabs, and then cuts lines within quotes, too."""
ROW_END = "\r\n"
"""What the writer ends rows by: it quotes only what it ends rows by, and both break lines."""


def render_csv(
    columns: Sequence[str], rows: Iterable[Mapping[str, Cell]], digits: int | None = None
) -> str:
    """Return a table with a line of its columns' names, and a line per row, ended by a newline.

    A text that a spreadsheet would run as a formula, a name such as `=1+1`, has an apostrophe
    before it; see `guard_text`. Numbers are left alone, below zero, too: what is a number says its
    type.

    Args:
        columns: in order.
        rows: a cell by its column's name; None, or no cell, is written as an empty one.
        digits: of fractions behind the point; None for as many as tell them apart.

    Raises:
        ValueError: a cell of no column.
    """
    lines = _Lines()
    writer = csv.DictWriter(lines, columns, lineterminator=ROW_END)
    writer.writeheader()
    writer.writerows(
        {column: _write_cell(cell, digits) for column, cell in row.items()} for row in rows
    )
    return "".join(lines.written)


def guard_text(text: str) -> str:
    """Return a text with an apostrophe wherever a spreadsheet would see a formula begin.

    That is in front of it, and behind each character within it at which another program, or the
    same one elsewhere, would begin a cell.
    """
    guarded = LATER.sub(r"\1'", text)
    return f"'{guarded}" if FIRST.match(guarded) else guarded


class _Lines:
    """Keeps the rows that are written, each ended by a newline alone."""

    def __init__(self) -> None:
        self.written: list[str] = []

    def write(self, row: str) -> None:
        self.written.append(row.removesuffix(ROW_END) + "\n")


def _write_cell(cell: Cell, digits: int | None) -> Cell:
    if isinstance(cell, str):
        return guard_text(cell)
    return f"{cell:.{digits}f}" if isinstance(cell, float) and digits is not None else cell
