"""The queue of Review: filters, orders, selections, what is done to many images, and claims."""

import json
import re
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import expect

from desra_studio.services.review import masks as reviewing
from desra_studio.services.review.claims import claim_image
from desra_studio.services.review.documents import describe_image
from desra_studio.services.review.queue import make_filter, read_page
from desra_studio.vocabulary import State
from tests.browser.pages import VIEWPORT, ReviewPage, measure_contrast, open_context, wait_on
from tests.factories.images import write_dataset
from tests.factories.studio import import_detected, list_items

pytestmark = pytest.mark.browser

NAMES = [f"image_{number:02}" for number in range(16)]
LONG = 100_000


@pytest.fixture(scope="module")
def dataset(studio, tmp_path_factory):
    """Sixteen small pairs, none of which has been reviewed."""
    folder = write_dataset(tmp_path_factory.mktemp("source"), NAMES, with_lr=False)
    return import_detected(studio, folder)


@pytest.fixture
def judged(studio, dataset):
    """The dataset with two accepted images and, between them, one that was skipped."""
    items = list_items(studio, dataset)
    for item, state in zip(items, [State.ACCEPTED, State.SKIPPED, State.ACCEPTED], strict=False):
        detection = describe_image(studio, item.id).detection
        mask = reviewing.load_detected_mask(studio, detection.id)
        saved = reviewing.save_mask(studio, item.id, mask, 0, "Ann")
        reviewing.judge_image(studio, item.id, state, saved.version)
    return dataset


@pytest.fixture
def other(chromium, server):
    """Bo, in a browser of his own."""
    context = open_context(chromium, server, viewport=VIEWPORT)
    context.add_init_script("localStorage.setItem('studio.user', 'Bo')")
    yield ReviewPage(context.new_page())
    context.close()


def rows(page):
    return page.locator("aside [role=option]:visible")


def read_names(page):
    return rows(page).evaluate_all(
        "rows => rows.sort((a, b) => a.ariaPosInSet - b.ariaPosInSet)"
        ".map((row) => row.querySelector('.name').textContent)"
    )


def test_filters_stand_in_the_address(page, review, judged):
    review.open(f"?dataset={judged}")
    expect(page.locator(".position")).to_have_text("4/16")
    page.get_by_role("button", name="Filter", exact=True).click()
    panel = page.get_by_role("dialog", name="Filter of the queue")
    expect(panel.get_by_label("accepted")).to_be_visible()
    panel.get_by_label("accepted").check()
    panel.get_by_label("Annotator").select_option("Ann")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(rows(page)).to_have_count(2)
    assert review.name == "image_03", "what is open stays open"
    expect(page.locator(".position")).to_have_text("–/2")
    query = parse_qs(urlparse(page.url).query)
    assert query["state"] == ["accepted"]
    assert query["annotator"] == ["Ann"]
    page.locator("select[aria-label=Order]").select_option("area")
    page.keyboard.press("Control+r")
    page.wait_for_selector(".studio-review[data-ready=true]")
    expect(rows(page)).to_have_count(2)
    assert "order=area" in page.url
    page.locator(".chips button", has_text="accepted").click()
    expect(rows(page)).to_have_count(3)


def test_choices_add_up_before_an_answer_comes(page, review, judged):
    review.open(f"?dataset={judged}")
    page.get_by_role("button", name="Filter", exact=True).click()
    panel = page.get_by_role("dialog", name="Filter of the queue")
    expect(panel.get_by_label("Annotator").locator("option[value=Ann]")).to_be_attached()
    page.route("**/studio/**/queue*", lambda route: None)
    panel.get_by_label("Annotator").select_option("Ann")
    page.keyboard.press("Escape")
    page.locator("select[aria-label=Order]").select_option("area")
    page.unroute("**/studio/**/queue*")
    expect(rows(page)).to_have_count(3)
    query = parse_qs(urlparse(page.url).query)
    assert (query["annotator"], query["order"]) == (["Ann"], ["area"])


def test_a_shared_address_shows_the_same_queue(page, review, judged, other):
    address = f"?dataset={judged}&state=skipped&state=accepted&order=area"
    review.open(address)
    other.open(address)
    assert read_names(page) == read_names(other.page)
    assert sorted(read_names(page)) == NAMES[:3]
    assert review.name in NAMES[:3]


def test_a_judged_row_stays_until_the_list_is_asked_for_again(page, review, dataset):
    review.open(f"?dataset={dataset}&state=unreviewed")
    page.keyboard.press("s")
    review.wait_image("image_01")
    expect(review.row("image_00")).to_have_attribute("title", re.compile("^image_00: skipped"))
    expect(page.locator(".position")).to_have_text("2/16")
    page.keyboard.press("a")
    review.wait_image("image_00")
    page.get_by_role("button", name="Ask for the list again").click()
    expect(page.locator(".position")).to_have_text("–/15")
    expect(review.row("image_00")).to_have_count(0)
    page.keyboard.press("d")
    review.wait_image("image_01")


