"""The list of datasets: renamed in place, deleted after a question, and brought back."""

import re

import pytest
from playwright.sync_api import expect

from desra_studio.services.datasets.bin import delete_dataset
from desra_studio.services.datasets.importing import import_dataset, rename_dataset
from desra_studio.services.datasets.listing import list_dataset_names
from desra_studio.storage import runs
from tests.browser.pages import measure_contrast
from tests.factories.images import write_dataset
from tests.factories.studio import accept_detected, import_detected

pytestmark = pytest.mark.browser

NASTY = "<img src=x onerror=alert(1)> ${1+1} {{2}}"
SIZES = [(1366, 768), (1024, 768)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_dataset(tmp_path_factory.mktemp("pairs") / "source")


@pytest.fixture(scope="module", autouse=True)
def datasets(studio, folder):
    """The ids of three datasets by name; all masks of the first are accepted."""
    ids = {name: import_detected(studio, folder, name) for name in ("first", NASTY, "last")}
    accept_detected(studio, ids["first"])
    return ids


@pytest.fixture
def listed(page):
    """The list, on the first page."""
    page.goto("/")
    page.wait_for_selector(".studio-datasets[data-ready=true]")
    # Below it, and only there, something comes up that Gradio asks for.
    expect(page.get_by_text("Calibrate class weights")).to_be_visible()
    return page.locator(".studio-datasets")


def list_names(listed):
    return listed.locator("tbody a").all_inner_texts()


def name_button(does, name):
    return {"name": f"{does} {name}", "exact": True}


def test_each_dataset_has_its_figures_and_leads_to_review(page, listed, review, datasets):
    assert list_names(listed) == ["last", NASTY, "first"]
    row = listed.locator("tbody tr", has_text="first")
    expect(row.locator(".figure")).to_have_text(["3", "0", "3", "3"])
    row.get_by_role("link").click()
    page.wait_for_selector(".studio-review[data-ready=true]")
    assert f"dataset={datasets['first']}" in page.url
    assert page.get_by_label("Dataset").input_value() == str(datasets["first"])


def test_an_import_by_somebody_else_moves_nobody(page, listed, studio, folder, datasets):
    shown = page.get_by_label("Dataset", exact=True)
    shown.select_option("first")
    page.wait_for_url("**dataset=*")
    expect(page.get_by_role("button", name="Detect again in first")).to_be_enabled()
    import_detected(studio, folder, "by command")
    for path in ("/", "/review"):
        page.goto(path)
        expect(shown).to_have_value(str(datasets["first"]))
        expect(shown).to_contain_text("by command")
    page.wait_for_selector(".studio-review[data-ready=true]")
    assert f"dataset={datasets['first']}" in page.url
    delete_dataset(studio, datasets["first"])
    page.goto("/")
    expect(page.get_by_role("button", name="Detect again in by command")).to_be_enabled()


def test_review_of_a_dataset_that_is_not_upscaled_leads_on(page, studio, folder):
    waiting = import_dataset(studio, folder / "LR", "LR alone").dataset_id
    page.goto(f"/review?dataset={waiting}")
    expect(page.get_by_role("heading", name="LR alone is not upscaled yet")).to_be_visible()
    page.get_by_role("link", name="Upscale them").click()
    expect(page.get_by_role("button", name="Upscale and detect")).to_be_visible()
    expect(page.get_by_label("Dataset", exact=True)).to_have_value(str(waiting))


def test_all_of_it_by_keyboard_alone(page, listed, studio):
    page.get_by_role("button", **name_button("Rename", "first")).focus()
    page.keyboard.press("Enter")
    field = listed.get_by_label("New name")
    expect(field).to_be_focused()
    expect(field).to_have_value("first")
    page.keyboard.type("last")
    page.keyboard.press("Enter")
    expect(listed.locator(".said.wrong")).to_contain_text("'last' exists already")
    expect(field).to_be_focused()
    expect(field).to_have_value("last")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", **name_button("Rename", "first"))).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.type("Straßen")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", **name_button("Rename", "Straßen"))).to_be_focused()
    expect(page.get_by_label("Dataset")).to_contain_text("Straßen")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    question = page.get_by_role("dialog")
    expect(question).to_contain_text("Delete Straßen?")
    expect(question.get_by_role("listitem")).to_have_text(
        ["3 images, 3 of them labelled", "3 saved masks by tester"]
    )
    expect(question.get_by_role("button", name="Keep it")).to_be_focused()
    page.keyboard.press("Enter")
    expect(question).to_be_hidden()
    remove = page.get_by_role("button", **name_button("Delete", "Straßen"))
    expect(remove).to_be_focused()
    page.keyboard.press("Enter")
    expect(question).to_be_visible()
    page.keyboard.press("Escape")
    expect(question).to_be_hidden()
    expect(remove).to_be_focused()
    page.keyboard.press("Enter")
    expect(question).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    undo = page.get_by_role("button", **name_button("Undo deleting", "Straßen"))
    expect(undo).to_be_focused()
    assert list_names(listed) == ["last", NASTY]
    expect(page.get_by_label("Dataset")).not_to_contain_text("Straßen")
    page.keyboard.press("Enter")
    expect(listed.locator(".said:not(form > .said)")).to_have_text("Straßen is restored.")
    expect(listed.get_by_role("link", name="Straßen")).to_be_focused()
    assert [one.name for one in list_dataset_names(studio)] == ["last", NASTY, "Straßen"]


