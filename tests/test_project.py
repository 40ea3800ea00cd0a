"""What the project says about itself: its version, its licence, and what runs before a commit."""

import os
import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
import yaml

import desra_studio

ROOT = Path(__file__).parent.parent
PACKAGE = Path(desra_studio.__file__).parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_the_version_is_in_one_place():
    assert "version" not in PYPROJECT["project"]
    assert PYPROJECT["project"]["dynamic"] == ["version"]
    assert (ROOT / PYPROJECT["tool"]["hatch"]["version"]["path"]).samefile(desra_studio.__file__)


def test_the_installed_version_is_that_of_the_code():
    installed = metadata.version("desra-studio")
    if installed != desra_studio.__version__ and not os.environ.get("CI"):
        pytest.skip(f"version {installed} is installed: run .venv/bin/pip install -e '.[test]'")
    assert installed == desra_studio.__version__


def test_the_changelog_has_the_version():
    versions = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.M)
    assert versions[0] == "Unreleased"
    assert desra_studio.__version__ in versions


def test_the_licence_is_what_it_says():
    assert PYPROJECT["project"]["license"] == "Apache-2.0"
    for pattern in PYPROJECT["project"]["license-files"]:
        assert list(ROOT.glob(pattern)), pattern
    text = (ROOT / "LICENSE").read_text()
    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text


def test_types_are_offered():
    assert (PACKAGE / "py.typed").is_file()


def test_hooks_are_local():
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    assert {repository["repo"] for repository in config["repos"]} == {"local"}
    hooks = [hook for repository in config["repos"] for hook in repository["hooks"]]
    assert {hook["language"] for hook in hooks} == {"system"}
    assert [hook["id"] for hook in hooks] == ["ruff-check", "ruff-format", "mypy"]
    assert all(hook["entry"].startswith(".venv/bin/python -m ") for hook in hooks)
