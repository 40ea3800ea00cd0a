"""What becomes of tests that failed in `.ci/run`: once more, alone, and named."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

RERUN = Path(__file__).parent.parent / ".ci" / "rerun.py"
SUITE = """
from pathlib import Path

import pytest

def test_sound():
    pass

def test_fails_once():
    ran = Path("ran")
    if not ran.exists():
        ran.touch()
        pytest.fail("the first time")

def test_fails_twice():
    assert {sound}
"""


@pytest.fixture
def suite(tmp_path):
    """Run a small suite, of which one test fails the first time alone, as `.ci/run` does."""

    def run(*command):
        return subprocess.run(
            [sys.executable, *map(str, command)],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            # Plugins take seconds to load, and nothing here needs one.
            env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        )

    def run_suite(sound):
        (tmp_path / "test_some.py").write_text(SUITE.format(sound=sound))
        first = run("-m", "pytest")
        return run(RERUN, first.returncode)

    return run_suite


def test_a_test_that_failed_once_is_named_and_passes(suite):
    again = suite(sound=True)
    assert again.returncode == 0
    assert again.stdout.splitlines()[-2:] == [
        "FLAKY test_some.py::test_fails_once",
        "1 passed, 0 failed",
    ]


def test_a_second_failure_fails_the_run(suite):
    again = suite(sound=False)
    assert again.returncode == 1
    assert again.stdout.splitlines()[-3:] == [
        "FLAKY test_some.py::test_fails_once",
        "FAILED TWICE test_some.py::test_fails_twice",
        "1 passed, 1 failed",
    ]


def test_what_is_no_failed_test_has_no_second_try(tmp_path):
    command = [sys.executable, str(RERUN), "2"]
    assert subprocess.run(command, cwd=tmp_path, check=False).returncode == 2
