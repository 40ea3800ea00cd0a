"""Labelled blind in the browser: the detector's view comes after the save, and Scores tell it."""

import pytest
from playwright.sync_api import expect

from desra_studio.detection.detector import DetectorParams
from desra_studio.services.datasets.importing import import_dataset
from desra_studio.services.detection.dataset import detect_dataset
from tests.factories.images import write_dataset

pytestmark = pytest.mark.browser

VEILED = "Labelled blind: the detector's view comes after you save."


@pytest.fixture(scope="module", autouse=True)
def dataset(studio, tmp_path_factory):
    """Three small images, all of them to be labelled blind."""
    folder = write_dataset(tmp_path_factory.mktemp("source"))
    imported = import_dataset(studio, folder, "blind", blind_share=1.0).dataset_id
    detect_dataset(studio, imported, DetectorParams(area_threshold=400))
    return imported


def test_an_image_is_labelled_blind_and_found_in_scores(page, review, dataset):
    review.open()
    assert VEILED in review.message
    assert review.saved == "Nothing saved yet"
    expect(review.row("a")).to_have_attribute("title", "a: unreviewed, labelled blind")
    expect(page.locator("button[data-tool=wand]")).to_be_hidden()
    views = page.locator("select[aria-label*='pane']").first
    assert "Artifact map D" not in views.inner_text()
    page.keyboard.press("t")
    panel = page.locator("#studio-detector")
    expect(panel).to_contain_text(VEILED)
    expect(panel.get_by_role("slider").first).to_be_hidden()
    page.keyboard.press("w")
    page.wait_for_function(
        "said => document.querySelector('.message').textContent.startsWith(said)", arg=VEILED
    )
    page.keyboard.press("b")
    page.keyboard.press("Enter")
    assert review.message == "Nothing is marked. Say Clean if nothing is wrong."
    assert review.name == "a"
    review.drag("mask", (0.4, 0.4), (0.5, 0.5))
    page.keyboard.press("Control+s")
    review.wait_saved(1)
    expect(panel).to_contain_text("% marked")
    expect(panel.get_by_role("slider").first).to_be_visible()
    expect(page.locator("button[data-tool=wand]")).to_be_visible()
    assert "Artifact map D" in views.inner_text()
    page.keyboard.press("Enter")
    review.wait_image("b")
    assert VEILED in review.message
    page.keyboard.press("c")
    review.wait_image("c")
    page.goto(f"/scores?dataset={dataset}")
    made = page.locator(".studio-scores .made")
    expect(made).to_contain_text("Labels: 2 drawn blind.")
    expect(page.locator(".images tbody tr").first).to_contain_text("drawn blind")
