"""Fetching large files: resumed where they broke off, checked before they get their name."""

import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

import httpx

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

from desra_studio.errors import InputError, ModelError
from desra_studio.imaging.staging import sync_folder
from desra_studio.services.studio import Report, ignore_progress

SILENCE_S = 30.0
"""How long a server may say nothing."""


def download_file(
    url: str,
    destination: Path,
    sha256: str = "",
    report: Report = ignore_progress,
    size_bytes: int = 0,
) -> None:
    """Fetch a file into `destination`, by way of `destination.part` beside it.

    What an earlier try left in the part file is not fetched again where the server can resume.

    Args:
        url: http or https; redirects are followed.
        destination: appears only when it is whole and right.
        sha256: in hex; empty where none is known.
        report: called with bytes and the file's name; the total is 0 where nobody tells it.
        size_bytes: 0 where it is not known.

    Raises:
        ModelError: no network, an unusable proxy, a status other than success, a transfer that
            broke off (what has come is kept), or a file that is not the right one (it is removed).
        InputError: the file cannot be written (what has come is kept).
    """
    part = destination.with_name(f"{destination.name}.part")
    client = _open_client()
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        with client:
            _fetch(client, url, part, size_bytes, report)
        _check_part(part, url, sha256, size_bytes)
        part.replace(destination)
        sync_folder(destination.parent)
    except httpx.HTTPStatusError as error:
        answer = f"{error.response.status_code} {error.response.reason_phrase}".strip()
        raise ModelError(f"{url} answered {answer}. Try again later.") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        reason = str(error) or type(error).__name__
        raise ModelError(
            f"{url} cannot be fetched ({reason}).{_tell_kept(part)} Try again with a network."
        ) from error
    except OSError as error:
        raise _refuse_to_write(part, error) from error


@contextmanager
def hold_lock(path: Path, busy: str) -> Iterator[None]:
    """Keep everybody else from entering a block under the lock of this file.

    The system frees the lock when its process ends, however that comes. The file stays: removed,
    two could lock two files of this name.

    Raises:
        ModelError: somebody else has the lock; says `busy`.
        InputError: the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("ab")
    except OSError as error:
        raise _refuse_to_write(path, error) from error
    with file:
        try:
            _lock(file.fileno())
        except (BlockingIOError, PermissionError) as error:
            raise ModelError(busy) from error
        except OSError as error:
            raise _refuse_to_write(path, error) from error
        yield


def _lock(handle: int) -> None:
    if sys.platform == "win32":
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def check_sum(path: Path, sha256: str = "") -> str:
    """Return the SHA-256 of a file in hex.

    Raises:
        ModelError: it is not the one that was expected; names both.
    """
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if sha256 and found != sha256:
        raise ModelError(f"{path.name} is damaged or another file: SHA-256 {found}, not {sha256}.")
    return found


def _open_client() -> httpx.Client:
    try:
        return httpx.Client(follow_redirects=True, timeout=SILENCE_S)
    except (ImportError, ValueError, httpx.InvalidURL) as error:
        reason = str(error).split(". ")[0].rstrip(".")
        raise ModelError(
            f"The proxy that ALL_PROXY, HTTPS_PROXY or HTTP_PROXY names cannot be used ({reason}). "
            "Name an http:// proxy there, or unset the variable, and try again."
        ) from error


def _fetch(client: httpx.Client, url: str, part: Path, size_bytes: int, report: Report) -> None:
    """Write the body into `part`, after what is there already where the server agrees."""
    start = part.stat().st_size if part.exists() else 0
    # A body compressed on its way could be neither counted nor resumed.
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={start}-"} if start else {})
    with client.stream("GET", url, headers=headers) as response:
        status, span = response.status_code, response.headers.get("Content-Range", "")
        if status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and span == f"bytes */{start}":
            return
        resumes = status == HTTPStatus.PARTIAL_CONTENT and span.startswith(f"bytes {start}-")
        of_another_file = start > 0 and not resumes and status in (
            HTTPStatus.PARTIAL_CONTENT, HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
        )  # fmt: skip
        if not of_another_file:
            response.raise_for_status()
            _write_body(response, part, start if resumes else 0, size_bytes, report)
            return
    part.unlink()
    _fetch(client, url, part, size_bytes, report)


def _write_body(
    response: httpx.Response, part: Path, start: int, size_bytes: int, report: Report
) -> None:
    announced = int(response.headers.get("Content-Length", 0))
    done, total = start, start + announced if announced else size_bytes
    with part.open("ab" if start else "wb") as file:
        for chunk in response.iter_bytes():
            file.write(chunk)
            done += len(chunk)
            report(done, total, f"Fetching {part.stem}")
        file.flush()
        os.fsync(file.fileno())


def _check_part(part: Path, url: str, sha256: str, size_bytes: int) -> None:
    size = part.stat().st_size
    try:
        if size_bytes and size != size_bytes:
            raise ModelError(f"{size} bytes came, not {size_bytes}.")
        check_sum(part, sha256)
    except ModelError as error:
        part.unlink()
        raise ModelError(
            f"{url} sent something else than expected: {error} It was removed. Try again later."
        ) from error


def _refuse_to_write(path: Path, error: OSError) -> InputError:
    return InputError(
        f"{path} cannot be written: {error.strerror or error}.{_tell_kept(path)} Free some space, "
        "or choose another data directory (--data-dir), and try again."
    )


def _tell_kept(part: Path) -> str:
    size = part.stat().st_size if part.is_file() else 0
    return f" {size} bytes are kept, and the next try goes on from there." if size else ""
