"""A server of PostgreSQL for the tests of one process, in a folder that ends with it."""

import os
import pwd
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
        """Carry one statement out beside all databases of tests."""
        url = f"host={self.folder} user=desra dbname=postgres"
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(statement)

    @contextmanager
    def lend(self, template: str = "template0") -> Iterator[str]:
        """Give the URL of a new copy of a database, which is dropped in the end."""
        self.made += 1
        name = f"test{self.made}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield self.locate(name)
        self.execute(f"DROP DATABASE {name} WITH (FORCE)")


def find_programs() -> Path | None:
    """The folder of the server's programs: Debian's newest, or where PATH has them."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return max(
        (path.parent for path in versions), key=lambda path: int(path.parent.name), default=None
    )


@contextmanager
def run_postgresql(programs: Path) -> Iterator[PostgresServer]:
    """A server that is there while the context lasts."""
    # pytest's own folders are closed to other accounts, and too deep for the name of a socket.
    folder = Path(tempfile.mkdtemp(prefix="desra-pg-", dir=find_memory()))
    account = find_account()
    if account:
        os.chown(folder, account.pw_uid, account.pw_gid)
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
        **(
            {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
        ),
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


def find_account() -> pwd.struct_passwd | None:
    """The account that the server runs under where it is not ours: it refuses to be root."""
    if os.geteuid() != 0:
        return None
    accounts = {account.pw_name: account for account in pwd.getpwall()}
    return accounts.get("postgres") or accounts["nobody"]
