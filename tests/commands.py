"""Runs what a user runs: the commands, and the scripts beside the bundled models."""

import importlib.util
import subprocess
import sys

from desra_studio.assets_folder import find_assets
from tests.patience import PATIENCE_S


def run_command(*arguments) -> str:
    """Run `desra-studio` in a process of its own and return its standard output."""
    command = [sys.executable, "-m", "desra_studio", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, check=True, timeout=PATIENCE_S
    ).stdout


def load_script(name):
    """Return one of the scripts beside the bundled models, as a module."""
    path = find_assets() / "models" / f"{name}.py"
    spec = importlib.util.spec_from_file_location("script", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
