"""Writes docs/commands.md from what the commands say of themselves.

    .venv/bin/python -m desra_studio.cli.reference docs/commands.md

writes the page's generated parts again. Each stands between `<!-- generated: NAME -->` and
`<!-- end -->`; what stands elsewhere on the page is written by hand, and stays.
"""

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from desra_studio.cli.app import app

Parameter: TypeAlias = TyperArgument | TyperOption
PART = re.compile(r"(<!-- generated: ([a-z ]+) -->\n).*?(<!-- end -->)", re.S)
EXAMPLE_WIDTH = 90
"""Letters of a line, after which an example goes on in the next one."""
OTHERS = "Others"
"""The group of commands that name none by `rich_help_panel`."""

READ_ON = {
    "serve": "[Settings](settings.md), [voters on other machines](studies.md"
    "#voters-on-other-machines), [what can be asked of the server](security.md)",
    "import": "[What is read](datasets.md#what-is-read), [zips](datasets.md#zips), "
    "[manifests](datasets.md#manifests), [adding](datasets.md#adding-to-a-dataset)",
    "export": "[All formats](datasets.md#export)",
    "datasets delete": "[Renaming and deleting](datasets.md#renaming-and-deleting)",
    "detect": "[Settings](detector.md#settings), [other detectors](detector.md#other-detectors)",
    "calibrate": "[Classes](detector.md#classes)",
    "regress": "[The proof and its witnesses](finetuning.md#proof)",
    "score": "[Scores](scores.md)",
    "upscale": "[Large images](models.md#large-images)",
    "finetune": "[Presets and settings](finetuning.md#presets-and-settings)",
    "models add": "[Checkpoints](models.md#checkpoints), [partners](models.md#partners)",
    "models derive-mse": "[Partners](models.md#partners)",
    "models export": "[Export](models.md#export)",
    "study report": "[User studies](studies.md)",
    "db upgrade": "[The database](../db/README.md)",
    "bench": "[Benchmarks](#benchmarks)",
}
"""What to read about a command, as links of that page."""


@dataclass(frozen=True)
class Shown:
    """A command as the page shows it.

    Attributes:
        name: as it is typed after `desra-studio`.
        group: the heading that it stands under.
        command: what Typer knows of it.
    """

    name: str
    group: str
    command: TyperCommand

    @property
    def parameters(self) -> list[Parameter]:
        """Its arguments and options, but for `--help`."""
        return [one for one in self.command.params if isinstance(one, Parameter) and not one.hidden]


def list_commands() -> list[Shown]:
    """Return all commands that people may run, group by group."""
    root = typer.main.get_command(app)
    found = list(_list_below(root, "", "")) if isinstance(root, TyperGroup) else []
    groups = list(dict.fromkeys(shown.group for shown in found if shown.group != OTHERS))
    return sorted(found, key=lambda shown: [*groups, OTHERS].index(shown.group))


def _list_below(family: TyperGroup, prefix: str, group: str) -> Iterator[Shown]:
    for name, command in family.commands.items():
        if not isinstance(command, TyperCommand | TyperGroup) or command.hidden:
            continue
        heading = group or str(command.rich_help_panel or OTHERS)
        if isinstance(command, TyperGroup):
            yield from _list_below(command, f"{prefix}{name} ", heading)
        else:
            yield Shown(f"{prefix}{name}", heading, command)


def render_page(page: str) -> str:
    """Return the page with its generated parts as they must be."""
    commands = list_commands()
    return PART.sub(lambda part: f"{part[1]}{PARTS[part[2]](commands)}{part[3]}", page)


def _render_list(commands: Sequence[Shown]) -> str:
    rows, group = [], ""
    for shown in commands:
        anchor = f"desra-studio-{shown.name}".replace(" ", "-")
        about = _read_help(shown.command)[0]
        rows.append(
            (shown.group * (shown.group != group), f"[`{shown.name}`](#{anchor})", _escape(about))
        )
        group = shown.group
    return _render_table(("", "command", "does"), rows)


