"""Labelling components in Review: kind, severity and note by key, and the kinds of a dataset."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from desra_studio.imaging.io import encode_png
from tests.factories.images import make_pair, write_dataset
from tests.factories.studio import import_detected

pytestmark = pytest.mark.browser

NAMES = ("a", "b", "c", "d", "e", "f", "g")
LABELS = re.compile(r"/studio/api/images/\d+/regions$")


@pytest.fixture(scope="module", autouse=True)
def dataset(studio, tmp_path_factory):
    """Images with two components each."""
    folder = write_dataset(tmp_path_factory.mktemp("source"), NAMES)
    gan, mse = make_pair((160, 160), seed=7, busy=50)
    noise = np.random.default_rng(8).normal(0, 40, (30, 30, 3))
    mse[100:130, 100:130] = (mse[100:130, 100:130] + noise).clip(0, 255)
    for name in NAMES:
        for sub, image in (("GAN-SR", gan), ("MSE-SR", mse), ("LR", mse[::4, ::4])):
            (folder / sub / f"{name}.png").write_bytes(encode_png(np.ascontiguousarray(image)))
    import_detected(studio, folder)


@pytest.fixture
def open_image(page, review):
    """Open Review on an image, with a component chosen where `choose` says so."""

    def open_it(name: str, choose: bool = True) -> None:
        number = NAMES.index(name) + 1
        review.open(f"?image={number}")
        assert review.name == name
        if choose:
            page.keyboard.press("n")
            expect_component(page, "1/2")

    return open_it


def expect_component(page, which: str) -> None:
    expect(page.locator(".detector .line")).to_contain_text(f"component {which}")


def read_labels(page, image: int) -> list[dict]:
    labels = page.request.get(f"/studio/api/images/{image}/regions").json()
    return [{key: label[key] for key in ("kind", "severity", "note")} for label in labels]


def is_sent(response) -> bool:
    return LABELS.search(response.url) and response.request.method == "POST"


def test_an_image_is_labelled_by_keyboard_alone(page, review):
    review.open()
    assert review.name == "a"
    page.keyboard.press("n")
    expect_component(page, "1/2")
    page.keyboard.press("Shift+Digit2")
    page.keyboard.press("4")
    page.keyboard.press("m")
    page.keyboard.type("Bricks that are not there, 3 rows")
    page.keyboard.press("Enter")
    page.keyboard.press("n")
    expect_component(page, "2/2")
    page.keyboard.press("Shift+Digit7")
    page.keyboard.press("0")
    # At once: the verdict waits for the labels.
    page.keyboard.press("Enter")
    review.wait_image("b")
    assert page.request.get("/studio/api/images/1").json()["state"] == "accepted"
    assert sorted(read_labels(page, 1), key=str) == [
        {"kind": "other", "severity": 0, "note": ""},
        {"kind": "repeated pattern", "severity": 4, "note": "Bricks that are not there, 3 rows"},
    ]
    page.keyboard.press("a")
    review.wait_image("a")
    page.keyboard.press("n")
    expect(page.locator(".detector").get_by_label("Note", exact=True)).to_have_value(
        "Bricks that are not there, 3 rows"
    )
    expect(page.locator(".detector").get_by_label("Kind", exact=True)).to_have_value(
        "repeated pattern"
    )
    expect(page.locator(".detector").get_by_label("Severity", exact=True)).to_have_value("4")


def test_a_label_is_sent_though_its_image_was_left(page, review, open_image):
    open_image("b")
    held = []
    page.route(LABELS, lambda route: held.append(route))
    with page.expect_request(LABELS):
        page.keyboard.press("5")
    page.keyboard.press("Shift+Digit1")
    page.keyboard.press("d")
    review.wait_image("c")
    page.unroute(LABELS)  # which lets the first one go, too
    with page.expect_response(
        lambda response: is_sent(response) and response.request.post_data_json["kind"]
    ):
        pass
    assert read_labels(page, 2) == [{"kind": "hallucinated texture", "severity": 5, "note": ""}]


def test_a_verdict_waits_for_the_save_that_a_label_began(page, review, open_image):
    open_image("g")
    held = []
    page.route("**/images/*/mask*", lambda route: held.append(route))
    page.keyboard.press("4")
    expect(page.locator(".studio-review")).to_have_attribute("aria-busy", "true")
    page.keyboard.press("Enter")
    with page.expect_response(lambda response: response.url.endswith("/verdict")):
        page.unroute("**/images/*/mask*")  # which lets the save go, too
    review.wait_idle()
    assert page.request.get("/studio/api/images/7").json()["state"] == "accepted"
    assert read_labels(page, 7) == [{"kind": None, "severity": 4, "note": ""}]


def test_notes(page, review, open_image):
    open_image("c")
    note = page.locator(".detector").get_by_label("Note", exact=True)
    page.keyboard.press("m")
    expect(note).to_be_focused()
    page.keyboard.type("seda 3?")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert review.name == "c", "no key worked while it was typed"
    page.keyboard.press("Escape")
    expect(note).to_have_value("")
    expect(page.locator(".studio-review")).to_be_focused()
    expect_component(page, "1/2")
    page.keyboard.press("m")
    page.keyboard.type("x" * 510)
    expect(note).to_have_value("x" * 500)
    with page.expect_response(is_sent):
        page.keyboard.press("Enter")
    with page.expect_response(is_sent):
        page.keyboard.press("1")
    assert read_labels(page, 3) == [{"kind": None, "severity": 1, "note": "x" * 500}]
    page.keyboard.press("m")
    page.keyboard.press("Delete")
    with page.expect_response(is_sent):
        page.keyboard.press("Tab")
    assert read_labels(page, 3) == [{"kind": None, "severity": 1, "note": ""}]


def test_labels_stand_beside_their_components_while_the_panel_is_open(page, review, open_image):
    open_image("d")
    page.mouse.move(5, 5)
    page.keyboard.press("Escape")
    page.keyboard.press("z")
    page.keyboard.press("z")
    boxes = review.read_mask()
    page.keyboard.press("n")
    with page.expect_response(is_sent):
        page.keyboard.press("Shift+Digit5")
    page.keyboard.press("Escape")
    page.keyboard.press("z")
    page.keyboard.press("z")
    labelled = review.expect_other_mask(boxes)
    page.reload()
    page.wait_for_selector(".studio-review[data-ready=true]")
    review.expect_mask(labelled)
    page.keyboard.press("t")
    closed = review.read_mask()
    assert closed != labelled
    page.keyboard.press("t")
    review.expect_mask(labelled)
    page.keyboard.press("h")
    assert review.read_mask() != labelled


def test_without_a_component_and_when_refused(page, open_image):
    open_image("e", choose=False)
    message = page.locator(".message")
    for key in ("3", "Shift+Digit1", "m"):
        page.keyboard.press(key)
        expect(message).to_have_text("Choose a component first, with N or Ctrl+click.")
        page.keyboard.press("h")
        page.keyboard.press("h")
    page.route(
        LABELS,
        lambda route: (
            route.fulfill(status=422, json={"error": "No more labels today."})
            if route.request.method == "POST"
            else route.continue_()
        ),
    )
    page.keyboard.press("n")
    expect_component(page, "1/2")
    page.keyboard.press("3")
    expect(message).to_have_text("Not labelled. No more labels today.")
    expect(page.locator(".detector").get_by_label("Severity", exact=True)).to_have_value("")


def test_kinds_of_a_dataset(page, review, open_image):
    open_image("f")
    kind = page.locator(".detector").get_by_label("Kind", exact=True)
    with page.expect_response(is_sent):
        page.keyboard.press("Shift+Digit6")
    expect(kind).to_have_value("blotch")
    page.keyboard.press(",")
    dialog = page.get_by_role("dialog", name="Settings")
    page.keyboard.press("ArrowRight")
    expect(dialog.get_by_role("tab", name="Kinds of artifacts")).to_be_focused()
    status = dialog.locator(".kind-pane .status")
    expect(dialog.get_by_role("button", name="Labels that have it: 1: blotch")).to_be_disabled()
    expect(dialog.get_by_role("textbox", name="Kind 6")).to_be_disabled()

    another = dialog.get_by_role("textbox", name="Another kind")
    another.fill("Blotch")
    page.keyboard.press("Enter")
    expect(status).to_have_text("The kind 'Blotch' is there twice. Remove one of them.")
    another.fill(" moiré ")
    page.keyboard.press("Enter")
    expect(status).to_have_text("“moiré” is a kind now.")
    for place in range(8, 1, -1):
        dialog.get_by_role("button", name="Up: moiré").press("Enter")
        expect(status).to_have_text(f"“moiré” is number {place - 1} now.")
    expect(dialog.get_by_role("button", name="Down: moiré")).to_be_focused()
    dialog.get_by_role("button", name="Remove: over-sharp line").click()
    expect(status).to_have_text("“over-sharp line” is removed.")
    dialog.get_by_role("textbox", name="Kind 4").fill("invented texture")
    page.keyboard.press("Tab")
    expect(status).to_have_text("“wrong texture” is called “invented texture” now.")
    page.keyboard.press("Escape")

    expect(kind.locator("option")).to_have_text(
        [
            "–",
            "1 moiré",
            "2 hallucinated texture",
            "3 repeated pattern",
            "4 invented texture",
            "5 colour shift",
            "6 blotch",
            "7 other",
        ]
    )
    with page.expect_response(is_sent) as answer:
        page.keyboard.press("Shift+Digit1")
    assert answer.value.request.post_data_json["kind"] == "moiré"
    page.keyboard.press(",")
    page.keyboard.press("ArrowRight")
    dialog.get_by_role("button", name="Remove: blotch").click()
    expect(status).to_have_text("“blotch” is removed.")
    dialog.get_by_role("button", name="Add the usual ones").click()
    expect(dialog.get_by_role("textbox", name="Kind 9")).to_have_value("blotch")
