"""Keys in Review: the sheet, where they work, changing them, and the name they are kept under."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.pages import ReviewPage, measure_contrast, open_context
from tests.factories.images import write_dataset
from tests.factories.studio import import_detected

pytestmark = pytest.mark.browser

SETTINGS = "**/studio/api/user"


@pytest.fixture(scope="module", autouse=True)
def dataset(studio, tmp_path_factory):
    """Three small images."""
    folder = write_dataset(tmp_path_factory.mktemp("source"))
    import_detected(studio, folder)


class KeySettings:
    """The keys in the settings, as a person at the keyboard has them."""

    def __init__(self, review: ReviewPage) -> None:
        self.page, self.review = review.page, review
        self.dialog = self.page.get_by_role("dialog", name="Settings")
        self.status = self.dialog.locator(".key-pane .status")

    def open(self, name: str) -> None:
        """Open Review and the settings under a name of the test's own."""
        self.page.add_init_script(f"localStorage.setItem('studio.user', {json.dumps(name)})")
        self.review.open()
        self.page.keyboard.press(",")
        expect(self.dialog).to_be_visible()

    def key(self, title: str, key: str = "another key"):
        return self.dialog.get_by_role("button", name=f"{title}: {key}", exact=True)

    def start(self, title: str, key: str = "another key") -> None:
        self.key(title, key).focus()
        self.page.keyboard.press("Enter")
        expect(self.dialog.locator(".waiting")).to_have_text("press a key")

    def change(self, title: str, before: str, press: str) -> None:
        self.start(title, before)
        self.page.keyboard.press(press)

    def reload(self) -> None:
        self.page.reload()
        self.page.wait_for_selector(".studio-review[data-ready=true]")


@pytest.fixture
def settings(review) -> KeySettings:
    return KeySettings(review)


def press(page, key: str, code: str, **held: bool) -> None:
    """Press a key of another keyboard: what it types, and where it is."""
    page.evaluate(
        """([key, code, held]) => document.activeElement.dispatchEvent(
          new KeyboardEvent('keydown', { key, code, bubbles: true, cancelable: true, ...held }))""",
        [key, code, held],
    )


def expect_tool(page, name: str) -> None:
    button = page.get_by_role("toolbar").get_by_role("button", name=name)
    expect(button).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_sheet_shows_all_keys_at_once(page, review, theme):
    review.open(f"?__theme={theme}")
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keys")
    box = sheet.bounding_box()
    assert min(box["x"], box["y"]) >= 0
    assert box["x"] + box["width"] <= 1366
    assert box["y"] + box["height"] <= 768
    assert sheet.evaluate("sheet => sheet.scrollHeight <= sheet.clientHeight")
    for key, title in (("0 – 5", "Severity"), ("Shift+1 – 7", "Kind"), ("← → ↑ ↓", "Pan")):
        row = sheet.locator("dt", has_text=key)
        expect(row).to_have_count(1)
        expect(row.locator("+ dd")).to_have_text(title)
    for group in ("Images", "Mask", "Tools", "Components", "View", "Panels", "Help", "Pointer"):
        expect(sheet.get_by_role("heading", name=group, exact=True)).to_be_visible()
    for selector in (".keys dt", ".keys dd", ".keys h3", ".keys .primary"):
        assert measure_contrast(page, selector) >= 4.5, selector
    page.keyboard.press("?")
    expect(sheet).to_be_hidden()
    page.keyboard.press("e")
    expect_tool(page, "Eraser")


def test_keys_stay_away_from_alt_dialogs_and_tab(page, review):
    review.open()
    page.keyboard.press("Alt+e")
    expect_tool(page, "Brush")
    page.keyboard.press("?")
    page.keyboard.press("e")
    page.keyboard.press("Escape")
    page.keyboard.press(",")
    page.keyboard.press("e")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Settings")).to_be_hidden()
    expect_tool(page, "Brush")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Previous")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(page.locator(".studio-review")).to_be_focused()
    page.keyboard.press("e")
    expect_tool(page, "Eraser")


def test_other_keyboards(page, review):
    review.open()
    press(page, "у", "KeyE")  # Russian
    expect_tool(page, "Eraser")
    press(page, "b", "KeyN")  # Dvorak
    expect_tool(page, "Brush")
    page.keyboard.press("n")
    expect(page.locator(".detector").get_by_label("Severity", exact=True)).to_be_enabled()
    press(page, "3", "Digit3", shiftKey=True)  # French: Shift types digits
    expect(page.locator(".detector").get_by_label("Kind", exact=True)).to_have_value(
        "over-sharp line"
    )
    press(page, "'", "Digit4")
    expect(page.locator(".detector").get_by_label("Severity", exact=True)).to_have_value("4")


