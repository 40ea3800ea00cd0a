"""Each thing that rows have to be: broken by SQL, found, mended, and right after it."""

import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import select

from desra_studio.errors import InputError
from desra_studio.services import repairing
from desra_studio.services.backing_up import back_up_studio
from desra_studio.services.lost_jobs import hold_job
from desra_studio.services.maintenance import check_studio, restore_studio
from desra_studio.services.occupation import occupy
from desra_studio.services.repairing import find_orphans, repair_studio
from desra_studio.services.review.opinions import ask_opinions
from desra_studio.storage.label_tables import MaskRevision, Opinion, QueueEntry, Region, Review
from desra_studio.storage.queue_entries import find_wrong_entries
from desra_studio.storage.tables import Detection
from desra_studio.vocabulary import State
from tests.factories.damage import flip_byte
from tests.factories.work import save_another

STRAY = (
    "INSERT INTO region (id, revision_id, x, y, kind, note, author, created_at) "
    "VALUES (99, 4711, 1, 1, 'blotch', '', 'Ada', '2026-01-01 00:00:00')"
)
NEEDLESS = (
    "INSERT INTO queue_entry SELECT 4711, dataset_id, 'x', open, state, annotator, assigned_to, "
    "opinions_wanted, opinions_given, regions, area_share, uncertainty, disagreement, dissent, "
    "flags, severity, kinds, classes FROM queue_entry WHERE image_id = 1"
)
BROKEN = {
    "a missing revision": (
        "UPDATE review_state SET current_revision_id = 4711 WHERE image_id = 1",
        "pointer: the review of image 1 names revision 4711, which is missing",
        "it names revision 1, the newest",
    ),
    "another image's revision": (
        "UPDATE review_state SET current_revision_id = 2 WHERE image_id = 1",
        "pointer: the review of image 1 names revision 2, which is another image's",
        "it names revision 1, the newest",
    ),
    "an opinion's revision": (
        "INSERT INTO opinion SELECT image_id, model_id, 'tester', 'accepted', 3, 2, updated_at "
        "FROM review_state WHERE image_id = 1",
        "pointer: the opinion by tester of image 1 names revision 2, which is another image's",
        "it names revision 1, the newest",
    ),
    "somebody who saved nothing": (
        "INSERT INTO opinion SELECT image_id, model_id, 'Grace', 'accepted', 3, 2, updated_at "
        "FROM review_state WHERE image_id = 1",
        "pointer: the opinion by Grace of image 1 names revision 2, which is another image's",
        "it names none",
    ),
    "a missing parent": (
        "UPDATE mask_revision SET parent_id = 4711 WHERE id = 1",
        "pointer: revision 1 is said to follow revision 4711, which is missing",
        "it follows none",
    ),
    "another image's parent": (
        "UPDATE mask_revision SET parent_id = 2 WHERE id = 1",
        "pointer: revision 1 is said to follow revision 2, which is missing or another image's",
        "it follows none",
    ),
    "a region of no mask": (
        STRAY,
        "region: 99 (blotch, by Ada) is of revision 4711, which is missing",
        "it is removed",
    ),
    "a claim without an end": (
        "UPDATE review_state SET claimed_by = 'Ada' WHERE image_id = 1",
        "claim: image 1 is claimed by nobody, or without an end",
        "it is free",
    ),
    "a wrong entry": (
        "UPDATE queue_entry SET state = 'clean', area_share = 0.5 WHERE image_id = 1",
        "queue: 1 missing or wrong, such as the entry of image 1",
        "all that are wrong are made anew",
    ),
    "no entries": (
        "DELETE FROM queue_entry",
        "queue: 3 missing or wrong, such as the entry of image 1",
        "all that are wrong are made anew",
    ),
    "an entry of no image": (
        NEEDLESS,
        "queue: 1 missing or wrong, such as the entry of image 4711",
        "all that are wrong are made anew",
    ),
}


def break_by(studio, statement):
    """Change the database behind everybody's back, with no reference enforced."""
    with closing(sqlite3.connect(studio.database.sqlite_path)) as connection, connection:
        assert connection.execute(statement).rowcount > 0


@pytest.mark.parametrize("name", list(BROKEN))
def test_what_is_broken_is_found_and_mended(worked, name):
    statement, line, remedy = BROKEN[name]
    assert check_studio(worked)[1] == []
    break_by(worked, statement)
    problems = check_studio(worked)[1]
    assert any(problem.startswith(line) for problem in problems), problems
    done = repair_studio(worked).done
    assert any(said.startswith(line) and said.endswith(f": {remedy}.") for said in done), done
    assert check_studio(worked)[1] == []
    assert repair_studio(worked).done == []


def test_the_database_is_copied_before_it_is_mended(worked):
    statement, line, _ = BROKEN["a missing revision"]
    break_by(worked, statement)
    repair = repair_studio(worked)
    assert repair.backup.is_file()
    restore_studio(worked)
    assert any(problem.startswith(line) for problem in check_studio(worked)[1])
    assert repair_studio(worked).done


