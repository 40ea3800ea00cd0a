"""What the commands share: their options, their settings, and how they answer."""

import json
import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from pydantic import ValidationError

from desra_studio.config import Settings
from desra_studio.detection.detector import DetectorParams
from desra_studio.errors import InputError, StudioError
from desra_studio.services.folders import FolderReader
from desra_studio.setting import list_settings

INSTALLATION = "The installation"
DATASETS = "Datasets"
DETECTING = "Detector and scores"
TRAINING = "Models and fine-tuning"
STUDIES = "User studies"
# What commands are about: headings of `--help` and of the page of the commands.

EVERYWHERE = "Options of most commands"
ON_FOLDERS = "Options of commands that read files"
DETECTOR = "The detector's settings"
CLASSES = "What names the classes"
# Options of these panels are described once on the page of the commands, see `cli.reference`.

DataDir = Annotated[
    Path | None,
    typer.Option(
        "--data-dir",
        metavar="DIR",
        help="Folder of the database and the images; else as DESRA_STUDIO_DATA_DIR says.",
        rich_help_panel=EVERYWHERE,
    ),
]
DatabaseUrl = Annotated[
    str | None,
    typer.Option(
        "--database-url",
        metavar="URL",
        help="Another database than SQLite in --data-dir.",
        rich_help_panel=EVERYWHERE,
    ),
]
Json = Annotated[
    bool,
    typer.Option(
        "--json",
        help="Print one JSON object on standard output, and nothing else there; progress goes to "
        "standard error.",
        rich_help_panel=EVERYWHERE,
    ),
]
SAID = list_settings(DetectorParams)
"""What is said of the detector's settings where they are declared."""
ContrastThreshold = Annotated[
    float,
    typer.Option(metavar="VALUE", help=SAID["contrast_threshold"].help, rich_help_panel=DETECTOR),
]
AreaThreshold = Annotated[
    int, typer.Option(metavar="PX", help=SAID["area_threshold"].help, rich_help_panel=DETECTOR)
]
WindowSize = Annotated[
    int,
    typer.Option(
        metavar="PX",
        help=f"{SAID['window_size'].about}; at least 3.",
        rich_help_panel=DETECTOR,
    ),
]
ClassMaps = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help="Folder of 8-bit PNGs of ADE20K indices, 0 to 149, in place of a network.",
        rich_help_panel=CLASSES,
    ),
]
NoSegmentation = Annotated[
    bool,
    typer.Option(
        "--no-segmentation", help="Use no classes: all weights are 1.", rich_help_panel=CLASSES
    ),
]
Segmentation = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="SegFormer that names the classes, a hub id or a folder; else as "
        "DESRA_STUDIO_SEGMENTATION says.",
        rich_help_panel=CLASSES,
    ),
]
ClassWeights = Annotated[
    str,
    typer.Option(metavar="NAME", help=SAID["class_weights"].help, rich_help_panel=CLASSES),
]
AreaShare = Annotated[
    float | None,
    typer.Option(metavar="SHARE", help=SAID["area_share"].help, rich_help_panel=DETECTOR),
]
KernelSize = Annotated[
    int, typer.Option(metavar="PX", help=SAID["kernel_px"].help, rich_help_panel=DETECTOR)
]
Dilations = Annotated[
    int, typer.Option(metavar="N", help=SAID["dilations"].help, rich_help_panel=DETECTOR)
]
Device = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="What computes: cpu, cuda, cuda:1 ..., or auto, a GPU where there is one; else as "
        "DESRA_STUDIO_DEVICE says.",
        rich_help_panel=EVERYWHERE,
    ),
]

Strict = Annotated[
    bool,
    typer.Option(
        "--strict",
        help="End with status 2 where a file was left out or converted; what can be done is done.",
        rich_help_panel=ON_FOLDERS,
    ),
]
Suffix = Annotated[
    list[str] | None,
    typer.Option(
        metavar="ENDING",
        help="Match names without this ending, as _out in NAME_out.png; may be given again.",
        rich_help_panel=ON_FOLDERS,
    ),
]

DEFAULTS = DetectorParams()

# By way of a public name: some releases of Typer bring their own copy of Click, others do not.
USAGE_ERROR: type[Exception] = typer.BadParameter.__mro__[1]


def make_settings(**given: Any) -> Settings:  # noqa: ANN401 (values of any field)
    """Return the settings with the options that were given; the environment fills the rest.

    Raises:
        InputError: a value that cannot be read, with its name.
    """
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        raise InputError(f"DESRA_STUDIO_{name}: {first['msg']}, got {first['input']!r}.") from error


