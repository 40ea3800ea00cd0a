"""Nothing is ever lost: work comes back after crashes, offline minutes and other tabs."""

import os
import re
import signal
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Error, expect

from tests.browser.pages import (
    ARGUMENTS,
    VIEWPORT,
    ReviewPage,
    find_browser,
    open_context,
    wait_kept,
    wait_until,
)
from tests.factories.images import write_dataset
from tests.factories.studio import import_detected
from tests.patience import PATIENCE_MS

pytestmark = pytest.mark.browser

# A stroke under way is kept as often.
PART_MS = 200
# A draft is sent so long after what it drafts.
DRAFT_MS = 400
KEEP_DRAFTS_BACK = """() => {
  const send = window.fetch;
  window.fetch = (target, options) =>
    options?.method === "PUT" && String(target.url ?? target).endsWith("/draft")
      ? Promise.reject(new TypeError("offline"))
      : send(target, options);
}"""
RESTORED = re.compile(r"Restored (\d+) unsaved actions? from \d")


@pytest.fixture(scope="module", autouse=True)
def dataset(studio, tmp_path_factory):
    """Small images, one for each test that leaves something behind."""
    folder = write_dataset(tmp_path_factory.mktemp("source"), names="abcdfgjkl")
    import_detected(studio, folder, area_threshold=4000)


@pytest.fixture
def profile(chromium, server, tmp_path):
    """A browser with a profile on the disk, which can be killed and started again."""
    started = Profile(chromium, server.url, tmp_path / "profile")
    yield started
    started.close()


class Profile:
    """A Chromium of its own, whose profile outlives it."""

    def __init__(self, chromium, url, folder: Path) -> None:
        self.chromium, self.url, self.folder = chromium, url, folder
        self.context = None

    def open(self, query: str = "") -> ReviewPage:
        self.context = self.chromium.browser_type.launch_persistent_context(
            self.folder,
            executable_path=find_browser(),
            args=ARGUMENTS,
            viewport=VIEWPORT,
            timeout=PATIENCE_MS,
            base_url=self.url,
        )
        self.context.set_default_timeout(PATIENCE_MS)
        review = ReviewPage(self.context.pages[0])
        review.open(query)
        return review

    def kill(self) -> None:
        """End the browser and its renderers as a crash does, with no chance to write anything."""
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                command = (entry / "cmdline").read_bytes().decode(errors="replace")
                if f"--user-data-dir={self.folder}" in command:
                    os.kill(int(entry.name), signal.SIGKILL)
            except OSError:
                continue
        with suppress(Error):  # it is gone already
            self.context.close()
        self.context = None

    def close(self) -> None:
        if self.context:
            self.context.close()
        self.context = None


def hold_stroke(review, start, end, steps=10):
    """Press and drag over the mask, and keep the button down."""
    box = review.page.locator("canvas[data-pane=mask]").bounding_box()
    points = [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in (start, end)]
    review.page.mouse.move(*points[0])
    review.page.mouse.down()
    review.page.mouse.move(*points[1], steps=steps)


def read_restored(review) -> int:
    """How many actions the page says it restored."""
    expect(review.page.locator(".message")).to_have_text(RESTORED)
    return int(RESTORED.search(review.message)[1])


def test_work_comes_back_after_a_kill_in_mid_stroke(profile):
    review = profile.open()
    review.choose("a")
    review.page.mouse.move(5, 5)
    before = review.read_mask()
    review.drag("mask", (0.2, 0.3), (0.4, 0.3))
    hold_stroke(review, (0.2, 0.7), (0.6, 0.7))
    review.page.mouse.move(5, 5)
    wait_kept(review.page, 2)
    review.page.wait_for_timeout(2 * PART_MS)
    painted = review.read_mask()
    profile.kill()

    review = profile.open()
    review.choose("a")
    assert read_restored(review) == 2
    review.page.mouse.move(5, 5)
    assert review.read_mask() == painted
    assert review.saved == "Unsaved changes"
    review.page.get_by_role("button", name="Throw them away").click()
    review.page.mouse.move(5, 5)
    assert review.read_mask() == before
    assert "Unsaved" not in review.saved
    wait_kept(review.page, 0)


def wait_draft(page, image, exists=True):
    """Wait until the server has, or has not, a draft of an image."""
    wait_until(
        page,
        """async ([image, exists]) => {
          const record = await (await fetch(`/studio/api/images/${image}`)).json();
          return Boolean(record.draft) === exists;
        }""",
        image,
        exists,
    )


def is_draft(request) -> bool:
    return request.method == "PUT" and request.url.endswith("/draft")


