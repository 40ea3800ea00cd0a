"""The version of the code that decides about figures."""

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import desra_studio

SCORING_PARTS = ("detection/*.py", "metrics/*.py", "imaging/*.py", "services/review/regions.py")


@cache
def describe_code_version() -> str:
    """Return the version, and the hash of the code that decides about figures: '0.1.0+3f2a…'."""
    package = Path(desra_studio.__file__).parent
    digest = hashlib.sha256()
    for path in list_parts(package, SCORING_PARTS):
        digest.update(path.read_bytes())
    return f"{desra_studio.__version__}+{digest.hexdigest()[:12]}"


def list_parts(package: Path, patterns: Sequence[str]) -> list[Path]:
    """Return the files that patterns match, in order.

    Raises:
        FileNotFoundError: a pattern matches nothing: a file that was moved would leave the hash
            without a sound, and figures of two codes would count as those of one.
    """
    found = []
    for pattern in patterns:
        paths = sorted(package.glob(pattern))
        if not paths:
            raise FileNotFoundError(f"No file of {package.name} matches {pattern!r}.")
        found += paths
    return found
