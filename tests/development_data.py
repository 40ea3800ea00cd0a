"""Where development data lie that are not part of the product."""

from pathlib import Path

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"
TRIPLETS = SHARED / "data" / "srgan-triplets"
CASES = SHARED / "cases"
