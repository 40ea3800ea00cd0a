"""A page that is left soon after it was opened, or nearly left, reports no error."""

import pytest

from tests.browser.pages import wait_on
from tests.factories.images import write_dataset
from tests.factories.studies import import_labelled

pytestmark = pytest.mark.browser

PATHS = ["/", "/review", "/fine-tune", "/proof", "/scores", "/studies", "/models", "/team"]
MOMENTS_MS = range(0, 1000, 125)
"""Until its answers are on the way, while they are, and afterwards, however fast the machine is."""
STREAM, HEARTBEAT = "/queue/data", "/heartbeat/"


@pytest.fixture(scope="module")
def dataset(studio, tmp_path_factory):
    """Every page has something to ask for."""
    return import_labelled(studio, write_dataset(tmp_path_factory.mktemp("a") / "source"))


@pytest.fixture
def errors(page):
    """What the page's console reports."""
    said: list[str] = []
    page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
    return said


@pytest.mark.parametrize("path", PATHS)
def test_a_page_can_be_left_within_a_second(page, dataset, errors, path):
    for moment in MOMENTS_MS:
        page.goto(path, wait_until="commit")
        page.wait_for_timeout(moment)
        page.goto("/team", wait_until="commit")
    assert errors == []


@pytest.mark.parametrize("path", ["/", "/scores", "/models"])
def test_a_page_can_be_left_while_gradio_answers(page, dataset, errors, path):
    with page.expect_request(f"**{STREAM}*"):
        page.goto(path, wait_until="commit")
    page.goto("/team")
    assert errors == []


def test_who_is_asked_and_stays_stays_connected(page, dataset, errors):
    failed: list[str] = []
    asked: list[str] = []
    page.on("requestfailed", lambda request: failed.append(request.url))
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    with page.expect_request(f"**{HEARTBEAT}*"):
        page.goto("/")
    page.wait_for_selector(".studio-datasets[data-ready=true]")
    page.evaluate("addEventListener('beforeunload', (event) => event.preventDefault())")
    # A page that nobody touched may not ask.
    page.locator("body").click(position={"x": 3, "y": 300})
    page.evaluate("() => void setTimeout(() => { location.href = '/team'; })")
    wait_on(page, lambda: asked == ["beforeunload"], "the question")
    assert [url for url in failed if HEARTBEAT in url] == []
    assert errors == []
