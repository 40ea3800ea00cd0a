"""A real server in its own process and a real Chromium."""

import os

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect, sync_playwright

from desra_studio.bench.server import find_free_port
from desra_studio.services.studio import open_studio
from tests.browser.pages import (
    ARGUMENTS,
    VIEWPORT,
    LateWrites,
    ReviewPage,
    find_browser,
    forget_all,
    gather_problems,
    open_context,
)
from tests.browser.server import Server
from tests.factories.studio import make_settings
from tests.patience import PATIENCE_MS


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory):
    """One server for all tests of this process."""
    made = Server(tmp_path_factory.mktemp("studio"), find_free_port())
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def server(shared_server: Server):
    """The server with an empty studio, for the fixtures of a module to fill."""
    yield shared_server
    shared_server.put_back(shared_server.empty)
    shared_server.remove_run_folders(but=set())


@pytest.fixture(scope="module")
def studio(server: Server):
    """The server's data directory, opened beside it."""
    opened = open_studio(make_settings(server.data_dir))
    yield opened
    opened.database.close()


@pytest.fixture(autouse=True)
def put_back(server: Server):
    """Each test finds the studio as its module's fixtures made it, whichever ran before."""
    before, folders = server.copy_database(), server.list_run_folders()
    yield
    server.end_jobs()
    server.put_back(before)
    server.remove_run_folders(but=folders)
    before.close()


@pytest.fixture
def nothing_yet(server: Server, put_back):
    """An empty studio, though the module's fixtures may have filled it."""
    server.put_back(server.empty)


@pytest.fixture(scope="session")
def chromium():
    """Debian's Chromium, or the one that Playwright installed itself."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(
                executable_path=find_browser(), args=ARGUMENTS, timeout=PATIENCE_MS
            )
        except Error as error:
            reason = f"no Chromium: install it, or run 'playwright install chromium' ({error})"
            if os.environ.get("CI"):
                pytest.fail(reason)
            pytest.skip(reason)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def shared_profile(chromium: Browser, shared_server: Server):
    """The profile of every `page`: what is cached need not be fetched and compiled again."""
    context = open_context(chromium, shared_server, viewport=VIEWPORT)
    yield context
    context.close()


@pytest.fixture
def page(shared_profile: BrowserContext, server: Server):
    """A page of a browser that was never here; the test fails if its scripts do."""
    opened = shared_profile.new_page()
    forget_all(opened, server.url)
    problems: list[str] = []
    gather_problems(opened, problems)
    opened.on(
        "request",
        lambda request: (
            problems.append(f"asked for {request.url}")
            if not request.url.startswith((server.url, "data:", "blob:"))
            else None
        ),
    )
    writes = LateWrites(shared_profile)
    yield opened
    # A route of the test may still be about to answer.
    opened.unroute_all(behavior="ignoreErrors")
    shared_profile.set_offline(False)
    writes.finish()
    assert problems == []


@pytest.fixture
def review(page: Page) -> ReviewPage:
    """The Review page, not opened yet."""
    return ReviewPage(page)
