"""A server in a process of its own, for what is measured through one."""

import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from socket import AF_INET, SOCK_STREAM, socket
from typing import Any

from desra_studio.config import LOCAL_HOST
from desra_studio.errors import StudioError

PATIENCE_SECONDS = 300


def find_free_port() -> int:
    """Return a TCP port that nothing listens on just now."""
    with socket(AF_INET, SOCK_STREAM) as probe:
        probe.bind((LOCAL_HOST, 0))
        return int(probe.getsockname()[1])


def wait_until_healthy(port: int, process: "subprocess.Popen[Any]", secure: bool = False) -> None:
    """Wait until a server answers /healthz; over HTTPS, whoever signed its certificate.

    Raises:
        StudioError: it ended, or did not answer within five minutes.
    """
    address = f"{'https' if secure else 'http'}://{LOCAL_HOST}:{port}/healthz"
    context = _trust_anybody() if secure else None
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise StudioError(f"The server ended with status {process.returncode}.")
        with (
            suppress(urllib.error.URLError, ConnectionError, TimeoutError),
            urllib.request.urlopen(address, timeout=2, context=context) as answer,
        ):
            if answer.status == 200:
                return
        time.sleep(0.02)
    raise StudioError(f"The server did not answer within {PATIENCE_SECONDS} s.")


def _trust_anybody() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


@contextmanager
def run_server(
    data_dir: Path, *options: str, secure: bool = False
) -> Iterator[tuple[int, "subprocess.Popen[Any]"]]:
    """Serve a data directory in a process of its own: its port and itself; ended on leaving.

    Raises:
        StudioError: as `wait_until_healthy`.
    """
    port = find_free_port()
    command = [sys.executable, "-m", "desra_studio", "serve", "--port", str(port)]
    command += ["--data-dir", str(data_dir), *options]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        wait_until_healthy(port, process, secure)
        yield port, process
    finally:
        process.terminate()
        process.wait()
