"""The restore drill on PostgreSQL: pg_dump's moment is the blobs' moment, too."""

import shutil

import pytest

from desra_studio.bench.kills.ledger import find_lost, read_ledger
from desra_studio.errors import InputError
from desra_studio.services.backing_up import back_up_studio
from desra_studio.services.maintenance import check_studio, restore_studio
from desra_studio.services.repairing import repair_studio
from desra_studio.services.restoring import restore_moment
from desra_studio.services.studio import connect_studio, open_studio
from desra_studio.storage.label_tables import MaskRevision, QueueEntry, Review
from tests.factories.images import write_dataset
from tests.factories.studies import decide_by_system, import_labelled, open_new, vote_through
from tests.factories.studio import make_settings
from tests.factories.work import save_another


@pytest.fixture
def worked(postgresql, new_database, new_data_dir, tmp_path):
    """A studio on PostgreSQL in which people have labelled, and voted in a study."""
    data_dir = shutil.copytree(new_data_dir, tmp_path / "data")
    (data_dir / "studio.sqlite").unlink()
    with postgresql.lend(new_database) as url:
        studio = open_studio(make_settings(data_dir, database_url=url))
        dataset = import_labelled(studio, write_dataset(tmp_path / "source", size=(160, 160)))
        _, links = open_new(studio, dataset)
        assert vote_through(studio, links[0], decide_by_system(studio, lambda _: "a"))
        yield studio
        studio.database.close()


@pytest.fixture
def out(tmp_path):
    return tmp_path / "backups"


def test_all_that_was_acknowledged_comes_back(worked, out, postgresql, tmp_path):
    told = read_ledger(worked)

    def save_meanwhile(done, total, message):
        if message == "files copied" and not done:
            save_another(worked)

    assert back_up_studio(worked, out, save_meanwhile).problems == []
    later = read_ledger(worked)
    assert len(later) == len(told) + 1
    with postgresql.lend() as url:
        settings = make_settings(tmp_path / "new", database_url=url)
        assert restore_moment(connect_studio(settings), out).replaced is None
        studio = open_studio(settings)
        assert read_ledger(studio) == told
        assert check_studio(studio)[1] == []
        studio.database.close()
    shutil.rmtree(worked.settings.data_dir)
    worked.settings.data_dir.mkdir()
    replaced = restore_moment(worked, out).replaced
    assert find_lost(worked, told) == []
    assert len(read_ledger(worked)) == len(told)
    restore_studio(worked, replaced)
    assert read_ledger(worked) == later


def test_tables_of_a_newer_schema_are_no_obstacle(worked, out):
    told = read_ledger(worked)
    back_up_studio(worked, out)
    with worked.database.write() as session:
        session.connection().exec_driver_sql(
            "CREATE TABLE later (image_id INTEGER REFERENCES image (id))"
        )
    assert any("later" in line for line in check_studio(worked)[1])
    restore_moment(worked, out)
    assert read_ledger(worked) == told
    assert check_studio(worked)[1] == []


def test_what_is_no_dump_is_refused_and_nothing_touched(worked, tmp_path):
    told = read_ledger(worked)
    wrong = tmp_path / "wrong.dump"
    wrong.write_bytes(b"cats" * 1000)
    with pytest.raises(InputError, match=r"pg_restore ended with status .* as it was"):
        restore_studio(worked, wrong)
    assert read_ledger(worked) == told


def test_what_is_broken_is_mended(worked):
    with worked.database.write() as session:
        review = session.query(Review).filter_by(image_id=1).one()
        own = review.current_revision_id
        review.current_revision_id = (
            session.query(MaskRevision).filter(MaskRevision.image_id != 1).first().id
        )
        review.claimed_by = "Ada"
    with worked.database.write() as session:
        session.query(QueueEntry).delete()
    assert len(check_studio(worked)[1]) == 3
    repair = repair_studio(worked)
    assert len(repair.done) == 3
    assert repair.backup.is_file()
    assert check_studio(worked)[1] == []
    with worked.database.read() as session:
        assert session.query(Review).filter_by(image_id=1).one().current_revision_id == own
