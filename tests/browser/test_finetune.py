"""The Fine-tune page in a real browser: samples, settings, a run that is watched and goes on."""

import re
from dataclasses import asdict, replace

import pytest
from playwright.sync_api import expect

from desra_studio.finetune.config import DIAL, QUICK
from desra_studio.services.finetune.candidates import list_candidates
from desra_studio.services.finetune.ordering import start_finetune
from desra_studio.services.models.registry import add_model_file
from desra_studio.sr.loader import encode_weights
from tests.browser.pages import (
    find_pixel,
    measure_picture,
    pinch,
    read_pane,
    read_pixel,
    wait_until,
)
from tests.factories.images import write_dataset
from tests.factories.jobs import run_jobs_here, view_done
from tests.factories.networks import make_discriminator, make_weights
from tests.factories.points import add_points
from tests.factories.studio import accept_detected, import_detected
from tests.factories.weights import encode_pth

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROWS = ".studio-samples li"
PAGE = "/fine-tune?dataset=1"
READY = ".studio-finetune[data-ready=true]"
LINES = ".chart[data-figure=loss] polyline.line:not([points=''])"
MARKED = """() => {
  const canvas = document.querySelector('.inspector canvas[data-pane=mask]');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let orange = 0;
  for (let at = 0; at < data.length; at += 4) orange += data[at] > data[at + 2] + 60;
  return orange / (data.length / 4);
}"""
BEFORE = """() => document.querySelector('.preview canvas[data-pane=gan]').toDataURL()"""
PICTURE = """() => document.querySelector('.inspector canvas[data-pane=gan]').toDataURL()"""
# A name that a template or Markdown would take for markup.
NAMES = ("a", "b_{{x}}", "c", "d", "e")


@pytest.fixture(scope="module")
def accepted(studio, tmp_path_factory):
    """Five accepted samples, the last of them marked all over; the id of a small generator."""
    folder = write_dataset(tmp_path_factory.mktemp("source"), NAMES)
    import_detected(studio, folder)
    accept_detected(studio, 1, all_over="e")
    weights = tmp_path_factory.mktemp("weights") / "small.safetensors"
    weights.write_bytes(encode_weights(make_weights()))
    return add_model_file(studio, weights)


def open_page(page, query=""):
    page.goto(f"{PAGE}{query}")
    page.wait_for_selector(READY)


def test_samples_are_looked_at_and_chosen(page, accepted):
    open_page(page)
    expect(page.locator(ROWS)).to_have_count(5)
    expect(page.locator(".studio-samples .count")).to_have_text("5 of 5 samples chosen")
    expect(page.locator(f"{ROWS} .tag:visible")).to_have_count(1)
    expect(page.locator(ROWS).nth(4)).to_contain_text("marks more than half of the image")
    expect(page.locator(".form output").first).to_have_text("1 of 5 held out, 4 to train on")
    look_at_a_sample(page)
    share = page.get_by_label("Held-out share")
    share.focus()
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    expect(page.locator(f"{ROWS} .tag:visible")).to_have_count(2)
    page.get_by_label("Use a", exact=True).uncheck()
    page.get_by_text("Paper", exact=True).click()
    expect(page.get_by_label("Iterations")).to_have_value("1000")
    page.get_by_label("Iterations").fill("77")
    expect(page.get_by_text("1 of its settings changed.")).to_be_visible()
    page.reload()
    page.wait_for_selector(READY)
    expect(page.locator(".studio-samples .count")).to_have_text("4 of 5 samples chosen")
    expect(page.get_by_role("radio", name="Paper")).to_be_checked()
    expect(page.get_by_label("Iterations")).to_have_value("77")
    page.get_by_role("button", name="Reset").click()
    expect(page.get_by_label("Iterations")).to_have_value("1000")


