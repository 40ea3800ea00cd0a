"""A real server in its own process and a real Chromium."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Error,
    Locator,
    Page,
    Request,
    expect,
    sync_playwright,
)

from desra_studio.services.benchmarks import find_free_port, wait_until_healthy
from desra_studio.services.studio import open_studio
from tests.conftest import make_settings

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
PATIENCE_MS = 30_000
STEP_MS = 50
DRAFT, CLAIM = "/draft", "/claim"
READ_CANVAS = """(pane) => {
  const canvas = document.querySelector(`canvas[data-pane="${pane}"]`);
  return canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
}"""


@dataclass
class Server:
    """`desra-studio serve` on a data directory of its own; `kill` and `start` again at will."""

    data_dir: Path
    port: int
    process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [sys.executable, "-m", "desra_studio", "serve", "--port", str(self.port)]
        command += ["--data-dir", str(self.data_dir)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        wait_until_healthy(self.port, self.process)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=20)


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
            browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        except Error as error:
            reason = f"no Chromium: install it, or run 'playwright install chromium' ({error})"
            if os.environ.get("CI"):
                pytest.fail(reason)
            pytest.skip(reason)
        yield browser
        browser.close()


def forget_others(server: Server) -> None:
    """Begin without what the test before left: unsaved masks, and claims of other names.

    The page would take up the ones again, and be kept off by the others for three minutes.
    """
    with closing(sqlite3.connect(server.data_dir / "studio.sqlite")) as database, database:
        database.execute("DELETE FROM draft")
        database.execute("UPDATE review_state SET claimed_by = NULL, claimed_until = NULL")


class LateWrites:
    """The drafts and claims that a context has on their way to the server."""

    def __init__(self, context: BrowserContext) -> None:
        self._context = context
        self._under_way: set[Request] = set()
        context.on("request", self._note)
        context.on("requestfinished", self._drop)
        context.on("requestfailed", self._drop)

    def _note(self, request: Request) -> None:
        # A claim that a page gives back as it goes is never told as finished.
        if request.url.endswith((DRAFT, CLAIM)) and request.method != "DELETE":
            self._under_way.add(request)

    def _drop(self, request: Request) -> None:
        self._under_way.discard(request)

    def finish(self) -> None:
        """Send no more drafts, and let the server finish, before the next test clears them all."""
        self._context.route(f"**{DRAFT}", lambda route: route.abort())
        for _ in range(PATIENCE_MS // STEP_MS):
            waited_for = [sent for sent in self._under_way if not sent.frame.page.is_closed()]
            if not (waited_for and self._context.pages):
                return
            self._context.pages[0].wait_for_timeout(STEP_MS)
        raise AssertionError(f"still under way: {self._under_way}")


@pytest.fixture
def page(chromium: Browser, server: Server):
    """A page of its own profile; the test fails if its scripts do."""
    forget_others(server)
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, base_url=server.url)
    context.set_default_timeout(PATIENCE_MS)
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


def wait_until(page: Page, script: str, *values: object) -> None:
    """Wait until an asynchronous function of the page answers true.

    `wait_for_function` would not do: it takes the promise itself for the answer.
    """
    for _ in range(PATIENCE_MS // STEP_MS):
        if page.evaluate(script, values):
            return
        page.wait_for_timeout(STEP_MS)
    raise AssertionError(f"still not true: {script} of {values}")


def wait_kept(page: Page, actions: int, drafted: bool = False) -> None:
    """Wait until this browser's journal has so many actions, and the server has them, too."""
    wait_until(
        page,
        """async ([actions, drafted]) => {
          const open = (request) => new Promise((done, failed) => {
            request.onsuccess = () => done(request.result);
            request.onerror = () => failed(request.error);
          });
          const found = (await indexedDB.databases()).some(({ name }) => name.includes("journal"));
          if (!found) return false;
          const database = await open(indexedDB.open("desra-studio-journal"));
          const work = await open(database.transaction("work").objectStore("work").getAll());
          database.close();
          const isDrafted = ({ at, draftedAt, isUnderWay }) => at === draftedAt && !isUnderWay;
          if (drafted && !work.every(isDrafted)) return false;
          return work.reduce((sum, { actions }) => sum + actions, 0) === actions;
        }""",
        actions,
        drafted,
    )


def read_pane(page: Page, pane: str) -> str:
    """A fingerprint of what a pane shows, after everything was drawn."""
    return page.evaluate(
        f"""async (pane) => {{
          const frame = () => new Promise((done) => requestAnimationFrame(done));
          await frame();
          await frame();
          const hash = await crypto.subtle.digest('SHA-256', ({READ_CANVAS})(pane));
          return [...new Uint8Array(hash)].map((byte) => byte.toString(16)).join('');
        }}""",
        pane,
    )


def count_colours(page: Page, pane: str) -> int:
    """How many different colours a pane shows: one where it is empty."""
    return page.evaluate(
        f"pane => new Set(new Uint32Array(({READ_CANVAS})(pane).buffer)).size", pane
    )


class ReviewPage:
    """The Review page as a person sees it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, query: str = "") -> None:
        self.page.goto(f"/review{query}")
        self.page.wait_for_selector(".studio-review[data-ready=true]")

    @property
    def name(self) -> str:
        return self.page.inner_text(".bar .name")

    @property
    def state(self) -> str:
        return self.page.inner_text(".bar .state")

    @property
    def saved(self) -> str:
        return self.page.inner_text(".saved")

    @property
    def message(self) -> str:
        return self.page.inner_text(".message")

    def wait_saved(self, number: int) -> None:
        self.page.wait_for_selector(f'.studio-review[data-saved="{number}"]')

    def wait_image(self, name: str) -> None:
        self.page.wait_for_function(
            "name => document.querySelector('.bar .name').textContent === name", arg=name
        )
        self.wait_idle()

    def wait_idle(self) -> None:
        self.page.wait_for_selector(".studio-review[aria-busy=false]")

    def choose(self, name: str) -> None:
        self.row(name).click()
        self.wait_image(name)

    def row(self, name: str) -> Locator:
        """The row of an image in the queue."""
        return self.page.locator(f"aside [role=option][title^='{name}: ']:visible")

    def drag(self, pane: str, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Drag between two places of a pane, given as shares of its width and height."""
        box = self.page.locator(f"canvas[data-pane={pane}]").bounding_box()
        points = [
            (box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in (start, end)
        ]
        self.page.mouse.move(*points[0])
        self.page.mouse.down()
        self.page.mouse.move(*points[1], steps=12)
        self.page.mouse.up()

    def read_colours(self, pane: str) -> int:
        """See `count_colours`."""
        return count_colours(self.page, pane)

    def read_mask(self) -> str:
        """A fingerprint of the mask pane; see `read_pane`."""
        return read_pane(self.page, "mask")

    def expect_mask(self, wanted: str) -> None:
        """Wait until the mask pane shows what has this fingerprint."""
        assert self._wait_mask(lambda shown: shown == wanted) == wanted

    def expect_other_mask(self, before: str) -> str:
        """Wait until the mask pane shows something else than before; return its fingerprint."""
        shown = self._wait_mask(lambda shown: shown != before)
        assert shown != before
        return shown

    def _wait_mask(self, is_wanted: Callable[[str], bool]) -> str:
        shown = self.read_mask()
        for _ in range(100):
            if is_wanted(shown):
                break
            self.page.wait_for_timeout(STEP_MS)
            shown = self.read_mask()
        return shown


@pytest.fixture
def review(page: Page) -> ReviewPage:
    """The Review page, not opened yet."""
    return ReviewPage(page)
