"""The Studies page in a real browser: set up, links, results as they come, and back to Review."""

import re

import pytest
from playwright.sync_api import Page, expect

from desra_studio.services.studies.lifecycle import describe_study, list_studies
from desra_studio.services.studies.reports import report_study
from tests.factories.images import write_dataset
from tests.factories.studies import (
    decide_by_system,
    import_labelled,
    list_systems,
    make_rules,
    open_new,
    vote_through,
)

pytestmark = pytest.mark.browser

PAGE = ".studio-studies"


@pytest.fixture(scope="module")
def dataset(studio, tmp_path_factory):
    folder = write_dataset(tmp_path_factory.mktemp("source"), size=(160, 160))
    return import_labelled(studio, folder)


def open_page(page: Page, dataset: int, query: str = "") -> None:
    page.goto(f"/studies?dataset={dataset}{query}")
    expect(page.locator(f"{PAGE}[data-ready]")).to_be_visible()


def test_a_study_is_made_opened_and_closed_by_hand(page, studio, dataset):
    open_page(page, dataset)
    expect(page.get_by_role("heading", name="New study")).to_be_visible()
    page.locator("[name=name]").fill("by hand")
    page.locator("[name=window_px]").fill("")
    page.locator("[name=controls]").fill("one")
    expect(page.locator(".foot .message")).to_contain_text("cannot be read")
    expect(page.get_by_role("button", name="Make the study")).to_be_disabled()
    page.locator("[name=controls]").fill("1")
    screening = page.locator(".screening")
    expect(screening).to_have_text("")
    page.locator("[name=trials_per_voter]").fill("20")
    expect(screening).to_have_text(
        "Not screened by gold: 7 hidden checks per voter, 2 more are needed: 30 % hidden checks, "
        "or 26 votes per voter."
    )
    page.locator("[name=window_px]").fill("8")
    page.get_by_role("button", name="Make the study").click()
    expect(page.locator(".foot .message")).to_have_text("The window must be 32 to 2048 px, got 8.")
    page.locator("[name=window_px]").fill("48")
    page.locator("[name=window_px]").press("Enter")
    expect(page.get_by_role("heading", name="by hand")).to_be_visible()
    (made,) = [one for one in list_studies(studio, dataset) if one.name == "by hand"]
    assert made.state == "draft"
    # Three regions and a clean window, two questions: eight votes a voter.
    expect(page.locator(".screening")).to_have_text(
        "Not screened by gold: 3 hidden checks per voter, 6 more are needed."
    )
    names = page.get_by_label("Names of voters, one per line")
    names.fill("Ann\nBo")
    page.get_by_role("button", name="Make personal links").click()
    expect(page.get_by_role("rowheader", name="Ann")).to_be_visible()
    link = page.get_by_label("Link of Bo").input_value()
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/vote/\w{12}\.[0-9a-f]{24}", link)
    page.get_by_role("button", name="Open the study").click()
    expect(page.locator(".state")).to_have_text("Open")
    close = page.get_by_role("button", name=re.compile("Close"))
    close.click()
    expect(page.locator(".state")).to_have_text("Open")
    page.get_by_role("button", name="Close for good").click()
    expect(page.locator(".state")).to_have_text("Closed")
    assert describe_study(studio, made.id).state == "closed"


def test_a_study_is_cancelled_before_its_job_is_known(page, dataset):
    open_page(page, dataset)
    page.locator("[name=name]").fill("too early")
    page.locator("[name=window_px]").fill("48")
    held = []
    page.route(re.compile("/datasets/[0-9]+/studies$"), lambda route: held.append(route))
    page.get_by_role("button", name="Make the study").click()
    page.get_by_role("button", name="Cancel").click()
    with page.expect_request(re.compile("/runs/[0-9]+/cancel$")):
        held[0].continue_()


def test_results_come_while_people_vote_and_losses_go_back(page, studio, dataset):
    study_id, links = open_new(
        studio, dataset, ("Ann", "Bo", "Cy"), name="live", votes_per_pair=3, rules=make_rules()
    )
    open_page(page, dataset, f"&study={study_id}")
    results = page.locator(".results")
    expect(results).to_contain_text("Results appear here")
    # a is the GAN, which stands first: all prefer the other.
    for link in links:
        vote_through(studio, link, decide_by_system(studio, lambda _: "b"))
    expect(results.locator(".forest .row.image")).to_have_count(3)
    pair = report_study(studio, study_id).screened.questions[0].pairs[0]
    # All agree, but three voters on three images cannot tell much.
    expect(results.locator("h4")).to_contain_text("no difference can be told yet")
    assert pair.share == 0
    expect(results.locator(".whole")).to_contain_text(f"{100 * pair.share:.1f} %")
    expect(results).to_contain_text("If votes were independent")
    expect(page.locator(".state")).to_have_text("Closed")
    page.get_by_role("button", name=re.compile("^All")).click()
    expect(page.get_by_role("button", name=re.compile("^All"))).to_have_attribute(
        "aria-pressed", "true"
    )
    page.get_by_role("button", name="Send back to Review").click()
    message = page.locator(".main > .message")
    expect(message).to_contain_text("4 windows on")
    message.get_by_role("link").click()
    expect(page.get_by_text("⚑")).to_have_count(3)


def test_prominence_goes_beside_the_regions(page, studio, dataset):
    study_id, links = open_new(
        studio, dataset, ("x", "y"), name="seen", kind="prominence", questions=(),
        systems=list_systems(studio, dataset)[:1], rules=make_rules(min_gold_pass=0.0),
    )  # fmt: skip
    for link in links:
        vote_through(studio, link, lambda _: "yes")
    open_page(page, dataset, f"&study={study_id}")
    expect(page.locator("meter")).to_have_count(3)
    expect(page.locator("td", has=page.locator("meter")).first).to_contain_text("100.0 %")
    page.get_by_role("button", name="Keep beside the regions").click()
    expect(page.locator(".main > .message")).to_contain_text("3 regions")
    page.goto(f"/fine-tune?dataset={dataset}")
    samples = page.locator(".studio-samples")
    samples.get_by_role("button", name="None", exact=True).click()
    expect(samples.get_by_role("status")).to_have_text("0 of 3 samples chosen")
    samples.get_by_role("button", name="Prominent").click()
    expect(samples.get_by_role("status")).to_have_text("3 of 3 samples chosen")
    expect(samples.locator(".facts").first).to_contain_text("noticed by 100 %")


def test_without_a_dataset_the_page_teaches(page, studio):
    page.route(
        "**/api/loop*",
        lambda route: route.fulfill(json={"datasets": [], "dataset": None, "jobs": []}),
    )
    page.goto("/studies")
    expect(page.get_by_role("heading", name="Do people see the difference?")).to_be_visible()
