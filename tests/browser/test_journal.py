"""Nothing is ever lost: work comes back after crashes, offline minutes and other tabs."""

import os
import re
import shutil
import signal
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import ARGUMENTS, PATIENCE_MS, ReviewPage
from tests.conftest import run_command, write_dataset

pytestmark = pytest.mark.browser

RESTORED = re.compile(r"Restored (\d+) unsaved actions? from \d")
MARKED = re.compile(r"([\d.]+) % marked")


@pytest.fixture(scope="module", autouse=True)
def dataset(server, tmp_path_factory):
    """Small images, one for each test that leaves something behind."""
    folder = write_dataset(tmp_path_factory.mktemp("source"), names="abcdefgh")
    run_command("import", folder, "--name", "set", "--data-dir", server.data_dir)


@pytest.fixture
def profile(chromium, server, tmp_path):
    """A browser with a profile on the disk, which can be killed and started again."""
    started = Profile(chromium, server.url, tmp_path / "profile")
    yield started
    started.close()


class Profile:
    """A Chromium of its own, whose profile outlives it."""

    def __init__(self, chromium, url, folder: Path) -> None:
        self.chromium, self.url, self.folder = chromium, url, folder
        self.context = None

    def open(self, query: str = "") -> ReviewPage:
        self.context = self.chromium.browser_type.launch_persistent_context(
            self.folder,
            executable_path=shutil.which("chromium") or shutil.which("chromium-browser"),
            args=ARGUMENTS,
            viewport={"width": 1366, "height": 768},
            base_url=self.url,
        )
        self.context.set_default_timeout(PATIENCE_MS)
        review = ReviewPage(self.context.pages[0])
        review.open(query)
        return review

    def kill(self) -> None:
        """End the browser and its renderers as a crash does, with no chance to write anything."""
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                command = (entry / "cmdline").read_bytes().decode(errors="replace")
                if f"--user-data-dir={self.folder}" in command:
                    os.kill(int(entry.name), signal.SIGKILL)
            except OSError:
                continue
        self.close()

    def close(self) -> None:
        if self.context:
            self.context.close()
        self.context = None


def hold_stroke(review, start, end, steps=10):
    """Press and drag over the mask, and keep the button down."""
    box = review.page.locator("canvas[data-pane=mask]").bounding_box()
    points = [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in (start, end)]
    review.page.mouse.move(*points[0])
    review.page.mouse.down()
    review.page.mouse.move(*points[1], steps=steps)


def wait_kept(page, actions):
    """Wait until this browser's journal has so many actions."""
    page.wait_for_function(
        """async (actions) => {
          const open = (request) => new Promise((done, failed) => {
            request.onsuccess = () => done(request.result);
            request.onerror = () => failed(request.error);
          });
          const found = (await indexedDB.databases()).some(({ name }) => name.includes("journal"));
          if (!found) return false;
          const database = await open(indexedDB.open("desra-studio-journal"));
          const work = await open(database.transaction("work").objectStore("work").getAll());
          database.close();
          return work.reduce((sum, { actions }) => sum + actions, 0) === actions;
        }""",
        arg=actions,
    )


def read_restored(review) -> int:
    """How many actions the page says it restored."""
    expect(review.page.locator(".message")).to_have_text(RESTORED)
    return int(RESTORED.search(review.message)[1])


def test_work_comes_back_after_a_kill_in_mid_stroke(profile):
    review = profile.open()
    review.choose("a")
    review.page.mouse.move(5, 5)
    before = review.read_mask()
    review.drag("mask", (0.2, 0.3), (0.4, 0.3))
    hold_stroke(review, (0.2, 0.7), (0.6, 0.7))
    wait_kept(review.page, 2)
    review.page.mouse.move(5, 5)
    painted = review.read_mask()
    profile.kill()

    review = profile.open()
    review.choose("a")
    assert read_restored(review) == 2
    review.page.mouse.move(5, 5)
    assert review.read_mask() == painted
    assert review.saved == "Unsaved changes"
    review.page.get_by_role("button", name="Throw them away").click()
    review.page.mouse.move(5, 5)
    assert review.read_mask() == before
    assert "Unsaved" not in review.saved
    wait_kept(review.page, 0)
