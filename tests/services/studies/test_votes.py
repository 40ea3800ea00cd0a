import csv
import io
import json
from dataclasses import asdict

import pytest

from desra_studio.errors import InputError
from desra_studio.services.finetune.candidates import list_candidates
from desra_studio.services.studies.findings import keep_prominence, list_losses, send_back_losses
from desra_studio.services.studies.reports import report_study
from desra_studio.services.studies.votes import list_votes, render_votes_csv, render_votes_json
from desra_studio.storage.datasets import get_dataset
from desra_studio.storage.flags import list_open_flags
from desra_studio.storage.regions import list_regions
from desra_studio.storage.studies import list_items
from desra_studio.storage.study_tables import Study, StudyItem, Trial
from tests.factories.images import write_dataset
from tests.factories.studies import (
    decide_by_system,
    import_labelled,
    list_systems,
    make_rules,
    open_new,
    vote_through,
)


@pytest.fixture
def dataset(studio, tmp_path):
    return import_labelled(studio, write_dataset(tmp_path / "source", size=(160, 160)))


def test_the_report_has_what_was_voted(studio, dataset):
    study_id, links = open_new(
        studio, dataset, labels=("x", "y", "z"), votes_per_pair=3, rules=make_rules()
    )
    for number, link in enumerate(links):
        # x and y always prefer a; z prefers b.
        vote_through(studio, link, decide_by_system(studio, lambda _, n=number: "aab"[n]))
    report = report_study(studio, study_id)
    assert (report.voters, report.state) == (3, "closed")
    for figures in (report.raw, report.screened):
        pair = figures.questions[0].pairs[0]
        assert (pair.votes, pair.wins, pair.share) == (12, 8, pytest.approx(2 / 3))
        assert (pair.signs.won, pair.signs.lost) == (3, 0)
        # Simulated, intervals of so few voters and images are wrong too often.
        assert (pair.interval, pair.voters_wanting, pair.images_wanting) == (None, 5, 5)
        assert len(pair.by_image) == 3
    assert report.raw.repeats.share == 1
    assert report.raw.gold.share == 1
    assert report.excluded == []
    # Three checks a voter: too few to judge anybody by.
    assert (report.screening.missing, report.unjudged) == (6, 3)
    assert json.loads(json.dumps(asdict(report)))["voters"] == 3


def test_who_breaks_a_rule_is_left_out_of_the_screened_results_alone(studio, dataset):
    study_id, links = open_new(
        studio,
        dataset,
        votes_per_pair=9,
        rules=make_rules(max_one_side=0.9),
        questions=("Which is sharper?", "Which is cleaner?", "Which is real?"),
    )
    vote_through(studio, links[0], decide_by_system(studio, lambda _: "a"))
    vote_through(studio, links[1], lambda _: "left")
    report = report_study(studio, study_id)
    (excluded,) = report.excluded
    assert (excluded.label, excluded.voter) == ("two", 2)
    assert "left in 100% of 12 votes, above 90%" in excluded.reasons
    assert report.raw.questions[0].pairs[0].votes == 8
    assert report.screened.questions[0].pairs[0].votes == 4
    assert report.screened.questions[0].pairs[0].share == 1


def test_votes_come_as_csv_and_json_with_names(studio, dataset):
    study_id, links = open_new(studio, dataset, labels=("=evil", "two"))
    vote_through(studio, links[0], decide_by_system(studio, lambda _: "b"))
    rows = list(csv.DictReader(io.StringIO(render_votes_csv(studio, study_id))))
    names = [one["name"] for one in _read_manifest(studio, study_id)["systems"]]
    counted = [row for row in rows if row["role"] == "vote"]
    assert {row["chosen"] for row in counted} == {names[1]}
    for row in counted:
        left = row["left"] == names[1]
        assert row["answer"] == ("left" if left else "right")
    assert {row["label"] for row in rows} == {"'=evil"}
    told = json.loads(render_votes_json(studio, study_id))
    assert len(told["votes"]) == len(rows) == len(list_votes(studio, study_id))
    assert len(told["manifest_sha"]) == 64


def _read_manifest(studio, study_id):
    with studio.database.read() as session:
        return session.get(Study, study_id).manifest


