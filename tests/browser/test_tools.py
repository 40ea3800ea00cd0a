"""The tools of Review in the browser: what each leaves in the saved mask, and its keys."""

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from desra_studio.imaging.arrays import Size
from desra_studio.imaging.io import encode_png
from desra_studio.imaging.masks import decode_mask_runs
from tests.browser.pages import ReviewPage, wait_on
from tests.factories.images import make_pair
from tests.factories.studio import import_detected

pytestmark = pytest.mark.browser

SIZE = 96


@pytest.fixture(scope="module", autouse=True)
def dataset(studio, tmp_path_factory):
    """Two images in which the detector marks nothing, and one with an artifact."""
    folder = tmp_path_factory.mktemp("source")
    grey = np.full((SIZE, SIZE, 3), 128, np.uint8)
    gan, mse = make_pair((SIZE, SIZE))
    for sub, artifact in (("GAN-SR", gan), ("MSE-SR", mse)):
        (folder / sub).mkdir()
        for name, image in (("a", grey), ("b", grey), ("c", artifact)):
            (folder / sub / f"{name}.png").write_bytes(encode_png(image))
    import_detected(studio, folder)


@pytest.fixture
def canvas(page, review) -> "Canvas":
    """An image of which nothing is marked, opened in a browser of its own."""
    review.open()
    canvas = Canvas(review)
    review.choose("a")
    return canvas


