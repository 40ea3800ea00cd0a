"""Handlers of the Scores page, called as Gradio calls them."""

from dataclasses import replace
from types import SimpleNamespace

import gradio as gr
import numpy as np
import pytest

from desra_studio.detection.detector import DetectorParams
from desra_studio.services import worker
from desra_studio.services.datasets.importing import import_dataset
from desra_studio.services.detection.dataset import detect_dataset
from desra_studio.services.detection.detectors import list_detector_runs, read_params, run_detectors
from desra_studio.services.export.formats import list_downloads
from desra_studio.services.review.documents import describe_image
from desra_studio.services.review.masks import judge_image, load_detected_mask, save_mask
from desra_studio.services.review.regions import label_region
from desra_studio.services.scores.agreement import AuthorAgreement
from desra_studio.services.scores.dataset import score_dataset
from desra_studio.storage import datasets, runs
from desra_studio.storage.region_label import RegionLabel
from desra_studio.ui.scores.agreement import AgreementHandlers, render_agreement
from desra_studio.ui.scores.layout import build_scores_page
from desra_studio.ui.scores.page import ScoresHandlers
from desra_studio.ui.shared.text import escape_markdown
from desra_studio.vocabulary import RunStatus, State
from tests.factories.studio import list_items

LDL = {"method": "ldl", "area_threshold": 0}
HALF = np.s_[:, 45:]


def ask(**query):
    named = {name: str(value) for name, value in query.items()}
    return SimpleNamespace(query_params=named, cookies={})


@pytest.fixture
def page(studio):
    with gr.Blocks():
        tab = build_scores_page()
    return SimpleNamespace(tab=tab, handlers=ScoresHandlers(tab, studio))


@pytest.fixture
def dataset(studio, dataset_folder):
    report = import_dataset(studio, dataset_folder, "set")
    detect_dataset(studio, report.dataset_id, DetectorParams(area_threshold=400))
    return report.dataset_id


def label(studio, image, erased=None, state=State.ACCEPTED):
    """Save the detected mask, less what is erased, and judge it."""
    document = describe_image(studio, image)
    mask = load_detected_mask(studio, document.detection.id)
    if erased is not None:
        mask[erased] = False
    saved = save_mask(studio, image, mask, document.version)
    judge_image(studio, image, state, saved.version)
    return mask


@pytest.fixture
def images(studio, dataset):
    """Ids of three images: accepted as half the detected mask, accepted unchanged, not labelled."""
    ids = [item.id for item in list_items(studio, dataset)]
    label(studio, ids[0], HALF)
    label(studio, ids[1])
    return ids


def run_now(studio, kind, config):
    """Do a job here, without a process."""
    with studio.database.write() as session:
        run = runs.add_run(session, kind, config).id
    worker.run_job(studio, run)
    return run


def test_nothing_to_score_yet(page, dataset):
    updates = page.handlers.load_page(ask(dataset=dataset))
    assert "0 of 3" in updates[page.tab.empty]["value"]
    assert updates[page.tab.to_review]["visible"]
    assert updates[page.tab.table]["rows"] == []
    for part in (page.tab.regions, page.tab.compare.group, page.tab.uncounted):
        assert not updates[part]["visible"]


def test_labels_without_a_detector(page, studio, dataset_folder):
    dataset = import_dataset(studio, dataset_folder, "bare").dataset_id
    image = list_items(studio, dataset)[0].id
    saved = save_mask(studio, image, np.zeros((96, 96), bool), 0)
    judge_image(studio, image, State.CLEAN, saved.version)
    updates = page.handlers.load_page(ask(dataset=dataset))
    assert "No detector has run" in updates[page.tab.empty]["value"]
    assert updates[page.tab.compare.group]["visible"]
    assert updates[page.tab.images]["rows"] == []


def test_every_figure_has_its_interval_and_count(page, studio, dataset, images):
    updates = page.handlers.load_page(ask(dataset=dataset))
    (row,) = updates[page.tab.table]["rows"]
    detector = score_dataset(studio, dataset).detectors[0]
    iou, precision, recall = row["figures"]
    assert iou["text"] == f"{detector.total.iou:.3f}"
    assert iou["interval"] == "no interval: 18 images more"
    assert (iou["low"], iou["high"], iou["count"]) == (None, None, "2 images")
    assert precision["count"] == "2 of 2 detected right"
    assert precision["interval"] == "at least 0.22"
    assert (precision["low"], precision["high"]) == (pytest.approx(0.05**0.5), 1)
    assert recall["count"] == "2 of 2 manual found"
    assert row["inReview"]
    assert (row["name"], row["missing"]) == ("DeSRA", "")
    assert updates[page.tab.table]["notes"] == []
    assert updates[page.tab.table]["limits"].startswith("What this does not prove: that people")


