"""Files dropped on the first page: sent, imported, and shown in three panes with a mask."""

import base64

import numpy as np
import pytest
from playwright.sync_api import expect

from desra_studio.imaging.masks import encode_mask_png
from desra_studio.services.datasets.listing import list_dataset_names
from desra_studio.services.uploads.staging import list_uploads
from tests.factories.images import write_dataset
from tests.factories.zips import zip_folder

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def drop(page, name, data):
    """Drop a file of this name on the zone, as a person does."""
    transfer = page.evaluate_handle(
        """([name, data]) => {
          const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
          const transfer = new DataTransfer();
          transfer.items.add(new File([bytes], name));
          return transfer;
        }""",
        [name, base64.b64encode(data).decode()],
    )
    for event in ("dragover", "drop"):
        page.dispatch_event(".studio-uploads .zone", event, {"dataTransfer": transfer})


@pytest.fixture
def uploads(page):
    """The place to drop files, on the first page."""
    page.goto("/")
    page.wait_for_selector(".studio-uploads[data-ready=true]")
    # Below it, and only there, something comes up that Gradio asks for.
    expect(page.get_by_role("button", name="Open the demo dataset")).to_be_visible()
    return page.locator(".studio-uploads")


def test_a_zip_dropped_on_an_empty_studio_ends_in_review(
    nothing_yet, page, uploads, review, studio, tmp_path
):
    folder = write_dataset(tmp_path / "pairs", size=(192, 192))
    data = zip_folder(folder, tmp_path / "RESULTS.zip", "RESULTS").read_bytes()
    page.get_by_label("Area threshold").fill("400")
    drop(page, "RESULTS.zip", data)
    expect(uploads.locator(".what:visible")).to_contain_text("1 file, ")
    expect(uploads.get_by_label("Import as")).to_have_value("RESULTS")
    page.keyboard.press("Enter")  # the focus is on Import
    expect(page.locator(".studio-job .text")).to_contain_text("3 images imported as RESULTS")
    page.get_by_role("link", name="Review it").click()
    page.wait_for_selector(".studio-review[data-ready=true]")
    expect(page.locator(".position")).to_contain_text("/3")
    page.mouse.move(5, 5)
    for pane in ("gan", "mse", "mask"):
        assert review.read_colours(pane) > 50, pane
    assert any(review.read_mask())
    assert list_uploads(studio) == []


def test_a_folder_goes_on_after_a_cut_and_a_name_that_is_taken(
    nothing_yet, page, uploads, studio, tmp_path
):
    folder = write_dataset(tmp_path / "RESULTS")
    (folder / ".DS_Store").write_text("x")
    sent = []

    def cut_once(route):
        sent.append(route.request.url)
        if len(sent) == 2:
            route.abort("internetdisconnected")
        else:
            route.continue_()

    page.route("**/studio/api/uploads/*?path=*", cut_once)
    uploads.locator("input[webkitdirectory]").set_input_files(folder)
    expect(uploads.locator(".what:visible")).to_contain_text("9 files, ")
    expect(uploads.locator(".what:visible")).to_contain_text("GAN-SR 3, MSE-SR 3, LR 3")
    uploads.get_by_role("button", name="Import").click()
    expect(page.locator(".studio-job .text")).to_contain_text("3 images imported as RESULTS")
    assert len(sent) == 11, "nine files, one question, and one file again"
    uploads.locator("input[webkitdirectory]").set_input_files(folder)
    uploads.get_by_role("button", name="Import").click()
    expect(page.locator(".studio-problem")).to_contain_text("'RESULTS' exists already")
    assert len(sent) == 20
    page.reload()
    expect(uploads.get_by_role("listitem")).to_contain_text("is here and not imported")
    uploads.locator("input[webkitdirectory]").set_input_files(folder)
    uploads.get_by_label("Import as").fill("again")
    page.keyboard.press("Enter")
    expect(page.locator(".studio-job .text")).to_contain_text("3 images imported as again")
    assert len(sent) == 20, "all of it was there"
    assert [dataset.name for dataset in list_dataset_names(studio)] == ["again", "RESULTS"]
    expect(uploads.get_by_role("listitem")).to_have_count(0)


def test_a_question_pairs_names_and_masks_come_later(
    nothing_yet, page, uploads, review, studio, tmp_path
):
    folder = write_dataset(tmp_path / "RESULTS")
    for path in list((folder / "GAN-SR").iterdir()):
        path.rename(path.with_name(f"{path.stem}_out.png"))
    uploads.locator("input[webkitdirectory]").set_input_files(folder)
    uploads.get_by_role("button", name="Import").click()
    question = page.get_by_role("dialog", name="Do these belong together?")
    expect(question).to_contain_text("3 names differ from another by _out: a_out with a")
    page.keyboard.press("Escape")
    expect(page.locator(".studio-problem")).to_contain_text("Nothing was imported.")
    uploads.get_by_role("button", name="Import").click()
    expect(question).to_be_visible()
    page.keyboard.press("Enter")  # the focus is on Match them
    expect(page.locator(".studio-job .text")).to_contain_text("3 images imported as RESULTS")
    masks = tmp_path / "masks"
    masks.mkdir()
    marked = np.zeros((96, 96), bool)
    marked[30:60, 30:60] = True
    (masks / "b.png").write_bytes(encode_mask_png(marked))
    uploads.locator("input[webkitdirectory]").set_input_files(masks)
    uploads.get_by_label("Into").select_option(label="RESULTS")
    expect(uploads.get_by_label("Import as")).to_be_hidden()
    uploads.get_by_role("button", name="Add").click()
    expect(page.locator(".studio-job .text")).to_contain_text("1 label added to RESULTS")
    page.goto("/review")
    page.wait_for_selector(".studio-review[data-ready=true]")
    expect(page.locator(".position")).to_contain_text("/3")
