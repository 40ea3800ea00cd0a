"""Handlers of the pages, called as Gradio calls them: what they show where things go wrong."""

from types import SimpleNamespace

import gradio as gr
import pytest

from desra_studio.detection.detector import DetectorParams
from desra_studio.services.datasets.importing import import_dataset
from desra_studio.services.detection.dataset import detect_dataset
from desra_studio.services.review.documents import describe_image
from desra_studio.services.review.masks import judge_image, load_detected_mask, save_mask
from desra_studio.ui.app import build_pages
from desra_studio.ui.datasets.page import DatasetsHandlers, build_datasets_page
from desra_studio.ui.scores.layout import build_scores_page
from desra_studio.ui.scores.page import ScoresHandlers
from desra_studio.ui.shared.text import escape_markdown
from desra_studio.vocabulary import State
from tests.factories.studio import list_items


def ask(**query):
    named = {name: str(value) for name, value in query.items()}
    return SimpleNamespace(query_params=named, cookies={})


@pytest.fixture
def make_handlers(studio):
    def make(build, kind):
        with gr.Blocks():
            tab = build()
        return tab, kind(tab, studio)

    return make


@pytest.fixture
def dataset(studio, dataset_folder):
    report = import_dataset(studio, dataset_folder, "set")
    detect_dataset(studio, report.dataset_id, DetectorParams(area_threshold=400))
    return report.dataset_id


def test_all_pages_build(studio):
    pages = build_pages(studio)
    paths = [path for path, _, _ in pages.pages]
    assert paths == ["", "review", "fine-tune", "proof", "scores", "studies", "models", "team"]


def test_an_empty_studio_teaches(make_handlers):
    tab, handlers = make_handlers(lambda: build_datasets_page(0.2), DatasetsHandlers)
    updates = handlers.show_status(None, ask())
    assert updates[tab.demo.group]["visible"]
    assert updates[tab.layout]["visible"]
    assert not updates[tab.detect]["interactive"]
    tab, handlers = make_handlers(build_scores_page, ScoresHandlers)
    updates = handlers.load_page(ask())
    assert "0 of 0" in updates[tab.empty]["value"]


def test_scores_name_a_missing_file(make_handlers, dataset, studio):
    image = list_items(studio, dataset)[0].id
    detection = describe_image(studio, image).detection
    mask = load_detected_mask(studio, detection.id)
    saved = save_mask(studio, image, mask, 0)
    judge_image(studio, image, State.ACCEPTED, saved.version)
    tab, handlers = make_handlers(build_scores_page, ScoresHandlers)
    updates = handlers.load_page(ask(dataset=dataset))
    figures = updates[tab.table]["rows"][0]["figures"]
    assert [figure["text"] for figure in figures] == ["1.000", "1.000", "1.000"]
    assert "accepted unchanged" in updates[tab.uncounted]["value"].replace("\n", " ")
    studio.blobs.find(saved.revision.sha).unlink()
    # Other handlers: those that scored the mask once have no need to read it again.
    tab, handlers = make_handlers(build_scores_page, ScoresHandlers)
    updates = handlers.load_page(ask(dataset=dataset))
    assert "is missing" in updates[tab.error]["value"]


def test_user_text_is_never_markup():
    assert escape_markdown("a_b <script> {{1}} ${x}") == (r"a\_b \<script\> \{\{1\}\} \$\{x\}")
