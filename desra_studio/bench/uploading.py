"""A large upload by the browser's route, cut off in the middle of a piece, and gone on with."""

import filecmp
import time
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx

from desra_studio.bench.memory import read_memory
from desra_studio.bench.server import PATIENCE_SECONDS, run_server
from desra_studio.bench.triplets import copy_durably
from desra_studio.config import LOCAL_HOST, Settings
from desra_studio.errors import InputError, StudioError
from desra_studio.services.studio import Report, ignore_progress, open_studio
from desra_studio.services.uploads.staging import open_upload

UPLOAD_MB = 2000
MB = 10**6
PIECE_BYTES = 8 * MB
"""As pages send them."""
SENT_AT_ONCE = 50_000
ROUTE = "/studio/api/uploads"
NAME = "large.zip"


class _CutError(Exception):
    """The sender is gone."""


class Sender:
    """Sends a file as pages do, a piece after the other.

    Attributes:
        here: how much of it the server said that it has, in bytes.
        sent: how many bytes were given to connections, those of the cut piece too.
    """

    def __init__(self, client: httpx.Client, path: Path) -> None:
        self._client, self._path, self._size = client, path, path.stat().st_size
        offered = {"name": NAME, "files": [[NAME, self._size, path.stat().st_mtime]]}
        begun = client.post(ROUTE, json=offered)
        _check(begun, HTTPStatus.CREATED)
        self.id: str = begun.json()["id"]
        self.here = self.sent = 0

    def send_until(self, end: int, report: Report) -> float:
        """Send what comes before a byte; return the seconds that it took."""
        begun = time.perf_counter()
        while self.here < end:
            report(self.here // MB, self._size // MB, "Sending")
            self._append(self._read(min(PIECE_BYTES, end - self.here)))
        return time.perf_counter() - begun

    def cut_piece(self) -> None:
        """Hang up in the middle of a piece, then ask what is there, by a piece of nothing."""
        piece = self._read(PIECE_BYTES)

        def fail_midway() -> Iterator[bytes]:
            for begin in range(0, len(piece) // 2, SENT_AT_ONCE):
                self.sent += SENT_AT_ONCE
                yield piece[begin : begin + SENT_AT_ONCE]
            raise _CutError

        try:
            self._put(fail_midway(), {"Content-Length": str(len(piece))})
        except _CutError:
            self._append(b"")

    def discard(self) -> None:
        """Remove the upload."""
        _check(self._client.delete(f"{ROUTE}/{self.id}"), HTTPStatus.OK)

    def _append(self, piece: bytes) -> None:
        answer = self._put(piece)
        self.sent += len(piece)
        # What came before a cut may still be on its way to the file: then more is there.
        _check(answer, HTTPStatus.OK, HTTPStatus.CONFLICT)
        self.here = int(answer.json()["length"])

    def _read(self, size: int) -> bytes:
        with self._path.open("rb") as file:
            file.seek(self.here)
            return file.read(size)

    def _put(
        self, content: bytes | Iterator[bytes], headers: dict[str, str] | None = None
    ) -> httpx.Response:
        where = {"path": NAME, "offset": str(self.here)}
        return self._client.put(
            f"{ROUTE}/{self.id}", params=where, content=content, headers=headers
        )


def time_upload(
    folder: Path, megabytes: int = UPLOAD_MB, report: Report = ignore_progress
) -> dict[str, Any]:
    """Send a file to a server in a process of its own; the connection is cut off at its half.

    The naive way sends it as one, all of it again after a cut. What the disk takes is measured by a
    plain copy.

    Args:
        folder: made, for the file and the data directory.
        megabytes: size of the file, two pieces of 8 MB at least.
        report: told how far it is, in MB.

    Returns:
        {"megabytes", "kept_mb": what the server had right after the cut, "again_mb": what was sent
        twice, "naive_again_mb", "rate_before", "rate_after": MB per second before and after the
        cut, "copying_rate": of a plain copy that is flushed to disk, "server_mb_before": resident
        memory of the server, "server_mb_peak": its most until the file was there,
        "server_mb_after", "same": whether what arrived is what was sent}.

    Raises:
        InputError: a smaller file.
        StudioError: the server did not start, or refused something, or this system does not tell
            how much memory a process has.
    """
    source, data_dir, size = folder / NAME, folder / "data", megabytes * MB
    if size < 2 * PIECE_BYTES:
        raise InputError(f"An upload that is cut has at least 16 MB, got {megabytes}.")
    _write_sparse(source, size)
    studio = open_studio(Settings(data_dir=data_dir, database_url="", blind_share=0))
    with (
        run_server(data_dir, "--no-pages") as (port, server),
        httpx.Client(
            base_url=f"http://{LOCAL_HOST}:{port}", timeout=PATIENCE_SECONDS, trust_env=False
        ) as client,
    ):
        before = read_memory(server.pid)
        sender = Sender(client, source)
        half = size // 2 // PIECE_BYTES * PIECE_BYTES
        seconds_before = sender.send_until(half, report)
        sender.cut_piece()
        cut_at, kept = sender.sent, sender.here
        seconds_after = sender.send_until(size, report)
        after = read_memory(server.pid)
        arrived = open_upload(studio, sender.id).find_file(NAME)
        same = filecmp.cmp(source, arrived, shallow=False)
        sender.discard()
    studio.database.close()
    begun = time.perf_counter()
    copy_durably(source, folder / "copied")
    copying = time.perf_counter() - begun
    return {
        "megabytes": megabytes,
        "kept_mb": round(kept / MB, 1),
        "again_mb": round((sender.sent - size) / MB, 1),
        "naive_again_mb": round(cut_at / MB, 1),
        "rate_before": round(half / MB / seconds_before, 1),
        "rate_after": round((size - kept) / MB / seconds_after, 1),
        "copying_rate": round(size / MB / copying, 1),
        "server_mb_before": before.resident_mb,
        "server_mb_peak": after.peak_mb,
        "server_mb_after": after.resident_mb,
        "same": same,
    }


def _write_sparse(path: Path, size: int) -> None:
    """Write a file of which each MB begins with its number, and has nothing else in it."""
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        file.truncate(size)
        for begin in range(0, size, MB):
            file.seek(begin)
            file.write((begin // MB).to_bytes(8, "big"))


def _check(answer: httpx.Response, *expected: HTTPStatus) -> None:
    if answer.status_code not in expected:
        raise StudioError(f"{answer.url.path} answered {answer.status_code}: {answer.text[:200]}")
