"""Manifests: tables that name the files of each image, staged as a folder in DeSRA's layout."""

import csv
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from desra_studio.errors import InputError
from desra_studio.services.uploads.names import find_fault, show_path
from desra_studio.services.uploads.space import tell_full_disk

FOLDERS = {"gan": "GAN-SR", "mse": "MSE-SR", "lr": "LR", "mask": "GT-Mask"}
"""Column -> the folder of the layout that its files go into."""
NAME = "name"
TABLES, LINES = (".csv", ".tsv"), (".jsonl", ".ndjson")
DELIMITERS = (",", ";", "\t")
MAX_ROWS = 200_000

Row = dict[str, str]
"""Column -> what stands in it; what is empty is not there."""


def stage_manifest(path: Path, into: Path, places: Sequence[Path] = ()) -> list[str]:
    """Put the files that a manifest names into folders of the layout; return a line per fault.

    Files are linked where the file system can, else copied. Paths are relative to the manifest.

    Args:
        path: CSV with `,`, `;` or tabs, or a JSON object per line; UTF-8. Columns: gan and mse, or
            lr alone; also lr, mask, and name, which is else that of the file without its ending.
        into: an empty folder.
        places: folders that files may lie in, beside the manifest's own; anywhere where empty.

    Raises:
        InputError: not UTF-8, no table, columns that are missing, too many rows, or no row that can
            be used.
    """
    notes: list[str] = []
    taken: dict[str, int] = {}
    allowed = [place.expanduser().resolve() for place in (path.parent, *places)] if places else []
    count = 0
    for number, row in _read_rows(path, notes):
        count += 1
        if count > MAX_ROWS:
            raise InputError(f"{path.name} has more than {MAX_ROWS:,} rows. Split it.")
        where = f"{path.name}, line {number}"
        files, faults = _find_files(path.parent, row, allowed)
        name = _name_row(row, files)
        fault = _find_row_fault(row, files, name)
        if not fault and name in taken:
            fault = f"{name} stands in line {taken[name]} already"
        if fault:
            notes.append(f"{where}: left out, {'; '.join([fault, *faults])}")
            continue
        taken[name] = number
        notes += [f"{where}: {name} without {column_fault}" for column_fault in faults]
        for column, source in files.items():
            _place(source, into / FOLDERS[column] / f"{name}{source.suffix}")
    if not taken:
        raise InputError(" ".join([f"No row of {path.name} can be used.", *notes[:3]]))
    return notes


def _read_rows(path: Path, notes: list[str]) -> Iterator[tuple[int, Row]]:
    """Yield each row with the line it ends in."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            if path.suffix.lower() in LINES:
                yield from _read_objects(path, file, notes)
            else:
                yield from _read_table(path, file)
    except UnicodeDecodeError as error:
        raise InputError(f"{path.name} is not UTF-8. Save it as UTF-8.") from error
    except csv.Error as error:
        raise InputError(f"{path.name} cannot be read as a table: {error}.") from error


def _read_table(path: Path, file: Iterator[str]) -> Iterator[tuple[int, Row]]:
    header = next(file, "")
    columns, delimiter = max(
        ((_split_header(header, one), one) for one in DELIMITERS),
        key=lambda found: len(found[0].keys() & {*FOLDERS, NAME}),
    )
    _check_columns(path, columns)
    reader = csv.reader(file, delimiter=delimiter)
    for cells in reader:
        given = {name: cells[at].strip() for name, at in columns.items() if at < len(cells)}
        if any(cells):
            yield reader.line_num + 1, {name: text for name, text in given.items() if text}


def _split_header(header: str, delimiter: str) -> dict[str, int]:
    cells = next(csv.reader([header], delimiter=delimiter), [])
    return {cell.strip().lower(): at for at, cell in enumerate(cells)}


def _check_columns(path: Path, columns: dict[str, int]) -> None:
    if {"gan", "mse"} <= columns.keys() or ("lr" in columns and "gan" not in columns):
        return
    found = ", ".join(columns) or "none"
    raise InputError(
        f"{path.name} has the columns {found}. It needs gan and mse, or lr alone; mask and name "
        "may be there, too."
    )


def _read_objects(path: Path, file: Iterator[str], notes: list[str]) -> Iterator[tuple[int, Row]]:
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            found = None
        if isinstance(found, dict):
            texts = {str(key).lower(): value for key, value in found.items()}
            yield (
                number,
                {
                    key: value.strip()
                    for key, value in texts.items()
                    if isinstance(value, str) and value.strip()
                },
            )
        else:
            notes.append(f"{path.name}, line {number}: left out, it is no JSON object")


def _find_files(base: Path, row: Row, allowed: list[Path]) -> tuple[dict[str, Path], list[str]]:
    """Return the files of a row by column, and a phrase on each that cannot be had."""
    files, faults = {}, []
    for column in FOLDERS:
        if column not in row:
            continue
        text = row[column]
        shown = show_path(text)
        try:
            source = (base / text).resolve()
            is_there = "\0" not in text and source.is_file()
        except (OSError, ValueError, RuntimeError):
            source, is_there = base, False
        if not is_there:
            faults.append(f"{column}: {shown} is not there")
        elif allowed and not any(source.is_relative_to(place) for place in allowed):
            faults.append(f"{column}: {shown} is not in a folder that may be read")
        else:
            files[column] = source
    return files, faults


def _name_row(row: Row, files: dict[str, Path]) -> str:
    """Return what an image is called; "" where nothing tells it."""
    first = next((files[column] for column in FOLDERS if column in files), None)
    name = row.get(NAME)
    if name is None:
        return "" if first is None else first.stem
    return name.removesuffix(first.suffix) if first and first.suffix else name


def _find_row_fault(row: Row, files: dict[str, Path], name: str) -> str:
    """Return why a row is no image, or ""."""
    if "gan" in row or "mse" in row:
        missing = [column for column in ("gan", "mse") if column not in files]
    else:
        missing = [column for column in ("lr",) if column not in files]
    if missing:
        return f"it has no {' and no '.join(missing)}"
    if "/" in name or name.startswith("."):
        return f"{show_path(name)} is no name of an image"
    fault = find_fault(f"{name}.png")
    return f"{show_path(name)}: {fault}" if fault else ""


def _place(source: Path, target: Path) -> None:
    target.parent.mkdir(exist_ok=True)
    try:
        os.link(source, target)
    except FileExistsError:
        pass
    except OSError:
        with tell_full_disk(target.name):
            shutil.copyfile(source, target)
