"""Verdicts: what was painted is kept before them, they tell what they did, and are taken back."""

import re

import pytest
from playwright.sync_api import expect

from desra_studio.services.review import masks as reviewing
from desra_studio.services.review.documents import describe_image
from desra_studio.storage import datasets
from desra_studio.storage.queue_entries import refresh_entries
from desra_studio.vocabulary import State
from tests.browser.pages import VIEWPORT, ReviewPage, measure_contrast, open_context, wait_kept
from tests.factories.images import write_dataset
from tests.factories.studio import import_detected, list_items

pytestmark = pytest.mark.browser

NAMES = [f"image_{number:02}" for number in range(6)]
LONG = "a_photograph_with_a_name_as_long_as_cameras_and_people_sometimes_give_them_0001"


@pytest.fixture(scope="module", autouse=True)
def dataset(studio, tmp_path_factory):
    """Six small pairs, none of which has been reviewed."""
    folder = write_dataset(tmp_path_factory.mktemp("source"), NAMES, with_lr=False)
    return import_detected(studio, folder)


@pytest.fixture
def other(chromium, server):
    """Bo, in a browser of his own."""
    context = open_context(chromium, server, viewport=VIEWPORT)
    context.add_init_script("localStorage.setItem('studio.user', 'Bo')")
    yield ReviewPage(context.new_page())
    context.close()


def line(page):
    """The line that tells of the last verdict."""
    return page.locator(".deed")


def paint(review, height=0.5):
    """Paint a stroke, and take the pointer out of the picture; return what the mask is then."""
    review.drag("mask", (0.2, height), (0.4, height))
    review.page.mouse.move(5, 5)
    expect(review.page.locator(".saved")).to_have_text("Unsaved changes")
    return review.read_mask()


def look(review):
    review.page.mouse.move(5, 5)
    return review.read_mask()


def expect_look(review, wanted):
    review.page.mouse.move(5, 5)
    review.expect_mask(wanted)


def list_history(page):
    """Marked px of the revisions that History lists, the newest first."""
    page.keyboard.press("r")
    rows = page.locator(".revisions .about")
    expect(rows.first).to_be_visible()
    found = [int(re.sub(r"\D", "", text)) for text in rows.all_inner_texts()]
    page.keyboard.press("r")
    return found


def read_label(studio, dataset, name):
    (image,) = (item.id for item in list_items(studio, dataset) if item.name == name)
    document = describe_image(studio, image)
    return document.state, document.revision and document.revision.number


@pytest.mark.parametrize(
    ("key", "state"), [("c", "clean"), ("s", "skipped"), ("Enter", "accepted")]
)
def test_what_was_painted_is_in_the_history_after_any_verdict(page, review, key, state):
    review.open()
    review.choose("image_00")
    painted = paint(review)
    page.keyboard.press(key)
    review.wait_image("image_01")
    wait_kept(page, 0)
    page.reload()
    page.wait_for_selector(".studio-review[data-ready=true]")
    review.choose("image_00")
    assert review.state == state
    expect(page.locator(".message")).not_to_contain_text("Restored")
    if key == "c":
        review.expect_other_mask(painted)
    else:
        expect_look(review, painted)
    marked = list_history(page)
    assert marked == ([0, marked[1]] if key == "c" else [marked[0]])
    assert marked[-1] > 0


def test_a_verdict_is_taken_back_once_the_next_image_is_open(page, review, studio, dataset):
    review.open()
    review.choose("image_00")
    untouched = look(review)
    painted = paint(review)
    page.keyboard.press("c")
    review.wait_image("image_01")
    expect(line(page)).to_contain_text("image_00 is marked clean.")
    page.keyboard.press("Control+z")
    review.wait_image("image_00")
    expect(line(page)).to_contain_text("image_00 is in progress again.")
    assert review.state == "in progress"
    assert review.saved.startswith("Saved as revision 1")
    expect_look(review, painted)
    assert read_label(studio, dataset, "image_00") == (State.IN_PROGRESS, 1)
    expect(review.row("image_00")).to_have_attribute("title", re.compile("^image_00: in progress"))
    page.keyboard.press("Control+z")
    review.expect_mask(untouched)
    page.keyboard.press("Control+y")
    review.expect_mask(painted)
    page.keyboard.press("Control+y")
    review.wait_image("image_01")
    expect(line(page)).to_contain_text("image_00 is marked clean.")
    assert read_label(studio, dataset, "image_00") == (State.CLEAN, 2)
    page.keyboard.press("Control+z")
    review.wait_image("image_00")
    expect_look(review, painted)
    wait_kept(page, 0)
    page.reload()
    page.wait_for_selector(".studio-review[data-ready=true]")
    review.choose("image_00")
    expect_look(review, painted)
    assert len(list_history(page)) == 2, "what the verdict saved stays there"