def test_windows_that_the_gan_lost_go_back_into_the_queue(studio, dataset):
    study_id, links = open_new(
        studio, dataset, labels=("x", "y", "z"), votes_per_pair=3, rules=make_rules()
    )
    with studio.database.read() as session:
        lost = list_items(session, study_id)[0]

    def pick(item):
        return "b" if item.number == lost.number else "a"

    for link in links:
        assert list_losses(studio, study_id) == []  # of two votes nothing is told
        vote_through(studio, link, decide_by_system(studio, pick))
    (loss,) = list_losses(studio, study_id)
    assert (loss.image_id, loss.wins, loss.votes) == (lost.image_id, 0, 3)
    sent = send_back_losses(studio, study_id)
    assert (sent.images, sent.windows) == (1, 1)
    send_back_losses(studio, study_id)
    with studio.database.read() as session:
        gan = get_dataset(session, dataset).gan_model_id
        (flag,) = list_open_flags(session, [lost.image_id], gan)[lost.image_id]
    assert flag.source == "study"
    assert flag.note.startswith("lost to")
    assert (flag.x, flag.y) == (loss.x, loss.y)
    with pytest.raises(InputError, match="systems 0 to 1, got 5"):
        list_losses(studio, study_id, 5)


def test_prominence_is_kept_beside_the_region(studio, dataset):
    system = list_systems(studio, dataset)[:1]
    study_id, links = open_new(
        studio, dataset, kind="prominence", systems=system, questions=(), rules=make_rules()
    )
    with studio.database.read() as session:
        seen = list_items(session, study_id)[0]

    def decide(trial):
        with studio.database.read() as session:
            row = session.query(Trial).filter_by(code=trial.code).one()
            item = session.get(StudyItem, row.item_id)
        return item.better or ("yes" if item.number == seen.number else "no")

    for link in links:
        vote_through(studio, link, decide)
    report = report_study(studio, study_id)
    assert [one.share for one in report.screened.regions] == [1, 0, 0]
    assert keep_prominence(studio, study_id) == 3
    assert keep_prominence(studio, study_id) == 3
    with studio.database.read() as session:
        labelled = list_regions(session, [seen.outline["revision_id"]])
        assert [one.prominence for one in labelled] == [1.0]
    found = {
        one.image_id: (one.prominence, one.prominent) for one in list_candidates(studio, dataset)
    }
    assert sorted(found.values()) == [(0.0, False), (0.0, False), (1.0, True)]
    assert found[seen.image_id] == (1.0, True)
    with pytest.raises(InputError, match="compares no systems"):
        list_losses(studio, study_id)
    other, _ = open_new(studio, dataset, name="other")
    with pytest.raises(InputError, match="did not ask for prominence"):
        keep_prominence(studio, other)


def test_the_command_line_lists_reports_and_exports(studio, dataset, run, tmp_path):
    study_id, links = open_new(studio, dataset, labels=("x", "y", "z"), votes_per_pair=9)
    for link in links:
        vote_through(studio, link, decide_by_system(studio, lambda _: "a"))
    folder = ("--data-dir", studio.settings.data_dir)
    status, out, _ = run("study", "list", *folder)
    assert (status, "first" in out, "12 of 36 votes" in out) == (0, True, True)
    status, out, _ = run("study", "report", "first", *folder)
    assert status == 0
    assert "100.0%" in out
    assert "if votes were independent" in out
    assert "left out: x" in out
    assert "not screened by gold: " in out
    status, out, _ = run("study", "report", str(study_id), *folder, "--json")
    assert json.loads(out) == json.loads(json.dumps(asdict(report_study(studio, study_id))))
    for form in ("csv", "json", "manifest"):
        file = tmp_path / form
        assert run("study", "export", "first", "--format", form, "--out", file, *folder)[0] == 0
        assert file.stat().st_size > 500
    status, _, error = run("study", "export", "first", "--format", "xls", "--out", "x", *folder)
    assert (status, "got 'xls'" in error) == (2, True)
    status, _, error = run("study", "report", "none", *folder)
    assert (status, "There are: first." in error) == (2, True)
