"""A server of PostgreSQL for the tests of one process, in a folder that ends with it."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

SCRIPT = """
"$bin/initdb" -D "$folder/data" -U desra -A trust -E UTF8 --no-sync \
  --locale-provider=icu --icu-locale=de --locale=C.UTF-8 >"$folder/log" &&
"$bin/pg_ctl" -w -D "$folder/data" -l "$folder/log" -o "$options" start >/dev/null &&
echo ready || cat "$folder/log"
read -r _
"$bin/pg_ctl" -m immediate -D "$folder/data" stop >/dev/null
rm -rf "$folder"
"""
"""Ends the server once its standard input ends, however the process ends that holds it."""
OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "max_wal_senders": "0",
    "max_wal_size": "128MB",
    "wal_level": "minimal",
    # Neither is what the studio works with: what forgets to say so fails.
    "TimeZone": "Asia/Kolkata",
}

OLDEST = 15
"""The first version that can sort by a language that the system itself does not have."""
ROOM_BYTES = 10**9
"""More than a server and the databases of one test take."""


class PostgresServer:
    """A server, with a database for each who asks.

    Attributes:
        folder: where its socket is.
        made: how many databases there were.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.made = folder, 0

    def locate(self, name: str) -> str:
        """The URL of a database."""
        return f"postgresql://desra@/{name}?host={self.folder}"

    def execute(self, statement: str) -> None:
        """Carry one statement out, beside all databases of tests."""
        with self._connect() as connection:
            connection.execute(statement)

    def ask(self, query: str) -> list[tuple]:
        """The rows that answer a query, beside all databases of tests."""
        with self._connect() as connection:
            return connection.execute(query).fetchall()

    def _connect(self) -> psycopg.Connection:
        url = f"host={self.folder} user=desra dbname=postgres"
        return psycopg.connect(url, autocommit=True)

    @contextmanager
    def lend(self, template: str = "template0") -> Iterator[str]:
        """Give the URL of a new copy of a database, which is dropped in the end."""
        self.made += 1
        name = f"test{self.made}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield self.locate(name)
        self.execute(f"DROP DATABASE {name} WITH (FORCE)")


def find_programs() -> Path | None:
    """The folder of the server's programs: those in PATH, or Debian's newest; None for none."""
    in_path = shutil.which("initdb")
    found = (
        [Path(in_path).resolve()] if in_path else Path("/usr/lib/postgresql").glob("*/bin/initdb")
    )
    versions = {read_version(initdb): initdb.parent for initdb in found}
    newest = max(versions, default=0)
    return versions[newest] if newest >= OLDEST else None


def read_version(initdb: Path) -> int:
    """The version of PostgreSQL that a program is of: 15, for example."""
    said = subprocess.run([initdb, "--version"], capture_output=True, text=True, check=True).stdout
    return int(re.search(r"\d+", said).group())


@contextmanager
def run_postgresql(programs: Path) -> Iterator[PostgresServer]:
    """A server that is there while the context lasts."""
    # pytest's own folders are closed to other accounts, and too deep for the name of a socket.
    folder = Path(tempfile.mkdtemp(prefix="desra-pg-", dir=find_memory()))
    account = find_account()
    if account:
        os.chown(folder, *account)
    options = " ".join(f"-c {name}={value}" for name, value in OPTIONS.items())
    process = subprocess.Popen(
        ["sh", "-c", SCRIPT],
        env=os.environ
        | {"bin": str(programs), "folder": str(folder), "options": f"-k {folder} {options}"},
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        **({"user": account[0], "group": account[1], "extra_groups": []} if account else {}),
    )
    try:
        said = process.stdout.readline()
        assert said == "ready\n", said + process.stdout.read()
        yield PostgresServer(folder)
    finally:
        process.communicate()


def find_memory() -> Path | None:
    """The folder of files in memory where there is room: databases are made ten times as fast."""
    memory = Path("/dev/shm")
    return memory if memory.is_dir() and shutil.disk_usage(memory).free > ROOM_BYTES else None


def find_account() -> tuple[int, int] | None:
    """The user and group that the server runs as where it is not ours: it refuses to be root."""
    if os.geteuid() != 0:
        return None
    import pwd  # no other system than those that have root has it

    known = {account.pw_name: (account.pw_uid, account.pw_gid) for account in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]
