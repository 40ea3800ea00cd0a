"""Copies of the database: whole or not there, and put back with what they replace kept."""

import sqlite3
from contextlib import closing

import pytest

from desra_studio.services.occupation import occupy
from desra_studio.storage.backups import back_up, list_backups, name_copy
from tests.factories.studio import make_settings

pytestmark = pytest.mark.sqlite


def name_author(path, name):
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "INSERT INTO user (name, settings, created_at) VALUES (?, '{}', 0)", [name]
        )


def list_authors(path):
    with closing(sqlite3.connect(path)) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM user ORDER BY name")]


@pytest.fixture
def path(studio):
    """A database with a row that its backup lacks."""
    path = studio.database.sqlite_path
    name_author(path, "before")
    assert back_up(studio.database, "before").is_file()
    name_author(path, "later")
    return path


def restore(run, path, *arguments):
    return run("db", "restore", *arguments, "--data-dir", path.parent)


def test_the_newest_backup_is_put_back_and_what_was_there_kept(path, run):
    status, said, error = restore(run, path)
    assert status == 0, error
    assert list_authors(path) == ["before"]
    (replaced,) = path.parent.glob("*.replaced-*[0-9]")
    assert str(replaced) in said
    assert list_authors(replaced) == ["before", "later"]
    status, _, error = restore(run, path, replaced)
    assert status == 0, error
    assert list_authors(path) == ["before", "later"]
    assert run("db", "check", "--data-dir", path.parent)[0] == 0


@pytest.mark.parametrize("damage", ["no database", "half"])
def test_a_database_that_cannot_be_read_is_replaced(path, run, damage, studio):
    studio.database.close()
    content = path.read_bytes()
    path.write_bytes(
        b"not a database" * 1000 if damage == "no database" else content[: len(content) // 2]
    )
    status, _, error = restore(run, path)
    assert status == 0, error
    assert list_authors(path) == ["before"]
    assert run("db", "check", "--data-dir", path.parent)[0] == 0


def test_a_missing_database_is_put_back(path, run, studio):
    studio.database.close()
    path.unlink()
    status, said, error = restore(run, path)
    assert status == 0, error
    assert "was there" not in said
    assert list_authors(path) == ["before"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "There is no file"),
        (b"cats" * 1000, "cannot be read"),
        (b"", "not a database of DeSRA Studio"),
        ("half", "damaged|cannot be read"),
    ],
)
def test_what_is_no_backup_is_refused_and_nothing_touched(path, run, tmp_path, content, told):
    wrong = tmp_path / "wrong.sqlite"
    if content == "half":
        (whole,) = list_backups(path)
        content = whole.read_bytes()
        content = content[: len(content) // 8192 * 4096]
    if content is not None:
        wrong.write_bytes(content)
    status, _, error = restore(run, path, wrong)
    assert status == 2
    assert "Traceback" not in error
    assert any(one in error for one in told.split("|")), error
    assert list_authors(path) == ["before", "later"]
    assert not list(path.parent.glob("*.re*"))


@pytest.mark.parametrize("left", [".part", ".part-journal", "-wal"])
def test_what_a_killed_process_left_beside_a_backup_is_none(path, run, left):
    (whole,) = list_backups(path)
    whole.with_name(f"{whole.name}{left}").write_bytes(b"half")
    status, said, error = restore(run, path)
    assert status == 0, error
    assert f"that of {whole}, " in said
    assert list_authors(path) == ["before"]


def test_nothing_to_restore_says_how_to_name_one(studio, run):
    status, _, error = restore(run, studio.database.sqlite_path)
    assert status == 2
    assert "db restore FILE" in error


def test_a_server_at_work_is_left_alone(path, run):
    with occupy(make_settings(path.parent), "http://127.0.0.1:7860"):
        status, _, error = restore(run, path)
    assert status == 2
    assert "in use by http://127.0.0.1:7860" in error
    assert list_authors(path) == ["before", "later"]


def test_what_was_set_aside_is_not_written_over_within_the_same_second(tmp_path):
    path = tmp_path / "studio.sqlite"
    for _ in range(3):
        copy = name_copy(path, "replaced")
        assert not copy.exists()
        copy.touch()