def look_at_a_sample(page):
    page.locator(f"{ROWS} button").first.click()
    page.keyboard.press("ArrowDown")
    head = page.locator(".inspector .head")
    expect(head).to_contain_text("b_{{x}}")
    expect(head).to_contain_text("96 x 96 px")
    # By the image: until its own are there, the panes show those of the sample before.
    for pane in ("lr", "gan", "mse", "mask", "pseudo_gt"):
        shown = f".inspector [data-image='2'] canvas[data-pane={pane}][data-shown]"
        expect(page.locator(shown)).to_be_visible()
    wait_until(page, f"async () => ({MARKED})() > 0.02")
    before = page.evaluate(PICTURE)
    page.get_by_role("button", name="Next artifact").click()
    expect(page.locator(".inspector .foot")).to_contain_text("1 of 1")
    wait_until(page, f"async ([before]) => ({PICTURE})() !== before", before)
    page.get_by_role("button", name="Whole image").click()
    wait_until(page, f"async ([before]) => ({PICTURE})() === before", before)


def test_all_sides_of_a_sample_zoom_at_the_pointer_and_stay_so(page, accepted):
    open_page(page)
    head = page.locator(".inspector .head")
    expect(head).to_contain_text("96 x 96 px")
    panes = ("lr", "gan", "mse", "mask", "pseudo_gt")
    for pane in panes:
        expect(page.locator(f".inspector canvas[data-pane={pane}][data-shown]")).to_be_visible()
    gan = page.locator(".inspector canvas[data-pane=gan]")
    whole = [read_pane(page, pane) for pane in panes]
    gan.hover()
    page.mouse.wheel(0, -900)
    x, y = find_pixel(page, "gan")
    page.mouse.move(x, y)
    closer, pixel = [read_pane(page, pane) for pane in panes], read_pixel(page, "gan", x, y)
    assert all(one != other for one, other in zip(whole, closer, strict=True))
    page.mouse.wheel(0, -300)
    zoomed = [read_pane(page, pane) for pane in panes]
    assert all(one != other for one, other in zip(closer, zoomed, strict=True))
    assert read_pixel(page, "gan", x, y) == pixel
    # What is read again leaves the view alone.
    page.evaluate("window.dispatchEvent(new Event('studio:changed'))")
    page.get_by_label("Use a", exact=True).uncheck()
    expect(head).to_contain_text("Not chosen.")
    assert [read_pane(page, pane) for pane in panes] == zoomed
    page.mouse.move(5, 5)
    pinch(page, x, y)
    assert read_pane(page, "lr") != zoomed[0]
    assert read_pixel(page, "gan", x, y) == pixel
    page.get_by_role("button", name="1:1").click()
    assert measure_picture(page, "gan") == [96, 96]
    gan.focus()
    page.keyboard.press("z")
    page.mouse.move(5, 5)
    assert [read_pane(page, pane) for pane in panes] == whole


def test_a_run_is_started_watched_stopped_and_resumed(page, accepted):
    open_page(page)
    page.get_by_text("Quick", exact=True).click()
    page.get_by_role("button", name="None").click()
    cautions = page.locator(".form .cautions")
    expect(cautions.get_by_role("listitem")).to_have_text(
        ["Choose at least 3 samples: 0 are chosen.", re.compile("imported. Make sure that .* made")]
    )
    page.get_by_role("button", name="Start fine-tuning").click()
    expect(page.locator(".form .studio-error")).to_contain_text("Choose at least 3")
    page.get_by_role("button", name="All").click()
    expect(page.locator(".form .studio-error")).to_be_empty()
    expect(cautions).to_contain_text("1 of the chosen samples: marks more than half of the image.")
    start(page, iterations=400, preview_every=20, checkpoint_every=10)
    watch(page)
    come_back(page)
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".panel .text")).to_contain_text("Cancelled at")
    expect(page.get_by_role("button", name="Cancel")).to_be_hidden()
    stopped = count_previews(page)
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    expect(page.locator(".panel .text")).to_contain_text("is ready")
    assert count_previews(page) > stopped
    expect(page.locator(".slide output")).to_have_text("Iteration 400 of 400")
    expect(page.get_by_role("button", name="Run the new model")).to_be_visible()
    proof = page.locator(".panel").get_by_role("link", name="See the proof")
    expect(proof).to_have_attribute("href", "/proof?dataset=1&run=1")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the weights").click()
    assert download.value.suggested_filename == "fine-tuned-1.safetensors"
    proof.click()
    page.wait_for_selector(".studio-proof[data-ready=true]")
    expect(page.locator(".verdict")).to_contain_text(re.compile(r"\d of \d+ accepted artifact"))
    expect(page.locator("aside .facts")).to_contain_text("On 1 held-out image")