def test_an_undo_keeps_the_focus_though_an_older_list_comes_late(page, listed):
    page.get_by_role("button", **name_button("Delete", "last")).click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    undo = page.get_by_role("button", **name_button("Undo deleting", "last"))
    expect(undo).to_be_focused()
    asked, held = [], []

    def answer(route):
        asked.append(route)
        if len(asked) == 1:
            # Others may come while this waits for its answer.
            held.append((route, route.fetch()))
            return
        if held:
            late, before = held.pop()
            late.fulfill(response=before)
        route.continue_()

    page.route("**/studio/api/datasets", answer)
    with page.expect_request("**/studio/api/datasets"):
        page.evaluate("dispatchEvent(new CustomEvent('studio:loop', { detail: { other: 1 } }))")
    page.keyboard.press("Enter")
    expect(listed.locator(".said:not(form > .said)")).to_have_text("last is restored.")
    expect(listed.get_by_role("link", name="last")).to_be_focused()


def test_the_bin_brings_back_what_was_deleted_long_ago(page, studio, datasets, listed):
    delete_dataset(studio, datasets["first"], "ana")
    summary = listed.locator("summary")
    expect(summary).to_have_text("Bin (1)")  # without the page being loaded again
    rename_dataset(studio, datasets["last"], "first")
    summary.focus()
    page.keyboard.press("Enter")
    expect(listed.locator(".bin li")).to_contain_text(re.compile("3 images, deleted .* by ana"))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(listed.locator(".said:not(form > .said)")).to_have_text(
        "Restored as first 2: another dataset is named first by now."
    )
    expect(summary).to_have_text("Bin (0)")
    expect(summary).to_be_focused()
    assert list_names(listed) == ["first", NASTY, "first 2"]


def test_names_are_text(page, listed):
    assert page.locator(".studio-datasets img").count() == 0
    page.get_by_role("button", **name_button("Delete", NASTY)).click()
    question = page.get_by_role("dialog")
    expect(question).to_contain_text(f"Delete {NASTY}?")
    question.get_by_role("button", name="Delete").click()
    expect(listed.locator(".gone")).to_have_text(f"{NASTY} is in the bin.")
    listed.locator("summary").click()
    expect(listed.locator(".bin strong")).to_have_text(NASTY)
    assert page.locator(".studio-datasets img").count() == 0


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_nothing_moves(page, listed, width, height):
    page.set_viewport_size({"width": width, "height": height})
    below = listed.locator("summary")
    # Else the page scrolls to what is clicked.
    below.scroll_into_view_if_needed()

    def measure():
        return [
            page.evaluate("document.documentElement.scrollWidth"),
            below.bounding_box(),
            *(row.bounding_box() for row in listed.locator("tbody tr").all()),
        ]

    before = measure()
    assert before[0] == width
    page.get_by_role("button", **name_button("Rename", "first")).click()
    assert measure() == before
    page.keyboard.type("last")
    page.keyboard.press("Enter")
    expect(listed.locator(".said.wrong")).to_be_visible()
    assert measure() == before
    page.keyboard.press("Escape")
    page.get_by_role("button", **name_button("Delete", "first")).click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    undo = page.get_by_role("button", **name_button("Undo deleting", "first"))
    expect(undo).to_be_visible()
    assert measure() == before
    undo.click()
    expect(listed.get_by_role("link", name="first")).to_be_visible()
    assert measure() == before


def test_a_dataset_at_work_says_so(page, listed, studio, datasets):
    with studio.database.write() as session:
        runs.add_run(session, "detect", {"dataset_id": datasets["first"]})
    page.get_by_role("button", **name_button("Delete", "first")).click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(listed.locator(".said.wrong")).to_contain_text("(detect, queued) works on 'first'")
    assert "first" in list_names(listed)


def test_a_job_that_ends_and_others_who_rename_are_seen_at_once(page, listed, studio, folder):
    page.get_by_role("button", **name_button("Rename", "first")).click()
    listed.get_by_label("New name").fill("not finished yet")
    page.get_by_label("Folder on this machine").fill(str(folder))
    page.get_by_label("Name", exact=True).fill("imported now")
    page.get_by_role("button", name="Import and detect").click()
    expect(listed.get_by_role("link", name="imported now")).to_be_visible()
    expect(listed.get_by_label("New name")).to_have_value("not finished yet")
    expect(listed.locator("tbody tr").first.locator(".figure").first).to_have_text("3")


def test_the_last_dataset_makes_room_for_the_demo(page, listed, datasets):
    demo = page.get_by_role("button", name="Open the demo dataset")
    expect(demo).to_be_hidden()
    for name in datasets:
        page.get_by_role("button", **name_button("Delete", name)).click()
        page.get_by_role("dialog").get_by_role("button", name="Delete").click()
        expect(page.get_by_role("button", **name_button("Undo deleting", name))).to_be_visible()
    expect(demo).to_be_visible()
    expect(page.get_by_label("Dataset")).to_contain_text("No dataset yet")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_all_of_it_can_be_read(page, studio, datasets, theme):
    delete_dataset(studio, datasets["last"])
    page.goto(f"/?__theme={theme}")
    page.wait_for_selector(".studio-datasets[data-ready=true]")
    page.locator(".studio-datasets summary").click()
    page.get_by_role("button", **name_button("Rename", NASTY)).click()
    page.get_by_role("button", **name_button("Delete", "first")).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    for part in (
        "thead th",
        "tbody a",
        "tbody .figure",
        "tbody button",
        "input",
        "summary",
        ".bin span",
        ".bin button",
        "dialog h2",
        "dialog p",
        "dialog .danger",
    ):
        assert measure_contrast(page, f".studio-datasets {part}") >= 4.5, part
