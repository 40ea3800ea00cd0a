"""Review in the browser: tools, keys, stale saves, a server that is away, both themes."""

import pytest
from playwright.sync_api import expect

from tests.browser.pages import ReviewPage, measure_contrast, open_context, wait_until
from tests.factories.images import write_dataset
from tests.factories.studio import import_detected

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module", autouse=True)
def dataset(studio, tmp_path_factory):
    """Three small images, imported while the server runs."""
    folder = write_dataset(tmp_path_factory.mktemp("source"))
    import_detected(studio, folder)


def test_panes_share_view_and_brush(page, review):
    review.open()
    review.choose("c")
    page.mouse.move(5, 5)
    before = [review.read_colours(pane) for pane in ("gan", "mse", "mask")]
    fitted = review.read_mask()
    box = page.locator("canvas[data-pane=mse]").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.wheel(0, -600)
    page.mouse.move(5, 5)
    assert review.read_mask() != fitted, "zooming in one pane zooms all"
    assert review.read_colours("gan") != before[0]
    page.keyboard.press("z")
    page.keyboard.press("z")
    assert review.read_mask() == fitted
    review.drag("mse", (0.2, 0.5), (0.3, 0.5))
    page.mouse.move(5, 5)
    assert review.read_mask() != fitted, "painting in one pane shows in the mask"
    page.keyboard.press("h")
    hidden = review.read_mask()
    page.keyboard.press("h")
    assert review.read_mask() != hidden
    page.keyboard.press("Control+z")
    assert review.read_mask() == fitted
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()


def test_pan_with_space_does_not_paint(page, review):
    review.open()
    page.keyboard.down(" ")
    review.drag("gan", (0.5, 0.5), (0.4, 0.4))
    page.keyboard.up(" ")
    assert review.saved != "Unsaved changes"


def test_keys_wait_for_the_end_of_a_stroke(page, review):
    review.open()
    review.choose("b")
    page.mouse.move(5, 5)
    before = review.read_mask()
    box = page.locator("canvas[data-pane=mask]").bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 80, box["y"] + box["height"] / 2, steps=4)
    page.keyboard.press("Control+z")
    page.keyboard.press("d")
    assert review.name == "b"
    page.mouse.up()
    page.mouse.move(5, 5)
    assert review.saved == "Unsaved changes"
    assert review.read_mask() != before
    page.keyboard.press("Control+z")
    assert review.read_mask() == before


def test_navigation_saves_and_undo_survives(page, review):
    review.open()
    review.choose("a")
    review.drag("mask", (0.2, 0.4), (0.25, 0.45))
    page.keyboard.press("d")
    review.wait_image("b")
    page.keyboard.press("a")
    review.wait_image("a")
    assert "Saved as revision" in review.saved
    page.keyboard.press("Control+z")
    assert review.saved == "Unsaved changes", "undo goes back across a save"


def test_a_stale_save_is_kept_and_said(chromium, server, page, review):
    review.open()
    review.choose("b")
    other_context = open_context(chromium, server)
    other = ReviewPage(other_context.new_page())
    other.open()
    other.choose("b")
    other.drag("mask", (0.2, 0.4), (0.3, 0.4))
    other.page.keyboard.press("Control+s")
    other.page.wait_for_selector(".studio-review:not([data-saved=''])")
    saved = int(other.page.get_attribute(".studio-review", "data-saved"))
    review.drag("mask", (0.6, 0.6), (0.7, 0.6))
    page.keyboard.press("Control+s")
    message = page.locator(".message")
    expect(message).to_contain_text(f"Somebody saved revision {saved} meanwhile")
    expect(message).to_contain_text(f"Your mask is kept as revision {saved + 1}")
    page.get_by_role("button", name="Show theirs").click()
    review.wait_saved(saved)

    other.drag("mask", (0.2, 0.6), (0.3, 0.6))
    other.page.keyboard.press("Control+s")
    other.wait_saved(saved + 2)
    review.drag("mask", (0.6, 0.6), (0.7, 0.6))
    page.keyboard.press("Control+s")
    expect(message).to_contain_text(f"Your mask is kept as revision {saved + 3}")
    page.get_by_role("button", name="Make mine the current one").click()
    review.wait_saved(saved + 4)
    other_context.close()