def test_an_empty_queue_says_so(page, review, dataset):
    review.open(f"?dataset={dataset}&state=clean")
    expect(page.locator("aside .none")).to_contain_text("No image fits this filter")
    page.get_by_role("button", name="Clear the filter").click()
    expect(page.locator(".position")).to_have_text("1/16")
    review.wait_image("image_00")
    assert "state=" not in page.url


def test_no_image_of_the_filter_is_left(page, review, judged):
    review.open(f"?dataset={judged}&state=accepted")
    page.keyboard.press("s")
    message = page.locator(".message")
    expect(message).to_contain_text("No other image of this filter waits for a verdict")
    message.get_by_role("button", name="Clear the filter").click()
    expect(page.locator(".position")).to_have_text("1/16")
    page.keyboard.press("u")
    review.wait_image("image_03")


def test_the_list_by_keyboard(page, review, dataset):
    review.open(f"?dataset={dataset}")
    page.keyboard.press("q")
    queue = page.get_by_role("listbox", name="Images of the queue")
    expect(queue).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    third = review.row("image_02")
    expect(queue).to_have_attribute("aria-activedescendant", third.get_attribute("id"))
    expect(third).to_have_attribute("aria-posinset", "3")
    expect(third).to_have_attribute("aria-setsize", "16")
    page.keyboard.press("Enter")
    review.wait_image("image_02")
    expect(queue).to_be_focused()
    page.keyboard.press(" ")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    about = page.locator(".bulk strong")
    expect(about).to_have_text("3 selected")
    page.keyboard.press("Shift+ArrowUp")
    expect(about).to_have_text("2 selected")
    expect(review.row("image_03")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("End")
    expect(review.row("image_15")).to_be_in_viewport()
    page.keyboard.press("Shift+Home")
    expect(about).to_have_text("16 selected")
    page.keyboard.press("Escape")
    expect(page.locator(".studio-review")).to_be_focused()
    page.keyboard.press("d")
    review.wait_image("image_03")


def test_select_with_the_mouse_and_accept(page, review, dataset):
    review.open(f"?dataset={dataset}")
    review.row("image_01").click(modifiers=["Control"])
    review.row("image_03").click(modifiers=["Shift"])
    review.row("image_05").click(modifiers=["Control"])
    assert review.name == "image_00", "selecting opens nothing"
    bulk = page.get_by_role("group", name="Selected images")
    expect(bulk).to_contain_text("4 selected")
    bulk.get_by_role("button", name="Accept").click()
    expect(bulk).to_contain_text("Accept the mask that each of them has")
    bulk.get_by_role("button", name="Apply to 4 images").click()
    expect(page.locator(".deed")).to_contain_text("4 images accepted.")
    expect(page.locator("aside [title*=': accepted']:visible")).to_have_count(4)
    expect(bulk).to_be_hidden()
    expect(page.locator(".progress")).to_contain_text("4 of 16 reviewed")
    expect(page.locator(".studio-nav")).to_contain_text("4 accepted")


def test_all_but_one_are_assigned_and_it_is_taken_back(page, review, dataset):
    review.open(f"?dataset={dataset}")
    page.keyboard.press("q")
    page.keyboard.press("Control+a")
    page.keyboard.press(" ")
    bulk = page.get_by_role("group", name="Selected images")
    expect(bulk).to_contain_text("15 selected")
    bulk.get_by_role("button", name="Assign").click()
    page.keyboard.type("Bo")
    page.keyboard.press("Enter")
    expect(page.locator(".message")).to_contain_text("15 images assigned to Bo.")
    expect(review.row("image_01")).to_have_attribute("title", re.compile("for Bo"))
    expect(review.row("image_00")).not_to_have_attribute("title", re.compile("for Bo"))

    review.row("image_01").click(modifiers=["Control"])
    bulk.get_by_role("button", name="Assign").click()
    page.keyboard.type("Cy")
    page.keyboard.press("Enter")
    line = page.locator(".deed")
    expect(line).to_contain_text("1 image assigned to Cy.")
    line.get_by_role("button", name="Undo").click()
    expect(line).to_contain_text("1 image is as before.")
    expect(review.row("image_01")).to_have_attribute("title", re.compile("for Bo"))


def test_clean_leaves_what_marks_something_unless_forced(page, review, dataset):
    review.open(f"?dataset={dataset}")
    review.row("image_02").click(modifiers=["Control"])
    bulk = page.get_by_role("group", name="Selected images")
    bulk.get_by_role("button", name="Clean").click()
    bulk.get_by_role("button", name="Apply to 1 image").click()
    message = page.locator(".message")
    expect(message).to_contain_text("1 left as it was: image_02, the detected mask marks")
    expect(bulk).to_contain_text("1 selected")
    message.get_by_role("button", name="Empty what is left").click()
    expect(page.locator(".deed")).to_contain_text("1 image called clean.")
    expect(review.row("image_02")).to_have_attribute("title", re.compile("^image_02: clean"))
    expect(bulk).to_be_hidden()


def test_opinions_are_asked_for(page, review, dataset):
    review.open(f"?dataset={dataset}")
    review.row("image_02").click(modifiers=["Control"])
    bulk = page.get_by_role("group", name="Selected images")
    bulk.get_by_role("button", name="Opinions").click()
    bulk.locator("select").select_option("3")
    bulk.get_by_role("button", name="Apply to 1 image").click()
    expect(page.locator(".deed")).to_contain_text("1 image to be labelled by 3 people.")
    expect(review.row("image_02")).to_have_attribute("title", re.compile("0 of 3 opinions"))


def test_one_image_is_one_persons_until_taken_over(page, review, dataset, other):
    review.open(f"?dataset={dataset}")
    expect(page.locator(".position")).to_have_text("1/16")
    other.open(f"?dataset={dataset}&image={page.get_attribute('.studio-review', 'data-image')}")
    theirs = other.page.locator(".message")
    expect(theirs).to_contain_text("works on this image until")
    before = other.read_mask()
    other.drag("mask", (0.2, 0.4), (0.3, 0.4))
    other.page.mouse.move(5, 5)
    other.page.keyboard.press("s")
    assert other.read_mask() == before
    assert other.state == "unreviewed"

    review.drag("mask", (0.2, 0.6), (0.3, 0.6))
    page.keyboard.press("Control+s")
    review.wait_saved(1)
    other.page.get_by_role("button", name="Take over").click()
    other.wait_saved(1)
    other.drag("mask", (0.2, 0.4), (0.3, 0.4))
    assert other.saved == "Unsaved changes"
    other.page.keyboard.press("Control+s")
    other.wait_saved(2)


def is_claimed(response):
    return response.url.endswith("/claim") and response.request.method == "POST" and response.ok


def test_next_passes_over_what_others_work_on(page, review, dataset, other):
    other.open(f"?dataset={dataset}")
    expect(other.page.locator(".position")).to_have_text("1/16")
    review.open(f"?dataset={dataset}")
    assert review.name == "image_01"
    expect(review.row("image_00")).to_have_attribute("title", re.compile("Bo works on it now"))
    other.page.keyboard.press("d")
    expect(other.page.locator(".message")).to_contain_text("works on this image until")
    with other.page.expect_response(is_claimed):
        other.page.keyboard.press("d")
    page.keyboard.press("s")
    review.wait_image("image_03")
    page.keyboard.press("u")
    review.wait_image("image_04")


def test_what_comes_next_is_claimed_before_it_is_opened(page, review, dataset):
    """On the first opening, after a verdict, and by key: nobody can come between."""
    sent = []

    def note(request):
        path = urlparse(request.url).path
        if request.method == "POST" and path.endswith(("/claim", "/claim-next")):
            sent.append(path.rpartition("/")[2])

    page.on("request", note)
    review.open(f"?dataset={dataset}")
    assert review.name == "image_00"
    page.keyboard.press("s")
    review.wait_image("image_01")
    page.keyboard.press("u")
    review.wait_image("image_02")
    assert sent == ["claim-next"] * 3
    page.keyboard.press("d")
    review.wait_image("image_03")
    wait_on(page, lambda: sent[3:] == ["claim"], "the claim of what was chosen by hand")


def list_claims(studio, dataset):
    items = read_page(studio, make_filter(dataset), author="nobody").items
    return {item.name: item.claimed_by for item in items if item.claimed_by}


def test_what_was_claimed_for_a_verdict_is_given_back_without_one(page, review, dataset, studio):
    review.open(f"?dataset={dataset}")
    with page.expect_request(lambda sent: sent.url.endswith("/verdict")):
        page.route("**/verdict", lambda route: route.fulfill(status=422, json={"error": "Not so."}))
        page.keyboard.press("s")
    expect(page.locator(".message")).to_contain_text("Not so.")
    assert review.name == "image_00"
    wait_on(page, lambda: list(list_claims(studio, dataset)) == ["image_00"], "one claim")
    page.unroute("**/verdict")
    page.keyboard.press("s")
    review.wait_image("image_01")
    wait_on(
        page, lambda: list(list_claims(studio, dataset)) == ["image_01"], "the next one's claim"
    )


def test_a_verdict_is_tried_again_while_the_next_image_is_still_claimed(
    page, review, dataset, studio
):
    review.open(f"?dataset={dataset}")
    held = []
    page.route(
        "**/queue/claim-next*", lambda route: route.continue_() if held else held.append(route)
    )
    refuse = {"status": 422, "json": {"error": "Not so."}}
    page.route("**/verdict", lambda route: route.fulfill(**refuse), times=1)
    page.keyboard.press("s")
    expect(page.locator(".message")).to_contain_text("Not so.")
    with page.expect_response(lambda answer: answer.url.endswith("/verdict") and answer.ok):
        page.keyboard.press("s")
    held[0].continue_()
    review.wait_image("image_01")
    wait_on(
        page, lambda: list(list_claims(studio, dataset)) == ["image_01"], "the next one's claim"
    )


def test_where_others_work_on_all_that_is_left(page, review, dataset, studio):
    for item in list_items(studio, dataset)[1:]:
        claim_image(studio, item.id, "Bo" if item.id % 2 else "Cleo")
    review.open(f"?dataset={dataset}")
    page.keyboard.press("s")
    message = page.locator(".message")
    expect(message).to_contain_text(re.compile("(Bo and Cleo|Cleo and Bo) work on the 15 images"))
    expect(message).to_contain_text("take one over")
    message.get_by_role("button", name="Open the first of them").click()
    review.wait_image("image_01")
    page.get_by_role("button", name="Take over from").click()
    expect(page.get_by_role("button", name="Take over from")).to_be_hidden()
    review.wait_idle()
    page.keyboard.press("s")
    expect(review.row("image_01")).to_have_attribute("title", re.compile("skipped"))


def test_progress_of_each_annotator(page, review, judged):
    review.open(f"?dataset={judged}")
    page.locator("button.progress").click()
    panel = page.get_by_role("dialog", name="Progress")
    expect(panel).to_contain_text("Who labelled what")
    expect(panel.get_by_role("row", name="Ann 2 0 1 0 0 0")).to_be_visible()
    expect(panel.locator("li", has_text="unreviewed")).to_contain_text("13")


def test_a_long_queue_has_few_rows_as_elements(page, review, dataset):
    asked = []

    def answer(route):
        values = parse_qs(urlparse(route.request.url).query)
        query = {key: value[0] for key, value in values.items()}
        offset = int(query.get("offset", 0))
        asked.append(offset)
        first = json.loads(template)["items"][0]
        items = [
            {**first, "id": first["id"] + index, "name": f"long_{index}"}
            for index in range(offset, min(offset + 100, LONG))
        ]
        position = int(query["around"]) - first["id"] if "around" in query else None
        route.fulfill(json={"total": LONG, "offset": offset, "position": position, "items": items})

    address = f"/studio/api/datasets/{dataset}/queue"
    template = page.request.get(address).text()
    page.route(re.compile(rf"{address}\?"), answer)
    review.open(f"?dataset={dataset}")
    expect(page.locator(".position")).to_contain_text(f"/{LONG}")
    queue = page.get_by_role("listbox")
    for share in (0.3, 0.9, 0.5):
        queue.evaluate("(list, share) => (list.scrollTop = share * list.scrollHeight)", share)
        expect(page.locator(f"[title^='long_{round(share * LONG)}: ']")).to_be_visible()
        assert page.locator("aside .row").count() < 60
    assert len(asked) < 12, "pages between are not fetched"
    queue.focus()
    page.keyboard.press("End")
    expect(page.locator(f"[title^='long_{LONG - 1}: ']")).to_be_visible()
    page.keyboard.press("Control+a")
    page.keyboard.press(" ")
    expect(page.locator(".bulk strong")).to_have_text(f"{LONG - 1} selected")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_can_be_read_in_both_themes(page, review, judged, theme):
    review.open(f"?dataset={judged}&state=unreviewed&state=accepted&__theme={theme}")
    review.row("image_02").click(modifiers=["Control"])
    expect(page.locator(".progress")).to_contain_text("3 of 16")
    for selector in (
        ".queue .filter",
        ".chips button",
        ".row[aria-selected=true] .name",
        ".row[aria-selected=true] .count",
        ".bulk .acts button",
        ".progress > span:last-child",
    ):
        assert measure_contrast(page, selector) >= 4.5, selector
    assert page.evaluate("document.documentElement.scrollWidth") <= 1366
    assert page.evaluate("document.documentElement.scrollHeight") <= 768
