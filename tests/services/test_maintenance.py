"""Checking: what rows name as a file is read, whatever its column is called; nothing else is."""

import pytest

from desra_studio.services.maintenance import check_studio
from desra_studio.storage.study_tables import StudyItem
from tests.factories.images import write_dataset
from tests.factories.studies import import_labelled, open_new


@pytest.fixture
def studied(studio, tmp_path):
    """A studio with a study."""
    dataset = import_labelled(studio, write_dataset(tmp_path / "source", size=(160, 160)))
    open_new(studio, dataset)
    return studio


def test_a_study_is_checked_clean(studied):
    _, problems = check_studio(studied)
    assert problems == []


@pytest.mark.parametrize("column", ["blob_a", "blob_b", "blob_lr"])
def test_a_missing_picture_of_a_study_is_told(studied, column):
    with studied.database.read() as session:
        items = session.query(StudyItem).all()
    sha = next(getattr(item, column) for item in items if getattr(item, column))
    studied.blobs.find(sha).unlink()
    _, problems = check_studio(studied)
    assert len(problems) == 1
    assert "missing" in problems[0]
