"""Backups: of one moment while others write, growing by what is new, whole or none at all."""

import errno
import os
import shutil
import sqlite3
import subprocess
import sys
from collections import namedtuple
from contextlib import closing

import pytest
from filelock import FileLock

from desra_studio.bench.kills.ledger import find_lost, read_ledger
from desra_studio.errors import InputError, SchemaError
from desra_studio.services import backing_up
from desra_studio.services.backing_up import back_up_studio
from desra_studio.services.backup_folder import LOCK, BackupFolder
from desra_studio.services.restoring import restore_moment, verify_backup
from desra_studio.services.studio import connect_studio, open_studio
from desra_studio.storage import backups
from desra_studio.storage.old_schemas import write_old
from desra_studio.storage.tables import Detection
from tests.factories.damage import flip_byte
from tests.factories.studio import make_settings
from tests.factories.work import save_another
from tests.patience import wait_for

SAVE_ON = """
import sys
from pathlib import Path
from desra_studio.services.studio import open_studio
from tests.factories.studio import make_settings
from tests.factories.work import save_another

studio = open_studio(make_settings(Path(sys.argv[1])))
while True:
    print(save_another(studio), flush=True)
"""


@pytest.fixture
def out(tmp_path):
    return tmp_path / "backups"


def restore_elsewhere(out, tmp_path, at=None):
    """Restore a backup into a new data directory; returns its studio."""
    settings = make_settings(tmp_path / f"restored-{at}")
    restore_moment(connect_studio(settings), out, at)
    return open_studio(settings)


def list_files(folder):
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def test_what_is_there_already_is_not_copied_again(worked, out):
    first = back_up_studio(worked, out)
    assert first.copied == first.blobs > 10
    assert first.files == 2, "the weights and the log, not the lock"
    before = list_files(out / "blobs")
    save_another(worked)
    second = back_up_studio(worked, out)
    assert (second.copied, second.blobs) == (1, first.blobs + 1)
    after = list_files(out / "blobs")
    assert len(after) == len(before) + 1
    assert before.items() <= after.items()
    assert BackupFolder(out).list_moments() == [second.name, first.name]


def test_a_backup_while_another_process_saves_is_of_one_moment(worked, out, tmp_path):
    data_dir = worked.settings.data_dir
    command = [sys.executable, "-c", SAVE_ON, str(data_dir)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as saving:
        try:
            for round_ in range(3):
                assert saving.stdout.readline(), "a save"
                told = read_ledger(worked)
                made = back_up_studio(worked, out)
                assert made.problems == []
                restored = restore_elsewhere(out, tmp_path, made.name)
                assert find_lost(restored, told) == [], f"backup {round_}"
                # Each row of it, of whenever it is, has its file.
                assert find_lost(restored, read_ledger(restored)) == []
                restored.database.close()
        finally:
            saving.kill()


def test_writes_during_the_copy_do_not_begin_it_anew(worked, out, monkeypatch):
    monkeypatch.setattr(backups, "PAGES", 10)
    steps = []

    def save_meanwhile(done, total, message):
        if message == "database pages":
            steps.append((done, total))
            if len(steps) < 6:
                save_another(worked)

    made = back_up_studio(worked, out, save_meanwhile)
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)
    assert len({total for _, total in steps}) == 1
    assert len(steps) > 6
    later = back_up_studio(worked, out)
    assert later.blobs == made.blobs + 5, "none of what came after it began"


def test_a_save_between_database_and_files_changes_nothing(worked, out, tmp_path):
    told = read_ledger(worked)

    def save_meanwhile(done, total, message):
        if message == "files copied":
            save_another(worked)

    back_up_studio(worked, out, save_meanwhile)
    restored = restore_elsewhere(out, tmp_path)
    assert read_ledger(restored) == told
    restored.database.close()


@pytest.mark.parametrize("ended_in", ["database pages", "files copied", "files of jobs"])
def test_a_backup_that_was_ended_is_none_and_the_next_goes_on(worked, out, ended_in):
    class Killed(BaseException):
        """What nobody catches."""

    def end(done, total, message):
        if message == ended_in and done:
            raise Killed

    with pytest.raises(Killed):
        back_up_studio(worked, out, end)
    assert BackupFolder(out).list_moments() == []
    kept = len(list_files(out / "blobs"))
    half = out / "backups" / "2026-01-01T000000Z"
    half.mkdir()
    (half / "database.sqlite").write_bytes(b"half")
    made = back_up_studio(worked, out)
    assert made.copied + kept >= made.blobs
    assert kept == 0 or made.copied < made.blobs
    assert not half.exists()
    assert verify_backup(out)[1] == []


