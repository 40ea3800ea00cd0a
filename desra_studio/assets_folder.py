"""Where the files are that ship beside the code: the bundled models and the sample images."""

from pathlib import Path


def find_assets() -> Path:
    """Return `assets/` of a source checkout, else the package's own; it need not exist."""
    package = Path(__file__).resolve().parent
    in_checkout = (package.parent / "pyproject.toml").is_file()
    return (package.parent if in_checkout else package) / "assets"
