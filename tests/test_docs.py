"""What the README must not forget: every command, every setting, every picture it names."""

import re
from pathlib import Path

import pytest
import typer

from desra_studio.cli import app
from desra_studio.config import Settings
from desra_studio.storage.tables import Base

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def list_commands():
    group = typer.main.get_command(app)
    for name, command in group.commands.items():
        if not command.hidden:
            names = getattr(command, "commands", {})
            yield from (f"{name} {child}" for child in names) if names else [name]


@pytest.mark.parametrize("command", list(list_commands()))
def test_commands_are_documented(command):
    assert f"desra-studio {command}" in README


@pytest.mark.parametrize("name", list(Settings.model_fields))
def test_settings_are_documented(name):
    assert f"DESRA_STUDIO_{name.upper()}" in README


def test_links_lead_somewhere():
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


def test_tables_are_documented():
    text = (ROOT / "db" / "README.md").read_text()
    for table in Base.metadata.tables:
        assert f"`{table}`" in text, table
