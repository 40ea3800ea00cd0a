"""What an export left out is told."""

import pytest

from desra_studio.errors import InputError
from desra_studio.services.datasets.importing import import_dataset
from desra_studio.services.export.exporting import export_dataset
from desra_studio.services.export.format_types import NAMED, Export
from desra_studio.storage import datasets
from tests.factories.images import write_dataset


def test_images_without_a_verdict_are_told(studio, labelled, tmp_path):
    told = export_dataset(studio, "set", "masks", tmp_path / "masks").notes
    assert told == ["1 image left out, not accepted or clean: c"]
    assert export_dataset(studio, "set", "csv", tmp_path / "table.csv").notes == []


def test_a_note_names_so_many_and_counts_the_rest(studio):
    export = Export(studio, None)
    export.note([], "left out")
    export.note([f"{number:02}" for number in range(NAMED + 3)], "left out")
    (note,) = export.notes
    assert note.startswith(f"{NAMED + 3} images left out: 00, 01, ")
    assert note.endswith(f", {NAMED - 1} and 3 more")


def test_progress_is_reported(studio, labelled, tmp_path):
    told = []
    export_dataset(
        studio, "set", "masks", tmp_path / "masks", report=lambda *step: told.append(step)
    )
    assert [(done, total) for done, total, _ in told] == [(0, 2), (1, 2), (2, 2)]


def test_images_that_wait_are_told(studio, labelled, tmp_path):
    folder = write_dataset(tmp_path / "lr", names=("x",))
    waiting = import_dataset(studio, folder / "LR", "waiting")
    with pytest.raises(InputError, match="no accepted or clean image"):
        export_dataset(studio, waiting.name, "masks", tmp_path / "out")
    with studio.database.read() as session:
        export = Export(studio, datasets.get_dataset(session, waiting.dataset_id))
    assert export.list_records() == []
    assert export.notes == ["1 image left out, not upscaled yet: x"]