def test_a_killed_process_leaves_no_backup(worked, out):
    command = [sys.executable, "-m", "desra_studio", "db", "backup", "--out", str(out)]
    with subprocess.Popen([*command, "--data-dir", str(worked.settings.data_dir)]) as process:
        wait_for(lambda: list(out.glob("backups/*/*")), "the copy of the database")
        process.kill()
    whole = BackupFolder(out).list_moments()
    made = back_up_studio(worked, out)
    assert set(BackupFolder(out).list_moments()) == {made.name, *whole}
    assert verify_backup(out)[1] == []
    assert not list(out.rglob(".writing-*"))


@pytest.mark.parametrize("damage", ["missing", "changed"])
def test_a_damaged_file_is_told_and_the_rest_kept(worked, out, damage):
    with worked.database.read() as session:
        sha = session.get(Detection, 1).map_sha
    path = worked.blobs.find(sha)
    if damage == "missing":
        path.unlink()
    else:
        flip_byte(worked.blobs, sha)
    made = back_up_studio(worked, out)
    assert len(made.problems) == 1
    assert sha[2:] in made.problems[0]
    assert "detection.map_sha of row 1" in made.problems[0]
    moment, broken = verify_backup(out)
    assert sha not in moment.manifest.blobs
    assert (moment.manifest.left_out, broken) == (made.problems, [])


def test_what_is_lost_later_stays_in_the_backup(worked, out, tmp_path):
    back_up_studio(worked, out)
    told = read_ledger(worked)
    with worked.database.read() as session:
        sha = session.get(Detection, 1).map_sha
    worked.blobs.find(sha).unlink()
    made = back_up_studio(worked, out)
    assert len(made.problems) == 1
    restored = restore_elsewhere(out, tmp_path)
    assert find_lost(restored, told) == []
    assert restored.blobs.find(sha)
    restored.database.close()


def test_a_file_that_a_setting_names_is_kept(worked, out):
    network = worked.blobs.put(b"a network")
    with worked.database.write() as session:
        detection = session.get(Detection, 1)
        detection.params = {**detection.params, "network": network}
    back_up_studio(worked, out)
    assert network in BackupFolder(out).open_moment().manifest.blobs


def test_a_disk_without_room_is_told_before_anything_is_copied(worked, out, monkeypatch):
    usage = namedtuple("Usage", "total used free")(9, 8, 200_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: usage)
    with pytest.raises(InputError, match=r"needs .* more in .*, 0 bytes is free"):
        back_up_studio(worked, out)
    assert not list_files(out / "blobs")
    assert not list((out / "backups").iterdir())


def test_a_disk_that_fills_up_is_told(worked, out, monkeypatch):
    def fill(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(backing_up, "write_manifest", fill)
    with pytest.raises(InputError, match="is full, so there is no backup"):
        back_up_studio(worked, out)
    assert not list((out / "backups").iterdir())


def test_two_at_once_are_refused(worked, out):
    out.mkdir()
    with (
        FileLock(out / LOCK),
        pytest.raises(InputError, match="Another process makes a backup"),
    ):
        back_up_studio(worked, out)


def test_wrong_places_are_refused(worked, tmp_path):
    with pytest.raises(InputError, match="would be lost with it"):
        back_up_studio(worked, worked.settings.data_dir / "backups")
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(InputError, match="cannot be written to"):
        back_up_studio(worked, file)
    empty = connect_studio(make_settings(tmp_path / "empty"))
    with pytest.raises(InputError, match="nothing to back up"):
        back_up_studio(empty, tmp_path / "out")
    assert not (tmp_path / "empty" / "studio.sqlite").exists()


def test_an_older_schema_has_to_be_upgraded_first(worked, out, tmp_path):
    old = tmp_path / "old" / "studio.sqlite"
    old.parent.mkdir()
    write_old(worked.database.sqlite_path, "0007", old)
    with pytest.raises(SchemaError, match="desra-studio db upgrade"):
        back_up_studio(connect_studio(make_settings(old.parent)), out)


def test_a_damaged_database_is_told(worked, out):
    path = worked.database.sqlite_path
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "INSERT INTO region (id, revision_id, x, y, note, author, created_at) "
            "VALUES (99, 4711, 1, 1, '', 'Ada', '2026-01-01 00:00:00')"
        )
    made = back_up_studio(worked, out)
    assert made.problems == ["reference: row 99 of region refers to a missing mask_revision"]
