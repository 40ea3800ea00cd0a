"""Which tests run on which databases: most of those that ask one, on both."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

KINDS = ("sqlite", "postgresql")
BOTH = ("services", "storage", "ui")
"""Folders of tests of what a database answers; those of others are about what is made of it."""
CHOICE = "DESRA_TEST_DATABASE"
"""The variable that lets all tests run on one kind."""


def choose_kinds(test: pytest.Item) -> Sequence[str]:
    """The kinds of database that a test is to run on."""
    if test.get_closest_marker("sqlite"):
        return KINDS[:1]
    if chosen := os.environ.get(CHOICE):
        return [chosen]
    folder = test.path.relative_to(Path(__file__).parent).parts[0]
    both = folder in BOTH and not test.get_closest_marker("slow")
    return KINDS if both else KINDS[:1]
