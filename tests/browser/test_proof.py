"""The Proof page in a real browser: a real fine-tuning, its proof, the walk, and the way back."""

import re
from dataclasses import replace

import numpy as np
import pytest
from playwright.sync_api import expect

from desra_studio.assets_folder import find_assets
from desra_studio.finetune.config import QUICK
from desra_studio.imaging.io import encode_png, read_rgb
from desra_studio.services import jobs
from desra_studio.services.datasets.demo import BUNDLED_GAN, DEMO_PARAMS
from desra_studio.services.datasets.listing import get_gan_model_id
from desra_studio.services.finetune.candidates import list_candidates
from desra_studio.services.finetune.ordering import start_finetune
from desra_studio.storage import models, runs
from tests.browser.pages import (
    count_colours,
    find_pixel,
    measure_picture,
    pinch,
    read_pane,
    read_pixel,
)
from tests.factories.jobs import run_jobs_here, view_done
from tests.factories.studio import accept_detected

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PROOF = ".studio-proof"
SIDE = 100


@pytest.fixture(scope="module")
def dataset(studio, tmp_path_factory):
    """Four small images with artifacts of the bundled GAN."""
    folder = tmp_path_factory.mktemp("source") / "LR"
    folder.mkdir()
    for name in ("hat", "raft", "rocks", "sails"):
        lr = read_rgb(find_assets() / "samples" / "LR" / f"{name}.png").pixels
        top, left = (lr.shape[0] - SIDE) // 2, (lr.shape[1] - SIDE) // 2
        crop = np.ascontiguousarray(lr[top : top + SIDE, left : left + SIDE])
        (folder / f"{name}.png").write_bytes(encode_png(crop))
    with studio.database.read() as session:
        model = models.find_model(session, BUNDLED_GAN)
    config = {"name": "set", "model_id": model.id, "params": DEMO_PARAMS.as_dict()}
    with run_jobs_here():
        job = jobs.start_job(studio, "demo", {"source": str(folder.parent), **config})
    return view_done(studio, job).result["dataset_id"]


@pytest.fixture(scope="module")
def run(studio, dataset):
    """A fine-tuning too short to mend much, so that components stay."""
    accept_detected(studio, dataset)
    chosen = [candidate.revision_id for candidate in list_candidates(studio, dataset)]
    model, settings = get_gan_model_id(studio, dataset), replace(QUICK, iterations=3)
    with run_jobs_here():
        run_id = start_finetune(studio, dataset, chosen, model, settings, held_out_share=0.5)
    view = view_done(studio, run_id)
    assert view.result["proof"]["before_components"] > 2
    return view


def open_proof(page, query=""):
    page.goto(f"/proof{query}")
    page.wait_for_selector(f"{PROOF}[data-ready=true]")


def test_an_empty_studio_teaches(page, nothing_yet):
    open_proof(page)
    expect(page.locator(PROOF)).to_contain_text("Nothing to prove yet")
    page.locator(PROOF).get_by_role("link", name="Fine-tune a model").click()
    expect(page).to_have_url(re.compile("/fine-tune"))


def test_the_verdict_and_the_walk(page, run):
    proof = run.result["proof"]
    open_proof(page)
    before, removed = proof["before_components"], proof["removed"]
    expect(page.locator(".verdict")).to_contain_text(f"{removed} of {before} components gone")
    expect(page.locator("aside .facts")).to_contain_text(f"On {proof['images']} held-out images")
    expect(page.locator(".figures dt")).to_have_count(6)
    expect(page.locator(".figures .bound")).to_have_count(5)
    expect(page.locator(".figures .bound").last).to_contain_text("at least 0.50")

    total = before + proof["added"]
    shown = page.locator(f"{PROOF}[data-shown]")
    expect(page.locator(".position")).to_have_text(f"1/{total}")
    expect(shown).to_have_attribute("data-shown", "1")
    page.keyboard.press("n")
    expect(page.locator(".position")).to_have_text(f"2/{total}")
    expect(shown).to_have_attribute("data-shown", "2")
    for pane in ("before", "after", "mse"):
        assert count_colours(page, pane) > 500
    page.reload()
    page.wait_for_selector(f"{PROOF}[data-shown]")
    expect(page.locator(".position")).to_have_text(f"2/{total}")
    page.keyboard.press("Shift+N")
    page.keyboard.press("Shift+N")
    expect(page.locator(".position")).to_have_text(f"{total}/{total}")

    page.keyboard.press("n")
    unchanged = page.get_by_role("button", name="Unchanged")
    expect(unchanged).to_contain_text(str(proof["remaining"]))
    unchanged.click()
    expect(unchanged).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".position")).to_have_text(f"1/{proof['remaining']}")
    expect(page.locator(".about")).to_contain_text("Unchanged")