class Canvas:
    """The first pane, pointed at in image px, and the mask as the server has it."""

    def __init__(self, review: ReviewPage) -> None:
        self.review = review
        self.page: Page = review.page

    def clear(self, name: str) -> None:
        """Open an image and unmark what was detected in it."""
        self.review.choose(name)
        self.page.keyboard.press("c")
        self.review.wait_idle()
        expect(self.page.locator(f"aside [title^='{name}: clean']")).to_be_visible()
        self.review.choose(name)

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the image is on the screen; the image fits the pane."""
        box = self.page.locator("canvas[data-pane=gan]").bounding_box()
        scale = min(box["width"] / SIZE, box["height"] / SIZE, 8)
        middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        return middle[0] + (x - SIZE / 2) * scale, middle[1] + (y - SIZE / 2) * scale

    def click(self, x: float, y: float) -> None:
        self.page.mouse.click(*self.place(x, y))

    def drag(self, *points: tuple[float, float]) -> None:
        self.page.mouse.move(*self.place(*points[0]))
        self.page.mouse.down()
        for point in points[1:]:
            self.page.mouse.move(*self.place(*point), steps=3)
        self.page.mouse.up()

    def draw_polygon(self, *corners: tuple[float, float]) -> None:
        """With P; closed by a click on the first corner."""
        self.page.keyboard.press("p")
        for corner in (*corners, corners[0]):
            self.click(*corner)

    def choose_next(self) -> None:
        """With N; the first time it has to load what was detected."""
        self.page.keyboard.press("n")
        expect(self.page.locator(".detector .line")).to_contain_text("component 1/")

    def read_mask(self) -> np.ndarray:
        """Save, and return the saved mask, (96, 96) bool."""
        if self.review.saved == "Unsaved changes":
            with self.page.expect_response(lambda answer: answer.url.endswith("/mask")):
                self.page.keyboard.press("Control+s")
            self.review.wait_idle()
        image = self.page.get_attribute(".studio-review", "data-image")
        record = self.page.request.get(f"/studio/api/images/{image}").json()
        runs = self.page.request.get(f"/studio/revisions/{record['revision']['id']}.mask").body()
        return decode_mask_runs(runs, Size(SIZE, SIZE))


def mark_between(*boxes: tuple[int, int, int, int]) -> np.ndarray:
    """Mark boxes (x0, y0, x1, y1)."""
    mask = np.zeros((SIZE, SIZE), bool)
    for x0, y0, x1, y1 in boxes:
        mask[y0:y1, x0:x1] = True
    return mask


SQUARE = ((20, 20), (60, 20), (60, 60), (20, 60))


def test_polygon_closes_at_its_first_corner(page, canvas):
    canvas.draw_polygon(*SQUARE)
    assert np.array_equal(canvas.read_mask(), mark_between((20, 20, 60, 60)))
    page.keyboard.press("Control+z")
    assert not canvas.read_mask().any(), "one action"


def test_polygon_closes_with_enter_and_with_a_double_click(page, review, canvas):
    page.keyboard.press("p")
    for corner in SQUARE:
        canvas.click(*corner)
    page.keyboard.press("Enter")
    assert review.name == "a", "Enter closes the polygon and judges nothing"
    assert np.array_equal(canvas.read_mask(), mark_between((20, 20, 60, 60)))
    for corner in ((70, 70), (90, 70), (90, 90)):
        canvas.click(*corner)
    page.mouse.dblclick(*canvas.place(70, 90))
    assert np.array_equal(canvas.read_mask(), mark_between((20, 20, 60, 60), (70, 70, 90, 90)))
    page.keyboard.press("Enter")
    review.wait_image("b")


def test_corners_are_taken_back_and_polygons_dropped(page, review, canvas):
    page.keyboard.press("p")
    for corner in (*SQUARE[:3], (90, 90), (80, 90)):
        canvas.click(*corner)
    page.keyboard.press("Backspace")
    page.keyboard.press("Control+z")
    canvas.click(*SQUARE[3])
    page.keyboard.press("Enter")
    assert np.array_equal(canvas.read_mask(), mark_between((20, 20, 60, 60)))
    saved = review.saved
    for corner in ((70, 70), (90, 70), (90, 90)):
        canvas.click(*corner)
    page.keyboard.press("Escape")
    canvas.click(70, 70)
    page.keyboard.press("b")
    page.keyboard.press("p")
    assert review.saved == saved
    for corner in ((70, 70), (90, 70), (90, 90)):
        canvas.click(*corner)
    page.keyboard.press("d")
    review.wait_image("b")
    page.keyboard.press("Enter")
    expect(page.locator("aside [title^='b: clean']")).to_be_visible()
    review.choose("a")
    assert review.saved == saved, "what was begun on an image is not closed on the next"


def test_polygon_begun_with_alt_subtracts(page, canvas):
    canvas.draw_polygon(*SQUARE)
    page.keyboard.down("Alt")
    canvas.draw_polygon((30, 30), (50, 30), (50, 50), (30, 50))
    page.keyboard.up("Alt")
    assert np.array_equal(
        canvas.read_mask(), mark_between((20, 20, 60, 60)) & ~mark_between((30, 30, 50, 50))
    )


def test_lasso_adds_and_with_alt_subtracts(page, canvas):
    page.keyboard.press("l")
    expect(page.get_by_role("button", name="Lasso")).to_have_attribute("aria-pressed", "true")
    canvas.drag(*SQUARE)
    assert np.array_equal(canvas.read_mask(), mark_between((20, 20, 60, 60)))
    page.keyboard.down("Alt")
    canvas.drag((40, 10), (70, 10), (70, 70), (40, 70))
    page.keyboard.up("Alt")
    assert np.array_equal(canvas.read_mask(), mark_between((20, 20, 40, 60)))
    page.mouse.move(*canvas.place(70, 70))
    page.mouse.down()
    page.mouse.move(*canvas.place(90, 70))
    page.mouse.move(*canvas.place(90, 90))
    page.keyboard.press("Escape")
    page.mouse.up()
    assert np.array_equal(canvas.read_mask(), mark_between((20, 20, 40, 60))), "Escape drops it"


def test_brush_with_alt_erases(page, canvas):
    canvas.draw_polygon(*SQUARE)
    page.keyboard.press("b")
    page.keyboard.down("Alt")
    canvas.drag((40, 10), (40, 90))
    page.keyboard.up("Alt")
    mask = canvas.read_mask()
    assert not mask[:, 34:46].any()
    assert mask[20:60, 20:31].all()


def test_holes_are_filled(page, canvas):
    canvas.draw_polygon(*SQUARE)
    page.keyboard.down("Alt")
    canvas.draw_polygon((30, 30), (50, 30), (50, 50), (30, 50))
    page.keyboard.up("Alt")
    page.keyboard.press("f")
    expect(page.locator(".message")).to_have_text("Filled 1 hole, 400 px.")
    assert np.array_equal(canvas.read_mask(), mark_between((20, 20, 60, 60)))
    page.get_by_role("button", name="Fill holes").click()
    expect(page.locator(".message")).to_have_text("The mask has no hole.")


def test_grow_and_shrink_are_one_px_and_one_action_each(page, canvas):
    canvas.draw_polygon(*SQUARE)
    page.keyboard.press("Control+ArrowUp")
    mask = canvas.read_mask()
    cross = mark_between((19, 20, 61, 60), (20, 19, 60, 61))
    assert np.array_equal(mask, cross)
    page.keyboard.press("Control+ArrowUp")
    assert np.array_equal(canvas.read_mask(), mark_between((18, 19, 62, 61), (19, 18, 61, 62)))
    page.keyboard.press("Control+z")
    assert np.array_equal(canvas.read_mask(), cross)
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+ArrowDown")
    assert canvas.read_mask().sum() < 40 * 40
    page.keyboard.press("Control+z")
    assert np.array_equal(canvas.read_mask(), mark_between((20, 20, 60, 60)))


def test_undo_goes_back_a_hundred_actions_across_saves(page, canvas):
    canvas.draw_polygon(*SQUARE)
    for step in range(50):
        page.keyboard.press("Control+ArrowUp")
        page.keyboard.press("Control+ArrowDown")
        if step == 20:
            canvas.read_mask()
    for _ in range(101):
        page.keyboard.press("Control+z")
    assert not canvas.read_mask().any()


def test_wand_grows_along_the_artifact_map_with_the_wheel(page, review, canvas):
    canvas.clear("c")
    with page.expect_response("**/map.bin*"):
        page.keyboard.press("w")
    expect(page.get_by_label("Tolerance of the wand")).to_be_visible()
    canvas.click(40, 40)
    small = canvas.read_mask()
    assert small[40, 40]
    assert not small[85, 85]
    page.keyboard.press("Control+z")
    assert not canvas.read_mask().any(), "one action"

    page.mouse.move(*canvas.place(40, 40))
    page.mouse.down()
    for _ in range(4):
        page.mouse.wheel(0, -100)
    expect(page.locator("output", has_text="0.18")).to_be_visible()
    page.mouse.up()
    large = canvas.read_mask()
    assert large.sum() > small.sum()
    assert large[small].all()
    page.keyboard.press("[")
    expect(page.locator("output", has_text="0.16")).to_be_visible()

    page.keyboard.down("Alt")
    canvas.click(40, 40)
    page.keyboard.up("Alt")
    assert not canvas.read_mask()[40, 40]
    page.keyboard.press("Control+z")
    page.mouse.move(*canvas.place(40, 40))
    page.mouse.down()
    page.keyboard.press("Escape")
    page.mouse.up()
    assert np.array_equal(canvas.read_mask(), large), "Escape drops it"


def test_wand_says_why_it_cannot_grow(page, review, canvas):
    page.keyboard.press("w")
    message = "D is 1 or not known here: nothing to grow."

    def is_told() -> bool:
        canvas.click(2, 2)
        return review.message == message

    wait_on(page, is_told, "the artifact map, without which the wand says something else")
    expect(page.locator(".message")).to_have_text(message)


def test_split_cuts_what_falls_apart_and_n_goes_through_the_parts(page, review, canvas):
    canvas.draw_polygon(*SQUARE)
    page.keyboard.press("Shift+F")
    canvas.drag((10, 40), (50, 40))
    expect(page.locator(".message")).to_contain_text("Nothing falls apart there")
    assert np.array_equal(canvas.read_mask(), mark_between((20, 20, 60, 60)))
    canvas.drag((10, 30.5), (70, 30.5))
    mask = canvas.read_mask()
    assert np.array_equal(mask, mark_between((20, 20, 60, 30), (20, 31, 60, 60)))
    canvas.choose_next()
    line = page.locator(".detector .line")
    expect(line).to_have_text("component 1/2 · area 1\u202f160 px · painted")
    page.keyboard.press("n")
    expect(line).to_have_text("component 2/2 · area 400 px · painted")
    page.keyboard.press("Delete")
    assert np.array_equal(canvas.read_mask(), mark_between((20, 31, 60, 60)))
    page.keyboard.press("k")
    assert np.array_equal(canvas.read_mask(), mask), "what was painted can be put in again"
    page.keyboard.press("Control+ArrowDown")
    shrunk = canvas.read_mask()
    assert shrunk[31:60, 20:60].all(), "only the chosen one"
    assert shrunk[:31].sum() == 38 * 8
    page.keyboard.press("Escape")
    page.keyboard.press("t")


def test_painted_components_are_labelled(page, review, canvas):
    canvas.draw_polygon(*SQUARE)
    canvas.choose_next()
    with page.expect_response(
        lambda answer: answer.url.endswith("/regions") and answer.request.method == "POST"
    ) as answer:
        page.keyboard.press("4")
    label = answer.value.json()
    assert label["severity"] == 4
    assert canvas.read_mask()[label["y"], label["x"]]
    page.keyboard.press("t")


def test_the_component_tool_takes_out_and_puts_in(page, review, canvas):
    canvas.draw_polygon(*SQUARE)
    canvas.draw_polygon((70, 70), (90, 70), (90, 90), (70, 90))
    both = canvas.read_mask()
    page.keyboard.press("v")
    canvas.click(30, 30)
    expect(page.locator(".saved")).to_have_text("Unsaved changes")
    assert np.array_equal(canvas.read_mask(), mark_between((70, 70, 90, 90)))
    canvas.click(50, 50)
    assert np.array_equal(canvas.read_mask(), both)
    canvas.click(5, 90)
    expect(page.locator(".message")).to_have_text("Nothing is marked or detected there.")

    canvas.clear("c")
    canvas.click(40, 40)
    expect(page.locator(".saved")).to_have_text("Unsaved changes")
    detected = canvas.read_mask()
    assert detected[40, 40]
    canvas.click(40, 40)
    assert not canvas.read_mask().any()


def test_holes_of_the_chosen_component_only(page, review, canvas):
    page.keyboard.press("p")
    canvas.draw_polygon(*SQUARE)
    canvas.draw_polygon((70, 70), (90, 70), (90, 90), (70, 90))
    page.keyboard.down("Alt")
    canvas.draw_polygon((30, 30), (50, 30), (50, 50), (30, 50))
    canvas.draw_polygon((76, 76), (84, 76), (84, 84), (76, 84))
    page.keyboard.up("Alt")
    canvas.choose_next()
    page.keyboard.press("f")
    expect(page.locator(".message")).to_have_text("Filled 1 hole, 400 px.")
    page.keyboard.press("f")
    expect(page.locator(".message")).to_have_text("The chosen component has no hole.")
    page.keyboard.press("t")
    page.keyboard.press("f")
    expect(page.locator(".message")).to_have_text("Filled 1 hole, 64 px.")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_column_of_tools_fits_beside_the_open_panel(page, review, theme):
    review.open(f"?__theme={theme}")
    page.keyboard.press("t")
    stage = page.locator(".stage").bounding_box()
    column = page.locator(".tools").bounding_box()
    assert column["width"] <= 100
    for button in page.locator(".tools button").all():
        box = button.bounding_box()
        assert box["y"] + box["height"] <= stage["y"] + stage["height"]
        assert button.get_attribute("title").endswith(")"), "the key is in the tooltip"
    page.keyboard.press("t")


def test_every_tool_has_its_key_and_says_that_it_is_chosen(page, review, canvas):
    for key, name in (
        ("e", "Eraser"),
        ("p", "Polygon"),
        ("l", "Lasso"),
        ("w", "Wand"),
        ("Shift+F", "Split"),
        ("v", "Toggle components"),
        ("b", "Brush"),
    ):
        page.keyboard.press(key)
        pressed = page.locator(".tools [data-tool][aria-pressed=true]")
        expect(pressed).to_have_count(1)
        expect(pressed).to_have_accessible_name(name)


def test_painting_without_a_mouse(page, review, canvas):
    page.keyboard.press("j")
    expect(page.locator(".message")).to_contain_text("Arrow keys move the cursor")
    for _ in range(8):
        page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.down(" ")
    for _ in range(16):
        page.keyboard.press("Shift+ArrowRight")
    page.keyboard.up(" ")
    mask = canvas.read_mask()
    assert mask[48, 40:56].all()
    assert mask.any(axis=1).sum() in (16, 17)
    page.keyboard.press("Control+z")

    page.keyboard.press("p")
    for key in ("ArrowUp", "ArrowLeft", "ArrowDown", "ArrowRight"):
        page.keyboard.press(" ")
        for _ in range(10):
            page.keyboard.press(f"Shift+{key}")
    page.keyboard.press("Enter")
    mask = canvas.read_mask()
    assert mask.sum() == 100
    assert review.name == "a"

    page.keyboard.press("b")
    page.keyboard.down("Shift")
    page.keyboard.press(" ")
    page.keyboard.up("Shift")
    assert canvas.read_mask().sum() < 100, "with Shift it subtracts"
    page.keyboard.press("j")
    canvas_before = canvas.read_mask()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press(" ")
    assert np.array_equal(canvas.read_mask(), canvas_before), "Space pans again"
