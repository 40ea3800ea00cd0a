"""What can be imported beside a folder: a zip, or a manifest."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from desra_studio.errors import InputError
from desra_studio.services.studio import Report, Studio, ignore_progress
from desra_studio.services.uploads.folders import descend, find_uploads
from desra_studio.services.uploads.manifests import LINES, TABLES, stage_manifest
from desra_studio.services.uploads.zips import unpack_zip


class Source(NamedTuple):
    """A folder to import, and one line per file that did not come to be in it."""

    folder: Path
    notes: list[str]


@contextmanager
def open_source(studio: Studio, path: Path, report: Report = ignore_progress) -> Iterator[Source]:
    """Yield the folder that a path stands for, for as long as the block runs.

    A folder is itself, and so is what does not exist. A zip (.zip) is unpacked, the files of a
    manifest (.csv, .tsv, .jsonl, .ndjson) are put together, both below `uploads/` in the data
    directory, where they are removed at the end. Where one folder in a zip holds all, it is that.

    Args:
        studio: the installation. Where its settings name the folders that pages may import from, a
            manifest's files lie in these or beside the manifest.
        path: of a folder or a file; `~` is a home.
        report: told how far unpacking is, in entries.

    Raises:
        InputError: a file of another kind, or see `unpack_zip` and `stage_manifest`.
        CancelledError: from `report`.
    """
    try:
        path = path.expanduser()
    except RuntimeError as error:
        raise InputError(f"{path} cannot be found ({error}). Give the whole path.") from error
    if not path.is_file():
        yield Source(path, [])
        return
    kind = path.suffix.lower()
    if kind not in (".zip", *TABLES, *LINES):
        raise InputError(
            f"{path.name} is neither a folder, a zip nor a manifest "
            f"({', '.join((*TABLES, *LINES))}). Give one of these."
        )
    with TemporaryDirectory(
        dir=find_uploads(studio), prefix="source-", ignore_cleanup_errors=True
    ) as made:
        # Named as what it was made of: a dataset without a name gets the folder's.
        folder = Path(made) / (path.stem or "source")
        folder.mkdir()
        if kind == ".zip":
            notes = unpack_zip(path, folder, report)
            yield Source(descend(folder), notes)
        else:
            yield Source(folder, stage_manifest(path, folder, studio.settings.folders))
