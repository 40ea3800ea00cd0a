"""kill -9 in the middle of every kind of work: all that was acknowledged is there.

A few times; `desra-studio bench kills` does it as often as one likes. What is taken away behind its
back is counted as lost.
"""

import sqlite3
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest

from desra_studio.bench.kills.counting import KINDS, begin_work, kill_often, prepare_home, share_out
from desra_studio.bench.kills.ledger import read_ledger
from desra_studio.bench.kills.rounds import Findings, look_after
from desra_studio.bench.kills.saves import IMAGE_ID, make_mask
from desra_studio.errors import InputError
from desra_studio.services import jobs
from desra_studio.services.review.documents import describe_image
from desra_studio.services.review.masks import save_mask
from desra_studio.services.studio import open_studio
from desra_studio.storage.backups import back_up
from desra_studio.storage.database import Database

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A data directory in which people have worked, and what is in it."""
    return prepare_home(tmp_path_factory.mktemp("kills"))


@pytest.fixture
def begin(home):
    """A function that begins work of a kind in a copy of it; nothing is killed."""
    return lambda kind: begin_work(KINDS[kind], home, np.random.default_rng(0))


def tamper(work, statement):
    """Change the database of a work behind everybody's back."""
    work.let_go()
    path = work.settings.data_dir / "studio.sqlite"
    with closing(sqlite3.connect(path)) as connection, connection:
        assert connection.execute(statement).rowcount > 0


def remove_blob(work, sha):
    (work.settings.data_dir / "blobs" / sha[:2] / sha[2:]).unlink()


@pytest.mark.parametrize("kind", KINDS)
def test_acknowledged_work_survives_kills(kind, home):
    kills = 1 if kind in ("finetune", "study") else 2
    told = kill_often(KINDS[kind], kills, home, np.random.default_rng(5), lambda _: None)
    assert (told.lost, told.faults) == (0, [])
    assert told.kills == kills, "in mid-work"
    assert told.acknowledged >= kills * 10


@pytest.mark.parametrize(
    ("statement", "lost"),
    [
        ("DELETE FROM vote WHERE id = 2", "lost: vote 2 is gone"),
        ("UPDATE vote SET answer = 'right' WHERE id = 1", "lost: vote 1 is Kept"),
        ("UPDATE image SET name = 'other' WHERE id = 3", "lost: image 3 is Kept"),
        ("DELETE FROM region WHERE id = 1", "lost: region 1 is gone"),
    ],
)
def test_rows_that_are_gone_or_others_are_counted(begin, statement, lost):
    with begin("study") as work:
        tamper(work, statement)
        found = look_after(work)
    assert [line.startswith(lost) for line in found.lost] == [True]


def test_a_file_that_is_gone_is_counted(begin):
    with begin("study") as work:
        remove_blob(work, work.ledger["mask_revision", 1].files[0])
        found = look_after(work)
    assert "lost: mask_revision 1 has a file that is missing or damaged" in found.lost
    assert any("mask_revision.mask_sha" in line for line in found.faults), "db check finds it, too"


def test_a_save_that_was_answered_and_is_gone_is_counted(begin):
    with begin("saves") as work:
        studio = open_studio(work.settings)
        for seed in (1, 2):
            version = describe_image(studio, IMAGE_ID).version
            revision = save_mask(studio, IMAGE_ID, make_mask(seed), version).revision.id
            work.saver.acknowledged[revision] = seed
        (sha,) = read_ledger(studio)["mask_revision", revision].files
        studio.database.close()
        assert look_after(work).lost == []
        remove_blob(work, sha)
        assert look_after(work).lost == [f"lost: save {revision}"]


def test_an_import_that_was_told_as_done_and_is_gone_is_counted(begin):
    with begin("import") as work:
        work.measure()
        tamper(work, "UPDATE dataset SET name = 'other' WHERE name = 'killed'")
        assert "lost: the imported dataset killed" in look_after(work).lost


def test_half_an_import_is_a_fault(begin):
    with begin("import") as work:
        work.measure()
        tamper(work, "DELETE FROM image WHERE name = '7' AND dataset_id != 1")
        assert "23 of 24 images of killed are there: half of it" in look_after(work).faults


def test_a_checkpoint_that_was_told_and_is_gone_is_counted(begin):
    found = Findings()
    with begin("finetune") as work:
        told = replace(jobs.view_job(work.studio, work.run_id), done=12)
        work.look_for_told(work.studio, told, found)
    assert found.acknowledged == len(found.lost) == 2
    assert found.lost[0].startswith("lost: the checkpoint of iteration 10: There is no checkpoint")
    assert found.lost[1].startswith("lost: the loss of iterations [1, 2, 3,")


@pytest.mark.parametrize("backed_up", [True, False])
def test_a_database_that_is_damaged_is_restored_where_it_was_copied(begin, backed_up):
    with begin("migrations") as work:
        database = Database(work.path)
        if backed_up:
            back_up(database, "before")
        database.close()
        work.path.write_bytes(work.path.read_bytes()[:20_000])
        found = look_after(work)
    assert found.acknowledged == len(work.ledger) > 10
    if backed_up:
        assert (found.restored, found.lost, found.faults) == (True, [], [])
    else:
        assert len(found.lost) == found.acknowledged
        assert "There is no backup" in found.faults[1]


def test_every_kind_has_its_share():
    assert sum(share_out(100).values()) == 100
    assert share_out(6) == dict.fromkeys(KINDS, 1)
    with pytest.raises(InputError, match="got 5"):
        share_out(5)