def choose_segmentation(
    class_maps: Path | None, segmentation: str | None, no_segmentation: bool
) -> str | None:
    """Return the segmentation that the options name, None for what the settings say.

    Raises:
        InputError: more than one of the three is given.
    """
    given = {
        "--class-maps": class_maps is not None,
        "--segmentation": segmentation is not None,
        "--no-segmentation": no_segmentation,
    }
    chosen = [name for name, is_given in given.items() if is_given]
    if len(chosen) > 1:
        raise InputError(f"{' and '.join(chosen)} exclude each other. Give one.")
    return "none" if no_segmentation else segmentation


def open_reader(settings: Settings, suffixes: Sequence[str] | None = None) -> FolderReader:
    """Return what reads the files of folders, within the limits of the settings."""
    return FolderReader(settings.max_megapixels, suffixes or ())


def tell_notes(notes: Sequence[str]) -> None:
    """Say on standard error what had to be done otherwise than planned."""
    for note in notes:
        typer.echo(note, err=True)


def end_strictly(lines: Sequence[str], strict: bool) -> None:
    """Raise InputError, where that was asked for, if there is a line on a file."""
    if strict and lines:
        files = "1 file" if len(lines) == 1 else f"{len(lines)} files"
        raise InputError(
            f"--strict: {files} left out, converted or doubtful, see the lines above. The rest was "
            "done."
        )


def show_figure(value: float | None) -> str:
    """Return four digits, or 'n/a' where there is nothing to count."""
    return "n/a" if value is None else f"{value:.4f}"


def print_result(result: dict[str, Any], line: str, as_json: bool) -> None:
    """Print one JSON object, or one line for people."""
    typer.echo(json.dumps(result) if as_json else line)


def render_figures(figures: dict[str, Any]) -> str:
    """Return figures as text: plain ones in a line, and tables of those that are alike."""
    rows = {key: value for key, value in figures.items() if isinstance(value, dict)}
    lists = {
        key: value
        for key, value in figures.items()
        if isinstance(value, list) and value and all(isinstance(row, dict) for row in value)
    }
    plain = "  ".join(f"{key} {value}" for key, value in figures.items() if key not in rows | lists)
    parts = [plain, *(f"{key}\n{_render_rows(value)}" for key, value in lists.items())]
    names = {tuple(row) for row in rows.values()}
    if len(names) == 1:
        table = [("", *names.pop()), *((key, *row.values()) for key, row in rows.items())]
        parts.append(_render_table(table))
    else:
        parts += [f"{key}  {render_figures(row)}" for key, row in rows.items()]
    return "\n".join(part for part in parts if part)


def _render_rows(rows: list[dict[str, Any]]) -> str:
    names = list(dict.fromkeys(name for row in rows for name in row))
    return _render_table([names, *([row.get(name, "") for name in names] for row in rows)])


def _render_table(rows: Sequence[Sequence[object]]) -> str:
    table = [[_render_cell(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in table
    )


def _render_cell(cell: object) -> str:
    if isinstance(cell, dict):
        return ", ".join(f"{key} {_render_cell(value)}" for key, value in cell.items())
    return str(cell)


def run_app(app: typer.Typer, arguments: Sequence[str]) -> None:
    """Run the command line; bad arguments and StudioErrors become one line and exit status 2."""
    if "" in arguments:
        # As a path it would be the working directory, which nobody meant.
        fail("An argument is empty: a variable of the shell may not be set. Nothing was done.")
    try:
        app(args=list(arguments), standalone_mode=False)
    except StudioError as error:
        fail(str(error))
    except USAGE_ERROR as error:
        message = error.format_message()  # type: ignore[attr-defined]
        if "Usage:" in message:  # the help that a command without arguments shows
            typer.echo(message)
            raise SystemExit(0) from None
        fail(f"{message} See desra-studio --help.")
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            # The reader (head, less) has gone; nothing is wrong with us.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise SystemExit(0) from None
        fail(f"{error.filename or 'A file'}: {error.strerror or error}. Nothing was half-written.")
    except (KeyboardInterrupt, typer.Abort):
        raise SystemExit(130) from None
    except Exception:  # noqa: BLE001 (the last resort: nobody is shown a trace)
        _fail_unexpectedly()


def _fail_unexpectedly() -> NoReturn:
    """Keep the trace of the present exception in a file, and name that."""
    handle, name = tempfile.mkstemp(prefix="desra-studio-fault-", suffix=".txt")
    with os.fdopen(handle, "w", errors="backslashreplace") as file:
        traceback.print_exc(file=file)
    fail(f"Something went wrong that should not. Report it with its trace, which is in {name}.")


def fail(message: str) -> NoReturn:
    """Print one line on standard error and exit with status 2."""
    print(" ".join(message.split()), file=sys.stderr)  # noqa: T201 (this is the error channel)
    raise SystemExit(2)