def read_image(page) -> int:
    return int(page.get_attribute(".studio-review", "data-image"))


def test_a_draft_reaches_the_server_and_goes_with_the_work(page, review, chromium, server):
    review.open()
    review.choose("b")
    image = read_image(page)
    with page.expect_request(is_draft):
        review.drag("mask", (0.2, 0.3), (0.4, 0.3))
    wait_kept(page, 1, drafted=True)
    page.mouse.move(5, 5)
    painted = review.read_mask()

    context = open_context(chromium, server, viewport=VIEWPORT)
    other = ReviewPage(context.new_page())
    other.open(f"?image={image}")
    assert read_restored(other) == 1
    other.page.mouse.move(5, 5)
    assert other.read_mask() == painted, "another computer goes on from the draft"
    context.close()

    page.keyboard.press("Control+z")
    wait_draft(page, image, exists=False)
    review.drag("mask", (0.2, 0.3), (0.4, 0.3))
    wait_draft(page, image)
    page.keyboard.press("Control+s")
    page.wait_for_selector(".studio-review:not([data-saved=''])")
    wait_draft(page, image, exists=False)
    wait_kept(page, 0)


def test_no_draft_overtakes_a_save(page, review):
    asked = []

    def save_slowly(route):
        asked.append("save")
        page.wait_for_timeout(4 * DRAFT_MS)
        route.continue_()

    page.on("request", lambda request: is_draft(request) and asked.append("draft"))
    page.route("**/mask", save_slowly)
    review.open()
    review.choose("l")
    review.drag("mask", (0.2, 0.3), (0.4, 0.3))
    page.keyboard.press("Control+s")
    review.wait_saved(1)
    page.wait_for_timeout(2 * DRAFT_MS)
    assert asked[-1] == "save", "the draft would be offered as unsaved work"


def test_an_offline_minute(page, review):
    review.open()
    review.choose("c")
    image = read_image(page)
    page.context.set_offline(True)
    review.drag("mask", (0.2, 0.3), (0.4, 0.3))
    review.drag("mask", (0.2, 0.6), (0.4, 0.6))
    expect(page.locator(".saved")).to_have_text("Offline: 2 changes kept in this browser")
    page.keyboard.press("Control+s")
    expect(page.locator(".message")).to_contain_text("The server cannot be reached")
    page.context.set_offline(False)
    expect(page.locator(".message")).to_contain_text("The server is back. Saved as revision 1")
    wait_draft(page, image, exists=False)

    page.context.set_offline(True)
    review.drag("mask", (0.2, 0.5), (0.4, 0.5))
    expect(page.locator(".saved")).to_have_text("Offline: 1 change kept in this browser")
    page.context.set_offline(False)
    expect(page.locator(".message")).to_contain_text("The server is back, and has a draft")
    assert review.saved == "Unsaved changes"
    page.keyboard.press("Control+s")
    review.wait_saved(2)


def test_a_second_tab_looks_until_it_takes_over(page, review):
    review.open()
    review.choose("d")
    image = read_image(page)
    review.drag("mask", (0.2, 0.3), (0.4, 0.3))
    wait_kept(page, 1)
    page.mouse.move(5, 5)
    painted = review.read_mask()

    second = ReviewPage(page.context.new_page())
    second.open(f"?image={image}")
    expect(second.page.locator(".message")).to_contain_text("open in another tab")
    second.page.mouse.move(5, 5)
    before = second.read_mask()
    second.drag("mask", (0.2, 0.6), (0.4, 0.6))
    second.page.keyboard.press("Enter")
    second.page.mouse.move(5, 5)
    assert second.read_mask() == before
    assert second.state == "unreviewed"
    second.page.get_by_role("button", name="Work on it here").click()
    assert read_restored(second) == 1
    second.page.mouse.move(5, 5)
    assert second.read_mask() == painted

    expect(page.locator(".message")).to_contain_text("Another tab took this image over")
    review.drag("mask", (0.2, 0.6), (0.4, 0.6))
    page.mouse.move(5, 5)
    assert review.read_mask() == painted
    second.drag("mask", (0.2, 0.6), (0.4, 0.6))
    second.page.keyboard.press("Control+s")
    second.wait_saved(1)
    second.page.close()
    page.get_by_role("button", name="Work on it here").click()
    review.wait_saved(1)


