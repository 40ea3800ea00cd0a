"""Runs the tests of the page's pure modules with Node's own test runner."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.patience import PATIENCE_S

TESTS = Path(__file__).parent / "js"


def test_javascript():
    node = shutil.which("node")
    if node is None:
        if os.environ.get("CI"):
            pytest.fail("node is not on the PATH, and CI has to run the JavaScript tests")
        pytest.skip("node is not on the PATH: install Node.js 18 or newer")
    files = sorted(str(path) for path in TESTS.glob("*.test.mjs"))
    run = subprocess.run(
        [node, "--test", *files], capture_output=True, text=True, check=False, timeout=PATIENCE_S
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "fail 0" in run.stdout