def _render_shared(commands: Sequence[Shown]) -> str:
    """Write the options that stand in a panel of their own: many commands have them."""
    panels: dict[str, dict[str, Parameter]] = {}
    for shown in commands:
        for one in shown.parameters:
            if one.rich_help_panel:
                panels.setdefault(str(one.rich_help_panel), {}).setdefault(one.opts[0], one)
    return "\n".join(
        f"### {panel}\n\n{_render_options(list(options.values()))}"
        for panel, options in panels.items()
    )


def _render_commands(commands: Sequence[Shown]) -> str:
    parts, group = [], ""
    for shown in commands:
        if shown.group != group:
            parts.append(f"## {shown.group}\n")
            group = shown.group
        parts.append(_render_command(shown))
    return "\n".join(parts)


def _render_command(shown: Shown) -> str:
    own = [one for one in shown.parameters if not one.rich_help_panel]
    shared = [f"`{one.opts[0]}`" for one in shown.parameters if one.rich_help_panel]
    told = f"See {READ_ON[shown.name]}.\n" if shown.name in READ_ON else ""
    example = _break_lines((shown.command.epilog or "").removeprefix("Example: "))
    parts = [
        f"### desra-studio {shown.name}\n",
        "\n\n".join(_read_help(shown.command)) + "\n",
        f"`{_render_synopsis(shown.name, own)}`\n",
        f"```bash\n{example}\n```\n" if example else "",
        _render_options(own) if own else "",
        f"[Shared](#what-they-share): {', '.join(shared)}.\n" if shared else "",
        told,
    ]
    return "\n".join(part for part in parts if part)


def _render_synopsis(name: str, own: Sequence[Parameter]) -> str:
    words = [_render_usage(one) for one in own if one.required]
    words += [f"[{_render_usage(one)}]" for one in own if not (one.required or _is_option(one))]
    more = ["[OPTIONS]"] if any(_is_option(one) and not one.required for one in own) else []
    return " ".join(["desra-studio", name, *words, *more])


def _render_options(options: Sequence[Parameter]) -> str:
    return _render_table(
        ("given", "default", "means"),
        [
            (f"`{_render_usage(one)}`", _render_default(one), _escape(one.help or ""))
            for one in options
        ],
    )


def _render_usage(one: Parameter) -> str:
    """Return `NAME` of an argument, `--name VALUE` of an option, `--name` of a switch."""
    if not isinstance(one, TyperOption):
        return one.metavar or str(one.name).upper()
    name = one.opts[0]
    value = one.metavar or name.lstrip("-").upper().replace("-", "_")
    return name if one.is_flag else f"{name} {value}"


def _break_lines(example: str) -> str:
    """Break a long command before its options."""
    words = example.replace(" --", "\n--").split("\n")
    lines = words[:1]
    for word in words[1:]:
        if len(lines[-1]) + len(word) < EXAMPLE_WIDTH:
            lines[-1] += f" {word}"
        else:
            lines.append(f"    {word}")
    return " \\\n".join(lines)


def _is_option(one: Parameter) -> bool:
    return isinstance(one, TyperOption)


def _render_default(one: Parameter) -> str:
    if one.required:
        return "needed"
    return "" if one.default is None or one.default is False else f"{one.default}"


def _read_help(command: TyperCommand) -> list[str]:
    """Return the paragraphs of a command's help."""
    return [" ".join(part.split()) for part in (command.help or "").split("\n\n")]


def _escape(text: str) -> str:
    return text.replace("|", r"\|").replace("<", "&lt;")


def _render_table(names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(cells)} |\n".replace("|  |", "| |") for cells in (names, *rows)]
    return "".join([lines[0], f"{'|---' * len(names)}|\n", *lines[1:]])


PARTS: dict[str, Callable[[Sequence[Shown]], str]] = {
    "list": _render_list,
    "shared options": _render_shared,
    "commands": _render_commands,
}


def write_page(path: Path) -> None:
    """Write the generated parts of the page again."""
    path.write_text(render_page(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    write_page(Path(sys.argv[1]))
