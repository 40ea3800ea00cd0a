"""The canvas's benchmark: frames, strokes, opening and saving in headless Chromium.

The naive way that it is compared with keeps the mask in one canvas as large as the image and writes
the whole of it for each step of a stroke.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Literal

import cv2
import numpy as np

from desra_studio.assets_folder import find_assets
from desra_studio.bench.server import run_server
from desra_studio.config import LOCAL_HOST, Settings
from desra_studio.errors import StudioError
from desra_studio.imaging.arrays import Mask, RgbImage, Size
from desra_studio.imaging.io import encode_png, read_rgb, resize_bicubic
from desra_studio.services.datasets.importing import import_dataset
from desra_studio.services.datasets.layout import GAN_FOLDER, MSE_FOLDER
from desra_studio.services.review.masks import save_mask
from desra_studio.services.review.queue import make_filter, read_page
from desra_studio.services.studio import Studio, open_studio

if TYPE_CHECKING:
    from playwright.sync_api import FloatRect, Page

SIDES = (2048, 4096)
MARKED_SHARE = 0.04
BLOB_PX = 14
STEPS = 150
PRESSES = 9
NAIVE_SECONDS = 3
METER = Path(__file__).with_name("canvas_meter.js")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def time_canvas() -> dict[str, Any]:
    """Time the Review page with pairs of 2048x2048 and 4096x4096 px, in three panes of 363 px.

    The mouse moves as fast as the browser takes it; a frame is one of the browser's own.

    Returns:
        per size, by its side as text: {"open_ms": from asking for the image to its first frame,
        "next_ms": from the key to the first frame of the next, prefetched image, "paint", "zoom",
        "pan": each {"fps", "worst_ms"}, "stroke_ms": from the press to its pixels, "stroke_frames",
        "save_ms": from the key to the answer, "save_bytes", "naive_paint", "ratio": painting's
        fps over the naive way's, of which no more than 60 are shown}.

    Raises:
        StudioError: no Playwright or no Chromium.
    """
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder) / "data", database_url="", blind_share=0)
        studio = open_studio(settings)
        datasets = {side: make_dataset(studio, Path(folder) / str(side), side) for side in SIDES}
        studio.database.close()
        figures = {}
        with run_server(settings.data_dir) as (port, _):
            for side, dataset in datasets.items():
                with open_page() as page:
                    figures[str(side)] = time_review(
                        page, f"http://{LOCAL_HOST}:{port}/review?dataset={dataset}", side
                    )
        return figures


def make_dataset(studio: Studio, source: Path, side: int) -> int:
    """Import two pairs of `side` px with a mask each and return the dataset's id."""
    for role, folder in enumerate((GAN_FOLDER, MSE_FOLDER)):
        (source / folder).mkdir(parents=True)
        for number, sample in enumerate(("barn", "houses")):
            photo = make_photo(sample, side, noise=4 - 3 * role)
            (source / folder / f"{number}.png").write_bytes(encode_png(photo))
    imported = import_dataset(studio, source, f"{side} px")
    for seed, item in enumerate(read_page(studio, make_filter(imported.dataset_id)).items):
        save_mask(studio, item.id, make_mask(side, seed), version=0)
    return imported.dataset_id


def make_photo(sample: str, side: int, noise: float) -> RgbImage:
    """Enlarge a bundled photograph to a square, with noise in place of the detail it lacks."""
    small = read_rgb(find_assets() / "samples" / "LR" / f"{sample}.png").pixels
    large = resize_bicubic(small, Size(side, side))
    grain = np.random.default_rng(0).standard_normal(large.shape, np.float32)
    return np.asarray(np.clip(large + noise * grain, 0, 255), np.uint8)


def make_mask(side: int, seed: int) -> Mask:
    """Mark ragged blobs, as a detector does, (side, side) bool."""
    noise = np.random.default_rng(seed).standard_normal((side, side), np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), BLOB_PX * side / SIDES[0])
    return np.asarray(smooth > np.quantile(smooth[::8, ::8], 1 - MARKED_SHARE))


