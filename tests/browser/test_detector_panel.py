"""The detector's panel in Review: live thresholds, components, their verdicts and labels."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from desra_studio.imaging.io import encode_png
from tests.browser.pages import ReviewPage, wait_on
from tests.factories.images import make_pair, write_dataset
from tests.factories.studio import import_detected

pytestmark = pytest.mark.browser

LIVE = "**/studio/api/detections/*/live*"


@pytest.fixture(scope="module", autouse=True)
def dataset(studio, tmp_path_factory):
    """Images of which `b` has a busier component, and a smaller one that is smoother."""
    folder = write_dataset(tmp_path_factory.mktemp("source"), ("a", "b", "c", "d"))
    gan, mse = make_pair((160, 160), seed=7, busy=50)
    noise = np.random.default_rng(8).normal(0, 40, (30, 30, 3))
    mse[100:130, 100:130] = (mse[100:130, 100:130] + noise).clip(0, 255)
    # One that is found only with a higher threshold: busier, but not by much.
    faint = np.random.default_rng(9).normal(0, 10, (40, 40, 3))
    for image, gain in ((gan, 1.0), (mse, 0.5)):
        image[30:70, 100:140] = (image[30:70, 100:140] + gain * faint).clip(0, 255)
    for sub, image in (("GAN-SR", gan), ("MSE-SR", mse), ("LR", mse[::4, ::4])):
        (folder / sub / "b.png").write_bytes(encode_png(np.ascontiguousarray(image)))
    import_detected(studio, folder)


@pytest.fixture
def panel(page, review) -> "Panel":
    """The panel, open on image `b`."""
    review.open()
    review.choose("b")
    page.keyboard.press("t")
    page.mouse.move(5, 5)
    return Panel(review)


class Panel:
    """The panel as a person sees it."""

    def __init__(self, review: ReviewPage) -> None:
        self.page, self.review = review.page, review
        self.element = self.page.get_by_role("region", name="Detector")
        self.counts = self.element.locator(".counts")
        self.line = self.element.locator(".line")
        self.effect = self.element.locator(".effect")

    def expect_artifacts(self, count: int) -> None:
        found = self.counts.locator("span").first
        expect(found).to_have_text(f"{count} artifact{'s' if count != 1 else ''}")

    def drag(self, name: str, *shares: float) -> None:
        """Drag a slider with the mouse, from where it stands over shares of its width."""
        slider = self.page.get_by_label(name, exact=True)
        box = slider.bounding_box()
        start = slider.evaluate("({value, min, max}) => (value - min) / (max - min)")
        # The thumb's middle moves between half its width from either end.
        points = [box["x"] + 8 + (box["width"] - 16) * share for share in (start, *shares)]
        y = box["y"] + box["height"] / 2
        self.page.mouse.move(points[0], y)
        self.page.mouse.down()
        for x in points[1:]:
            self.page.mouse.move(x, y, steps=6)
        self.page.mouse.up()
        self.page.mouse.move(5, 5)

    def expect_settled(self) -> None:
        """Wait until no answer is under way: what is on the screen is what was asked for."""
        expect(self.element).to_have_attribute("aria-busy", "false")

    def value_of(self, name: str) -> str:
        return self.page.get_by_label(name, exact=True).get_attribute("aria-valuetext")


def test_a_drag_redraws_mask_and_counts_and_is_one_action(page, review, panel):
    panel.expect_artifacts(2)
    expect(panel.counts).to_contain_text("% marked")
    before, counts = review.read_mask(), panel.counts.inner_text()
    panel.drag("Contrast threshold", 0.9, 0.95)
    panel.expect_settled()
    panel.expect_artifacts(3)
    assert panel.value_of("Contrast threshold") > "0.90"
    assert panel.counts.inner_text() != counts
    expect(page.locator(".message")).to_contain_text("3 artifacts detected")
    raised = review.read_mask()
    assert raised != before
    assert review.saved == "Unsaved changes"
    expect(page.locator(".message")).not_to_contain_text("taken the place")

    page.keyboard.press("Control+z")
    assert review.read_mask() == before
    assert panel.counts.inner_text() == counts
    assert panel.value_of("Contrast threshold") == "0.70"
    assert review.saved == "Detected mask, not saved yet"
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    page.keyboard.press("Control+y")
    assert review.read_mask() == raised
    page.get_by_role("button", name="Back to stored").click()
    page.mouse.move(5, 5)
    panel.expect_artifacts(2)
    assert review.read_mask() == before
    assert panel.value_of("Contrast threshold") == "0.70"


def test_a_drag_back_to_where_it_began_leaves_no_trace(page, review, panel):
    with page.expect_response(LIVE):
        panel.drag("Contrast threshold", 0.95, 0.4 / 0.7)
    panel.expect_settled()
    panel.expect_artifacts(2)
    assert panel.value_of("Contrast threshold") == "0.70"
    assert review.saved == "Detected mask, not saved yet"
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()


def test_one_request_at_a_time_and_the_newest_wins(page, review, panel):
    held = []
    page.route(LIVE, lambda route: held.append(route))
    panel.drag("Contrast threshold", 0.1, 0.3, 0.95)
    wait_on(page, lambda: held, "a request for the mask")
    final = panel.value_of("Contrast threshold")
    assert len(held) == 1, "all other steps of the drag wait for the first answer"
    held[0].continue_()
    wait_on(page, lambda: len(held) == 2, "a request for where the drag ended")
    assert f"contrast_threshold={float(final):g}" in held[1].request.url
    held[1].continue_()
    panel.expect_artifacts(3)
    panel.expect_settled()
    assert len(held) == 2


def test_manual_work_is_displaced_with_a_word_and_comes_back(page, review, panel):
    review.drag("mask", (0.1, 0.8), (0.2, 0.8))
    page.mouse.move(5, 5)
    mine = review.read_mask()
    panel.drag("Contrast threshold", 0.9, 0.95)
    panel.expect_settled()
    panel.expect_artifacts(3)
    expect(page.locator(".message")).to_have_text(
        "The detector's mask has taken the place of yours; Ctrl+Z brings it back."
    )
    assert review.read_mask() != mine
    panel.drag("Dilations", 0.0)
    expect(page.locator(".message")).not_to_contain_text("taken the place")
    panel.expect_settled()
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    assert review.read_mask() == mine
    assert review.saved == "Unsaved changes"


def test_a_stroke_wins_over_an_answer_that_is_late(page, review, panel):
    held = []
    page.route(LIVE, lambda route: held.append(route))
    panel.drag("Contrast threshold", 0.95)
    wait_on(page, lambda: held, "a request for the mask")
    review.drag("mask", (0.1, 0.8), (0.2, 0.8))
    page.mouse.move(5, 5)
    painted = review.read_mask()
    for route in held:
        route.continue_()
    panel.expect_settled()
    assert review.read_mask() == painted
    assert panel.value_of("Contrast threshold") == "0.70", "the slider says what the mask shows"


def test_the_direction_filter_drops_the_smoother_one(page, review, panel):
    panel.expect_artifacts(2)
    both = review.read_mask()
    page.get_by_label("Direction", exact=True).select_option("busier")
    panel.expect_artifacts(1)
    busier = review.read_mask()
    page.locator(".studio-review").focus()
    page.keyboard.press("n")
    expect(panel.line).to_contain_text("component 1/1")
    expect(panel.line).to_contain_text("GAN busier")
    page.get_by_label("Direction", exact=True).select_option("smoother")
    # What was chosen is none of these components.
    expect(panel.line).to_contain_text("N goes through the components")
    panel.expect_artifacts(1)
    page.locator(".studio-review").focus()
    page.keyboard.press("n")
    expect(panel.line).to_contain_text("GAN smoother")
    page.keyboard.press("Escape")
    assert len({both, busier, review.read_mask()}) == 3


def test_area_as_share_kernel_and_dilations(page, review, panel):
    page.get_by_label("Unit of the area threshold").select_option("%")
    panel.expect_artifacts(2)
    assert panel.value_of("Area threshold") == "1.5 %"
    panel.drag("Area threshold", 1.0)
    panel.expect_artifacts(0)
    assert panel.value_of("Area threshold") == "20 %"
    panel.drag("Area threshold", 0.0)
    expect(panel.counts).not_to_contain_text("0 artifacts")
    marked = panel.counts.inner_text()
    panel.drag("Dilations", 1.0)
    expect(panel.counts).not_to_have_text(marked)
    assert panel.value_of("Dilations") == "6"
    panel.drag("Kernel", 0.0)
    expect(page.locator(".detector .value", has_text="1 px")).to_be_visible()
    expect(page.get_by_label("Weights", exact=True)).to_be_disabled()
    expect(page.get_by_label("Weights", exact=True)).to_have_value("all are 1")
    title = page.get_by_label("Weights", exact=True).get_attribute("title")
    assert title.startswith("All class weights are 1:")


def test_a_setting_that_is_refused_goes_back(page, review, panel):
    page.route(LIVE, lambda route: route.fulfill(status=422, body='{"error": "No map."}'))
    before = review.read_mask()
    panel.drag("Contrast threshold", 0.95)
    expect(page.locator(".message")).to_have_text("No map.")
    assert panel.value_of("Contrast threshold") == "0.70"
    assert review.read_mask() == before


def test_weights_and_a_detection_that_tells_no_direction(page, review, panel):
    def answer(route):
        record = route.fetch().json()
        record["detection"]["segmentation"] = "segformer"
        for region in record["detection"]["regions"]:
            del region["busier"]
        route.fulfill(json=record)

    page.route(re.compile(r"/studio/api/images/\d+$"), answer)
    page.reload()
    page.wait_for_selector(".studio-review[data-ready=true]")
    page.keyboard.press("n")
    expect(panel.line).to_contain_text("direction unknown")
    weights = page.get_by_label("Weights", exact=True)
    expect(weights).to_be_enabled()
    with page.expect_request(LIVE) as request:
        weights.select_option("none")
    assert "class_weights=none" in request.value.url
    expect(panel.line).to_contain_text("GAN busier")


def test_n_goes_through_the_components_and_tells_their_direction(page, review, panel):
    expect(panel.line).to_contain_text("N goes through the components")
    before = review.read_mask()
    page.keyboard.press("n")
    expect(panel.line).to_have_text(
        re.compile(r"^component 1/2 · area [\d\u202f]+ px · depth 0\.\d\d · GAN busier \(\d+ %\)$")
    )
    first = review.read_mask()
    assert first != before, "the view moved, or the box shows that it is chosen"
    page.keyboard.press("n")
    expect(panel.line).to_contain_text("component 2/2")
    expect(panel.line).to_contain_text("GAN smoother")
    page.keyboard.press("n")
    expect(panel.line).to_contain_text("component 1/2")
    page.keyboard.press("Shift+N")
    expect(panel.line).to_contain_text("component 2/2")
    page.keyboard.press("Escape")
    expect(panel.line).to_contain_text("N goes through the components")
    expect(page.get_by_role("button", name="Reject")).to_be_disabled()


def test_a_click_with_ctrl_chooses_and_does_not_paint(page, review, panel):
    box = page.locator("canvas[data-pane=gan]").bounding_box()
    side = box["width"]  # of the image, which is square and fills the pane's width
    top = box["y"] + (box["height"] - side) / 2
    page.mouse.move(box["x"] + side * 115 / 160, top + side * 115 / 160)
    page.keyboard.down("Control")
    page.mouse.down()
    page.mouse.up()
    page.keyboard.up("Control")
    expect(panel.line).to_contain_text("component 2/2")
    expect(panel.line).to_contain_text("GAN smoother")
    assert review.saved == "Detected mask, not saved yet"


def test_reject_and_keep_are_one_action_each(page, review, panel):
    page.keyboard.press("n")
    expect(panel.line).to_contain_text("component 1/2")
    both, counts = review.read_mask(), panel.counts.inner_text()
    page.keyboard.press("Delete")
    expect(panel.counts).not_to_have_text(counts)
    rejected, fewer = review.read_mask(), panel.counts.inner_text()
    assert rejected != both
    assert "0.0 %" not in fewer, "the other component stays"
    page.keyboard.press("n")
    page.keyboard.press("Backspace")
    expect(panel.counts).to_contain_text("nothing marked")
    page.keyboard.press("k")
    expect(panel.counts).to_have_text(re.sub(r"\n", "", fewer))
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    expect(panel.counts).to_have_text(re.sub(r"\n", "", counts))
    assert review.saved == "Detected mask, not saved yet"


def test_what_a_verdict_does_to_precision_and_recall(page, review, panel):
    review.choose("a")
    page.keyboard.press("Enter")
    review.wait_image("b")
    page.keyboard.press("n")
    number = r"(0\.\d\d|1\.00|n/a)"
    expect(panel.effect).to_have_text(
        re.compile(
            rf"^Detector over the set if kept: precision {number}, recall {number}\. "
            rf"If rejected: precision {number}, recall {number}\.$"
        )
    )
    first, second = re.findall(r"precision (\S+),", panel.effect.inner_text())
    assert float(first) > float(second), "what is no artifact any more was found for nothing"
    expect(panel.effect.locator("strong")).to_contain_text("if kept")
    page.keyboard.press("Delete")
    expect(panel.effect.locator("strong")).to_contain_text("If rejected")
    panel.drag("Contrast threshold", 0.9, 0.95)
    panel.expect_settled()
    panel.expect_artifacts(3)
    page.keyboard.press("n")
    expect(panel.effect).to_contain_text("told for the stored detection")


def is_label_sent(response):
    return response.url.endswith("/regions") and response.request.method == "POST"


def test_labels_are_saved_with_the_mask(page, review, panel):
    review.choose("c")
    severity = page.locator(".detector").get_by_label("Severity", exact=True)
    page.keyboard.press("n")
    expect(panel.line).to_contain_text("component 1/1")
    with page.expect_response(is_label_sent) as answer:
        page.keyboard.press("3")
    assert answer.value.status == 201
    review.wait_saved(1)
    expect(severity).to_have_value("3")
    with page.expect_response(is_label_sent):
        page.locator(".detector").get_by_label("Kind", exact=True).select_option("over-sharp line")
    page.reload()
    page.wait_for_selector(".studio-review[data-ready=true]")
    assert review.name == "c"
    expect(severity).to_be_disabled()
    page.keyboard.press("n")
    expect(severity).to_have_value("3")
    expect(page.locator(".detector").get_by_label("Kind", exact=True)).to_have_value(
        "over-sharp line"
    )

    def answer_late(route):
        if route.request.method == "GET":
            page.wait_for_timeout(300)
        route.continue_()

    page.route("**/regions", answer_late)
    page.reload()
    page.wait_for_selector(".studio-review[data-ready=true]")
    page.keyboard.press("n")
    expect(panel.line).to_contain_text("component 1/1")
    with page.expect_response(is_label_sent) as answer:
        page.keyboard.press("0")
    assert answer.value.request.post_data_json["kind"] == "over-sharp line"
    expect(severity).to_have_value("0")


def test_what_is_not_in_the_mask_cannot_be_labelled(page, review, panel):
    review.choose("d")
    page.keyboard.press("n")
    page.keyboard.press("Delete")
    page.keyboard.press("4")
    expect(page.locator(".message")).to_contain_text("Only what is in the mask can be labelled")
    expect(page.locator(".detector").get_by_label("Severity", exact=True)).to_have_value("")
    assert review.saved == "Unsaved changes", "nothing was saved for a label that cannot be"


def test_detecting_the_whole_dataset_like_this(page, review, panel):
    with page.expect_response("**/datasets/*/detect") as answer:
        page.get_by_role("button", name="Detect whole dataset like this").click()
    assert answer.value.status == 202
    assert answer.value.request.post_data_json["area_threshold"] == 400
    expect(page.locator(".message")).to_have_text(
        "Detecting again in all images; go on here meanwhile."
    )


def test_keys_and_focus(page, review, panel):
    expect(panel.element).to_be_visible()
    toggle = page.get_by_role("button", name="Detector T")
    expect(toggle).to_have_attribute("aria-expanded", "true")
    page.get_by_label("Direction", exact=True).focus()
    page.keyboard.press("t")
    expect(panel.element).to_be_visible()
    page.get_by_label("Contrast threshold", exact=True).focus()
    page.keyboard.press("ArrowRight")
    assert panel.value_of("Contrast threshold") == "0.71"
    expect(page.locator(".saved")).to_have_text("Unsaved changes")
    page.keyboard.press("t")
    expect(panel.element).to_be_hidden()
    expect(page.locator(".studio-review")).to_be_focused()
    page.reload()
    page.wait_for_selector(".studio-review[data-ready=true]")
    expect(panel.element).to_be_hidden()
    page.keyboard.press("n")
    expect(panel.line).to_contain_text("component 1/")
    page.reload()
    page.wait_for_selector(".studio-review[data-ready=true]")
    expect(panel.element).to_be_visible()
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keys")
    for key in ("T", "N", "Shift+N", "Delete or Backspace", "K", "0 – 5", "Shift+1 – 7"):
        expect(sheet.get_by_text(key, exact=True)).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_open_panel_fits_the_screen_and_nothing_jumps(page, review, theme):
    review.open(f"?__theme={theme}")
    review.choose("b")
    page.keyboard.press("t")
    measure = """() => [...document.querySelectorAll('.detector *, canvas')].map((element) => {
      const { x, y, width, height } = element.getBoundingClientRect();
      const sized = element.matches('.counts *, .value, .effect *, option');
      return sized ? '' : [element.tagName, x, y, width, height].join(' ');
    }).filter(Boolean).join('\\n')"""
    page.wait_for_function("() => document.querySelector('.detector select option')")
    page.wait_for_timeout(200)
    panel, before = Panel(review), page.evaluate(measure)
    assert page.locator("canvas[data-pane=gan]").bounding_box()["height"] > 450
    page.keyboard.press("n")
    expect(panel.effect).to_contain_text("recall")
    panel.drag("Area threshold", 1.0)
    panel.expect_artifacts(0)
    assert panel.value_of("Area threshold") == "20\u202f000 px"
    assert page.evaluate(measure) == before
    assert page.evaluate("document.documentElement.scrollHeight") <= 768
    assert page.evaluate("document.documentElement.scrollWidth") <= 1366
    for element in page.locator(".detector :is(button, select, input)").all():
        box = element.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 1366
