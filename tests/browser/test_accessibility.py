"""axe-core on every page, light and dark: no violation."""

import pytest

from tests.browser.pages import measure_contrast, wait_until
from tests.factories.images import write_dataset
from tests.factories.studies import (
    decide_by_system,
    import_labelled,
    make_rules,
    open_new,
    vote_through,
)
from tests.npm import find_packages

pytestmark = pytest.mark.browser

PAGES = {
    "/": ".studio-datasets[data-ready=true]",
    "/review": ".studio-review[data-ready=true][aria-busy=false]",
    "/fine-tune": ".studio-finetune[data-ready=true]",
    "/proof": ".studio-proof .empty",
    "/scores": "table",
    "/studies": ".studio-studies .forest",
    "/models": "table",
    "/team": ".studio-team",
}
# What the names of controls say has to have what they show: people who speak to a page say that.
RUN = """async () => {
  const { violations } = await axe.run(document, {
    rules: { "label-content-name-mismatch": { enabled: true } },
    resultTypes: ["violations"],
  });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) =>
    `${id}: ${target.join(" ")}: ${failureSummary.split("\\n").slice(1).join(" ")}`));
}"""

STILL = "async () => document.getAnimations().every(({ playState }) => playState !== 'running')"


@pytest.fixture(scope="module")
def axe():
    return (find_packages() / "axe-core" / "axe.min.js").read_text()


@pytest.fixture(scope="module")
def vote(studio, tmp_path_factory):
    """The path of a voting page; every page has something to show, Studies the votes of others."""
    dataset = import_labelled(studio, write_dataset(tmp_path_factory.mktemp("a") / "source"))
    labels = ("Ada", "Ann", "Bo", "Cy")
    _, (link, *others) = open_new(studio, dataset, labels, votes_per_pair=4, rules=make_rules())
    for other in others:
        vote_through(studio, other, decide_by_system(studio, lambda _: "b"))
    return f"/vote/{link}"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", [*PAGES, "/vote"])
def test_no_violation(page, vote, axe, path, theme):
    page.goto(f"{vote if path == '/vote' else path}?__theme={theme}")
    page.wait_for_selector(PAGES.get(path, ".card"))
    # Gradio fades its blocks in: half-way there is no contrast.
    wait_until(page, STILL)
    page.evaluate(axe)
    assert page.evaluate(RUN) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_name_can_be_read_while_it_is_typed(page, vote, theme):
    page.goto(f"/studies?__theme={theme}")
    page.locator(".studio-nav .identity").click()
    page.locator("#studio-user").fill("Ada")
    assert measure_contrast(page, "#studio-user") >= 4.5
