"""Pages in windows of every size, down to a phone's: all is reached, and nothing is covered."""

from contextlib import ExitStack

import pytest
from playwright.sync_api import Page, expect

from desra_studio.services.jobs import queue_job
from desra_studio.services.lost_jobs import hold_job
from desra_studio.storage import runs
from desra_studio.vocabulary import RunStatus
from tests.factories.images import write_dataset
from tests.factories.studio import accept_detected, import_detected

pytestmark = pytest.mark.browser

WINDOWS = [(1920, 1080), (1366, 768), (1280, 720), (1024, 768), (911, 512), (683, 512)]
"""The usual ones, and those of 1366 x 768 px at 150 % and 200 %; the last a bit higher."""
PHONE = (390, 844)
PATHS = ["/", "/review", "/fine-tune", "/proof", "/scores", "/studies", "/models", "/team"]
FIND_UNREACHED = """(scope) => {
  const isShown = (element) => element.checkVisibility({ visibilityProperty: true });
  const name = (element) => element.ariaLabel || element.title || element.textContent;
  const controls = [...document.querySelectorAll(`${scope} :is(a, button, select, input)`)];
  return controls.filter(isShown).flatMap((element) => {
    // What has a scroll bar is reached by that.
    element.scrollIntoView({ block: "nearest" });
    const { left, top, width, height } = element.getBoundingClientRect();
    if (left < 0 || left + width > innerWidth + 0.5) return [`cut: ${name(element)}`];
    const hit = document.elementFromPoint(left + width / 2, top + height / 2);
    const isHit = hit && (element.contains(hit) || hit.closest("label")?.contains(element));
    return isHit ? [] : [`covered: ${name(element)}`];
  });
}"""
FIND_CUT_TEXT = """() => [...document.querySelectorAll(".studio-nav :is(.now, nav a)")]
  .filter((element) => element.scrollWidth > element.clientWidth + 1 && element.clientWidth)
  .map((element) => element.textContent)"""
COUNT_LINES = """(element) => {
  const range = document.createRange();
  range.selectNodeContents(element);
  return new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size;
}"""
IS_WIDER = "() => document.documentElement.scrollWidth > innerWidth"


@pytest.fixture(scope="module")
def dataset(studio, tmp_path_factory):
    """Twelve pairs, all accepted, in a dataset with a long name."""
    names = [f"image_{number:02}" for number in range(12)]
    folder = write_dataset(tmp_path_factory.mktemp("source"), names)
    made = import_detected(studio, folder, "results of the third night")
    accept_detected(studio, made)
    return made


@pytest.fixture
def jobs(studio, dataset):
    """Three jobs that run at once, by kind."""
    kinds = ["finetune", "calibrate", "score"]
    with ExitStack() as held:
        for kind in kinds:
            run_id = queue_job(studio, kind, {})
            held.enter_context(hold_job(studio, run_id))
            with studio.database.write() as session:
                run = runs.get_run(session, run_id)
                run.status, run.done, run.total = RunStatus.RUNNING, 42, 100
        yield kinds


def resize(page: Page, window: tuple[int, int]) -> None:
    width, height = window
    page.set_viewport_size({"width": width, "height": height})


@pytest.mark.parametrize("window", WINDOWS, ids="{0[0]}x{0[1]}".format)
def test_the_frame_shows_every_step_every_job_and_who_works(page, jobs, window):
    resize(page, window)
    page.add_init_script("localStorage.setItem('studio.user', 'Annamaria')")
    page.goto("/scores")
    expect(page.locator(".studio-nav .job")).to_have_count(len(jobs))
    for kind in jobs:
        expect(page.locator(".studio-nav").get_by_text(f"{kind} 42 %")).to_be_visible()
    expect(page.locator(".studio-nav nav a")).to_have_count(7)
    expect(page.locator(".identity .who")).to_have_text("Annamaria")
    assert page.evaluate(FIND_UNREACHED, ".studio-nav") == []
    assert page.evaluate(FIND_CUT_TEXT) == []
    assert not page.evaluate(IS_WIDER)


@pytest.mark.parametrize("window", WINDOWS, ids="{0[0]}x{0[1]}".format)
def test_review_with_the_detector_open_covers_nothing(page, review, dataset, window):
    resize(page, window)
    review.open()
    review.wait_image("image_00")
    assert page.evaluate(FIND_UNREACHED, ".studio-review") == []
    page.keyboard.press("t")
    expect(page.locator(".detector")).to_be_visible()
    assert page.evaluate(FIND_UNREACHED, ".studio-review") == []
    assert not page.evaluate(IS_WIDER)


@pytest.mark.parametrize("path", PATHS)
def test_a_page_in_a_phones_window_says_what_to_do(page, dataset, path):
    page.goto(path)
    expect(page.locator(".studio-nav nav")).to_be_visible()
    told = page.get_by_text("Make the window wider")
    expect(told).to_be_hidden()
    resize(page, PHONE)
    expect(told).to_be_visible()
    expect(told).to_contain_text("Links for voting work")
    assert not page.evaluate(IS_WIDER)
    shown = "() => [...document.querySelectorAll('main :is(a, button, select, input)')]"
    assert page.evaluate(f"{shown}.filter((one) => one.checkVisibility()).length") == 0
    resize(page, WINDOWS[1])
    expect(page.locator(".studio-nav nav")).to_be_visible()


@pytest.mark.parametrize("window", WINDOWS, ids="{0[0]}x{0[1]}".format)
def test_review_says_in_one_line_what_an_image_has_and_shows_the_whole_detector(
    page, review, dataset, window
):
    resize(page, window)
    review.open()
    review.wait_image("image_00")
    expect(page.locator(".message")).to_contain_text("detected")
    assert page.locator(".message").evaluate(COUNT_LINES) == 1
    page.keyboard.press("t")
    expect(page.locator(".detector")).to_be_visible()
    # A row hides what is outside it, and has no scroll bar.
    cut = "(rows) => rows.filter((row) => row.scrollWidth > row.clientWidth).length"
    assert page.locator(".detector .row").evaluate_all(cut) == 0


@pytest.mark.parametrize("window", WINDOWS, ids="{0[0]}x{0[1]}".format)
def test_fields_of_a_row_stand_at_one_height(page, dataset, window):
    resize(page, window)
    page.goto("/")
    page.wait_for_selector(".studio-datasets[data-ready=true]")
    for labels in (
        ["Folder on this machine", "Name", "Labelled blind, % of images"],
        ["Contrast threshold", "Area threshold", "Unit", "Class weights"],
    ):
        boxes = [page.get_by_label(label, exact=True).bounding_box() for label in labels]
        middles = [box["y"] + box["height"] / 2 for box in boxes]
        # A menu's frame is a bit wider than that of a field.
        assert max(middles) - min(middles) <= 3, labels
