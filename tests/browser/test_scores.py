"""The Scores page in a real browser: table, a baseline from the page, curve, the way to Review."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from desra_studio.services.review import masks as reviewing
from desra_studio.services.review.documents import describe_image
from desra_studio.services.studio import open_studio
from desra_studio.vocabulary import State
from tests.factories.images import write_dataset
from tests.factories.studio import import_detected, list_items, make_settings

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROWS = ".studio-scores.detectors tbody tr"
CURVE = ".studio-scores.curve"
IMAGES = ".studio-scores.images"
FIGURE = re.compile(
    r"^[01]\.\d{3} (\[[01]\.\d\d, [01]\.\d\d\]|at (least|most) [01]\.\d\d"
    r"|no interval(: \d+ images? more)?)$"
)


@pytest.fixture(scope="module")
def labelled(server, studio, tmp_path_factory):
    """A dataset of four images, three of them labelled, by two annotators."""
    # A name that a template or Markdown would take for markup.
    folder = write_dataset(tmp_path_factory.mktemp("source"), ("a", "b_{{x}}", "c", "d"))
    import_detected(studio, folder)
    for author, cut in (("ann", 45), ("bob", 40)):
        theirs = open_studio(make_settings(server.data_dir, author=author))
        for image in list_items(theirs, 1)[:3]:
            document = describe_image(theirs, image.id)
            mask = reviewing.load_detected_mask(theirs, document.detection.id)
            if image.name == "b_{{x}}":
                mask[:, :cut] = False
            if image.name == "c":
                mask = np.zeros_like(mask)
            saved = reviewing.save_mask(theirs, image.id, mask, document.version)
            state = State.ACCEPTED if mask.any() else State.CLEAN
            reviewing.judge_image(theirs, image.id, state, saved.version)
        theirs.database.close()


def test_scores_from_table_to_review(page, review, labelled):
    page.goto("/scores?dataset=1")
    show_the_table(page)
    run_the_baseline(page)
    choose_by_keyboard(page)
    trace_the_curve(page)
    filter_regions(page)
    open_an_image(page, review)
    come_back(page)


def show_the_table(page):
    expect(page.locator(ROWS)).to_have_count(1)
    row = page.locator(ROWS).first
    figures = row.locator(".figure").all_inner_texts()
    assert len(figures) == 3
    assert all(map(FIGURE.match, figures)), figures
    assert figures[0].endswith("no interval: 17 images more")
    expect(row).to_contain_text("in Review")
    expect(row.locator("td .count").first).to_have_text("3 images")
    expect(page.get_by_text("1 image not labelled yet.")).to_be_visible()
    names = page.locator(f"{IMAGES} tbody a")
    assert names.all_inner_texts() == ["c", "b_{{x}}", "a"]
    expect(page.locator(".prose.studio-agreement")).to_contain_text("over 3 images")


def run_the_baseline(page):
    page.get_by_text("Compare with:").click()
    expect(page.get_by_text("only from a folder named at the start")).to_be_visible()
    page.get_by_role("button", name="Run on this dataset").click()
    expect(page.locator(".studio-problem")).to_contain_text("Choose at least one detector")
    before = page.locator(CURVE).bounding_box()["y"]
    page.get_by_label("LDL-style at 0.005").check()
    page.get_by_role("button", name="Run on this dataset").click()
    dock = page.locator(".studio-dock")
    expect(dock.get_by_role("button", name="Cancel")).to_be_visible()
    # Neither message nor progress pushes what is read; the message has gone by now.
    assert page.locator(CURVE).bounding_box()["y"] <= before
    expect(page.locator(ROWS)).to_have_count(2)
    expect(page.locator(ROWS).nth(1)).to_contain_text("LDL-style above 0.005")
    expect(page.locator(ROWS).nth(1)).to_contain_text("area threshold 400 px")
    expect(dock).to_be_hidden()
    expect(page.locator(f"{ROWS} input").first).to_be_checked()


def choose_by_keyboard(page):
    page.locator(f"{ROWS} td").first.click()
    page.keyboard.press("ArrowDown")
    expect(page.locator(f"{ROWS} input").nth(1)).to_be_checked()
    for part in (CURVE, IMAGES):
        expect(page.locator(f"{part} .of")).to_contain_text("LDL-style above 0.005")
    page.locator(f"{ROWS} td").first.click()
    expect(page.locator(f"{IMAGES} .of")).to_contain_text("DeSRA, contrast threshold 0.7")
    page.locator(f"{ROWS} td").nth(3).click()
    expect(page.locator(f"{IMAGES} .of")).to_contain_text("LDL-style above 0.005")


def trace_the_curve(page):
    assert page.locator(f"{CURVE} svg .line").count() == 0
    page.get_by_role("button", name="Trace the curve").click()
    expect(page.locator(f"{CURVE} svg .line")).to_have_count(1)
    expect(page.locator(f"{CURVE} svg .mark").last).to_contain_text("chosen: 0.005")
    chosen, best, pointed = page.locator(f"{CURVE} tbody tr").all()
    expect(chosen.locator("td").first).to_have_text("0.005")
    # The curve goes through the row of the table.
    row = page.locator(ROWS).nth(1).locator(".figure b").all_inner_texts()
    assert chosen.locator("td").all_inner_texts()[1:4] == row
    assert float(best.locator("td").nth(4).inner_text()) >= float(
        chosen.locator("td").nth(4).inner_text()
    )
    expect(pointed.locator("td").first).to_have_text("")
    page.locator(f"{CURVE} svg").focus()
    expect(pointed.locator("td").first).to_have_text("0.005")
    page.keyboard.press("ArrowLeft")
    expect(pointed.locator("td").first).not_to_have_text("0.005")
    assert float(pointed.locator("td").first.inner_text()) < 0.005
    page.keyboard.press("ArrowRight")
    expect(pointed.locator("td").first).to_have_text("0.005")
    page.locator(f"{CURVE} svg circle.point").first.hover(force=True)
    expect(pointed.locator("td").first).not_to_have_text("0.005")
    expect(page.get_by_role("button", name="Trace")).to_have_count(0)


def filter_regions(page):
    page.get_by_label("Regions that count").click()
    page.get_by_role("option", name="Severe").click()
    expect(page.locator(".detectors .notes")).to_contain_text("have no severity yet")
    expect(page.locator(ROWS).first.locator(".figure").nth(2)).to_have_text("n/a")
    expect(page.locator(f"{ROWS} input").nth(1)).to_be_checked()
    with page.expect_download() as download:
        page.get_by_role("link", name="this table").click()
    assert download.value.suggested_filename == "set-scores.csv"
    lines = download.value.path().read_text().splitlines()
    assert len(lines) == 3
    assert ",severe," in lines[1]


def open_an_image(page, review):
    page.get_by_label("Regions that count").click()
    page.get_by_role("option", name="All manual regions").click()
    expect(page.locator(".detectors .notes")).not_to_contain_text("severity")
    link = page.locator(IMAGES).get_by_role("link", name="b_{{x}}")
    # Anywhere in the row: the link covers it, which is why this has to be forced.
    link.locator("xpath=ancestor::tr").locator("td").last.click(force=True)
    page.wait_for_selector(".studio-review[data-ready=true]")
    assert review.name == "b_{{x}}"


def come_back(page):
    page.go_back()
    expect(page.locator(f"{ROWS} input").nth(1)).to_be_checked()
    expect(page.locator(f"{CURVE} svg .line")).to_have_count(1)
    page.locator(f"{IMAGES} tbody a").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    name = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")
    page.wait_for_selector(".studio-review[data-ready=true]")
    assert page.inner_text(".bar .name") == name


def test_labels_that_changed_make_the_curve_stale(page, studio, labelled):
    page.goto("/scores?dataset=1")
    expect(page.locator(ROWS).first).to_be_visible()
    page.get_by_role("button", name="Trace the curve").click()
    expect(page.locator(f"{CURVE} svg .line")).to_have_count(1)
    image = list_items(studio, 1)[3].id
    document = describe_image(studio, image)
    mask = reviewing.load_detected_mask(studio, document.detection.id)
    saved = reviewing.save_mask(studio, image, mask, document.version)
    reviewing.judge_image(studio, image, State.ACCEPTED, saved.version)
    page.reload()
    expect(page.locator(f"{CURVE} .says")).to_contain_text("labels have changed")
    expect(page.locator(f"{CURVE} svg .line")).to_have_count(1)
    page.get_by_role("button", name="Trace it again").click()
    expect(page.locator(f"{CURVE} .says")).not_to_contain_text("labels have")
    expect(page.locator(f"{CURVE} svg .line")).to_have_count(1)
