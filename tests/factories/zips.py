"""Makes zips, right ones and wrong ones."""

import stat
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

UNIX = 3


def write_zip(path: Path, entries: dict[str, bytes], **values) -> Path:
    """A zip of these names and contents, as Unix makes one; `values` are set on every entry."""
    with ZipFile(path, "w", ZIP_DEFLATED) as packed:
        for name, data in entries.items():
            add_entry(packed, name, data, **values)
    return path


def add_entry(packed: ZipFile, name: str, data: bytes, mode: int = stat.S_IFREG, **values) -> None:
    """Add an entry whose name and mode are taken as they are."""
    entry = ZipInfo("x")
    entry.filename, entry.create_system = name, UNIX
    entry.compress_type = ZIP_DEFLATED
    entry.external_attr = (mode | 0o644) << 16
    for field, value in values.items():
        setattr(entry, field, value)
    packed.writestr(entry, data)


def zip_folder(folder: Path, path: Path, top: str = "") -> Path:
    """A zip of all files of a folder, below a folder `top` where one is named."""
    files = {
        f"{top}{'/' if top else ''}{file.relative_to(folder).as_posix()}": file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }
    return write_zip(path, files)
