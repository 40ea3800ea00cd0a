"""`db backup` and `db restore` as a terminal has them: one object, or one line."""

import json
import sqlite3
from contextlib import closing

import pytest

from desra_studio.services.studio import open_studio
from tests.factories.damage import flip_byte
from tests.factories.images import write_dataset
from tests.factories.studio import import_detected, make_settings


@pytest.fixture
def detected(studio, tmp_path):
    """A studio with three detected images."""
    import_detected(studio, write_dataset(tmp_path / "source"))
    return studio


@pytest.fixture
def out(tmp_path):
    return tmp_path / "backups"


def back_up(run, studio, out, *options):
    return run("db", "backup", "--out", out, "--data-dir", studio.settings.data_dir, *options)


def test_there_and_back(detected, run, out, tmp_path):
    status, said, error = back_up(run, detected, out, "--json")
    assert status == 0, error
    made = json.loads(said)
    assert set(made) == {
        "backup", "folder", "schema", "blobs", "copied", "copied_bytes", "files", "problems",
    }  # fmt: skip
    status, said, error = run("db", "restore", out, "--verify", "--json")
    assert status == 0, error
    assert json.loads(said)["backup"] == made["backup"]
    new = tmp_path / "new"
    status, said, error = run("db", "restore", out, "--data-dir", new, "--json")
    assert status == 0, error
    restored = json.loads(said)
    assert set(restored) == {"backup", "schema", "replaced", "blobs", "copied", "problems"}
    assert (restored["copied"], restored["replaced"]) == (made["blobs"], None)
    assert run("db", "check", "--data-dir", new)[0] == 0
    assert open_studio(make_settings(new)).database.sqlite_path.is_file()


def test_a_damaged_file_is_named_and_ends_it_with_2(detected, run, out):
    sha = next(sha for _, sha in detected.blobs.list_files())
    flip_byte(detected.blobs, sha)
    status, said, error = back_up(run, detected, out, "--json")
    assert status == 2
    assert sha[2:] in json.loads(said)["problems"][0]
    assert sha[2:] in error.splitlines()[0]
    assert "1 problem" in error.splitlines()[-1]


def test_a_damaged_backup_is_named(detected, run, out):
    back_up(run, detected, out)
    path = next(path for path in (out / "blobs").rglob("*") if path.is_file())
    path.write_bytes(b"x")
    status, _, error = run("db", "restore", out, "--verify")
    assert status == 2
    assert path.name in error
    assert len(error.splitlines()) == 1


@pytest.mark.parametrize("option", ["--verify", "--partial", "--at=x"])
def test_options_of_folders_alone(detected, run, option):
    status, _, error = run("db", "restore", option, "--data-dir", detected.settings.data_dir)
    assert status == 2
    assert "folder of db backup" in error


def test_a_check_tells_and_mends(detected, run):
    where = ("--data-dir", detected.settings.data_dir)
    detected.blobs.put(b"nobody's")
    with closing(sqlite3.connect(detected.database.sqlite_path)) as connection, connection:
        connection.execute("DELETE FROM queue_entry")
    status, said, error = run("db", "check", *where)
    assert (status, said) == (2, "")
    assert "queue: 3 missing" in error
    assert "desra-studio db check --repair" in error.splitlines()[-1]
    status, said, error = run("db", "check", "--repair", *where, "--json")
    assert status == 0, error
    told = json.loads(said)
    assert (len(told["repaired"]), told["problems"], told["orphans"]) == (2, [], [])
    assert told["backup"]
    assert "are made anew" in error
    status, said, error = run("db", "check", *where, "--json")
    assert (status, error) == (0, "")
    assert json.loads(said)["repaired"] == []
