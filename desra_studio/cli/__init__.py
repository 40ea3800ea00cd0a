"""The command line, a file per family of commands."""

from desra_studio.cli.app import main as main
