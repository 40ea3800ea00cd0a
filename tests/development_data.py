"""Where development data lie that are not part of the product."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"
TRIPLETS = SHARED / "data" / "srgan-triplets"
CASES = SHARED / "cases"
"""Files from the field, with what is to become of each in `expected.txt`."""


def require_case(name):
    """The folder of a case; skips where it is absent."""
    folder = CASES / name
    if not folder.is_dir():
        pytest.skip(f"{folder} is absent: development data, not part of the product")
    return folder