def save_elsewhere(chromium, server, image, start, end):
    """Ada takes the image over, paints and saves; returns the number of her revision."""
    context = open_context(chromium, server, viewport=VIEWPORT)
    context.add_init_script("localStorage.setItem('studio.user', 'Ada')")
    other = ReviewPage(context.new_page())
    other.open(f"?image={image}")
    other.page.get_by_role("button", name="Take over").click()
    other.page.wait_for_selector(".studio-review:not([data-holder])")
    other.wait_idle()
    other.drag("mask", start, end)
    other.page.keyboard.press("Control+s")
    other.page.wait_for_selector(".studio-review:not([data-saved=''])")
    number = int(other.page.get_attribute(".studio-review", "data-saved"))
    # She goes on to another image, which gives this one back; a page that is closed may not.
    with other.page.expect_response(lambda answer: is_given_back(answer, image)):
        other.choose("k")
    context.close()
    return number


def is_given_back(answer, image) -> bool:
    return answer.request.method == "DELETE" and answer.url.endswith(f"/images/{image}/claim")


@pytest.mark.parametrize(
    ("choice", "dirty"), [("Leave theirs", False), ("Both together", True)], ids=["theirs", "both"]
)
def test_work_on_an_image_that_moved_on_is_compared(chromium, server, profile, choice, dirty):
    review = profile.open()
    review.choose("g" if dirty else "f")
    image = read_image(review.page)
    review.drag("mask", (0.2, 0.3), (0.4, 0.3))
    wait_kept(review.page, 1)
    profile.kill()
    theirs = save_elsewhere(chromium, server, image, (0.3, 0.3), (0.6, 0.3))

    review = profile.open(f"?image={image}")
    message = review.page.locator(".message")
    expect(message).to_contain_text("Somebody changed this image meanwhile")
    expect(message).to_contain_text("1 unsaved action of yours from")
    bar = review.page.get_by_role("group", name="mine and theirs")
    for part in ("mine only", "theirs only", "both"):
        expect(bar).to_contain_text(re.compile(rf"{part} [1-9]"))
    review.page.mouse.move(5, 5)
    compared = review.read_mask()
    review.drag("mask", (0.2, 0.7), (0.6, 0.7))
    review.page.mouse.move(5, 5)
    assert review.read_mask() == compared, "nobody paints while the two are compared"
    bar.get_by_role("button", name=choice).click()
    expect(bar).to_be_hidden()
    assert (review.saved == "Unsaved changes") == dirty
    # Mine was taken up again, and theirs put to it.
    wait_kept(review.page, 2 if dirty else 0)
    review.page.keyboard.press("Control+y" if not dirty else "Control+s")
    if dirty:
        review.wait_saved(theirs + 1)
    else:
        assert review.saved == "Unsaved changes", "what was left comes back by redo"


def test_work_of_two_browsers_is_compared(page, review, chromium, server):
    review.open()
    review.choose("j")
    image = read_image(page)
    # In the page itself: a request that is held back by a route goes through when the page leaves.
    page.evaluate(KEEP_DRAFTS_BACK)
    review.drag("mask", (0.2, 0.3), (0.4, 0.3))
    wait_kept(page, 1)
    context = open_context(chromium, server, viewport=VIEWPORT)
    other = ReviewPage(context.new_page())
    other.open(f"?image={image}")
    other.drag("mask", (0.2, 0.6), (0.4, 0.6))
    wait_kept(other.page, 1, drafted=True)
    other.page.mouse.move(5, 5)
    theirs = other.read_mask()
    context.close()

    review.open(f"?image={image}")
    expect(page.locator(".message")).to_contain_text("You painted this image in another browser")
    page.get_by_role("button", name="The other browser's").press("Enter")
    page.mouse.move(5, 5)
    review.expect_mask(theirs)
    page.keyboard.press("Control+z")
    page.mouse.move(5, 5)
    assert review.read_mask() != theirs, "undo brings this browser's back"
    page.keyboard.press("Control+s")
    page.wait_for_selector(".studio-review:not([data-saved=''])")


def test_work_on_an_image_that_is_gone_stays(page, review):
    review.open()
    review.choose("k")
    image = read_image(page)
    gone = {"status": 404, "body": '{"error": "Image 8 does not exist."}'}
    page.route("**/studio/api/images/*/draft", lambda route: route.fulfill(**gone))
    page.route("**/studio/api/images/*/mask", lambda route: route.fulfill(**gone))
    review.drag("mask", (0.2, 0.3), (0.4, 0.3))
    expect(page.locator(".message")).to_have_text(
        "The server takes no draft of this image. Image 8 does not exist. "
        "Kept in this browser: 1 unsaved action."
    )
    page.keyboard.press("Control+s")
    expect(page.locator(".message")).to_contain_text("Not saved. Image 8 does not exist.")
    page.unroute_all()
    review.open(f"?image={image}")
    assert read_restored(review) == 1
