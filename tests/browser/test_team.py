"""People who sign in: an admin and a reviewer, each with what is theirs; a voter with a link."""

import sqlite3
from contextlib import closing

import pytest
from playwright.sync_api import expect

from desra_studio.services import jobs
from desra_studio.services.accounts.users import add_user
from desra_studio.services.review.documents import describe_image
from desra_studio.services.studies.lifecycle import create_study, open_study
from desra_studio.services.studies.links import make_links
from desra_studio.storage import runs
from desra_studio.vocabulary import Role, RunStatus
from tests.browser.pages import VIEWPORT, ReviewPage, gather_problems, open_context
from tests.factories.images import write_dataset
from tests.factories.studies import import_labelled, make_order, make_rules

pytestmark = pytest.mark.browser

PASSWORD = "four words and more"


@pytest.fixture(scope="module", autouse=True)
def dataset(studio, tmp_path_factory):
    """Three labelled pairs."""
    folder = write_dataset(tmp_path_factory.mktemp("source"), size=(160, 160))
    return import_labelled(studio, folder)


@pytest.fixture
def open_browser(chromium, server):
    """Open browsers of different people; the test fails if a page's scripts do."""
    contexts, problems = [], []

    def open_page():
        context = open_context(chromium, server, viewport=VIEWPORT)
        contexts.append(context)
        page = context.new_page()
        gather_problems(page, problems)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert problems == []


def sign_in(page, name):
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def expect_who(page, name):
    expect(page.locator(".identity .who")).to_have_text(name)


def test_two_people_two_roles_one_image_each_and_one_study(studio, dataset, open_browser):
    study = create_study(
        studio, dataset, make_order(studio, dataset, name="s", rules=make_rules(), min_seconds=0)
    )
    (link,) = make_links(studio, study, ["voter"])
    open_study(studio, study)
    add_user(studio, "Anna", Role.ADMIN, PASSWORD)

    # The admin is led to the login, and back to where she wanted to go.
    anna = open_browser()
    anna.goto("/team")
    expect(anna).to_have_title("Sign in · DeSRA Studio")
    sign_in(anna, "Anna")
    expect_who(anna, "Anna")
    members = anna.get_by_role("region", name="Users")
    expect(members.get_by_role("row")).to_have_count(3)  # head, Anna, and who labelled before
    anna.get_by_label("Name", exact=True).fill("Bo")
    anna.get_by_role("button", name="Add and make a link").click()
    expect(members.get_by_role("row", name="Bo Invited")).to_be_visible()
    invitation = anna.get_by_label("Link of Bo").input_value()

    # The reviewer chooses a password and is in; what is not his is neither offered nor given.
    bo = open_browser()
    bo.goto(invitation)
    bo.get_by_label("Password").fill(PASSWORD)
    bo.get_by_role("button", name="Begin").click()
    expect_who(bo, "Bo")
    expect(bo.locator("body")).to_have_attribute("data-role", "reviewer")
    expect(bo.get_by_role("button", name="Import and detect")).to_be_hidden()
    bo.goto("/models")
    expect_who(bo, "Bo")
    expect(bo.get_by_text("Models: click one")).to_be_visible()
    expect(bo.locator(".studio-upload")).to_be_hidden()
    assert bo.request.get("/team").status == 403
    assert bo.request.post("/studio/api/demo").status == 403
    assert bo.request.delete(f"/studio/api/datasets/{dataset}").status == 403

    # Each works on an image of their own, and each mask has the name of who is signed in.
    for number, page in enumerate([anna, bo], start=1):
        review = ReviewPage(page)
        review.open(f"?image={number}")
        review.drag("mask", (0.2, 0.3), (0.4, 0.3))
        page.keyboard.press("Control+s")
        expect(page.locator(".saved")).to_contain_text("Saved")
    authors = [describe_image(studio, number).revision.author for number in (1, 2)]
    assert authors == ["Anna", "Bo"]

    # A voter needs no account, and gets nothing else.
    voter = open_browser()
    voter.goto(f"/vote/{link}")
    expect(voter.get_by_role("checkbox")).to_be_visible()
    assert voter.request.get("/studio/api/loop").status == 401

    # What was done stands in the trail, refusals too.
    anna.goto("/team")
    trail = anna.get_by_role("region", name="What was done")
    for who, what in [
        ("Bo", "Saved a mask"),
        ("Bo", "Started the demo refused"),
        ("Anna", "Added a user"),
    ]:
        row = trail.get_by_role("row").filter(has_text=who).filter(has_text=what)
        expect(row.first).to_be_visible()
    members.get_by_role("row", name="Bo").get_by_role("button", name="Disable").click()
    expect(members.get_by_role("row", name="Bo Disabled")).to_be_visible()
    assert bo.request.get("/studio/api/loop").status == 401