def test_a_key_is_changed_by_keyboard_and_known_everywhere(chromium, server, page, settings):
    settings.open("Ana")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(settings.key("Previous image", "A")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(settings.key("Next image", "D")).to_be_focused()
    with page.expect_response(SETTINGS) as answer:
        settings.change("Brush", "B", "Shift+P")
    assert answer.value.json()["settings"] == {"keys": {"brush": ["shift+p"]}}
    expect(settings.status).to_have_text("Shift+P is “Brush” now.")
    expect(settings.key("Brush", "Shift+P")).to_be_focused()
    page.keyboard.press("Escape")

    page.keyboard.press("e")
    page.keyboard.press("b")
    expect_tool(page, "Eraser")
    page.keyboard.press("Shift+P")
    expect_tool(page, "Brush")
    button = page.get_by_role("toolbar").get_by_role("button", name="Brush")
    expect(button.locator("kbd")).to_have_text("⇧P")
    expect(button).to_have_attribute("title", "Brush (Shift+P)")
    page.keyboard.press("?")
    expect(page.locator(".keys dt", has_text="Shift+P")).to_be_visible()

    elsewhere = open_context(chromium, server)
    other = ReviewPage(elsewhere.new_page())
    other.page.add_init_script("localStorage.setItem('studio.user', 'Ana')")
    other.open()
    expect(other.page.locator(".tools [data-tool=brush] kbd")).to_have_text("⇧P")
    other.page.evaluate("localStorage.clear()")
    elsewhere.close()


def test_conflicts_are_told_and_decided(page, settings):
    settings.open("Ben")
    assert settings.dialog.locator(".conflict").count() == 0, "two actions come with the same key"
    settings.change("Eraser", "E", "b")
    expect(settings.status).to_have_text("B is “Brush”.")
    page.keyboard.press("Tab")
    expect(settings.dialog.get_by_role("button", name="Leave it")).to_be_focused()
    page.keyboard.press("Enter")
    expect(settings.key("Eraser", "E")).to_be_focused()

    page.keyboard.press("Enter")
    page.keyboard.press("b")
    expect(settings.dialog.get_by_role("button", name="Take it for “Eraser”")).to_be_focused()
    page.keyboard.press("Enter")
    expect(settings.status).to_have_text("B is “Eraser” now. “Brush” has no key now.")
    expect(settings.key("Eraser", "B")).to_be_focused()
    expect(settings.key("Brush")).to_have_text("none")

    settings.dialog.get_by_role("button", name="Undo", exact=True).click()
    expect(settings.key("Brush", "B")).to_be_visible()
    settings.start("Redo")
    page.keyboard.press("Shift+J")
    page.keyboard.press("Delete")
    expect(settings.status).to_have_text("“Redo” lost Shift+J.")
    settings.change("Accept the mask and go on", "Enter", "Shift+J")
    settings.dialog.get_by_role("button", name="Reset all keys").click()
    expect(settings.key("Accept the mask and go on", "Enter")).to_be_visible()
    expect(settings.dialog.get_by_role("button", name="Reset all keys")).to_be_disabled()


def test_what_a_person_set_goes_before_a_key_that_came_later(page, settings):
    page.route(
        SETTINGS,
        lambda route: route.fulfill(
            json={"name": "Cy", "author": "Cy", "settings": {"keys": {"brush": ["e"], "gone": []}}}
        ),
    )
    settings.open("Cy")
    expect(settings.dialog.locator(".conflict")).to_have_text("E")
    expect(settings.key("Eraser", "E")).to_have_attribute(
        "title", "E does “Brush”; choose another key here"
    )
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    expect_tool(page, "Brush")


def test_keys_that_cannot_be_taken(page, settings):
    settings.open("Dan")
    settings.start("Brush", "B")
    for key, said in (
        ("F6", "F6 belongs to the browser"),
        ("Control+l", "Ctrl+L belongs to the browser"),
        ("Alt+b", "Keys with Alt belong to the browser"),
    ):
        page.keyboard.press(key)
        expect(settings.status).to_contain_text(said)
    page.keyboard.press("Escape")
    expect(settings.dialog).to_be_visible()
    expect(settings.key("Brush", "B")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(settings.dialog.locator(".waiting")).to_have_count(0)
    expect(settings.key("Brush")).to_be_focused()
    expect(settings.key("Leave the component", "Escape")).to_be_disabled()


def test_keys_wait_in_the_browser_for_a_server_that_is_away(page, settings):
    settings.open("Eve")
    page.route(SETTINGS, lambda route: route.abort())
    settings.change("Brush", "B", "Shift+J")
    expect(settings.dialog).to_contain_text("Kept in this browser only, for now.")
    settings.reload()
    page.keyboard.press("e")
    page.keyboard.press("Shift+J")
    expect_tool(page, "Brush")
    page.unroute(SETTINGS)
    with page.expect_response(lambda one: one.request.method == "PUT") as answer:
        settings.reload()
    assert answer.value.url.endswith(SETTINGS.removeprefix("**"))
    assert answer.value.json()["settings"] == {"keys": {"brush": ["shift+j"]}}


def test_who_works_here(page, review):
    review.open("?image=3")
    chip = page.locator(".studio-nav .identity")
    expect(chip).to_have_text("as reviewer")
    review.drag("mask", (0.2, 0.4), (0.25, 0.45))
    expect(page.locator(".saved")).to_have_text("Unsaved changes")
    chip.click()
    dialog = page.get_by_role("dialog", name="Who works here")
    page.keyboard.type("  Fay   Wu ")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("Save the changes of the mask first")
    page.keyboard.press("Escape")
    page.locator(".studio-review").focus()
    page.keyboard.press("Control+s")
    review.wait_saved(1)
    chip.click()
    page.keyboard.type("Fay Wu")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.wait_for_selector(".studio-review[data-ready=true]")
    expect(chip).to_have_text("as Fay Wu")
    review.drag("mask", (0.5, 0.5), (0.55, 0.45))
    page.keyboard.press("Control+s")
    review.wait_saved(2)
    image = page.get_attribute(".studio-review", "data-image")
    revisions = page.request.get(f"/studio/api/images/{image}/revisions").json()
    assert [revision["author"] for revision in revisions] == ["Fay Wu", "reviewer"]
    chip.click()
    page.keyboard.press("Delete")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(chip).to_have_text("as reviewer")
