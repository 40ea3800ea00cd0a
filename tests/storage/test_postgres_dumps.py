"""What PostgreSQL's programs are told: all of it by the environment, nothing on a command line."""

import pytest
from sqlalchemy import make_url

from desra_studio.errors import InputError
from desra_studio.storage import postgres_dumps
from desra_studio.storage.postgres_dumps import describe_connection, dump_database, find_program

URL = "postgresql+psycopg://ada:p%40ss@db.example:6432/studio?sslmode=require&application_name=x"


def test_a_connection_is_told_by_variables():
    assert describe_connection(make_url(URL)) == {
        "PGHOST": "db.example",
        "PGPORT": "6432",
        "PGUSER": "ada",
        "PGPASSWORD": "p@ss",
        "PGDATABASE": "studio",
        "PGSSLMODE": "require",
    }
    socket = make_url("postgresql://ada@/studio?host=/run/postgresql")
    assert describe_connection(socket)["PGHOST"] == "/run/postgresql"


def test_a_password_is_on_no_command_line(tmp_path, monkeypatch):
    said = tmp_path / "said"
    program = tmp_path / "pg_dump"
    program.write_text(f'#!/bin/sh\necho "$@" "$PGPASSWORD" > {said}\necho no >&2\nexit 3\n')
    program.chmod(0o755)
    monkeypatch.setattr(postgres_dumps, "PROGRAMS", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with pytest.raises(InputError, match="pg_dump ended with status 3: no"):
        dump_database(make_url(URL), tmp_path / "database.dump", "00-1")
    *arguments, password = said.read_text().split()
    assert password == "p@ss"
    assert "--snapshot=00-1" in arguments
    assert not any("p@ss" in argument for argument in arguments)
    assert not list(tmp_path.glob("database.dump*"))


def test_a_program_that_is_not_installed_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(postgres_dumps, "PROGRAMS", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError, match=r"pg_dump is not on this machine.*postgresql-client"):
        find_program("pg_dump")


def test_the_newest_version_is_taken(tmp_path, monkeypatch):
    for version in ("9.6", "15", "8"):
        (tmp_path / version / "bin").mkdir(parents=True)
        (tmp_path / version / "bin" / "psql").touch()
    monkeypatch.setattr(postgres_dumps, "PROGRAMS", tmp_path)
    assert find_program("psql") == str(tmp_path / "15" / "bin" / "psql")