def test_a_session_that_ends_while_somebody_paints_asks_in_place(studio, server, open_browser):
    add_user(studio, "Anna", Role.ADMIN, PASSWORD)
    page = open_browser()
    page.goto("/review")
    sign_in(page, "Anna")
    review = ReviewPage(page)
    page.wait_for_selector(".studio-review[data-ready=true]")
    review.drag("mask", (0.2, 0.5), (0.4, 0.5))
    page.mouse.move(5, 5)
    painted = review.read_mask()
    with closing(sqlite3.connect(server.data_dir / "studio.sqlite", timeout=60)) as live, live:
        live.execute("DELETE FROM user_session")
    page.keyboard.press("Control+s")
    dialog = page.get_by_role("dialog", name="Sign in again")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_label("Name")).to_have_value("Anna")
    dialog.get_by_label("Password").fill("wrong")
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog.get_by_role("alert")).to_contain_text("do not belong together")
    dialog.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(page.locator(".saved")).to_contain_text("Saved")
    review.expect_mask(painted)


def test_an_admin_sees_the_server_and_what_a_job_printed(studio, open_browser):
    run_id = jobs.queue_job(studio, "score", {})
    with studio.database.write() as session:
        runs.finish_run(runs.get_run(session, run_id), RunStatus.FAILED, "It broke.")
    studio.run_folder(run_id).mkdir(parents=True, exist_ok=True)
    (studio.run_folder(run_id) / "log.txt").write_text(f"at {studio.settings.data_dir}/blobs\n")
    page = open_browser()
    page.goto("/team")
    server = page.get_by_role("region", name="This server")
    expect(server).to_contain_text("SQLite")
    expect(server).to_contain_text("free")
    row = server.get_by_role("row").filter(has_text=f"{run_id} score")
    expect(row).to_contain_text("It broke.")
    row.get_by_role("button", name=f"Log of job {run_id}").click()
    expect(server.locator(".log")).to_have_text("at [data]/blobs")


def test_the_first_user_is_made_on_the_page_and_chooses_a_password_at_once(open_browser):
    page = open_browser()
    page.goto("/team")
    members = page.get_by_role("region", name="Users")
    expect(members.get_by_text("Nobody signs in here")).to_be_visible()
    expect(page.get_by_label("Role", exact=True)).to_be_disabled()
    page.get_by_label("Name", exact=True).fill("Anna")
    page.get_by_role("button", name="Add and make a link").click()
    expect(page.get_by_text("Welcome, Anna")).to_be_visible()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Begin").click()
    expect_who(page, "Anna")
    expect(page.locator("body")).to_have_attribute("data-role", "admin")


def test_who_puts_signing_in_off_is_asked_again_by_what_they_do(studio, server, open_browser):
    add_user(studio, "Anna", Role.ADMIN, PASSWORD)
    page = open_browser()
    page.goto("/review")
    sign_in(page, "Anna")
    review = ReviewPage(page)
    page.wait_for_selector(".studio-review[data-ready=true]")
    with closing(sqlite3.connect(server.data_dir / "studio.sqlite", timeout=60)) as live, live:
        live.execute("DELETE FROM user_session")
    dialog = page.get_by_role("dialog", name="Sign in again")
    expect(dialog).to_be_visible()  # the navigation asks by itself
    dialog.get_by_role("button", name="Later").click()
    with page.expect_response(lambda answer: "/studio/api/loop" in answer.url):
        pass
    expect(dialog).to_be_hidden()
    review.drag("mask", (0.2, 0.5), (0.4, 0.5))
    page.keyboard.press("Control+s")
    expect(dialog).to_be_visible()
