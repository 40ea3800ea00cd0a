"""The restore drill: what was acknowledged before a backup is there after all else was lost."""

import json
import shutil
from collections import namedtuple

import pytest

from desra_studio.bench.kills.ledger import find_lost, read_ledger
from desra_studio.errors import InputError, SchemaError
from desra_studio.services import restoring
from desra_studio.services.backing_up import back_up_studio
from desra_studio.services.backup_folder import BackupFolder, hash_file
from desra_studio.services.lost_jobs import hold_job
from desra_studio.services.maintenance import check_studio, upgrade_studio
from desra_studio.services.occupation import occupy
from desra_studio.services.restoring import restore_moment, verify_backup
from desra_studio.services.studio import connect_studio, open_studio
from desra_studio.storage.old_schemas import write_old
from desra_studio.storage.tables import Detection
from tests.factories.clients import open_client
from tests.factories.damage import flip_byte
from tests.factories.studio import make_settings
from tests.factories.work import save_another


@pytest.fixture
def out(tmp_path):
    return tmp_path / "backups"


@pytest.fixture
def told(worked, out):
    """What was acknowledged before the backup that is in `out`."""
    ledger = read_ledger(worked)
    assert {table for table, _ in ledger} >= {"dataset", "mask_revision", "study", "vote"}
    back_up_studio(worked, out)
    return ledger


def reopen(studio):
    studio.database.close()
    return open_studio(studio.settings)


def read_manifest(out):
    (path,) = out.glob("backups/*/manifest.json")
    return path, json.loads(path.read_text())


def find_map(studio):
    with studio.database.read() as session:
        return session.get(Detection, 1).map_sha


def test_all_that_was_acknowledged_comes_back(worked, out, told):
    later = save_another(worked)
    worked.database.close()
    shutil.rmtree(worked.settings.data_dir)
    restored = restore_moment(connect_studio(worked.settings), out)
    assert (restored.copied, restored.replaced, restored.is_old) == (restored.blobs, None, False)
    studio = open_studio(worked.settings)
    assert find_lost(studio, told) == []
    assert ("mask_revision", later) not in read_ledger(studio)
    assert check_studio(studio)[1] == []
    points = studio.run_folder(1) / "points"
    assert (points / "000050.safetensors").read_bytes() == b"weights"
    with open_client(studio) as client:
        document = client.get("/studio/api/images/1").json()
        gan, mask = document["gan"]["id"], document["revision"]["id"]
        assert client.get(f"/studio/renditions/{gan}.png").content[1:4] == b"PNG"
        assert client.get(f"/studio/revisions/{mask}.mask").status_code == 200
    assert save_another(studio)
    studio.database.close()


def test_what_was_there_is_kept_beside(worked, out, told):
    later = save_another(worked)
    (worked.run_folder(7)).mkdir()
    (worked.run_folder(7) / "checkpoint.pt").write_bytes(b"of another history")
    restored = restore_moment(worked, out)
    assert restored.copied == 0
    studio = reopen(worked)
    assert read_ledger(studio) == told
    assert not studio.run_folder(7).exists()
    (aside,) = studio.settings.data_dir.glob("runs.replaced-*")
    assert (aside / "7" / "checkpoint.pt").read_bytes() == b"of another history"
    studio.database.close()
    restored.replaced.replace(studio.database.sqlite_path)
    assert ("mask_revision", later) in read_ledger(reopen(studio))


def test_an_earlier_backup_is_restored_by_its_name(worked, out, told):
    first, _ = read_manifest(out)
    save_another(worked)
    back_up_studio(worked, out)
    assert restore_moment(worked, out, first.parent.name).backup == first.parent.name
    assert read_ledger(reopen(worked)) == told
    with pytest.raises(InputError, match=f"no backup 'yesterday'.*{first.parent.name}"):
        restore_moment(worked, out, "yesterday")


def test_a_damaged_stored_file_is_mended(worked, out, told):
    flip_byte(worked.blobs, find_map(worked))
    assert restore_moment(worked, out).copied == 1
    assert check_studio(reopen(worked))[1] == []


@pytest.mark.parametrize("damage", ["missing", "changed"])
def test_a_damaged_backup_is_refused_and_nothing_touched(worked, out, told, damage, tmp_path):
    sha = find_map(worked)
    path = out / "blobs" / sha[:2] / sha[2:]
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-1] + b"x")
    new = connect_studio(make_settings(tmp_path / "new"))
    with pytest.raises(InputError, match=rf"1 file .* missing or damaged: .*{sha[2:]}.*--partial"):
        restore_moment(new, out)
    assert not (tmp_path / "new" / "studio.sqlite").exists()
    assert not (tmp_path / "new" / "blobs").exists()
    assert restore_moment(worked, out).problems == [], "the studio has it itself"
    done = restore_moment(new, out, partial=True)
    assert len(done.problems) == 1
    problems = check_studio(open_studio(new.settings))[1]
    assert len(problems) == 1
    assert sha[2:] in problems[0]