def test_a_discriminator_is_chosen_where_its_loss_has_a_weight(page, studio, accepted, tmp_path):
    (tmp_path / "judge.pth").write_bytes(encode_pth(make_discriminator(), "params"))
    judge = add_model_file(studio, tmp_path / "judge.pth", role="discriminator")
    open_page(page)
    choice = page.get_by_label("Discriminator")
    page.get_by_text("Quick", exact=True).click()
    expect(choice).to_be_hidden()
    page.get_by_text("Paper", exact=True).click()
    expect(choice).to_have_value("")
    note = page.locator(".form .generator small")
    expect(note).to_contain_text("A fresh one knows nothing at first")
    choice.select_option("judge")
    expect(note).to_have_text("")
    page.reload()
    page.wait_for_selector(READY)
    expect(choice).to_have_value(str(judge))


def start(page, **settings):
    page.get_by_text("All settings").click()
    for name, value in {"batch": 2, "crop": 32, **settings}.items():
        page.locator(f"#setting-{name}").fill(str(value))
    page.get_by_role("button", name="Start fine-tuning").click()
    expect(page.get_by_role("tab", name="Runs")).to_have_attribute("aria-selected", "true")


def watch(page):
    expect(page.locator(".panel .title")).to_contain_text("4 samples, 1 held out")
    expect(page.locator(".panel .pace")).to_contain_text("left")
    expect(page.locator(LINES)).to_have_count(1)
    for pane in ("gan", "now", "mse"):
        expect(page.locator(f".preview .{pane} canvas[data-shown]")).to_be_visible()
    expect(page.locator(".chart[data-figure=removal_rate] .values b")).to_have_text(
        re.compile(r"^\d\.\d{3}$")
    )
    # What is read stays where it is while figures come in.
    table = page.locator(".studio-finetune .table")
    before = table.bounding_box()
    seen = page.evaluate(BEFORE)
    page.locator(".preview .now canvas").hover()
    page.mouse.wheel(0, -300)
    wait_until(page, f"async ([seen]) => ({BEFORE})() !== seen", seen)
    seen = page.evaluate(BEFORE)
    previews = count_previews(page)
    wait_until(page, "([before]) => document.querySelector('.slide input').max > before", previews)
    assert table.bounding_box() == before
    assert page.evaluate(BEFORE) == seen


def count_previews(page):
    return int(page.locator(".slide input").get_attribute("max"))


def come_back(page):
    page.locator(".slide input").focus()
    page.keyboard.press("Home")
    expect(page.locator(".slide output")).to_have_text(re.compile(r"^Iteration 20 of \d+$"))
    expect(page.locator(".preview .now figcaption")).to_have_text("At 20")
    page.reload()
    page.wait_for_selector(READY)
    expect(page.locator(".panel .title")).to_contain_text("Run 1")
    expect(page.locator(LINES)).to_have_count(1)
    expect(page.locator(".preview .now figcaption")).to_have_text("Now")
    assert page.evaluate("document.querySelector('.studio-finetune').dataset.active") == "true"


@pytest.fixture
def earlier(studio, accepted):
    """A run that is done."""
    chosen = [candidate.revision_id for candidate in list_candidates(studio, 1)]
    settings = replace(QUICK, iterations=30, batch=2, crop=32, preview_every=10)
    with run_jobs_here():
        run_id = start_finetune(studio, 1, chosen, accepted, settings)
    return view_done(studio, run_id)


