"""A whole study in real browsers: two voters, then what the report says."""

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from desra_studio.services.studies.lifecycle import (
    close_study,
    create_study,
    describe_study,
    open_study,
)
from desra_studio.services.studies.links import make_links
from desra_studio.services.studies.reports import report_study
from desra_studio.services.studies.votes import read_ballots
from desra_studio.storage.studies import find_trial
from desra_studio.storage.study_tables import StudyItem
from tests.browser.pages import (
    VIEWPORT,
    find_pixel,
    gather_problems,
    open_context,
    pinch,
    read_pane,
    read_pixel,
    wait_on,
)
from tests.browser.server import Server
from tests.factories.images import write_dataset
from tests.factories.studies import import_labelled, list_systems, make_order, make_rules

pytestmark = pytest.mark.browser

ANSWERS = ".answers button"


@pytest.fixture(scope="module")
def dataset(studio, tmp_path_factory):
    folder = write_dataset(tmp_path_factory.mktemp("source"), size=(160, 160))
    return import_labelled(studio, folder)


@pytest.fixture
def open_voter(chromium: Browser, server: Server):
    """Open a link in a profile of its own; the test fails if a page's scripts do."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def open_page(link: str, **values) -> Page:
        context = open_context(chromium, server, **{"viewport": VIEWPORT, **values})
        contexts.append(context)
        page = context.new_page()
        gather_problems(page, problems)
        page.goto(f"/vote/{link}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert problems == []


def make_open(studio, dataset, name, labels=("one", "two"), **values):
    usual = {"name": name, "rules": make_rules(), "min_seconds": 0.2}
    study_id = create_study(studio, dataset, make_order(studio, dataset, **usual | values))
    links = make_links(studio, study_id, labels)
    open_study(studio, study_id)
    return study_id, links


def agree(page: Page) -> None:
    """Agree, look at the display, and wait for the first trial."""
    begin = page.get_by_role("button", name="Begin")
    expect(begin).to_be_disabled()
    page.get_by_label("I have read this and agree.").check()
    begin.click()
    expect(page.get_by_role("heading", name="Your display")).to_be_visible()
    page.get_by_role("button", name=re.compile("Continue")).click()


def wait_open(page: Page, after: str = "") -> str:
    """Wait until voting is open on another trial than before, or all is over: its code, or ''."""
    page.wait_for_function(
        """(after) => {
          const trial = document.querySelector(".trial");
          if (!trial) return document.querySelector(".card h1")?.textContent === "Thank you";
          const open = document.querySelector(".answers button:not(:disabled)");
          return trial.dataset.trial !== after && open;
        }""",
        arg=after,
    )
    trial = page.locator(".trial")
    return trial.get_attribute("data-trial") if trial.count() else ""


def find_side(studio, code: str, system: str) -> str:
    """The key of the side at which a (0) or b stands, or of the right answer of a check."""
    with studio.database.read() as session:
        trial = find_trial(session, code)
        item = session.get(StudyItem, trial.item_id)
    wanted = item.better or ("unsure" if item.kind == "identical" else system)
    if wanted == "unsure":
        return "0"
    return "1" if (wanted == "b") == trial.swapped else "2"


def vote_all(studio, page: Page, system: str, by_key: bool) -> int:
    """Vote for one system until the end; returns the number of trials."""
    code, count = wait_open(page), 0
    while code:
        key = find_side(studio, code, system)
        if by_key:
            page.keyboard.press(key)
        else:
            page.locator(ANSWERS).nth({"1": 0, "0": 1, "2": 2}[key]).click()
        count += 1
        go_on = page.locator(".feedback button")
        page.wait_for_function(
            """(code) => document.querySelector(".feedback")
              || document.querySelector(".trial")?.dataset.trial !== code""",
            arg=code,
        )
        if go_on.count():
            expect(page.locator(".feedback")).to_contain_text("Right")
            page.keyboard.press("Enter")
        code = wait_open(page, code)
    return count


def test_two_voters_vote_through_a_study_and_the_report_is_right(studio, dataset, open_voter):
    study_id, (first, second) = make_open(studio, dataset, "two voters")
    keyboard, mouse = open_voter(first), open_voter(second, color_scheme="dark")
    counts = []
    for page, system, by_key in ((keyboard, "a", True), (mouse, "b", False)):
        agree(page)
        counts.append(vote_all(studio, page, system, by_key))
        expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    report = report_study(studio, study_id)
    assert report.state == "closed"
    assert (report.votes, report.voters) == (sum(counts), 2)
    (question,) = report.screened.questions
    (pair,) = question.pairs
    # Four pairs, of which the one voter chose a in all, the other b.
    assert (pair.votes, pair.wins, pair.share) == (8, 4, 0.5)
    assert [image.share for image in pair.by_image] == [0.5, 0.5, 0.5]
    assert (pair.signs.tied, pair.signs.p_value) == (3, None)
    assert report.screened.gold.share == 1
    assert report.screened.repeats.share == 1
    assert report.screened.left.total == 8
    assert report.excluded == []
    choices = {
        one.voter: one.choice for one in read_ballots(studio, study_id) if one.role == "vote"
    }
    assert list(choices.values()) == ["a", "b"]
    # Who comes back is told that all is done.
    keyboard.reload()
    expect(keyboard.get_by_role("heading", name="Thank you")).to_be_visible()


def test_a_double_click_a_reload_and_a_second_tab_count_once(studio, dataset, open_voter):
    study_id, (link, _) = make_open(studio, dataset, "twice", training=0, check_share=0.0)
    page = open_voter(link)
    agree(page)
    first = wait_open(page)
    page.locator(ANSWERS).first.dblclick()
    second = wait_open(page, first)
    assert len(read_ballots(studio, study_id)) == 1
    page.reload()
    page.get_by_role("button", name="Continue").click()
    assert wait_open(page) == second
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_role("button", name="Continue").click()
    assert wait_open(other) == second
    page.bring_to_front()
    page.keyboard.press("1")
    third = wait_open(page, second)
    other.bring_to_front()
    other.keyboard.press("2")
    assert wait_open(other, second) == third
    ballots = read_ballots(studio, study_id)
    assert len(ballots) == 2
    assert ballots[-1].answer == "left"


def test_nobody_can_answer_before_all_pictures_are_loaded(studio, dataset, open_voter):
    _, (link, _) = make_open(studio, dataset, "slow", training=0, check_share=0.0)
    page = open_voter(link)
    held, released = [], []

    def hold(route):
        if released:
            route.continue_()
        else:
            held.append(route)

    page.route("**/right.png", hold)
    agree(page)
    expect(page.locator(".status")).to_have_text(re.compile("Loading"))
    page.keyboard.press("1")
    for button in page.locator(ANSWERS).all():
        expect(button).to_be_disabled()
    wait_on(page, lambda: held, "a request for the right picture")
    released.append(True)
    for route in held:
        route.continue_()
    code = wait_open(page)
    page.keyboard.press("0")
    assert wait_open(page, code)


def test_an_answer_outlives_a_server_that_is_away(studio, dataset, open_voter):
    study_id, (link, _) = make_open(studio, dataset, "away", training=0, check_share=0.0)
    page = open_voter(link)
    agree(page)
    code = wait_open(page)
    page.route("**/trials/**", lambda route: route.abort())
    page.keyboard.press("2")
    expect(page.locator(".status")).to_contain_text("what you answered is kept")
    page.unroute("**/trials/**")
    assert wait_open(page, code)
    assert [one.answer for one in read_ballots(studio, study_id)] == ["right"]


READ = """([pane]) => {
  const canvas = document.querySelectorAll(".stage canvas")[pane];
  const { width, height } = canvas;
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  const colours = new Uint32Array(data.buffer);
  let left = width, right = -1, sum = 0;
  for (let place = 0; place < width * height; place += 1) {
    if (colours[place] === 0xff777777) continue;  // the grey around it
    left = Math.min(left, place % width);
    right = Math.max(right, place % width);
    sum = (sum * 31 + data[4 * place] + 7 * data[4 * place + 1]) % 1000000007;
  }
  return { width: right - left + 1, sum };
}"""


def read_panes(page: Page):
    page.evaluate(
        "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )
    return [page.evaluate(READ, [pane]) for pane in (0, 1)]


def test_pictures_are_native_zoom_together_and_flip_in_place(studio, dataset, open_voter):
    _, (link, _) = make_open(studio, dataset, "looking", training=1, check_share=0.0)
    page = open_voter(link, device_scale_factor=2)
    agree(page)
    code = wait_open(page)
    left, right = read_panes(page)
    # 48 px of the picture are 48 pixels of the screen, at a ratio of 2, too.
    assert left["width"] == right["width"] == 48
    assert left["sum"] != right["sum"]
    page.keyboard.press("+")
    assert [pane["width"] for pane in read_panes(page)] == [96, 96]
    page.keyboard.press("z")
    page.keyboard.press("f")
    assert [pane["sum"] for pane in read_panes(page)] == [right["sum"], left["sum"]]
    captions = page.locator("figcaption")
    expect(captions.first).to_have_text("Picture 2")
    page.keyboard.down(" ")
    assert [pane["sum"] for pane in read_panes(page)] == [left["sum"], right["sum"]]
    page.keyboard.up(" ")
    page.keyboard.press("f")
    page.keyboard.press("l")
    expect(captions.first).to_have_text("Input, enlarged")
    expect(captions.last).to_have_text("Input, enlarged")
    page.keyboard.press("l")
    expect(captions.first).to_have_text("Picture 1")
    box = page.locator(".stage canvas").first.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.wheel(0, -200)
    assert [pane["width"] for pane in read_panes(page)] == [96, 96]
    page.keyboard.press("w")
    # As large as it fits in, eightfold at the most.
    assert [pane["width"] for pane in read_panes(page)] == [384, 384]
    page.keyboard.press("z")
    assert [pane["width"] for pane in read_panes(page)] == [48, 48]
    pinch(page, box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    first, second = (pane["width"] for pane in read_panes(page))
    assert first == second
    assert first in {96, 144}
    page.keyboard.press("p")
    expect(page.get_by_role("heading", name="Paused")).to_be_visible()
    page.get_by_role("button", name="Go on").click()
    assert wait_open(page) == code


def test_the_open_link_is_one_person_per_device(studio, dataset, open_voter):
    study_id, _ = make_open(studio, dataset, "open to all", training=0, check_share=0.0)
    link = describe_study(studio, study_id).links.open
    page = open_voter(link)
    agree(page)
    code = wait_open(page)
    assert link not in page.url
    page.goto(f"/vote/{link}")
    page.get_by_role("button", name="Continue").click()
    assert wait_open(page) == code
    assert describe_study(studio, study_id).joined == 1


def test_prominence_is_voted_by_keys_on_a_phone_too(studio, dataset, open_voter):
    study_id, (link, _) = make_open(
        studio, dataset, "prominent", kind="prominence", questions=(),
        systems=list_systems(studio, dataset)[:1], training=0, check_share=0.0, labels=("a", "b"),
    )  # fmt: skip
    page = open_voter(link, viewport={"width": 390, "height": 844}, device_scale_factor=3)
    agree(page)
    code = wait_open(page)
    expect(page.get_by_role("heading")).to_have_text(re.compile("outlined region"))
    width = page.evaluate("() => document.documentElement.scrollWidth")
    assert width == 390
    while code:
        page.keyboard.press("y")
        code = wait_open(page, code)
    assert {one.choice for one in read_ballots(studio, study_id)} == {"yes"}


def test_what_is_pointed_at_stays_while_both_pictures_zoom_and_move(studio, dataset, open_voter):
    # Enlarged, pictures are larger than their panes: others stay in the middle.
    values = {"window_px": 128, "training": 0, "check_share": 0.0}
    _, (link, _) = make_open(studio, dataset, "pointing", **values)
    page = open_voter(link)
    agree(page)
    code = wait_open(page)
    for _ in range(7):
        page.keyboard.press("+")
    page.keyboard.press("-")
    x, y = find_pixel(page, "first")
    page.mouse.move(x, y)
    panes = ("first", "second")
    shown, pixel = [read_pane(page, pane) for pane in panes], read_pixel(page, "first", x, y)
    page.mouse.wheel(0, -100)
    zoomed = [read_pane(page, pane) for pane in panes]
    assert all(one != other for one, other in zip(shown, zoomed, strict=True))
    assert read_pixel(page, "first", x, y) == pixel
    page.mouse.down()
    page.mouse.move(x + 50, y + 30, steps=3)
    page.mouse.up()
    moved = [read_pane(page, pane) for pane in panes]
    assert all(one != other for one, other in zip(zoomed, moved, strict=True))
    # The next pictures are seen as closely, and a picture that was pressed takes no key.
    before = page.locator(".tools output").text_content()
    page.keyboard.press("1")
    assert wait_open(page, code)
    expect(page.locator(".tools output")).to_have_text(before)


@pytest.mark.parametrize(
    ("link", "title"), [("forged.0123", "This link does not work"), ("open-9.x", "does not work")]
)
def test_a_link_that_is_none_has_a_plain_page(studio, open_voter, link, title):
    page = open_voter(link)
    expect(page.get_by_role("heading", name=re.compile(title))).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("ask for a new one")


def test_a_study_that_closes_meanwhile_has_a_plain_page(studio, dataset, open_voter):
    study_id, (link, _) = make_open(studio, dataset, "closing", training=0, check_share=0.0)
    page = open_voter(link)
    agree(page)
    wait_open(page)
    close_study(studio, study_id)
    page.keyboard.press("1")
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert read_ballots(studio, study_id) == []
