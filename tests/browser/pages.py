"""Pages as a person sees them, and waits for what they show."""

import base64
import shutil
from collections.abc import Callable
from typing import TypeVar

import numpy as np
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request

from desra_studio.imaging.io import decode_png
from tests.browser.server import Server
from tests.patience import PATIENCE_MS, wait_for

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser")
"""The first costs half as much as a whole browser of the same version; pages see no difference."""
VIEWPORT = {"width": 1366, "height": 768}
DRAFT, CLAIMS = "/draft", ("/claim", "/claim-next")
READ_CANVAS = """(pane) => {
  const canvas = document.querySelector(`canvas[data-pane="${pane}"]`);
  return canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
}"""

Found = TypeVar("Found")


def find_browser() -> str | None:
    """Where Debian's browser is; None leaves the choice to Playwright."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def forget_all(page: Page, origin: str) -> None:
    """Make the page's browser one that was never here, but for what it has cached.

    Only answers whose address names their content are ever cached, so that this changes nothing
    but how long a page takes.
    """
    page.context.clear_cookies()
    session = page.context.new_cdp_session(page)
    session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
    session.detach()


def open_context(chromium: Browser, server: Server, **values: object) -> BrowserContext:
    """A profile of its own, whose pages wait for as long as the tests do."""
    context = chromium.new_context(base_url=server.url, **values)
    context.set_default_timeout(PATIENCE_MS)
    return context


def gather_problems(page: Page, problems: list[str]) -> None:
    """Note what a page's scripts fail at, and what its content policy kept it from loading."""
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on(
        "console",
        lambda said: problems.append(said.text) if "Content Security Policy" in said.text else None,
    )


class LateWrites:
    """The drafts and claims that a context has on their way to the server."""

    def __init__(self, context: BrowserContext) -> None:
        self._context = context
        self._under_way: set[Request] = set()
        self._heard = {
            "request": self._note,
            "requestfinished": self._drop,
            "requestfailed": self._drop,
        }
        for event, hear in self._heard.items():
            context.on(event, hear)

    def _note(self, request: Request) -> None:
        # A claim that a page gives back as it goes is never told as finished.
        path = request.url.partition("?")[0]
        if path.endswith((DRAFT, *CLAIMS)) and request.method != "DELETE":
            self._under_way.add(request)

    def _drop(self, request: Request) -> None:
        self._under_way.discard(request)

    def finish(self) -> None:
        """Send no more drafts, let the server finish, and close the pages."""
        self._context.route(f"**{DRAFT}", lambda route: route.abort())
        wait_for(
            lambda: not [sent for sent in self._under_way if not sent.frame.page.is_closed()],
            f"the answers to {self._under_way}",
            lambda seconds: self._context.pages[0].wait_for_timeout(1000 * seconds),
        )
        for page in self._context.pages:
            page.close()
        for event, hear in self._heard.items():
            self._context.remove_listener(event, hear)
        self._context.unroute_all(behavior="ignoreErrors")


def wait_on(page: Page, condition: Callable[[], Found], awaited: str) -> Found:
    """See `wait_for`; the browser goes on, and what it tells is heard, between two questions."""
    return wait_for(condition, awaited, lambda seconds: page.wait_for_timeout(1000 * seconds))


def wait_until(page: Page, script: str, *values: object) -> None:
    """Wait until an asynchronous function of the page answers true.

    `wait_for_function` would not do: it takes the promise itself for the answer.
    """
    wait_on(page, lambda: page.evaluate(script, values), f"{script} of {values}")


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


def find_pixel(page: Page, pane: str) -> tuple[int, int]:
    """A place of the page inside an enlarged px of the image, near the middle of a pane."""
    x, y = page.evaluate(
        """async (pane) => {
          const frame = () => new Promise((done) => requestAnimationFrame(done));
          await frame();
          await frame();
          const canvas = document.querySelector(`canvas[data-pane="${pane}"]`);
          const box = canvas.getBoundingClientRect();
          const at = (place, start) => Math.floor((place - start) * devicePixelRatio);
          for (let step = 0; step < 50; step++) {
            const x = Math.round(box.left + box.width / 2) + step;
            const y = Math.round(box.top + box.height / 2) + step;
            const place = [at(x, box.left) - 2, at(y, box.top) - 2, 5, 5];
            const { data } = canvas.getContext("2d").getImageData(...place);
            if (new Set(new Uint32Array(data.buffer)).size === 1) return [x, y];
          }
        }""",
        pane,
    )
    return x, y