def test_what_is_right_is_left_as_it_is(worked):
    repair = repair_studio(worked)
    assert (repair.backup, repair.done) == (None, [])
    assert not list(worked.settings.data_dir.glob("*.before-*"))


def test_a_verdict_goes_on_with_the_newest_mask(worked):
    newest = save_another(worked)
    with worked.database.write() as session:
        review = session.scalars(select(Review).where(Review.image_id == 1)).one()
        review.state = State.CLEAN
    break_by(worked, BROKEN["a missing revision"][0])
    repair_studio(worked)
    with worked.database.read() as session:
        review = session.scalars(select(Review).where(Review.image_id == 1)).one()
        assert review.current_revision_id == newest
        assert review.state is State.IN_PROGRESS, "its mask marks something"
        assert session.get(QueueEntry, 1).state is State.IN_PROGRESS


def test_no_single_opinion_becomes_what_all_agreed_on(worked):
    ask_opinions(worked, 1, 2)
    break_by(worked, BROKEN["a missing revision"][0])
    assert any("it names none" in line for line in repair_studio(worked).done)
    with worked.database.read() as session:
        review = session.scalars(select(Review).where(Review.image_id == 1)).one()
        assert (review.current_revision_id, review.state) == (None, State.UNREVIEWED)
        assert session.scalars(select(Opinion)).one().current_revision_id == 1
    assert check_studio(worked)[1] == []


def test_a_region_that_a_study_asked_about_is_told_and_kept(worked):
    break_by(worked, STRAY)
    break_by(worked, "UPDATE study_item SET region_id = 99 WHERE id = 1")
    repair_studio(worked)
    assert check_studio(worked)[1] == [
        "reference: row 99 of region refers to a missing mask_revision"
    ]
    with worked.database.read() as session:
        assert session.get(Region, 99)


def test_a_kind_without_a_letter_is_found(worked):
    with worked.database.write() as session:
        session.add(Region(revision_id=1, x=1, y=1, kind="blotch", author="Ada"))
    break_by(worked, "DELETE FROM region_kind")
    with worked.database.read() as session:
        assert find_wrong_entries(session) == [1]
    repair_studio(worked)
    assert check_studio(worked)[1] == []


def test_what_belongs_to_nothing_is_set_aside(worked):
    sha = worked.blobs.put(b"an import that was ended")
    half = worked.blobs.find(sha).with_name(".writing-1")
    half.write_bytes(b"half")
    assert check_studio(worked)[1] == [], "nothing is lost by it"
    assert [orphan.size for orphan in find_orphans(worked)] == [4, 24]
    done = repair_studio(worked).done
    assert sum("belonged to nothing" in line for line in done) == 2
    assert f"blobs/{sha[:2]}/{sha[2:]} (24 bytes)" in done[1]
    assert find_orphans(worked) == []
    (aside,) = (worked.settings.data_dir / "orphans").glob(f"*/{sha[:2]}/{sha[2:]}")
    assert aside.read_bytes() == b"an import that was ended"
    assert not half.exists()


def test_what_a_setting_names_belongs_to_it(worked):
    network = worked.blobs.put(b"a network")
    with worked.database.write() as session:
        detection = session.get(Detection, 1)
        detection.params = {**detection.params, "network": network}
    assert find_orphans(worked) == []


def test_a_file_that_is_named_while_it_is_set_aside_goes_back(worked, monkeypatch):
    sha = worked.blobs.put(b"an import at work")

    def find_and_name(studio):
        found = find_orphans(studio)
        with studio.database.write() as session:
            session.get(MaskRevision, 1).mask_sha = sha
        return found

    monkeypatch.setattr(repairing, "find_orphans", find_and_name)
    assert repair_studio(worked).done == []
    assert worked.blobs.get(sha) == b"an import at work"


def test_a_damaged_file_is_not_mended_and_says_what_is(worked, run, tmp_path):
    back_up_studio(worked, tmp_path / "backups")
    with worked.database.read() as session:
        sha = session.get(Detection, 1).map_sha
    flip_byte(worked.blobs, sha)
    where = ("--data-dir", worked.settings.data_dir)
    status, _, error = run("db", "check", "--repair", *where)
    assert status == 2
    assert sha[2:] in error
    assert "desra-studio db restore DIR" in error.splitlines()[-1]
    worked.database.close()
    assert run("db", "restore", tmp_path / "backups", *where)[0] == 0
    assert run("db", "check", *where)[0] == 0


def test_a_server_or_a_job_at_work_is_left_alone(worked):
    break_by(worked, BROKEN["no entries"][0])
    with (
        occupy(worked.settings, "http://127.0.0.1:7860"),
        pytest.raises(InputError, match=r"in use by http://127.0.0.1:7860"),
    ):
        repair_studio(worked)
    with hold_job(worked, 3), pytest.raises(InputError, match="Job 3 is at work"):
        repair_studio(worked)
    assert len(check_studio(worked)[1]) == 1
