"""The panes in Review: layouts, views, held keys, the slider, the mini-map, touch."""

import cv2
import numpy as np
import pytest
from playwright.sync_api import expect

from desra_studio.finetune.pseudo_gt import compose_pseudo_gt
from desra_studio.imaging.arrays import Size
from desra_studio.imaging.io import decode_png, encode_png
from desra_studio.imaging.masks import decode_mask_runs
from tests.browser.pages import READ_CANVAS, Panes
from tests.factories.images import make_pair, write_dataset
from tests.factories.studio import import_detected

pytestmark = pytest.mark.browser

SIZE = Size(96, 96)


@pytest.fixture(scope="module", autouse=True)
def dataset(studio, tmp_path_factory):
    """Three small images with LR, one that is shown by tiles, and one without LR."""
    folder = write_dataset(tmp_path_factory.mktemp("source"))
    import_detected(studio, folder)
    wide = tmp_path_factory.mktemp("wide")
    for name, image in zip(("GAN-SR", "MSE-SR"), make_pair((160, 4608)), strict=True):
        (wide / name).mkdir()
        (wide / name / "w.png").write_bytes(encode_png(image))
    import_detected(studio, wide, "wide")
    bare = write_dataset(tmp_path_factory.mktemp("bare"), names="x", with_lr=False)
    import_detected(studio, bare, "without LR")


@pytest.fixture
def panes(page, review) -> Panes:
    """The page, open on image `a`."""
    review.open("?dataset=1")
    review.choose("a")
    page.mouse.move(5, 5)
    return Panes(page)


def test_y_goes_through_the_layouts_and_the_browser_remembers(page, panes):
    button = page.get_by_role("button", name="panes")
    assert panes.shown == ["gan", "mse", "mask"]
    page.keyboard.press("y")
    assert panes.shown == ["gan", "mse", "mask", "map"]
    expect(button).to_contain_text("4 panes")
    page.keyboard.press("y")
    assert panes.shown == ["mask"]
    page.keyboard.press("y")
    panes.choose(2, "slider")
    assert panes.shown == ["gan", "slider"]
    page.reload()
    page.wait_for_selector(".studio-review[data-ready=true]")
    assert panes.shown == ["gan", "slider"]
    page.keyboard.press("y")
    assert panes.shown == ["gan", "mse", "mask"]


def test_every_view_shows_a_picture(page, panes):
    page.keyboard.press("y")
    before = panes.read("gan")
    views = ["mse", "mask", "slider", "difference", "signed", "pseudo-gt", "map"]
    for view in (*views, "lr-nearest", "lr-bicubic"):
        panes.choose(1, view)
        page.wait_for_function(
            f"view => new Set(new Uint32Array(({READ_CANVAS})(view).buffer)).size > 20", arg=view
        )
        assert (panes.read(view) != before).any(), view


def test_a_view_that_is_missing_says_why(page, review, panes):
    panes.choose(2, "lr-nearest")
    expect(page.get_by_role("img", name="LR, nearest")).to_be_visible()
    review.open("?dataset=3")
    expect(page.get_by_role("img", name="This image came without an LR image.")).to_be_visible()
    review.open("?dataset=1")
    expect(page.get_by_role("img", name="LR, nearest")).to_be_visible()


def test_a_view_that_failed_is_asked_for_again(page, panes):
    page.route("**/lr.png*", lambda route: route.fulfill(status=500, body='{"error": "Broken."}'))
    panes.choose(1, "lr-nearest")
    expect(page.get_by_role("img", name="Broken.")).to_be_visible()
    page.unroute("**/lr.png*")
    panes.choose(1, "lr-bicubic")
    panes.choose(1, "lr-nearest")
    expect(page.get_by_role("img", name="LR, nearest")).to_be_visible()


def test_the_mask_can_be_painted_in_every_pane(page, review, panes):
    page.keyboard.press("y")
    panes.choose(1, "lr-nearest")
    panes.choose(4, "pseudo-gt")
    for view in panes.shown:
        before = review.read_mask()
        review.drag(view, (0.6, 0.8), (0.65, 0.85))
        page.mouse.move(5, 5)
        panes.wait_frame()
        assert review.read_mask() != before, view
        page.keyboard.press("Control+z")
        assert review.read_mask() == before