@contextmanager
def open_page() -> Iterator["Page"]:
    """Open a page of 1366x768 px in a Chromium of its own.

    Raises:
        StudioError: Playwright or Chromium is missing.
    """
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError as error:
        raise StudioError(
            "This benchmark drives a browser by Playwright, which is not installed. "
            "Install the tests' packages: pip install 'desra-studio[test]'."
        ) from error
    names = ("chromium", "chromium-browser", "chromium-headless-shell")
    found = next(filter(None, map(shutil.which, names)), None)
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        except Error as error:
            raise StudioError(
                "No Chromium was found. Install it, or run 'playwright install chromium'."
            ) from error
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        page.add_init_script(METER.read_text())
        yield page
        browser.close()


def time_review(page: "Page", address: str, side: int) -> dict[str, Any]:
    """Time one size; see `time_canvas`."""
    page.add_init_script("window.opened = meter.watchRoot('data-image')")
    page.goto(address)
    opened = page.evaluate("() => window.opened")
    asked = page.evaluate(
        "() => performance.getEntriesByType('resource')"
        ".find(({ name }) => /\\/studio\\/api\\/images\\/\\d+$/.test(name)).startTime"
    )
    # The next image is loaded meanwhile, and decoded.
    page.wait_for_function(
        "() => performance.getEntriesByType('resource')"
        ".filter(({ name }) => name.includes('/renditions/')).length >= 4"
    )
    page.wait_for_timeout(1000 + opened - asked)
    figures = {"open_ms": round(opened - asked), "next_ms": round(_time_key(page, "d", "image"))}
    box = page.locator("canvas[data-pane=mask]").bounding_box()
    assert box is not None
    figures["paint"] = _watch(page, lambda: _drag(page, box, "left"))
    page.keyboard.press("z")  # 1:1: smaller, the outline of the brush covers what it paints
    figures |= _time_presses(page, box)
    figures["pan"] = _watch(page, lambda: _drag(page, box, "middle"))
    figures["zoom"] = _watch(page, lambda: _zoom(page))
    figures |= _time_save(page)
    naive = page.evaluate(
        "([side, seconds]) => meter.paintNaively(side, seconds)", [side, NAIVE_SECONDS]
    )
    figures["naive_paint"] = _round(naive)
    figures["ratio"] = round(figures["paint"]["fps"] / naive["fps"], 1)
    return figures


def _time_key(page: "Page", key: str, attribute: str) -> float:
    page.evaluate(f"() => {{ window.timed = meter.watchKey('data-{attribute}') }}")
    page.keyboard.press(key)
    return float(page.evaluate("() => window.timed"))


def _watch(page: "Page", act: Callable[[], None]) -> dict[str, float]:
    page.evaluate("() => { window.stop = meter.watchFrames() }")
    act()
    watched = page.evaluate("() => window.stop()")
    return _round(watched)


def _round(watched: dict[str, float]) -> dict[str, float]:
    return {name: round(watched[name], 1) for name in ("fps", "worst_ms")}


def _drag(page: "Page", box: "FloatRect", button: Literal["left", "middle"]) -> None:
    """Drag from corner to corner and back, in a zigzag."""
    left, top = box["x"] + 20, box["y"] + 120
    page.mouse.move(left, top)
    page.mouse.down(button=button)
    for turn in range(1, 5):
        x = left + (box["width"] - 40) * (turn % 2)
        page.mouse.move(x, top + 80 * turn, steps=STEPS // 4)
    page.mouse.up(button=button)


def _zoom(page: "Page") -> None:
    for step in range(STEPS):
        page.mouse.wheel(0, -120 if step % 50 < 25 else 120)


def _time_presses(page: "Page", box: "FloatRect") -> dict[str, float]:
    timed = []
    for press in range(PRESSES):
        page.mouse.move(box["x"] + 30 + 34 * press, box["y"] + box["height"] / 2 + 165)
        page.evaluate("() => { window.timed = meter.watchPress('mask') }")
        page.mouse.down()
        seen = page.evaluate("() => window.timed")
        page.mouse.up()
        if seen:
            timed.append(seen)
    return {
        "stroke_ms": round(median(press["ms"] for press in timed), 1),
        "stroke_frames": median(press["frames"] for press in timed),
    }


def _time_save(page: "Page") -> dict[str, float]:
    with page.expect_request(lambda request: request.method == "POST") as sent:
        seconds = _time_key(page, "Control+s", "saved")
    body = sent.value.post_data_buffer or b""
    return {"save_ms": round(seconds), "save_bytes": len(body)}