def test_the_last_deed_is_undone_first(page, review, studio, dataset):
    review.open()
    review.choose("image_00")
    page.keyboard.press("s")
    review.wait_image("image_01")
    page.keyboard.press("Enter")
    review.wait_image("image_02")
    before = look(review)
    paint(review)
    expect(line(page)).to_have_text("", use_inner_text=True)
    page.keyboard.press("Control+z")
    review.expect_mask(before)
    expect(line(page)).to_contain_text("image_01 is accepted.")
    assert review.name == "image_02"
    page.keyboard.press("Control+z")
    review.wait_image("image_01")
    expect(line(page)).to_contain_text("image_01 is unreviewed again.")
    assert review.saved == "Detected mask, not saved yet"
    page.keyboard.press("Control+z")
    review.wait_image("image_00")
    assert read_label(studio, dataset, "image_00") == (State.UNREVIEWED, None)
    page.keyboard.press("Control+z")
    expect(page.locator(".message")).to_contain_text("Nothing to undo.")
    page.keyboard.press("Control+y")
    review.wait_image("image_01")
    page.keyboard.press("Control+y")
    review.wait_image("image_02")
    states = [read_label(studio, dataset, name)[0] for name in NAMES[:3]]
    assert states == [State.SKIPPED, State.ACCEPTED, State.UNREVIEWED]


def test_two_verdicts_on_one_image(page, review, studio, dataset):
    review.open()
    review.choose("image_00")
    page.keyboard.press("s")
    review.wait_image("image_01")
    review.choose("image_00")
    page.keyboard.press("Enter")
    review.wait_image("image_01")
    # Not waiting for the first one to be there.
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    expect(line(page)).to_contain_text("image_00 is unreviewed again.")
    assert read_label(studio, dataset, "image_00") == (State.UNREVIEWED, None)


def test_a_key_held_down_takes_no_verdict_back(page, review, studio, dataset):
    review.open()
    review.choose("image_00")
    page.keyboard.press("s")
    review.wait_image("image_01")
    page.keyboard.press("s")
    review.wait_image("image_02")
    page.keyboard.down("Control")
    for _ in range(4):
        page.keyboard.down("z")
    page.keyboard.up("z")
    page.keyboard.up("Control")
    review.wait_image("image_01")
    assert read_label(studio, dataset, "image_00")[0] == State.SKIPPED


def test_what_somebody_changed_meanwhile_stays(page, review, other, studio, dataset):
    review.open()
    review.choose("image_00")
    page.keyboard.press("s")
    review.wait_image("image_01")
    other.open()
    other.choose("image_00")
    other.page.keyboard.press("Enter")
    other.wait_image("image_02")
    line(page).get_by_role("button", name="Undo").click()
    expect(page.locator(".message")).to_contain_text(
        "image_00 stays as it is: it was changed meanwhile."
    )
    assert review.name == "image_01"
    expect(line(page)).to_have_text("", use_inner_text=True)
    assert read_label(studio, dataset, "image_00")[0] == State.ACCEPTED


def test_a_verdict_that_cannot_be_given_changes_nothing(page, review):
    review.open()
    review.choose("image_00")
    painted = paint(review)
    address = "**/studio/api/images/*/verdict"
    page.route(address, lambda route: route.abort())
    page.keyboard.press("Enter")
    expect(page.locator(".message")).to_contain_text("The server cannot be reached")
    expect(line(page)).to_have_text("", use_inner_text=True)
    assert review.saved.startswith("Saved as revision 1"), "what was painted is safe all the same"
    page.unroute(address)

    address = "**/studio/api/images/*/mask"
    page.route(address, lambda route: route.abort())
    page.keyboard.press("c")
    expect(page.locator(".message")).to_contain_text("The server cannot be reached")
    assert review.name == "image_00"
    expect_look(review, painted)
    page.unroute(address)
    page.keyboard.press("c")
    review.wait_image("image_01")
    page.route("**/studio/api/datasets/*/take-back", lambda route: route.abort())
    page.keyboard.press("Control+z")
    expect(page.locator(".message")).to_contain_text("Not taken back. The server cannot be reached")
    page.unroute("**/studio/api/datasets/*/take-back")
    page.keyboard.press("Control+z")
    review.wait_image("image_00")
    expect_look(review, painted)


def test_a_stale_verdict_loses_no_painting(page, review, studio, dataset):
    review.open()
    review.choose("image_00")
    image = list_items(studio, dataset)[0].id
    theirs = reviewing.load_detected_mask(studio, 1)
    theirs[:9] = True
    reviewing.save_mask(studio, image, theirs, 0, "Bo")
    painted = paint(review, 0.7)
    page.keyboard.press("c")
    expect(page.locator(".message")).to_contain_text("Your mask is kept as revision 2")
    page.get_by_role("button", name="Make mine the current one").click()
    review.wait_saved(3)
    expect_look(review, painted)