def test_what_is_painted_is_seen_where_no_pane_shows_the_mask(page, review, panes):
    for _ in range(3):
        page.keyboard.press("y")
    assert panes.shown == ["gan", "mse"]
    before = [panes.read(view) for view in panes.shown]
    review.drag("mse", (0.6, 0.7), (0.7, 0.75))
    page.mouse.move(5, 5)
    after = [panes.read(view) for view in panes.shown]
    for view, was, shown in zip(panes.shown, before, after, strict=True):
        added = shown[(shown != was).any(axis=2)]
        assert {tuple(pixel) for pixel in added} >= {(255, 255, 255), (0, 0, 0)}, view
    page.keyboard.press("h")
    hidden = [panes.read(view) for view in panes.shown]
    page.keyboard.press("h")
    page.keyboard.down("g")
    assert (panes.read("gan") == hidden[0]).all(), "the contour alone was added"
    page.keyboard.up("g")
    assert (panes.read("gan") == after[0]).all()


def test_held_keys_show_the_plain_image_in_place(page, panes):
    page.keyboard.press("t")
    page.mouse.move(5, 5)
    mask = panes.read("mask")
    page.keyboard.press("h")
    gan, mse = (panes.read(view) for view in ("gan", "mse"))
    page.keyboard.press("h")
    unboxed = panes.read("gan")
    page.keyboard.press("n")
    page.keyboard.press("z")
    page.keyboard.press("z")
    assert (panes.read("gan") != unboxed).any(), "a box around the chosen component"
    name = page.locator("figcaption .now").nth(2)
    page.keyboard.down("g")
    assert all((panes.read(view) == gan).all() for view in panes.shown)
    expect(name).to_have_text("GAN-SR")
    page.keyboard.up("g")
    page.keyboard.press("Escape")
    assert (panes.read("mask") == mask).all()

    page.keyboard.down("x")
    expect(name).to_have_text("MSE-SR")
    expect(name).to_have_text("GAN-SR")
    blinking = [panes.read("mask") for _ in range(8)]
    assert all((image == gan).all() or (image == mse).all() for image in blinking)
    page.keyboard.up("x")
    assert (panes.read("mask") == mask).all()
    expect(name).to_have_text("")


def test_the_mask_fades_by_key(page, panes):
    before = panes.read("mask")
    page.keyboard.press("o")
    more = panes.read("mask")
    assert (more != before).any()
    for _ in range(12):
        page.keyboard.press("Shift+O")
    assert page.get_by_label("Opacity of the mask").input_value() == "0"
    assert (panes.read("mask") != more).any()


def test_the_slider_divides_in_place(page, review, panes):
    gan, mse, mask = panes.read("gan"), panes.read("mse"), review.read_mask()
    panes.choose(1, "slider")
    slider = page.get_by_role("slider", name="Divider between GAN-SR and MSE-SR")
    middle = gan.shape[1] // 2
    divided = panes.read("slider")
    assert (divided[:, : middle - 3] == gan[:, : middle - 3]).all()
    assert (divided[:, middle + 3 :] == mse[:, middle + 3 :]).all()
    slider.focus()
    page.keyboard.press("Home")
    assert (panes.read("slider")[:, 15:] == mse[:, 15:]).all()
    page.keyboard.press("End")
    box = slider.bounding_box()
    page.mouse.move(box["x"] + box["width"] - 9, box["y"] + 13)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 13, steps=3)
    page.mouse.up()
    page.mouse.move(5, 5)
    assert (panes.read("slider") == divided).all()
    assert review.read_mask() == mask


def test_the_pseudo_gt_is_what_fine_tuning_composes(page, review, panes):
    review.drag("mask", (0.3, 0.45), (0.45, 0.55))
    page.mouse.move(5, 5)
    page.keyboard.press("z")
    panes.choose(2, "pseudo-gt")
    page.keyboard.press("h")
    shown = panes.read("pseudo-gt")
    page.keyboard.press("Control+s")
    review.wait_saved(1)

    def fetch(path):
        return page.request.get(f"/studio/{path}").body()

    record = page.request.get("/studio/api/images/1").json()
    gan, mse = (
        decode_png(fetch(f"renditions/{record[role]['id']}.png")) for role in ("gan", "mse")
    )
    mask = decode_mask_runs(fetch(f"revisions/{record['revision']['id']}.mask"), SIZE)
    composed = compose_pseudo_gt(gan, mse, mask)
    differences = cv2.matchTemplate(shown, composed, cv2.TM_SQDIFF)
    top, left = np.unravel_index(differences.argmin(), differences.shape)
    part = shown[top : top + SIZE.height, left : left + SIZE.width].astype(int)
    assert np.abs(part - composed).max() <= 2
    assert np.abs(composed.astype(int) - gan).max() > 20, "MSE-SR replaces something"


