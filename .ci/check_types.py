"""Check the types of the pages' JavaScript, and say how many of its modules are typed.

    .venv/bin/python .ci/check_types.py

TypeScript reads the modules that typed ones import, too, whether tsconfig.json excludes them or
not: what it finds in those is left out here. Ends with 0 only where the others are without fault.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
TSC = ROOT / "node_modules" / ".bin" / "tsc"
FOUND = re.compile(r"^([^\s(][^(]*)\(\d+,\d+\): error ")


def list_modules() -> tuple[list[str], list[str]]:
    """Return the modules that are typed and those that are not yet, relative to the root."""
    excluded = set(json.loads((ROOT / "tsconfig.json").read_text())["exclude"])
    folders = [ROOT / "desra_studio" / "ui" / "static", ROOT / "desra_studio" / "bench"]
    paths = [path for folder in folders for path in folder.rglob("*.js")]
    names = sorted(path.relative_to(ROOT).as_posix() for path in paths)
    return [name for name in names if name not in excluded], sorted(excluded)


def check_types() -> int:
    """Print what is wrong in typed modules; return the exit status."""
    typed, excluded = list_modules()
    command = [str(TSC), "--project", str(ROOT), "--pretty", "false"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    wrong: list[str] = []
    told = False
    for line in run.stdout.splitlines():
        found = FOUND.match(line)
        # What belongs to a fault is indented below it; a fault of the settings has no file.
        if found or not line.startswith(" "):
            told = found is None or found.group(1) not in excluded
        if told:
            wrong.append(line)
    print("\n".join([*wrong, run.stderr]).strip())
    print(f"{len(typed)} of {len(typed) + len(excluded)} modules are typed.")
    if run.returncode and not run.stdout:
        return run.returncode
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(check_types())