def test_panes_share_a_view_blink_and_hide_the_outline(page, run):
    open_proof(page, f"?run={run.id}")
    page.wait_for_selector(f"{PROOF}[data-shown]")
    page.mouse.move(5, 5)
    panes = ("before", "after", "mse")
    outlined = [read_pane(page, pane) for pane in panes]
    page.keyboard.press("h")
    plain = [read_pane(page, pane) for pane in panes]
    assert all(one != other for one, other in zip(outlined, plain, strict=True))
    expect(page.get_by_label("Outline")).not_to_be_checked()

    before, after, _ = plain
    caption = page.locator("figure", has=page.locator("canvas[data-pane=after]"))
    page.keyboard.down("x")
    expect(caption).to_contain_text("Before")
    page.keyboard.up("x")
    expect(caption).to_contain_text("After")
    assert (read_pane(page, "before"), read_pane(page, "after")) == (before, after)

    box = page.locator("canvas[data-pane=mse]").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 3, box["y"] + box["height"] / 3)
    page.mouse.wheel(0, 400)
    zoomed = [read_pane(page, pane) for pane in panes]
    assert all(one != other for one, other in zip(plain, zoomed, strict=True))
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()
    panned = [read_pane(page, pane) for pane in panes]
    assert all(one != other for one, other in zip(zoomed, panned, strict=True))
    page.keyboard.press("c")
    page.mouse.move(5, 5)
    assert [read_pane(page, pane) for pane in panes] == plain


def test_what_is_pointed_at_stays_while_all_panes_zoom(page, run):
    open_proof(page, f"?run={run.id}")
    page.wait_for_selector(f"{PROOF}[data-shown]")
    page.keyboard.press("h")
    panes = ("before", "after", "mse")
    page.keyboard.press("z")
    for _ in range(9):
        page.keyboard.press("+")
    x, y = find_pixel(page, "after")
    page.mouse.move(x, y)
    shown, pixel = [read_pane(page, pane) for pane in panes], read_pixel(page, "after", x, y)
    page.mouse.wheel(0, -300)
    wheeled = [read_pane(page, pane) for pane in panes]
    assert all(one != other for one, other in zip(shown, wheeled, strict=True))
    assert read_pixel(page, "after", x, y) == pixel
    pinch(page, x, y)
    pinched = [read_pane(page, pane) for pane in panes]
    assert all(one != other for one, other in zip(wheeled, pinched, strict=True))
    assert read_pixel(page, "after", x, y) == pixel


def test_z_shows_px_one_to_one_and_all_of_the_image(page, run):
    open_proof(page, f"?run={run.id}")
    page.wait_for_selector(f"{PROOF}[data-shown]")
    page.keyboard.press("h")
    framed = read_pane(page, "mse")
    page.keyboard.press("z")
    width = page.locator("canvas[data-pane=mse]").bounding_box()["width"]
    assert measure_picture(page, "mse") == [int(width), 4 * SIDE]
    page.keyboard.press("z")
    whole = measure_picture(page, "mse")
    assert whole == measure_picture(page, "before")
    assert whole[0] == whole[1] == int(width)
    page.get_by_role("button", name="Component").click()
    page.mouse.move(5, 5)
    assert read_pane(page, "mse") == framed


def test_the_view_stays_where_a_proof_is_read_again(page, run):
    listed = page.request.get("/studio/api/fine-tunings").json()["runs"]
    going_on = {"runs": [each | {"status": "running"} for each in listed]}
    page.route("**/api/fine-tunings*", lambda route: route.fulfill(json=going_on))
    open_proof(page, f"?run={run.id}")
    page.wait_for_selector(f"{PROOF}[data-shown]")
    page.mouse.move(5, 5)
    framed = read_pane(page, "mse")
    page.keyboard.press("z")
    shown = read_pane(page, "mse")
    assert shown != framed
    for _ in range(2):
        with page.expect_response(f"**/api/runs/{run.id}/proof"):
            pass
    assert read_pane(page, "mse") == shown


def test_what_is_wrong_goes_back_into_the_queue(page, review, run):
    open_proof(page, f"?run={run.id}")
    open_count = run.result["proof"]["remaining"] + run.result["proof"]["added"]
    page.get_by_role("button", name=f"Send {open_count} back into the review queue").click()
    expect(page.locator("aside .message")).to_contain_text(f"{open_count} component")
    link = page.get_by_role("link", name="Review what was sent back")
    expect(link).to_be_focused()
    page.reload()
    page.wait_for_selector(f"{PROOF}[data-ready=true]")
    link.click()
    page.wait_for_selector(".studio-review[data-ready=true]")
    expect(page.get_by_label("Order", exact=True)).to_have_value("flagged")
    expect(review.row(review.name)).to_contain_text("⚑")
    expect(page.locator("aside [role=option]").first).to_contain_text("⚑")


def test_the_model_can_be_had_and_goes_on(page, run):
    open_proof(page, f"?run={run.id}")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the weights").click()
    assert download.value.suggested_filename == f"fine-tuned-{run.id}.safetensors"
    page.get_by_role("link", name="Fine-tune again from this model").click()
    expect(page.locator("#finetune-generator")).to_have_value(str(run.result["model_id"]))


def test_a_run_without_a_proof_is_proven_again(page, studio, run):
    with studio.database.write() as session:
        row = runs.get_run(session, run.id)
        row.result = {**row.result, "proof": None}
    open_proof(page, f"?run={run.id}")
    expect(page.locator(PROOF)).to_contain_text("Nothing proven yet")
    page.get_by_role("button", name="Prove again").click()
    expect(page.locator(".verdict")).to_contain_text("components gone")
    again = jobs.view_job(studio, run.id).result["proof"]
    assert again | {"detections": None} == run.result["proof"] | {"detections": None}


def test_an_unknown_run_is_said_so(page, run):
    open_proof(page, "?run=99")
    expect(page.locator("aside .message")).to_contain_text("There is no fine-tuning 99")
    expect(page.get_by_label("Fine-tuning")).to_have_value("")
