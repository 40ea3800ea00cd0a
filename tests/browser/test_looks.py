"""How Review shows what it shows: the mask's colour, brightness, differences, the histogram."""

import numpy as np
import pytest
from playwright.sync_api import Locator, expect

from tests.browser.pages import Panes
from tests.factories.images import write_dataset
from tests.factories.studio import import_detected

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module", autouse=True)
def dataset(studio, tmp_path_factory):
    """Two small images."""
    import_detected(studio, write_dataset(tmp_path_factory.mktemp("source"), names="ab"))


@pytest.fixture
def panes(page, review) -> Panes:
    """The page, open on image `a`, with the pointer beside the panes."""
    review.open("?dataset=1")
    review.choose("a")
    page.mouse.move(5, 5)
    return Panes(page)


def cut_middle(picture: np.ndarray, side: int = 80) -> np.ndarray:
    """The middle of a pane, where the image is."""
    top, left = ((length - side) // 2 for length in picture.shape[:2])
    return picture[top : top + side, left : left + side].astype(int)


def test_brightness_is_for_looking_only_and_says_that_it_is_on(page, review, panes):
    button = page.get_by_role("button", name="View", exact=False).and_(
        page.locator(".looks-button")
    )
    saved = review.saved
    page.keyboard.press("h")
    before = panes.read("gan")
    page.keyboard.press("Shift+E")
    page.keyboard.press("Shift+E")
    bright = panes.read("gan")
    assert (cut_middle(bright) == np.minimum(255, 2 * cut_middle(before))).all()
    assert (bright[0, 0] == before[0, 0]).all(), "the surround stays"
    expect(page.locator("figcaption .note").first).to_have_text("adjusted")
    expect(button).to_have_attribute("title", "View, adjusted: +1 EV (I)")
    page.keyboard.press("Shift+D")
    assert (panes.read("gan") != bright).any()
    page.keyboard.press("Shift+I")
    assert (panes.read("gan") == before).all()
    expect(page.locator("figcaption .note").first).to_have_text("")
    page.keyboard.press("i")
    page.get_by_label("Gamma of the view").press("ArrowRight")
    page.keyboard.press("Escape")
    assert (panes.read("gan") != before).any()
    assert review.saved == saved
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()


def test_a_difference_is_gan_minus_mse_times_the_gain(page, panes):
    page.keyboard.press("z")
    page.keyboard.press("h")
    gan, mse = (cut_middle(panes.read(view)) for view in ("gan", "mse"))
    panes.choose(3, "difference")
    assert (cut_middle(panes.read("difference")) == np.minimum(255, 4 * abs(gan - mse))).all()
    page.keyboard.press("i")
    page.get_by_label("Gain of difference views").select_option("2")
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+E")
    expect(page.locator("figcaption .note").nth(2)).to_have_text("× 2")
    panes.choose(3, "signed")
    signed = cut_middle(panes.read("signed"))
    assert (signed == (128 + 2 * (gan - mse)).clip(0, 255)).all()
    assert (gan != mse).any()


def test_the_colour_of_masks_is_chosen_and_remembered(page, review, panes):
    page.keyboard.press("Shift+O")
    orange = panes.read("mask")
    page.keyboard.press("Shift+C")
    sky = panes.read("mask")
    assert (sky != orange).any()
    assert ((sky == 255).all(axis=2) == (orange == 255).all(axis=2)).all(), "the contour stays"
    page.reload()
    page.wait_for_selector(".studio-review[data-ready=true]")
    page.keyboard.press("Shift+O")
    assert (panes.read("mask") == sky).all()
    page.keyboard.press("i")
    expect(page.get_by_label("Colour of the mask", exact=True)).to_have_value("sky")


def test_kinds_have_colours_once_they_were_said(page, review, panes):
    page.keyboard.press("i")
    page.get_by_label("Colour of the mask", exact=True).select_option("by-kind")
    expect(page.locator(".looks .kinds li")).not_to_have_count(0)
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.keyboard.press("Escape")
    plain = review.read_mask()
    page.keyboard.press("n")
    page.keyboard.press("Shift+2")
    review.wait_saved(1)
    page.keyboard.press("Escape")
    review.expect_other_mask(plain)
    fills = panes.read("mask").reshape(-1, 3)
    assert (fills.max(axis=1).astype(int) - fills.min(axis=1) > 40).any(), "no grey any more"


def test_the_histogram_is_of_what_is_seen_or_around_the_pointer(page, panes):
    histogram = page.get_by_role("region", name="Histogram")
    expect(histogram).to_be_hidden()
    page.keyboard.press("Shift+H")
    expect(histogram).to_contain_text("What is seen")
    expect(histogram.get_by_role("img")).to_have_count(2)
    whole = histogram.inner_text()
    box = page.locator("canvas[data-pane=gan]").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2 - 40, box["y"] + box["height"] / 2 - 40)
    expect(histogram).to_contain_text("64 × 64 px at the pointer")
    assert histogram.inner_text() != whole
    page.reload()
    expect(histogram).to_be_visible()


def test_panes_lie_below_each_other_where_the_window_is_tall(page, panes):
    size = page.viewport_size
    page.set_viewport_size({"width": 900, "height": 1200})
    try:
        boxes = [canvas.bounding_box() for canvas in page.locator("canvas[data-pane]").all()]
        assert len({box["x"] for box in boxes}) == 1
        assert boxes[0]["y"] < boxes[1]["y"] < boxes[2]["y"]
        assert len({round(box["height"]) for box in boxes}) == 1
    finally:
        page.set_viewport_size(size)


def test_the_queue_has_thumbnails_of_one_size(page, panes):
    thumbnails = page.locator("aside [role=option]:visible canvas.thumbnail")
    expect(thumbnails).to_have_count(2)
    for number, image in ((0, "1"), (1, "2")):
        expect(thumbnails.nth(number)).to_have_attribute("data-shown", image)
    read = "canvas => [...canvas.getContext('2d').getImageData(34, 32, 1, 1).data]"
    pixels = [thumbnails.nth(number).evaluate(read) for number in (0, 1)]
    assert all(alpha == 255 for *_, alpha in pixels)
    assert {
        (box["width"], box["height"]) for box in map(Locator.bounding_box, thumbnails.all())
    } == {(34, 32)}
