"""Where the focus is in Review once what had it has gone: the page's keys go on working."""

import pytest
from playwright.sync_api import expect

from tests.factories.images import write_dataset
from tests.factories.studio import import_detected

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def dataset(studio, tmp_path_factory):
    """Three pairs, none of which has been reviewed."""
    return import_detected(studio, write_dataset(tmp_path_factory.mktemp("source")))


def test_keys_work_after_the_toolbar_took_many_verdicts_back(page, review, dataset):
    review.open()
    review.wait_image("a")
    review.row("a").click(modifiers=["Control"])
    review.row("b").click(modifiers=["Control"])
    bulk = page.get_by_role("group", name="Selected images")
    bulk.get_by_role("button", name="Accept").click()
    bulk.get_by_role("button", name="Apply to 2 images").click()
    expect(page.locator(".deed")).to_contain_text("2 images accepted")
    page.get_by_role("toolbar").get_by_role("button", name="Undo").press("Enter")
    expect(page.locator(".deed")).to_contain_text("2 images are as before")
    review.wait_idle()
    page.keyboard.press("e")
    expect(page.get_by_role("button", name="Eraser")).to_have_attribute("aria-pressed", "true")


def test_escape_closes_the_filter_from_its_button(page, review, dataset):
    review.open()
    review.wait_image("a")
    button = page.get_by_role("button", name="Filter", exact=True)
    button.press("Enter")
    panel = page.get_by_role("dialog", name="Filter of the queue")
    expect(panel).to_be_visible()
    button.press("Escape")
    expect(panel).to_be_hidden()
    expect(button).to_be_focused()