def test_the_last_image_is_taken_back_where_it_is(page, review, studio, dataset):
    for item in list_items(studio, dataset)[:-1]:
        reviewing.judge_image(studio, item.id, State.SKIPPED, 0)
    review.open()
    review.wait_image("image_05")
    painted = paint(review)
    page.keyboard.press("c")
    expect(page.locator(".message")).to_contain_text("All 6 images are reviewed")
    expect(line(page)).to_contain_text("image_05 is marked clean.")
    assert review.state == "clean"
    review.expect_other_mask(painted)
    page.keyboard.press("Control+z")
    expect(line(page)).to_contain_text("image_05 is in progress again.")
    assert review.state == "in progress"
    expect_look(review, painted)
    assert review.saved.startswith("Saved as revision 1")


def test_an_opinion_is_taken_back(page, review, studio, dataset):
    image = list_items(studio, dataset)[0].id
    page.request.post(f"/studio/api/images/{image}/opinions", data={"wanted": 2})
    review.open()
    review.choose("image_00")
    painted = paint(review)
    page.keyboard.press("c")
    review.wait_image("image_01")
    page.keyboard.press("Control+z")
    review.wait_image("image_00")
    assert review.state == "in progress"
    expect_look(review, painted)
    expect(line(page)).to_contain_text("image_00 is in progress again.")


def select(review, *names):
    for name in names:
        review.row(name).click(modifiers=["Control"])


def test_bulk_verdicts_are_taken_back(page, review, other, studio, dataset):
    review.open()
    review.choose("image_00")
    painted = paint(review)
    stage = page.locator(".stage").bounding_box()
    select(review, "image_00", "image_02", "image_03")
    bulk = page.get_by_role("group", name="Selected images")
    bulk.get_by_role("button", name="Clean").click()
    bulk.get_by_role("button", name="Apply to 3 images").click()
    message = page.locator(".message")
    expect(message).to_contain_text("3 left as they were: image_00, its mask marks")
    message.get_by_role("button", name="Empty what is left").click()
    expect(line(page)).to_contain_text("3 images called clean.")
    review.expect_other_mask(painted)
    assert read_label(studio, dataset, "image_00") == (State.CLEAN, 2)

    other.open()
    other.choose("image_03")
    other.page.keyboard.press("s")
    other.wait_image("image_04")
    page.keyboard.press("Control+z")
    expect(line(page)).to_contain_text("2 images are as before.")
    expect(message).to_contain_text("1 left as it was: image_03, it was changed meanwhile")
    expect(page.locator(".bulk strong")).to_have_text("1 selected")
    assert page.locator(".stage").bounding_box() == stage, "nothing moves, whatever is said"
    review.wait_saved(1)
    expect_look(review, painted)
    labels = [read_label(studio, dataset, name) for name in ("image_00", "image_02", "image_03")]
    assert labels == [(State.IN_PROGRESS, 1), (State.UNREVIEWED, None), (State.SKIPPED, 1)]
    line(page).get_by_role("button", name="Redo").click()
    expect(line(page)).to_contain_text("2 images called clean.")
    assert read_label(studio, dataset, "image_02") == (State.CLEAN, 1)


@pytest.fixture
def long_name(studio, dataset):
    """The first image has a name that no line has room for."""
    image = list_items(studio, dataset)[0].id
    with studio.database.write() as session:
        datasets.get_image(session, image).name = LONG
        session.flush()
        refresh_entries(session, [image])


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1366, 1024])
def test_the_line_is_read_and_reached_and_moves_nothing(
    chromium, server, theme, width, long_name, dataset
):
    context = open_context(chromium, server, viewport={"width": width, "height": 768})
    review = ReviewPage(context.new_page())
    page = review.page
    review.open(f"?dataset={dataset}&__theme={theme}")
    review.choose(LONG)
    stage = page.locator(".stage").bounding_box()
    page.keyboard.press("c")
    review.wait_image("image_01")
    expect(page.locator(".deed[role=status]")).to_contain_text(f"{LONG} is marked clean.")
    expect(page.locator(".message")).to_contain_text("then accept")
    assert page.locator(".stage").bounding_box() == stage
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    undo = line(page).get_by_role("button", name="Undo")
    box = undo.bounding_box()
    assert box["x"] + box["width"] <= width
    for selector in (".deed .what", ".deed button"):
        assert measure_contrast(page, selector) >= 4.5, selector
    page.locator(".bar button.primary").first.focus()
    page.keyboard.press("Tab")
    expect(undo).to_be_focused()
    page.keyboard.press("Enter")
    review.wait_image(LONG)
    expect(line(page)).to_contain_text(f"{LONG} is unreviewed again.")
    expect(line(page).get_by_role("button", name="Redo")).to_be_focused()
    assert page.locator(".stage").bounding_box() == stage
    context.close()