def test_says_what_is_not_counted(page, studio, dataset, images):
    label(studio, images[2], np.s_[:], State.CLEAN)
    label(studio, images[0], HALF)
    text = page.handlers.load_page(ask(dataset=dataset))[page.tab.uncounted]["value"]
    assert "1 image empty in both masks" not in text, "something was detected there"
    assert "not labelled" not in text
    assert "accepted unchanged" in text
    with studio.database.write() as session:
        run = runs.add_run(session, "score", {"dataset_id": dataset})
        runs.finish_run(
            run, RunStatus.DONE, "", {"notes": ["All class weights are 1: see https://a_b.c"]}
        )
    text = page.handlers.load_page(ask(dataset=dataset))[page.tab.uncounted]["value"]
    assert escape_markdown("All class weights are 1: see") in text
    assert "https://" not in text, "Markdown would make a link of it"


def test_a_row_leads_to_its_images(page, studio, dataset, images):
    run_detectors(studio, dataset, [read_params(LDL)])
    updates = page.handlers.load_page(ask(dataset=dataset))
    own, ldl = updates[page.tab.table]["rows"]
    assert (own["inReview"], ldl["inReview"]) == (True, False)
    assert updates[page.tab.table]["chosen"] == own["key"]
    shown = updates[page.tab.images]
    assert [row["id"] for row in shown["rows"]] == [images[0], images[1]], "worst first"
    chosen = page.handlers.choose("all", {"chosen": ldl["key"]}, ask(dataset=dataset))
    expected = score_dataset(studio, dataset).detectors[1]
    assert chosen[page.tab.images]["title"] == expected.title
    assert [row["iou"] for row in chosen[page.tab.images]["rows"]] == [
        f"{row.score.iou:.3f}" for row in expected.rows
    ]
    assert chosen[page.tab.images]["rows"] != shown["rows"]
    # The way back from Review: the address names what was chosen.
    again = page.handlers.load_page(ask(dataset=dataset, detector=ldl["key"], regions="severe"))
    assert again[page.tab.table]["chosen"] == ldl["key"]
    assert again[page.tab.images]["title"] == expected.title
    assert again[page.tab.regions]["value"] == "severe"
    unknown = page.handlers.load_page(ask(dataset=dataset, detector="gone", regions="harsh"))
    assert unknown[page.tab.table]["chosen"] == own["key"]
    assert unknown[page.tab.regions]["value"] == "all"


def test_all_downloads_are_offered(page, dataset, images):
    explanation = page.handlers.load_page(ask(dataset=dataset))[page.tab.explanation]["value"]
    for name, form in list_downloads().items():
        assert f"[{form.title}](/studio/api/datasets/{dataset}/labels.{name})" in explanation


def test_an_image_without_prediction_is_said(page, studio, dataset, images):
    run_detectors(studio, dataset, [read_params(LDL)])
    with studio.database.write() as session:
        (found,) = (
            row
            for row in datasets.list_all_detections(session, datasets.get_dataset(session, dataset))
            if (row.method, row.image_id) == ("ldl", images[0])
        )
        session.delete(found)
    updates = page.handlers.load_page(ask(dataset=dataset))
    ldl = updates[page.tab.table]["rows"][1]
    assert ldl["missing"] == "not run on 1 of 2 images: counted as empty"
    below = page.handlers.choose("all", {"chosen": ldl["key"]}, ask(dataset=dataset))
    assert "1 labelled image without a prediction" in below[page.tab.uncounted]["value"]


def test_regions_without_severity_are_counted(page, studio, dataset, images):
    mask = label(studio, images[0], HALF)
    y, x = map(int, np.argwhere(mask)[0])
    label_region(studio, images[0], RegionLabel(x, y, severity=5, kind="blotch"))
    table = {"chosen": ""}
    for regions, says in (
        ("all", None),
        ("severe", "1 of the manual regions has no severity yet and is not counted as severe."),
        ("blotch", "1 of the manual regions has no kind yet and is not counted as blotch."),
        (
            "prominent",
            "2 of the manual regions have no prominence yet and are not counted as prominent.",
        ),
    ):
        updates = page.handlers.refresh(regions, table, ask(dataset=dataset))
        notes = updates[page.tab.table]["notes"]
        assert notes == ([says] if says else [])
        manual = updates[page.tab.table]["rows"][0]["figures"][2]
        assert f"regions={regions}" in updates[page.tab.explanation]["value"]
        if regions == "severe":
            assert manual["count"] == "1 of 1 manual found"
        if regions == "prominent":
            assert (manual["text"], manual["interval"], manual["count"]) == (
                "n/a", "", "none manual",
            )  # fmt: skip


