"""The page's own scripts and styles, under an address that changes with their content."""

import hashlib
from pathlib import Path

STATIC = Path(__file__).parent / "static"


def _hash_folder(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]


# With the hash in the address, browsers may keep the files and still see a new version at once.
STATIC_URL = f"/studio/static/{_hash_folder(STATIC)}"


def make_head() -> str:
    """Return what every page has in its <head>."""
    return f'<link rel="stylesheet" href="{STATIC_URL}/studio.css">'
