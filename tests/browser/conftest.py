"""A real server in its own process and a real Chromium."""

import os
import shutil

import pytest
from playwright.sync_api import Browser, Error, Page, expect, sync_playwright

from desra_studio.services.benchmarks import find_free_port
from desra_studio.services.studio import open_studio
from tests.browser.pages import ARGUMENTS, VIEWPORT, LateWrites, ReviewPage, open_context
from tests.browser.server import Server, forget_others
from tests.factories.studio import make_settings
from tests.patience import PATIENCE_MS


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """One server per module, started empty."""
    made = Server(tmp_path_factory.mktemp("studio"), find_free_port())
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def studio(server: Server):
    """The server's data directory, opened beside it."""
    opened = open_studio(make_settings(server.data_dir))
    yield opened
    opened.database.close()


@pytest.fixture(scope="session")
def chromium():
    """Debian's Chromium, or the one that Playwright installed itself."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(
                executable_path=found, args=ARGUMENTS, timeout=PATIENCE_MS
            )
        except Error as error:
            reason = f"no Chromium: install it, or run 'playwright install chromium' ({error})"
            if os.environ.get("CI"):
                pytest.fail(reason)
            pytest.skip(reason)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser, server: Server):
    """A page of its own profile; the test fails if its scripts do."""
    forget_others(server)
    context = open_context(chromium, server, viewport=VIEWPORT)
    opened = context.new_page()
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.on(
        "request",
        lambda request: (
            problems.append(f"asked for {request.url}")
            if not request.url.startswith((server.url, "data:", "blob:"))
            else None
        ),
    )
    writes = LateWrites(context)
    yield opened
    # A route of the test may still be about to answer.
    opened.unroute_all(behavior="ignoreErrors")
    writes.finish()
    context.close()
    assert problems == []


@pytest.fixture
def review(page: Page) -> ReviewPage:
    """The Review page, not opened yet."""
    return ReviewPage(page)