def list_runs(studio, dataset):
    return [run.as_dict() for run in list_detector_runs(studio, dataset)]


def test_the_curve_is_that_of_the_row_and_of_the_labels(page, studio, dataset, images):
    run_detectors(studio, dataset, [read_params(LDL)])

    def load(**query):
        updates = page.handlers.load_page(ask(dataset=dataset, **query))
        return updates[page.tab.table], updates[page.tab.curve]

    table, curve = load()
    own, ldl = (row["key"] for row in table["rows"])
    assert (curve["points"], curve["stale"]) == ([], False)
    run_now(studio, "curve", {"dataset_id": dataset, "detector": list_runs(studio, dataset)[1]})
    assert load()[1]["points"] == [], "it is another detector's"
    curve = load(detector=ldl)[1]
    assert curve["points"][curve["chosen"]]["threshold"] == 0.005
    assert (curve["stale"], curve["filtered"]) == (False, False)
    # Another set of regions is no change of the labels.
    curve = load(detector=ldl, regions="severe")[1]
    assert (curve["stale"], curve["filtered"]) == (False, True)
    label(studio, images[2])
    curve = load(detector=ldl)[1]
    assert curve["stale"]
    assert curve["points"], "the old curve stays until it is traced again"
    run_now(studio, "curve", {"dataset_id": dataset, "detector": list_runs(studio, dataset)[1]})
    assert not load(detector=ldl)[1]["stale"]
    assert load(detector=own)[1]["points"] == []


def test_the_page_follows_a_job_to_its_end(page, studio, dataset, images):
    with studio.database.write() as session:
        config = {"dataset_id": dataset, "detectors": [LDL]}
        run = runs.add_run(session, "score", config).id
    tab, asked = page.tab, ask(dataset=dataset)
    updates = page.handlers.tick("all", {"chosen": ""}, asked)
    assert updates[tab.dock]["visible"]
    assert updates[tab.progress]["status"] == "queued"
    assert not updates[tab.compare.start]["interactive"]
    assert tab.table not in updates, "nothing to tell anew before it ends"
    assert worker.run_job(studio, run) is RunStatus.DONE
    updates = page.handlers.tick("all", {"chosen": ""}, asked)
    assert len(updates[tab.table]["rows"]) == 2
    assert not updates[tab.dock]["visible"]
    assert updates[tab.compare.start]["interactive"]
    # One that fails says why, also to who comes later.
    run_now(studio, "curve", {"dataset_id": dataset, "detector": {"method": "gone"}})
    updates = page.handlers.load_page(asked)
    assert updates[tab.dock]["visible"]
    assert not updates[tab.cancel]["visible"]
    assert "no curve without a detector" in updates[tab.progress]["message"]


def test_agreement_needs_two(page, studio, dataset, images):
    panel = page.tab.agreement
    handlers = AgreementHandlers(panel, page.handlers.scorer)
    assert not handlers.load(ask(dataset=dataset))[panel.group]["visible"]
    settings = studio.settings.model_copy(update={"author": "an_other"})
    label(replace(studio, settings=settings), images[0])
    updates = handlers.load(ask(dataset=dataset))
    assert updates[panel.group]["visible"]
    assert (updates[panel.first]["value"], updates[panel.second]["value"]) == (
        "tester",
        "an_other",
    )
    text = updates[panel.result]
    assert "over 1 image, 0 of them empty in both" in text
    assert "as every region got the same answer" in text
    assert r"1 image labelled by tester alone, 0 by an\_other alone" in text
    refused = handlers.compare("tester", "tester", ask(dataset=dataset))
    assert "Choose two annotators" in refused["value"]


def test_agreement_says_why_there_is_no_alpha():
    found = AuthorAgreement(
        images=0, empty_both=0, iou=None, alpha=None, both=0, first_only=0, second_only=0,
        neither=0, only_first=2, only_second=1,
    )  # fmt: skip
    assert "No image was labelled by both a and b: 2" in render_agreement(found, "a", "b")
    found = replace(found, images=3, iou=1.0, empty_both=3)
    text = render_agreement(found, "a", "b")
    assert "**1.000** over 3 images, 3 of them empty in both" in text
    assert "**n/a** as neither they nor the detector marked a region" in text
    assert "proposed nothing" in render_agreement(replace(found, both=2, first_only=1), "a", "b")
    assert "**0.500** over 4 regions" in render_agreement(
        replace(found, both=3, neither=1, alpha=0.5), "a", "b"
    )
