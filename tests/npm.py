"""The packages that package.json names: what checks the pages' JavaScript, and drives Firefox."""

import hashlib
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from filelock import FileLock

from tests.patience import PATIENCE_S

ROOT = Path(__file__).parent.parent
MODULES = ROOT / "node_modules"
# What npm says where the network or the registry is at fault, and nothing of ours can mend it.
UNREACHABLE = re.compile(
    r"npm error code (E(?:AI_AGAIN|CONNREFUSED|CONNRESET|HOSTUNREACH|NETUNREACH|NOTFOUND|TIMEDOUT)"
    r"|ERR_SOCKET_TIMEOUT|E40[37]|E50[0234])$",
    re.MULTILINE,
)


def run_command(*command, cwd=ROOT):
    """Run a command to its end, and return what it printed."""
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )


def install_packages(folder, *options):
    """Install what the package.json of a folder names; skip where it cannot be had."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not on the PATH: install it for what package.json names")
    # A registry that is away is away: npm would ask again for minutes.
    run = run_command(npm, "install", "--fetch-retries=0", *options, cwd=folder)
    if found := UNREACHABLE.search(run.stderr):
        pytest.skip(f"npm cannot reach its registry ({found.group(1)})")
    if "npm error code EBADENGINE" in run.stderr:
        pytest.skip("a package needs a newer Node.js: see engines in package.json")
    assert run.returncode == 0, run.stdout + run.stderr


def find_packages() -> Path:
    """Return the folder of the packages, installed once for each package.json."""
    wanted = hashlib.sha256((ROOT / "package.json").read_bytes()).hexdigest()
    MODULES.mkdir(exist_ok=True)
    stamp = MODULES / ".installed"
    with FileLock(MODULES / ".lock", timeout=PATIENCE_S):
        if not stamp.exists() or stamp.read_text() != wanted:
            install_packages(ROOT)
            stamp.write_text(wanted)
    return MODULES