def test_a_damaged_database_of_a_backup_is_refused(worked, out, told):
    path, _ = read_manifest(out)
    copy = path.with_name("database.sqlite")
    copy.write_bytes(copy.read_bytes()[:-1] + b"x")
    save_another(worked)
    now = read_ledger(worked)
    with pytest.raises(InputError, match=r"database in the backup .* is missing or damaged"):
        restore_moment(worked, out)
    assert read_ledger(reopen(worked)) == now


@pytest.mark.parametrize(
    ("change", "told_how"),
    [
        ({"version": 2}, "pip install --upgrade"),
        ({"blobs": {"../x": 1}}, "cannot be read"),
        ({"files": {"runs/../../x": {"sha256": "0" * 64, "bytes": 1}}}, "outside its folder"),
        ({"files": {"studio.sqlite": {"sha256": "0" * 64, "bytes": 1}}}, "outside its folder"),
        ({"database": {"kind": "postgresql"}}, "is of postgresql, but this installation has sq"),
        ({"database": {"schema": "9999"}}, "a newer one made it"),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused(worked, out, told, change, told_how):
    path, manifest = read_manifest(out)
    for key, value in change.items():
        manifest[key] = {**manifest[key], **value} if key == "database" else value
    path.write_text(json.dumps(manifest))
    with pytest.raises(InputError, match=told_how):
        restore_moment(worked, out)
    assert read_ledger(reopen(worked)) == told


def test_a_folder_without_a_backup_is_refused(worked, tmp_path):
    with pytest.raises(InputError, match="holds no backup that is whole"):
        restore_moment(worked, tmp_path)


def test_a_server_or_a_job_at_work_is_left_alone(worked, out, told):
    with (
        occupy(worked.settings, "http://127.0.0.1:7860"),
        pytest.raises(InputError, match=r"in use by http://127.0.0.1:7860"),
    ):
        restore_moment(worked, out)
    with hold_job(worked, 3), pytest.raises(InputError, match="Job 3 is at work"):
        restore_moment(worked, out)
    assert not list(worked.settings.data_dir.glob("*replaced*"))


def test_a_disk_without_room_is_told_before_anything_changes(worked, out, told, monkeypatch):
    usage = namedtuple("Usage", "total used free")(9, 8, 200_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: usage)
    with pytest.raises(InputError, match=r"needs .*, 0 bytes is free in"):
        restore_moment(worked, out)
    assert not list(worked.settings.data_dir.glob("*replaced*"))


def test_a_backup_of_an_older_schema_says_what_to_run(worked, out, told, run, tmp_path):
    path, manifest = read_manifest(out)
    copy = path.with_name("database.sqlite")
    copy.unlink()
    write_old(worked.database.sqlite_path, "0007", copy)
    manifest["database"] |= {"schema": "0007", "sha256": hash_file(copy)}
    path.write_text(json.dumps(manifest))
    status, said, error = run("db", "restore", out, "--data-dir", tmp_path / "new")
    assert status == 0, error
    assert "Run: desra-studio db upgrade" in said
    settings = make_settings(tmp_path / "new")
    with pytest.raises(SchemaError, match="desra-studio db upgrade"):
        open_studio(settings)
    upgrade_studio(connect_studio(settings))
    assert find_lost(open_studio(settings), told) == []


def test_a_backup_is_verified_without_a_studio(worked, out, told):
    moment, broken = verify_backup(out)
    assert broken == []
    flip_byte(BackupFolder(out).blobs, find_map(worked))
    assert verify_backup(out, moment.name)[1] == [find_map(worked)]


@pytest.mark.parametrize("ended_in", ["files of the backup read", "files put back", "the database"])
def test_a_restore_that_was_ended_is_run_again(worked, out, told, ended_in, monkeypatch):
    class Killed(BaseException):
        """What nobody catches."""

    def end(done, total, message):
        if message == ended_in and done:
            raise Killed

    def end_before_database(*_):
        raise Killed

    later = save_another(worked)
    flip_byte(worked.blobs, find_map(worked))
    with monkeypatch.context() as patch:
        if ended_in == "the database":
            patch.setattr(restoring, "put_back", end_before_database)
        with pytest.raises(Killed):
            restore_moment(worked, out, report=end)
    assert ("mask_revision", later) in read_ledger(reopen(worked)), "the database comes last"
    restore_moment(worked, out)
    studio = reopen(worked)
    assert find_lost(studio, told) == []
    assert ("mask_revision", later) not in read_ledger(studio)
    assert (studio.run_folder(1) / "points" / "000050.safetensors").read_bytes() == b"weights"
    assert check_studio(studio)[1] == []
