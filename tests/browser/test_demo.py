"""The first minute: an empty studio, one click, three panes with a mask."""

import re

import pytest
from playwright.sync_api import expect

from desra_studio.sr.loader import encode_weights, load_generator
from tests.factories.networks import make_weights

pytestmark = [pytest.mark.browser, pytest.mark.slow]

UPLOAD = "input[type=file][accept*=pth]"


def test_the_demo_dataset(page, review):
    page.goto("/")
    page.get_by_role("button", name="Open the demo dataset").click()
    done = page.locator(".studio-job .text")
    expect(done).to_contain_text("16 images of Demo upscaled")
    expect(page.get_by_role("button", name="Open the demo dataset")).to_be_hidden()
    page.get_by_role("link", name="Review it").click()
    page.wait_for_selector(".studio-review[data-ready=true]")
    expect(page.locator(".position")).to_contain_text("/16")
    marked = page.locator("aside .row", has=page.locator(".count", has_text="1")).first
    name = marked.locator(".name").inner_text()
    review.choose(name)
    page.mouse.move(5, 5)
    for pane in ("gan", "mse", "mask"):
        assert review.read_colours(pane) > 500
    detected = review.read_mask()
    page.keyboard.press("c")  # judged clean: the mask is empty now
    expect(review.row(name)).to_have_attribute("title", re.compile(f"^{name}: clean"))
    review.choose(name)
    page.mouse.move(5, 5)
    assert review.read_mask() != detected, "the mask pane showed the detected mask"


def test_models_are_shown_and_added(page, tmp_path):
    page.goto("/models")
    expect(page.locator(".prose.studio-card")).to_contain_text("desra-demo")
    page.get_by_label("Model", exact=True).click()
    page.get_by_role("option", name="desra-demo-gan-x4").click()
    expect(page.locator(".prose.studio-card")).to_contain_text("desra-demo-mse-x4")
    wrong, right = tmp_path / "wrong.pth", tmp_path / "mine.safetensors"
    wrong.write_text("text")
    right.write_bytes(encode_weights(make_weights()))
    page.set_input_files(UPLOAD, wrong)
    says = page.locator(".studio-upload [role=status]")
    expect(says).to_contain_text("wrong.pth is neither a safetensors")
    page.set_input_files(UPLOAD, right)
    expect(says).to_have_text("mine is added.")
    expect(page.locator(".prose.studio-card")).to_contain_text("mine")
    expect(page.get_by_role("button", name="Derive an MSE-SR partner")).to_be_visible()
    page.get_by_label("MSE-SR partner").click()
    page.get_by_role("option", name="desra-demo-mse-x4").click()
    page.get_by_role("button", name="Set this partner").click()
    expect(page.locator(".prose.studio-card")).to_contain_text("desra-demo-mse-x4")
    expect(page.get_by_role("button", name="Derive an MSE-SR partner")).to_be_hidden()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download .pth").click()
    assert download.value.suggested_filename == "mine.pth"
    assert load_generator(download.value.path()).scale == 4