def test_the_mini_map_moves_the_view(page, review, panes):
    minimap = page.locator("canvas.minimap")
    box = minimap.bounding_box()
    page.keyboard.press("z")
    for _ in range(6):
        page.keyboard.press("+")
    before, saved = panes.read("gan"), review.saved
    page.mouse.move(box["x"] + box["width"] / 2 - 40, box["y"] + 30)
    page.mouse.down()
    first = panes.read("gan")
    page.mouse.move(box["x"] + box["width"] / 2 + 40, box["y"] + 90, steps=3)
    page.mouse.up()
    page.mouse.move(5, 5)
    assert (first != before).any()
    assert (panes.read("gan") != first).any()
    assert review.saved == saved


def test_two_fingers_zoom_and_leave_no_stroke(page, review, panes):
    before, mask = panes.read("gan"), review.read_mask()
    box = page.locator("canvas[data-pane=gan]").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    session = page.context.new_cdp_session(page)

    def touch(kind, *points):
        touches = [{"x": px, "y": py, "id": number} for number, (px, py) in enumerate(points)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    touch("touchStart", (x - 20, y))
    touch("touchStart", (x - 20, y), (x + 20, y))
    for step in range(1, 8):
        touch("touchMove", (x - 20 - 10 * step, y), (x + 20 + 10 * step, y))
    touch("touchEnd")
    assert (panes.read("gan") != before).any()
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    page.keyboard.press("z")
    page.keyboard.press("z")
    assert (panes.read("gan") == before).all()
    assert review.read_mask() == mask
    touch("touchStart", (x, y + 120))
    touch("touchMove", (x + 30, y + 120))
    touch("touchEnd")
    expect(page.locator(".saved")).to_have_text("Unsaved changes")


def test_a_pinch_of_a_touch_pad_zooms_at_the_pointer(page, panes):
    before = panes.read("gan")
    box = page.locator("canvas[data-pane=gan]").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -20)
    page.keyboard.up("Control")
    page.mouse.move(5, 5)
    assert (panes.read("gan") != before).any()


def test_the_next_image_is_there_before_it_is_asked_for(page, review):
    with page.expect_response("**/renditions/3.png*"):
        review.open("?dataset=1&image=1")
    record = page.request.get("/studio/api/images/2").json()
    assert record["gan"]["id"] == 3
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.keyboard.press("d")
    review.wait_image("b")
    assert not [url for url in asked if "/renditions/3.png" in url]


def test_large_images_are_shown_by_tiles(page, review):
    whole = "/studio/renditions/7.png"
    asked, held = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.route("**/tiles/0/*", lambda route: held.append(route))
    review.open("?dataset=2")
    assert page.request.get("/studio/api/images/4").json()["gan"]["id"] == 7
    panes = Panes(page)
    page.keyboard.press("z")
    note = page.locator("figcaption .note").first
    expect(note).to_have_text("loading full resolution")
    coarse = panes.read("gan")
    page.route("**/tiles/0/*", lambda route: route.continue_())
    for route in held:
        route.continue_()
    expect(note).to_have_text("")
    shown = panes.read("gan")
    assert (shown != coarse).any()
    assert not [url for url in asked if whole in url]
    image = decode_png(page.request.get(whole).body())
    middle = image.shape[1] // 2
    differences = cv2.matchTemplate(shown, image[:, middle - 100 : middle + 100], cv2.TM_SQDIFF)
    assert differences.min() < 1
    review.drag("gan", (0.4, 0.5), (0.5, 0.5))
    expect(page.locator(".saved")).to_contain_text("nsaved")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_four_panes_fit_the_screen(page, review, theme):
    review.open(f"?dataset=1&__theme={theme}")
    page.keyboard.press("y")
    page.keyboard.press("t")
    assert page.evaluate("document.documentElement.scrollHeight") <= 768
    sizes = [canvas.bounding_box() for canvas in page.locator("canvas[data-pane]").all()]
    assert len({(size["width"], size["height"]) for size in sizes}) == 1
    assert sizes[0]["height"] > 200
    for number in range(1, 5):
        expect(page.get_by_label(f"View of pane {number}")).to_be_in_viewport()