def test_runs_side_by_side(page, earlier):
    open_page(page, "&view=setup")
    start(page, iterations=20, preview_every=10)
    expect(page.locator(".panel .text")).to_contain_text("is ready")
    rows = page.locator(".studio-finetune tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.first).to_have_attribute("aria-current", "true")
    page.get_by_label(f"Lines of run {earlier.id}").check()
    expect(page.locator(LINES)).to_have_count(2)
    expect(page.locator(".chart[data-figure=loss] .values b")).to_have_count(2)
    page.reload()
    expect(page.locator(LINES)).to_have_count(2)
    rows.nth(1).get_by_role("button", name=f"Run {earlier.id}").click()
    expect(page.locator(".panel .title")).to_contain_text(f"Run {earlier.id}")
    page.get_by_role("button", name="New run with these settings").click()
    expect(page.get_by_label("Iterations")).to_have_value("30")
    expect(page.locator(".estimate")).to_contain_text("judging by run")


@pytest.fixture
def pointed(studio, accepted):
    """Two runs that were stopped: with three points and with two; of one the weights are gone."""
    settings = asdict(replace(QUICK, iterations=400))
    config = {
        "dataset_id": 1, "training_set_id": 0, "training_set_hash": "", "model_id": accepted,
        "samples": 4, "held_out": 1, "feather_sigma": 2.0, **settings,
    }  # fmt: skip
    first = {
        50: {"removal_rate": 0.3, "detail_kept": 0.9},
        100: {"removal_rate": 0.7, "detail_kept": 0.8},
        150: {"removal_rate": 0.8, "detail_kept": 0.6, "sharpness_kept": 0.4},
    }
    weights = encode_weights(make_weights())
    earlier = add_points(studio, config, first, weights, kept={50, 100, 150})
    second = {50: {"removal_rate": 0.5}, 100: {"removal_rate": 0.9}}
    return earlier, add_points(studio, config, second, weights, kept={50})


def test_a_point_is_looked_at_and_becomes_a_model(page, pointed):
    earlier, later = pointed
    open_page(page, "&view=points")
    dots = page.locator(".scatter .dot")
    expect(dots).to_have_count(5)
    best = page.locator(f".dot[data-point='{earlier}-100']")
    expect(best.locator(".ring")).to_have_count(1)
    expect(best).to_have_attribute("aria-pressed", "true")
    about = page.locator(".points .point")
    expect(about.locator("h3")).to_have_text(f"Run {earlier}, iteration 100")
    # The mouse only looks: what was chosen is shown again once it is gone.
    page.locator(f".dot[data-point='{earlier}-150']").hover()
    expect(about).to_contain_text("turning into an MSE model")
    page.mouse.move(5, 5)
    expect(about.locator("h3")).to_have_text(f"Run {earlier}, iteration 100")
    take = page.get_by_role("button", name="Take this as a model")
    best.focus()
    page.keyboard.press("ArrowUp")
    expect(page.locator(f".dot[data-point='{later}-100']")).to_be_focused()
    expect(about).to_contain_text("Its weights are not kept")
    expect(take).to_be_disabled()
    page.keyboard.press("ArrowLeft")
    expect(about.locator("h3")).to_have_text(f"Run {later}, iteration 50")
    page.keyboard.press("Enter")
    name = f"small fine-tuned {later} at 50"
    expect(about).to_contain_text(f"It is the model {name}.")
    expect(page.locator(f".dot[data-point='{later}-50']")).to_be_focused()
    expect(take).to_be_disabled()
    page.get_by_role("tab", name="Set up").click()
    expect(page.locator("#finetune-generator option", has_text=name)).to_have_count(1)


def test_without_points_it_is_told_what_they_are(page, accepted):
    open_page(page)
    page.get_by_role("tab", name="Set up").press("ArrowLeft")
    expect(page.get_by_role("heading", name="No checkpoints yet")).to_be_visible()


def test_the_dial_moves_both_weights(page, accepted):
    open_page(page)
    page.get_by_text("Quick", exact=True).click()
    dial = page.get_by_label("Detail or deletion")
    expect(dial).to_have_attribute("aria-valuetext", DIAL[2].title)
    dial.press("End")
    expect(dial).to_have_attribute("aria-valuetext", DIAL[-1].title)
    page.get_by_text("All settings").click()
    inside = page.locator("#setting-inside_weight")
    expect(inside).to_have_value(f"{DIAL[-1].inside_weight:g}")
    contrast = page.locator("#setting-contrast_inside_weight")
    expect(contrast).to_have_value(f"{DIAL[-1].contrast_inside_weight:g}")
    inside.fill("77")
    expect(dial).to_have_attribute("aria-valuetext", "Custom")
    page.get_by_text("Paper", exact=True).click()
    expect(dial).to_be_hidden()
