"""The page's own scripts and styles, under an address that changes with their content."""

import hashlib
from pathlib import Path

STATIC = Path(__file__).parent.parent / "static"


def _hash_folder(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:12]


# With the hash in the address, browsers may keep the files and still see a new version at once.
STATIC_ROOT = "/studio/static"
STATIC_URL = f"{STATIC_ROOT}/{_hash_folder(STATIC)}"


def make_head() -> str:
    """Return what every page has in its <head>."""
    sheets = sorted(path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*.css"))
    # Those of voters and of signing in belong to their pages alone.
    sheets = [name for name in sheets if not name.startswith(("access/", "vote/"))]
    # The common one first: the pages' own build on it.
    sheets.sort(key=lambda name: name != "shared/studio.css")
    return "".join(f'<link rel="stylesheet" href="{STATIC_URL}/{name}">' for name in sheets)
