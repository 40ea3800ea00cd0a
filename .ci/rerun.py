"""Run the tests that failed once more, each alone, and say which of them were flaky.

    .venv/bin/python .ci/rerun.py STATUS

STATUS is what pytest ended with. Ends with 0 only where every failed test passed this time.
"""

import json
import subprocess
import sys
from pathlib import Path

TESTS_FAILED = 1  # pytest's own exit status; any other means that tests did not run to their end
FAILED = Path(".pytest_cache/v/cache/lastfailed")
MOST = 40
"""More failures than this are no chance: the first run has said what is wrong."""


def rerun(status: int) -> int:
    """Return the exit status of the whole run; tell the outcome of each test that failed."""
    failed = sorted(json.loads(FAILED.read_text())) if FAILED.exists() else []
    if status != TESTS_FAILED or not failed:
        return status
    if len(failed) > MOST:
        print(f"{len(failed)} tests failed: too many to be flaky. None is run again.")
        return status
    print(f"Once more, one after the other: {len(failed)} tests that failed.", flush=True)
    outcomes = {test: _run_alone(test) for test in failed}
    for test, passed in outcomes.items():
        print(f"FLAKY {test}" if passed else f"FAILED TWICE {test}")
    again = [test for test, passed in outcomes.items() if not passed]
    print(f"{len(failed) - len(again)} passed, {len(again)} failed", flush=True)
    return TESTS_FAILED if again else 0


def _run_alone(test: str) -> bool:
    return subprocess.run([sys.executable, "-m", "pytest", test], check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(rerun(int(sys.argv[1])))
