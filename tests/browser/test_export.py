"""A dataset leaves through the browser: the dialog, the file, and what is said of it."""

import zipfile

import numpy as np
import pytest
from playwright.sync_api import expect

from desra_studio.imaging.masks import decode_mask_png
from desra_studio.services.review.documents import describe_image
from desra_studio.services.review.masks import judge_image, load_revision_mask
from desra_studio.vocabulary import State
from tests.browser.pages import measure_contrast
from tests.factories.images import write_dataset
from tests.factories.studio import accept_detected, import_detected, list_items

pytestmark = pytest.mark.browser

SIZES = [(1366, 768), (1024, 768)]


@pytest.fixture(scope="module", autouse=True)
def datasets(studio, tmp_path_factory):
    """Two datasets: of 'first' two images are accepted and one is skipped, of 'fresh' none is."""
    folder = write_dataset(tmp_path_factory.mktemp("pairs") / "source")
    first = import_detected(studio, folder, "first")
    accept_detected(studio, first)
    last = list_items(studio, first)[-1].id
    judge_image(studio, last, State.SKIPPED, describe_image(studio, last).version)
    import_detected(studio, folder, "fresh")
    return first


@pytest.fixture
def opened(page):
    """A function that opens the dialog of a dataset by its button."""
    page.goto("/")
    page.wait_for_selector(".studio-datasets[data-ready=true]")

    def open_dialog(name):
        page.get_by_role("button", name=f"Export {name}", exact=True).click()
        dialog = page.get_by_role("dialog", name=f"Export {name}")
        expect(dialog).to_be_visible()
        return dialog

    return open_dialog


def test_the_zip_has_the_masks_of_the_database(page, opened, studio, datasets, tmp_path):
    dialog = opened("first")
    expect(dialog.get_by_role("radio").first).to_be_focused()
    with page.expect_download() as download:
        dialog.get_by_role("button", name="Export", exact=True).click()
    assert download.value.suggested_filename == "first-masks.zip"
    download.value.save_as(tmp_path / "masks.zip")
    expect(dialog.get_by_role("status")).to_have_text(
        "first-masks.zip: 2 images. 1 image left out, not accepted or clean: c."
    )
    with zipfile.ZipFile(tmp_path / "masks.zip") as packed:
        for item in list_items(studio, datasets)[:2]:
            kept = load_revision_mask(studio, describe_image(studio, item.id).revision.id)
            assert kept.any()
            assert np.array_equal(decode_mask_png(packed.read(f"{item.name}.png")), kept)


def test_by_keyboard_alone(page, opened):
    button = page.get_by_role("button", name="Export first", exact=True)
    button.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("radio", name="Masks")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(dialog.get_by_role("radio", name="Table of images")).to_be_checked()
    expect(dialog.get_by_text("Leave 5 px along each edge out")).to_be_hidden()
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename == "first-csv.csv"
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(button).to_be_focused()


def test_without_labels_it_says_what_to_do(opened):
    dialog = opened("fresh")
    dialog.get_by_role("button", name="Export", exact=True).click()
    expect(dialog.locator(".said.wrong")).to_have_text(
        "fresh has no accepted or clean image yet. Review some first."
    )
    expect(dialog.get_by_role("button", name="Export", exact=True)).to_be_enabled()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_all_of_it_is_on_the_screen_and_readable(page, opened, size, theme):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(f"/?__theme={theme}")
    page.wait_for_selector(".studio-datasets[data-ready=true]")
    dialog = opened("first")
    box = dialog.bounding_box()
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= size[1]
    expect(dialog.get_by_role("button", name="Close")).to_be_in_viewport()
    for text in ("b", "small", "label span", ".start"):
        assert measure_contrast(page, f"dialog.export {text}") >= 4.5
    row = page.locator(".studio-datasets tbody tr", has_text="first")
    assert row.bounding_box()["x"] + row.bounding_box()["width"] <= size[0]
