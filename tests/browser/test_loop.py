"""The whole loop once, on real images, in a real browser."""

import json

import numpy as np
import pytest
from playwright.sync_api import expect

from desra_studio.imaging.mask_files import read_mask
from desra_studio.imaging.masks import find_components
from tests.commands import run_command

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_the_loop(page, review, server, triplets, tmp_path, generator_file):
    import_the_triplets(page, triplets)
    edit_save_and_reload(page, review)
    accept_three(page, review)
    fine_tune(page, generator_file)
    compare_scores(page, server, tmp_path)


def import_the_triplets(page, triplets):
    page.goto("/")
    page.get_by_label("Folder on this machine").fill(str(triplets / "nowhere"))
    page.get_by_role("button", name="Import and detect").click()
    expect(page.locator(".studio-problem")).to_contain_text("nowhere is not a folder")
    page.get_by_label("Folder on this machine").fill(str(triplets))
    page.get_by_role("textbox", name="Name").fill("triplets")
    page.get_by_label("Area threshold", exact=True).fill("400")
    page.get_by_role("button", name="Import and detect").click()
    done = page.locator(".studio-job .text")
    expect(done).to_contain_text("11 images imported as triplets")
    expect(done).to_contain_text("artifacts detected in 3")
    expect(page.get_by_text("LR-bicubic-x4/set14_baboon.png")).to_be_visible()
    page.get_by_role("link", name="Review it").click()


def edit_save_and_reload(page, review):
    page.wait_for_selector(".studio-review[data-ready=true]")
    assert page.locator("canvas[data-pane]").count() == 3
    review.choose("set5_head")
    for pane in ("gan", "mse", "mask"):
        assert review.read_colours(pane) > 500
    page.mouse.move(5, 5)
    before = review.read_mask()
    assert review.saved == "Detected mask, not saved yet"

    # Erase the one component, wherever it is, and paint one in a corner of another pane.
    page.keyboard.press("e")
    for _ in range(12):
        page.keyboard.press("]")
    review.drag("mask", (0.1, 0.5), (0.9, 0.5))
    page.mouse.move(5, 5)  # off the panes, whose cursor would be part of the picture
    erased = review.read_mask()
    page.keyboard.press("b")
    for _ in range(5):
        page.keyboard.press("[")
    review.drag("gan", (0.3, 0.4), (0.5, 0.4))
    page.mouse.move(5, 5)
    assert len({before, erased, review.read_mask()}) == 3

    page.keyboard.press("Control+z")
    assert review.read_mask() == erased
    assert review.saved == "Unsaved changes"
    page.keyboard.press("Control+Shift+Z")
    edited = review.read_mask()
    page.keyboard.press("Control+s")
    review.wait_saved(1)
    assert review.saved.startswith("Saved as revision 1 at ")
    page.reload()
    page.wait_for_selector(".studio-review[data-ready=true]")
    assert review.name == "set5_head"
    assert review.saved.startswith("Saved as revision 1 at ")
    assert review.read_mask() == edited


def accept_three(page, review):
    for name in ("set5_head", "set14_bridge", "set14_coastguard"):
        review.choose(name)
        page.keyboard.press("Enter")
        expect(page.locator(f"aside [title^='{name}: accepted']")).to_be_visible()
    page.get_by_role("button", name="Clean").click()
    expect(page.locator("aside [title*=': clean']")).to_have_count(1)
    expect(page.locator(".studio-nav")).to_contain_text("3 accepted")


def fine_tune(page, generator_file):
    page.get_by_role("link", name="Fine-tune").click()
    expect(page.locator(".studio-samples li")).to_have_count(3)
    expect(page.locator(".studio-samples")).to_contain_text("3 of 3 samples chosen")
    for pane in ("lr", "gan", "mse", "pseudo_gt"):
        expect(page.locator(f".inspector canvas[data-pane={pane}][data-shown]")).to_be_visible()
    page.get_by_role("button", name="Start fine-tuning").click()
    expect(page.locator(".form .studio-error")).to_contain_text("Choose a generator")
    page.set_input_files("input[type=file]", generator_file)
    chosen = page.get_by_label("Generator").locator("option:checked")
    expect(chosen).to_have_text("small (RealESRGAN Compact, x4)")
    page.get_by_label("Iterations").fill("20")
    page.get_by_role("button", name="Start fine-tuning").click()
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    page.reload()
    done = page.locator(".studio-job .text")
    expect(done).to_contain_text("small fine-tuned")
    expect(done).to_contain_text("20 iterations on 2 samples")
    page.get_by_role("button", name="Run the new model").click()
    expect(done).to_contain_text("artifacts gone")
    page.get_by_role("tab", name="Set up").click()
    expect(page.locator(".inspector canvas[data-pane=tuned][data-shown]")).to_be_visible()


def compare_scores(page, server, tmp_path):
    page.get_by_role("link", name="Scores").click()
    row = page.locator(".studio-scores.detectors tbody tr")
    expect(row).to_have_count(1)
    shown = row.locator(".figure b").all_inner_texts()
    assert row.locator("td .count").first.inner_text() == "4 images"
    out = tmp_path / "export"
    run_command(
        "export", "triplets", "--format", "masks", "--out", out, "--data-dir", server.data_dir
    )
    figures = json.loads(run_command("score", "--pred", out / "detected", "--gt", out, "--json"))
    assert figures["images"] == 4
    names = ("iou", "precision", "recall")
    assert shown == [f"{figures[name]:.3f}" for name in names]
    assert figures["iou"] < 1, "one mask was edited"
    head = read_mask(out / "set5_head.png").mask
    detected = read_mask(out / "detected" / "set5_head.png").mask
    assert np.count_nonzero(head & ~detected) > 100, "what was painted"
    assert np.count_nonzero(detected & ~head) > 100, "what was erased"
    assert len(find_components(head)) >= 1
    page.locator(".studio-scores.images").get_by_role("link", name="set5_head").click()
    page.wait_for_selector(".studio-review[data-ready=true]")
    assert page.inner_text(".bar .name") == "set5_head"
