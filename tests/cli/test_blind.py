"""The share of a new dataset that is labelled blind, as commands take and tell it."""

import json

import pytest


@pytest.fixture
def data(tmp_path):
    """The options of an installation of its own."""
    return ("--data-dir", tmp_path / "data")


def test_an_import_says_how_many_are_labelled_blind(run, dataset_folder, data):
    order = ("import", dataset_folder, "--name", "set", "--blind-share", 1, *data)
    status, out, _ = run(*order)
    assert status == 0
    assert "3 of them are to be labelled blind: the detector's view comes after the save." in out


def test_the_environment_says_it_for_all(run, dataset_folder, data, monkeypatch):
    monkeypatch.setenv("DESRA_STUDIO_BLIND_SHARE", "1")
    told = [
        json.loads(run("import", dataset_folder, "--name", name, *more, *data, "--json")[1])
        for name, more in (("set", ()), ("other", ("--blind-share", 0)))
    ]
    assert [each["blind"] for each in told] == [3, 0]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--name", "set", "--blind-share", 1.5), "must be 0 to 1, got 1.5"),
        (("--into", "set", "--blind-share", 0.5), "--blind-share goes with --name"),
    ],
)
def test_a_share_that_cannot_be_is_refused(run, dataset_folder, data, options, says):
    status, _, errors = run("import", dataset_folder, *options, *data)
    assert (status, errors.count("\n")) == (2, 1)
    assert says in errors
