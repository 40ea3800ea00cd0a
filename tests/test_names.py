"""Wherever a name is told, what is none is refused alike, and nothing is written."""

import shutil
import sqlite3
from urllib.parse import quote

import pytest

from desra_studio.detection.detector import DetectorParams
from desra_studio.errors import InputError
from desra_studio.services.datasets.importing import (
    check_import,
    import_dataset,
    rename_dataset,
)
from desra_studio.services.detection.calibrating import calibrate_dataset
from desra_studio.services.models.registry import add_model_file
from desra_studio.services.review.bulk import BulkChange, change_images
from desra_studio.services.review.kinds import keep_kinds
from desra_studio.services.studies.lifecycle import create_study, start_study
from desra_studio.services.studies.links import make_links
from desra_studio.services.studio import open_studio
from tests.factories.clients import open_client
from tests.factories.images import write_dataset
from tests.factories.studies import import_labelled, make_order
from tests.factories.studio import make_settings

WRONG = {
    "newline": "a\nb",
    "NUL": "a\0b",
    "bidi": "a\u202eb",
    "zero width": "a\u200bb",
    "300 letters": "x" * 300,
    "blanks": " \t ",
    "empty": "",
}

DATASET, IMAGE, STUDY = 1, 1, 1


class Home:
    """A studio with a dataset and a study, and what else names are told of."""

    def __init__(self, folder):
        self.images = write_dataset(folder / "images", size=(160, 160))
        self.weights = folder / "weights.pth"
        self.weights.write_bytes(b"")
        self.studio = open_studio(make_settings(folder / "data"))
        import_labelled(self.studio, self.images)
        create_study(self.studio, DATASET, make_order(self.studio, DATASET))

    def order(self, **values):
        return make_order(self.studio, DATASET, **{"name": "second", **values})

    def post(self, path, headers=None, **values):
        """Post to a route; its refusal is raised."""
        with open_client(self.studio) as client:
            answer = client.post(f"/studio/api/{path}", headers=headers, **values)
        if answer.status_code == 422:
            raise InputError(answer.json()["error"])

    def read(self):
        """Everything that is kept: the database, and the names of all files."""
        data_dir = self.studio.settings.data_dir
        with sqlite3.connect(data_dir / "studio.sqlite") as connection:
            rows = list(connection.iterdump())
        connection.close()
        return rows, sorted(path for path in data_dir.rglob("*") if "-" not in path.suffix)


@pytest.fixture(scope="module")
def home(new_data_dir, tmp_path_factory):
    folder = tmp_path_factory.mktemp("names")
    shutil.copytree(new_data_dir, folder / "data")
    made = Home(folder)
    yield made
    made.studio.database.close()


# What a name is told by, and which of the wrong ones mean nobody, or the usual name, there.
PLACES = {
    "import": (lambda home, name: import_dataset(home.studio, home.images, name), ()),
    "import of the page": (
        lambda home, name: check_import(home.studio, home.images, name, DetectorParams()),
        ("empty",),
    ),
    "rename": (lambda home, name: rename_dataset(home.studio, DATASET, name), ()),
    "model": (lambda home, name: add_model_file(home.studio, home.weights, name), ("empty",)),
    "weight file of the page": (
        lambda home, name: home.post("models", params={"name": name}, content=b"x"),
        (),
    ),
    "class weights": (lambda home, name: calibrate_dataset(home.studio, DATASET, name), ()),
    "class weights of the page": (
        lambda home, name: home.post(f"datasets/{DATASET}/calibrate", json={"name": name}),
        (),
    ),
    "study": (
        lambda home, name: create_study(home.studio, DATASET, home.order(name=name)),
        (),
    ),
    "study of the page": (
        lambda home, name: start_study(home.studio, DATASET, home.order(name=name)),
        (),
    ),
    "title": (lambda home, name: create_study(home.studio, DATASET, home.order(title=name)), ()),
    "voter": (
        lambda home, name: make_links(home.studio, STUDY, ["anna", name]),
        ("blanks", "empty"),
    ),
    "kind": (lambda home, name: keep_kinds(home.studio, DATASET, ["blotch", name]), ()),
    "who is to label": (
        lambda home, name: change_images(
            home.studio, DATASET, BulkChange(action="assign", to=name), [IMAGE]
        ),
        ("blanks", "empty"),
    ),
    "who works": (
        lambda home, name: home.post(
            f"images/{IMAGE}/verdict",
            headers={"X-Studio-User": quote(name), "If-Match": "2"},
            json={"state": "clean"},
        ),
        ("blanks", "empty"),
    ),
    "author": (
        lambda home, name: open_studio(make_settings(home.studio.settings.data_dir, author=name)),
        (),
    ),
}


@pytest.mark.parametrize("place", PLACES)
def test_what_is_no_name_is_refused(home, place):
    tell, usual = PLACES[place]
    before = home.read()
    for wrong, name in WRONG.items():
        if wrong not in usual:
            with pytest.raises(InputError) as refusal:
                tell(home, name)
            _, told, got = str(refusal.value).partition(" printable letters, got ")
            assert told, f"{wrong}: {refusal.value}"
            quoted = f"{'x' * 60!r}..." if wrong == "300 letters" else repr(name.strip())
            assert got.endswith(f"{quoted}."), got
    assert home.read() == before


@pytest.mark.parametrize(
    "command",
    [
        ("import", "{images}", "--name"),
        ("datasets", "rename", "set"),
        ("calibrate", "--dataset", "set", "--name"),
        ("models", "add", "{weights}", "--role", "gan", "--name"),
    ],
    ids=" ".join,
)
def test_commands_refuse_what_is_no_name(home, run, command):
    before = home.read()
    words = [word.format(images=home.images, weights=home.weights) for word in command]
    # No argument of a command can have a NUL, and an empty one is refused before.
    for wrong in ("newline", "bidi", "zero width", "300 letters", "blanks"):
        data_dir = home.studio.settings.data_dir
        status, _, error = run(*words, WRONG[wrong], "--data-dir", data_dir)
        assert (status, " printable letters, got " in error) == (2, True), error
        assert error.isascii()
    assert home.read() == before
