"""The Proof page in a real browser: a real fine-tuning, its proof, the walk, and the way back."""

import re
from collections import Counter
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


def list_fates(proof):
    return [(each["fate"], *each["centre"]) for each in proof["components"]]


def test_an_empty_studio_teaches(page, nothing_yet):
    open_proof(page)
    expect(page.locator(PROOF)).to_contain_text("Nothing to prove yet")
    page.locator(PROOF).get_by_role("link", name="Fine-tune a model").click()
    expect(page).to_have_url(re.compile("/fine-tune"))


def test_the_verdict_and_the_walk(page, run):
    proof = run.result["proof"]
    open_proof(page)
    before, removed = proof["before_components"], proof["removed"]
    gone = f"{removed} of {before} accepted artifacts gone"
    expect(page.locator(".verdict")).to_contain_text(gone)
    facts = page.locator("aside .facts")
    expect(facts).to_contain_text(f"On {proof['images']} held-out images")
    expect(facts).to_contain_text(f"By {proof['headline']}, the strictest witness that no loss")
    expect(facts).to_contain_text("What this does not prove")
    expect(facts.get_by_role("link", name="Ask voters")).to_have_attribute(
        "href", re.compile("^/studies.*dataset=")
    )
    witnesses = page.locator(".witnesses li")
    expect(witnesses).to_have_count(3)
    expect(witnesses.first).to_contain_text("verdict")
    expect(witnesses.last).to_contain_text("trained on")
    expect(page.locator(".figures .bound:not(.plain)")).to_have_count(5)
    more = page.locator("details", has_text="More:")
    expect(more.locator("dt").first).to_be_hidden()
    more.locator("summary").click()
    expect(more.locator("dt")).to_have_count(4)
    expect(more.locator(".bound").first).to_contain_text("at least 0.50")

    total = len(proof["components"])
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
    counts = Counter(component["fate"] for component in proof["components"])
    fate = next(fate for fate in ("still_there", "fainter", "gone") if counts[fate])
    title = {"still_there": "Still there", "fainter": "Fainter", "gone": "Gone"}[fate]
    chosen = page.locator(".fates").get_by_role("button", name=title)
    expect(chosen).to_contain_text(str(counts[fate]))
    chosen.click()
    expect(chosen).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".position")).to_have_text(f"1/{counts[fate]}")
    expect(page.locator(".about")).to_contain_text(title)
    for witness in proof["witnesses"]:
        expect(page.locator(".words")).to_contain_text(witness["name"])


def test_an_address_of_earlier_fates_shows_all(page, run):
    open_proof(page, "?fate=unchanged")
    total = len(run.result["proof"]["components"])
    expect(page.locator(".position")).to_have_text(f"1/{total}")


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
    open_count = run.result["proof"]["still_there"] + run.result["proof"]["added"]
    assert open_count, "a fine-tuning this short leaves something as it was"
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


@pytest.mark.parametrize("is_old", [False, True])
def test_a_run_without_a_proof_of_today_is_proven_again(page, studio, run, is_old):
    proof = run.result["proof"]
    old = {key: value for key, value in proof.items() if key != "components"}
    with studio.database.write() as session:
        row = runs.get_run(session, run.id)
        row.result = {**row.result, "proof": old if is_old else None}
    open_proof(page, f"?run={run.id}")
    expect(page.locator(PROOF)).to_contain_text("No proof to show")
    if is_old:
        expect(page.locator("aside .message")).to_contain_text("from before witnesses were asked")
    page.get_by_role("button", name="Prove again").click()
    expect(page.locator(".verdict")).to_contain_text("accepted artifacts gone")
    again = jobs.view_job(studio, run.id).result["proof"]
    # Another process may sum floats in another order.
    assert list_fates(again) == list_fates(proof)
    assert again["headline"] == proof["headline"]
    assert again["edges_kept"] == pytest.approx(proof["edges_kept"])


def test_a_run_whose_model_is_not_told_names_none(page, studio, run):
    with studio.database.write() as session:
        row = runs.get_run(session, run.id)
        row.result = {**row.result, "proof": None, "model_id": None}
    open_proof(page, f"?run={run.id}")
    again = page.get_by_role("link", name="Fine-tune again from this model")
    expect(again).to_have_attribute("href", re.compile(r"/fine-tune\?dataset=\d+$"))


def test_an_unknown_run_is_said_so(page, run):
    open_proof(page, "?run=99")
    expect(page.locator("aside .message")).to_contain_text("There is no fine-tuning 99")
    expect(page.get_by_label("Fine-tuning")).to_have_value("")
