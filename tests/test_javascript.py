"""The pages' modules: their tests in Node's own test runner, their style, their types."""

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.npm import find_packages, install_packages, run_command

ROOT = Path(__file__).parent.parent
TESTS = ROOT / "tests" / "js"
TSCONFIG = json.loads((ROOT / "tsconfig.json").read_text())


@pytest.fixture(scope="session")
def packages():
    """The folder of the commands that npm installed, once for each package.json."""
    return find_packages() / ".bin"


def test_javascript():
    node = shutil.which("node")
    if node is None:
        if os.environ.get("CI"):
            pytest.fail("node is not on the PATH, and CI has to run the JavaScript tests")
        pytest.skip("node is not on the PATH: install Node.js 18 or newer")
    run = run_command(node, "--test", *sorted(TESTS.glob("*.test.mjs")))
    assert run.returncode == 0, run.stdout + run.stderr
    assert "fail 0" in run.stdout


def test_style(packages):
    run = run_command(packages / "oxlint", "--deny-warnings", "desra_studio", "tests/js")
    assert run.returncode == 0, run.stdout + run.stderr


def test_types(packages):
    run = run_command(sys.executable, ROOT / ".ci" / "check_types.py")
    assert run.returncode == 0, run.stdout + run.stderr


def test_modules_without_types_are_named_one_by_one():
    excluded = TSCONFIG["exclude"]
    assert excluded == sorted(set(excluded))
    for name in excluded:
        assert (ROOT / name).is_file(), f"tsconfig.json excludes {name}, which does not exist"


@pytest.fixture
def project(tmp_path):
    """A folder with a package.json of these packages."""

    def write_project(packages):
        (tmp_path / "package.json").write_text(
            json.dumps({"private": True, "devDependencies": packages})
        )
        return tmp_path

    return write_project


needs_npm = pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not on the PATH")


@needs_npm
def test_a_registry_that_is_away_is_no_fault_of_ours(project, without_proxy):
    folder = project({"oxlint": "1.94.0"})
    with pytest.raises(pytest.skip.Exception, match="cannot reach its registry"):
        install_packages(folder, "--registry=http://127.0.0.1:9", "--cache=empty")


@needs_npm
def test_any_other_failure_is_one(project):
    with pytest.raises(AssertionError, match="EUNSUPPORTEDPROTOCOL"):
        install_packages(project({"oxlint": "nowhere:1"}))