def read_pixel(page: Page, pane: str, x: float, y: float) -> list[int]:
    """The red, green and blue that a pane shows at a place of the page, after all was drawn."""
    return page.evaluate(
        """async ([pane, x, y]) => {
          const frame = () => new Promise((done) => requestAnimationFrame(done));
          await frame();
          await frame();
          const canvas = document.querySelector(`canvas[data-pane="${pane}"]`);
          const box = canvas.getBoundingClientRect();
          const place = [(x - box.left) * devicePixelRatio, (y - box.top) * devicePixelRatio];
          const pixel = canvas.getContext("2d").getImageData(...place.map(Math.floor), 1, 1);
          return [...pixel.data].slice(0, 3);
        }""",
        [pane, x, y],
    )


def measure_picture(page: Page, pane: str) -> list[int]:
    """Width and height of what a pane shows on its grey, in px of its canvas."""
    return page.evaluate(
        f"""async (pane) => {{
          const frame = () => new Promise((done) => requestAnimationFrame(done));
          await frame();
          await frame();
          const {{ width }} = document.querySelector(`canvas[data-pane="${{pane}}"]`);
          const colours = new Uint32Array(({READ_CANVAS})(pane).buffer);
          const [columns, rows] = [new Set(), new Set()];
          colours.forEach((colour, at) => {{
            if (colour === 0xff777777) return;
            columns.add(at % width);
            rows.add(Math.floor(at / width));
          }});
          const extent = (places) => Math.max(...places) - Math.min(...places) + 1;
          return [extent(columns), extent(rows)];
        }}""",
        pane,
    )


def pinch(page: Page, x: float, y: float, start: float = 40, end: float = 100) -> None:
    """Put two fingers beside a place of the page, so many px apart, and move them."""
    session = page.context.new_cdp_session(page)

    def touch(kind: str, apart: float | None = None, fingers: int = 2) -> None:
        places = [] if apart is None else [(x - apart / 2, y), (x + apart / 2, y)][:fingers]
        points = [{"x": px, "y": py, "id": number} for number, (px, py) in enumerate(places)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", start, fingers=1)
    touch("touchStart", start)
    for step in range(1, 9):
        touch("touchMove", start + (end - start) * step / 8)
    touch("touchEnd")
    session.detach()


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
        wait_on(self.page, lambda: self.read_mask() == wanted, f"the mask {wanted}")

    def expect_other_mask(self, before: str) -> str:
        """Wait until the mask pane shows something else than before; return its fingerprint."""
        return wait_on(
            self.page,
            lambda: (shown := self.read_mask()) != before and shown,
            f"another mask than {before}",
        )


class Panes:
    """The panes as a person sees them."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def shown(self) -> list[str]:
        return self.page.eval_on_selector_all(
            "canvas[data-pane]", "all => all.map((canvas) => canvas.dataset.pane)"
        )

    def choose(self, number: int, view: str) -> None:
        self.page.get_by_label(f"View of pane {number}").select_option(view)

    def wait_frame(self) -> None:
        self.page.evaluate(
            "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )

    def read(self, view: str) -> np.ndarray:
        """The pixels of a pane, (H, W, 3) uint8."""
        self.wait_frame()
        selector = f'canvas[data-pane="{view}"]'
        url = self.page.eval_on_selector(selector, "canvas => canvas.toDataURL()")
        return decode_png(base64.b64decode(url.partition(",")[2]))


def measure_contrast(page, selector):
    """Contrast ratio of an element's text, after WCAG 2."""
    return page.evaluate(
        """selector => {
          const element = document.querySelector(selector);
          const read = (colour) => colour.match(/[\\d.]+/g).map(Number);
          let behind = element;
          while (read(getComputedStyle(behind).backgroundColor)[3] === 0) {
            behind = behind.parentElement;
          }
          const light = (colour) => {
            const [r, g, b] = read(colour).map((value) => {
              const share = value / 255;
              return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
            });
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
          };
          const pair = [light(getComputedStyle(element).color),
                        light(getComputedStyle(behind).backgroundColor)].sort((a, b) => b - a);
          return (pair[0] + 0.05) / (pair[1] + 0.05);
        }""",
        selector,
    )