def test_a_key_held_down_judges_one_image_only(page, review):
    review.open()
    review.choose("a")
    page.keyboard.down("s")
    review.wait_idle()
    for _ in range(6):
        page.keyboard.down("s")
        page.wait_for_timeout(80)
    page.keyboard.up("s")
    expect(page.locator("aside [title*=': skipped']")).to_have_count(1)


def test_keys_work_after_the_mouse_was_elsewhere(page, review):
    review.open()
    page.locator(".studio-nav select").focus()
    review.drag("mask", (0.4, 0.6), (0.5, 0.6))
    page.keyboard.press("Control+z")
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    page.get_by_label("Brush size").click()
    page.keyboard.press("e")
    expect(page.get_by_role("button", name="Eraser")).to_have_attribute("aria-pressed", "true")


def test_a_server_that_is_away(page, review):
    review.open()
    review.choose("a")
    review.drag("mask", (0.5, 0.3), (0.6, 0.3))
    page.route("**/studio/api/images/*/mask", lambda route: route.abort())
    page.keyboard.press("Control+s")
    expect(page.locator(".message")).to_contain_text("The server cannot be reached")
    assert review.saved == "Unsaved changes"
    page.unroute("**/studio/api/images/*/mask")
    page.keyboard.press("Control+s")
    page.wait_for_selector(".studio-review:not([data-saved=''])")
    assert review.saved.startswith("Saved as revision")


def test_a_click_on_a_dataset_opens_it(page, review):
    page.goto("/")
    page.locator(".studio-page").get_by_text("set", exact=True).last.click()
    page.wait_for_selector(".studio-review[data-ready=true]")
    assert page.url.partition("?")[2].startswith("dataset=1")


def test_the_dataset_menu_stays_while_it_is_open(page, review):
    review.open()
    expect(page.locator(".studio-nav select")).to_have_value("1")
    option = page.locator(".studio-nav option").first.element_handle()
    with page.expect_response("**/studio/api/loop*"):
        pass  # the next time that the navigation asks for its counts
    page.wait_for_timeout(100)
    assert option.evaluate("option => option.isConnected")


def test_keyboard_alone(page, review):
    review.open()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("b")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
    page.keyboard.press("e")
    expect(page.get_by_role("button", name="Eraser")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Previous")).to_be_focused()
    name = review.name
    page.locator(".studio-review").focus()
    page.keyboard.press("s")
    expect(page.locator(f"aside [title^='{name}: skipped']")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_fits_the_screen_in_both_themes(page, review, theme):
    review.open(f"?__theme={theme}")
    assert page.evaluate("document.documentElement.scrollHeight") <= 768
    assert page.evaluate("document.documentElement.scrollWidth") <= 1366
    dark = page.evaluate("document.body.classList.contains('dark')")
    assert dark == (theme == "dark")
    for selector in (".bar .primary", ".bar .state", ".message", ".studio-nav a"):
        assert measure_contrast(page, selector) >= 4.5, selector


def test_an_image_that_is_gone(page, review):
    review.open("?image=9999")
    assert review.name != "", "an unknown image opens the first open one"
    page.route("**/studio/renditions/**", lambda route: route.fulfill(status=404, body="{}"))
    page.reload()
    expect(page.locator(".message")).to_contain_text("The server answered 404")


@pytest.mark.parametrize("address", ["/", "/review"])
def test_a_page_at_rest_draws_next_to_nothing(page, address):
    page.add_init_script(
        "const ask = window.requestAnimationFrame.bind(window);"
        "window.asked = 0;"
        "window.requestAnimationFrame = (draw) => { window.asked += 1; return ask(draw); };"
    )
    page.goto(address)
    expect(page.locator(".studio-nav a[aria-current=page]")).to_be_visible()
    wait_until(
        page,
        """async () => {
          const before = window.asked;
          await new Promise((done) => setTimeout(done, 1000));
          return window.asked - before < 20;
        }""",
    )
