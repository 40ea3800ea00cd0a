"""Which tests run on which databases: most of those that ask one, on both."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

KINDS = ("sqlite", "postgresql")
BOTH = ("services/", "storage/", "ui/")
"""Folders of tests of what a database answers; those of others are about what is made of it."""
BUT = ("services/models", "ui/test_pages.py", "ui/shared/test_gradio_doors.py")
"""What trains, or builds all pages, and asks a database little: on SQLite alone."""
CHOICE = "DESRA_TEST_DATABASE"
"""The variable that lets all tests run on one kind."""


def choose_kinds(test: pytest.Item) -> Sequence[str]:
    """The kinds of database that a test is to run on."""
    if test.get_closest_marker("sqlite"):
        return KINDS[:1]
    if chosen := os.environ.get(CHOICE):
        return [chosen]
    place = test.path.relative_to(Path(__file__).parent).as_posix()
    both = place.startswith(BOTH) and not place.startswith(BUT)
    both = both and not test.get_closest_marker("slow")
    return KINDS if both else KINDS[:1]
