"""The commands for datasets: listed, renamed, deleted after a question, and restored."""

import io
import json

import pytest

from desra_studio.cli.app import main
from desra_studio.services.datasets.importing import import_dataset
from tests.factories.studio import import_detected


@pytest.fixture
def run(capsys, data_dir):
    """Run `datasets ...` on a data directory; returns (status, standard output, standard error)."""

    def run_datasets(*arguments):
        status = 0
        try:
            main(["datasets", *map(str, arguments), "--data-dir", str(data_dir)])
        except SystemExit as end:
            status = end.code
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run_datasets


@pytest.fixture
def answer(monkeypatch):
    """A function that types an answer to the next question."""
    return lambda text: monkeypatch.setattr("sys.stdin", io.StringIO(text))


@pytest.fixture(autouse=True)
def dataset(studio, dataset_folder):
    return import_detected(studio, dataset_folder)


def list_names(run, *options):
    status, out, _ = run("list", "--json", *options)
    assert status == 0
    (found,) = json.loads(out).values()
    return [one["name"] for one in found]


def test_listing(run):
    status, out, _ = run("list")
    assert status == 0
    assert out.split() == ["1", "3", "images,", "0", "reviewed,", "0", "accepted", "set"]
    assert run("list", "--bin")[1] == "Nothing is in the bin.\n"


def test_renaming(run):
    assert run("rename", "set", "Straßen") == (0, "set is named Straßen now.\n", "")
    assert list_names(run) == ["Straßen"]
    status, out, error = run("rename", "set", "x")
    assert (status, out) == (2, "")
    assert error == "No dataset named 'set'. There are: Straßen.\n"
    assert "1 to 190 printable letters" in run("rename", "Straßen", " ")[2]


@pytest.mark.parametrize(("typed", "status"), [("n\n", 130), ("\n", 130), ("", 130), ("y\n", 0)])
def test_deleting_asks_and_names_what_would_go(run, answer, typed, status):
    answer(typed)
    ended, out, error = run("delete", "set")
    assert ended == status
    assert "3 images, 0 of them labelled" in error
    assert "Put set into the bin? [y/N]" in error
    assert list_names(run) == ([] if status == 0 else ["set"])
    assert list_names(run, "--bin") == (["set"] if status == 0 else [])
    assert ("datasets restore 1" in out) == (status == 0)


def test_deleting_and_restoring(run, studio, dataset_folder):
    status, out, error = run("delete", "set", "--yes", "--json")
    assert (status, error) == (0, "")
    assert json.loads(out)["images"] == 3
    status, _, error = run("rename", "set", "x")
    assert status == 2
    assert "The dataset 'set' is in the bin." in error
    assert run("list", "--bin")[1].endswith("  set\n")
    import_dataset(studio, dataset_folder, "set")
    said = "set is restored as set 2: another dataset is named so by now.\n"
    assert run("restore", "1") == (0, said, "")
    assert list_names(run) == ["set", "set 2"]
    status, _, error = run("restore", "set")
    assert (status, error) == (2, "No dataset 'set' is in the bin. There are: none.\n")
