"""The history of an image and second opinions, in the panel at the right."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.pages import VIEWPORT, ReviewPage, open_context, wait_kept
from tests.factories.images import write_dataset
from tests.factories.studio import import_detected

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module", autouse=True)
def dataset(studio, tmp_path_factory):
    """Small images, one for each test."""
    folder = write_dataset(tmp_path_factory.mktemp("source"), names="abcd")
    import_detected(studio, folder, area_threshold=4000)


def fingerprint(review) -> str:
    """The mask pane without the pointer."""
    review.page.mouse.move(5, 5)
    return review.read_mask()


def save_stroke(review, height, number):
    review.drag("mask", (0.2, height), (0.4, height))
    review.page.keyboard.press("Control+s")
    review.wait_saved(number)


def find_revision(page, number):
    """A revision of the list, unfolded."""
    row = page.locator(".revisions li", has=page.locator("strong", has_text=f"{number}"))
    row.locator(".revision").click()
    return row


def test_look_back_compare_and_restore(page, review):
    review.open()
    review.choose("a")
    save_stroke(review, 0.3, 1)
    first = fingerprint(review)
    save_stroke(review, 0.6, 2)
    second = fingerprint(review)
    page.keyboard.press("r")
    rows = page.locator(".revisions li")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("manual")
    expect(rows.first).to_contain_text("(you)")

    row = find_revision(page, 1)
    row.get_by_role("button", name="View", exact=True).click()
    bar = page.get_by_role("group", name="revision 1")
    expect(bar).to_be_visible()
    assert fingerprint(review) == first
    page.keyboard.press("Escape")
    assert fingerprint(review) == second

    row.get_by_role("button", name="Compare").click()
    bar = page.get_by_role("group", name="on the page and revision 1")
    expect(bar).to_contain_text("on the page only")
    expect(bar).to_contain_text("revision 1 only 0 px")
    assert fingerprint(review) not in (first, second)
    bar.get_by_role("button", name="Close").click()
    assert fingerprint(review) == second

    row.get_by_role("button", name="Restore").click()
    review.wait_saved(3)
    assert fingerprint(review) == first
    expect(rows).to_have_count(3)
    expect(rows.first).to_contain_text("restored from revision 1")
    page.keyboard.press("Control+z")
    assert fingerprint(review) == second
    assert review.saved == "Unsaved changes"
    page.keyboard.press("r")
    expect(page.locator("#studio-panel-queue")).to_be_visible()


def test_what_was_painted_is_saved_before_another_mask_takes_its_place(page, review):
    review.open()
    review.choose("c")
    save_stroke(review, 0.3, 1)
    first = fingerprint(review)
    save_stroke(review, 0.5, 2)
    review.drag("mask", (0.2, 0.7), (0.4, 0.7))
    painted = fingerprint(review)
    page.keyboard.press("r")
    find_revision(page, 1).get_by_role("button", name="Restore").click()
    expect(page.locator(".message")).to_contain_text("Restored revision 1.")
    wait_kept(page, 0)
    page.reload()
    page.wait_for_selector(".studio-review[data-ready=true]")
    assert fingerprint(review) == first
    page.keyboard.press("r")
    find_revision(page, 3).get_by_role("button", name="View", exact=True).click()
    review.expect_mask(painted)


def test_the_list_follows_saves_and_images(page, review):
    review.open()
    review.choose("b")
    page.keyboard.press("r")
    expect(page.locator(".revisions")).to_have_text("Nothing has been saved yet.")
    save_stroke(review, 0.3, 1)
    expect(page.locator(".revisions .revision")).to_have_count(1)
    page.keyboard.press("d")
    review.wait_image("c")
    expect(page.locator(".revisions")).to_have_text("Nothing has been saved yet.")


def test_a_mask_that_is_gone_from_the_disk(page, review):
    review.open()
    review.choose("d")
    save_stroke(review, 0.3, 1)
    page.keyboard.press("r")
    page.route(
        "**/studio/revisions/*.mask*",
        lambda route: route.fulfill(status=404, body='{"error": "The mask is gone."}'),
    )
    find_revision(page, 1).get_by_role("button", name="View", exact=True).click()
    expect(page.locator(".message")).to_have_text("The mask is gone.")
    assert review.saved.startswith("Saved as revision 1")
    # Else it offers what it still keeps: nothing shows any more that it was saved.
    wait_kept(page, 0)
    page.reload()
    expect(page.locator(".message")).to_contain_text(
        "The mask of revision 1 is lost. The mask is gone. You see what the detector marks"
    )
    save_stroke(review, 0.5, 2)


def open_as(chromium, server, name, query):
    """The Review page of somebody else, in a browser of their own."""
    context = open_context(chromium, server, viewport=VIEWPORT)
    context.add_init_script(f"localStorage.setItem('studio.user', '{name}')")
    other = ReviewPage(context.new_page())
    other.open(query)
    return other


def give_opinion(review, height):
    review.drag("mask", (0.2, height), (0.5, height))
    review.page.keyboard.press("Enter")


def test_two_opinions_and_their_consensus(chromium, server):
    ada = open_as(chromium, server, "Ada", "")
    ada.choose("c")
    image = ada.page.get_attribute(".studio-review", "data-image")
    ada.page.keyboard.press("r")
    ada.page.get_by_role("button", name="2 people").click()
    opinions = ada.page.get_by_role("region", name="Opinions")
    expect(opinions).to_contain_text("0 of 2 given")
    ada.page.keyboard.press("r")
    give_opinion(ada, 0.3)
    ada.page.wait_for_selector(f".studio-review:not([data-image='{image}'])")
    ada.page.context.close()

    bob = open_as(chromium, server, "Bob", f"?image={image}")
    bob.page.keyboard.press("r")
    opinions = bob.page.get_by_role("region", name="Opinions")
    expect(opinions).to_contain_text("1 of 2 given")
    expect(opinions).to_contain_text("shown once yours is given")
    expect(opinions.get_by_role("button", name="Compare")).to_have_count(0)
    give_opinion(bob, 0.35)
    bob.page.wait_for_selector(f".studio-review:not([data-image='{image}'])")
    bob.page.keyboard.press("r")
    bob.choose("c")
    bob.page.keyboard.press("r")
    expect(opinions).to_contain_text("2 of 2 given")
    expect(opinions).to_contain_text(re.compile(r"Agreement \(IoU\) \d+ %"))
    theirs = opinions.locator("li", has_text="Ada")
    theirs.get_by_role("button", name="Compare").click()
    bar = bob.page.get_by_role("group", name="on the page and Ada")
    expect(bar).to_contain_text(re.compile(r"Ada only [1-9]"))
    bob.page.keyboard.press("Escape")
    opinions.get_by_role("button", name="Union").click()
    expect(bob.page.locator(".message")).to_contain_text("The consensus is saved as revision 3")
    assert bob.state == "accepted"
    expect(opinions).to_contain_text("Settled by a consensus")
    expect(bob.page.locator(".revisions li").first).to_contain_text("union of Ada, Bob")
    bob.page.context.close()
