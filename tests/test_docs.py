"""What the documentation must not forget, and that its links lead somewhere."""

import re
from dataclasses import fields
from functools import cache
from pathlib import Path

import pytest

from desra_studio.bench.registry import BENCHMARKS, find_benchmark
from desra_studio.cli.reference import PART, PARTS, READ_ON, list_commands, render_page
from desra_studio.config import Settings
from desra_studio.detection.detectors import DETECTORS, NAMED
from desra_studio.finetune.config import DIAL, PRESETS, FinetuneConfig
from desra_studio.services.export.formats import FORMATS
from desra_studio.storage.base import Base

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
DOCS = sorted((ROOT / "docs").rglob("*.md"))
PAGES = [
    README,
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    *DOCS,
    ROOT / "db" / "README.md",
    ROOT / "ops" / "README.md",
    *sorted((ROOT / "assets").rglob("*.md")),
]
MANUAL = "\n".join(page.read_text() for page in (README, *DOCS))
FENCED = re.compile(r"^ *```.*?^ *```$", re.M | re.S)
LINK = re.compile(r"\]\(([^)\s]+)\)")


def list_links(page):
    """Yield (page, anchor) of every link of a page to a file of ours."""
    for target in LINK.findall(FENCED.sub("", page.read_text())):
        if not re.match(r"[a-z]+:", target):
            path, _, anchor = target.partition("#")
            yield (page.parent / path).resolve() if path else page, anchor


@cache
def list_anchors(page):
    """The anchors of a page's headings, as GitHub makes them."""
    anchors = []
    for heading in re.findall(r"^#+ (.+)$", FENCED.sub("", page.read_text()), re.M):
        text = LINK.sub("", heading).lower()
        anchor = re.sub(r"[^\w\- ]", "", text).replace(" ", "-")
        same = anchors.count(anchor)
        anchors.append(f"{anchor}-{same}" if same else anchor)
    return anchors


def test_the_page_of_the_commands_is_up_to_date():
    text = (ROOT / "docs" / "commands.md").read_text()
    assert [name for _, name, _ in PART.findall(text)] == list(PARTS)
    assert render_page(text) == text, (
        "write it again: .venv/bin/python -m desra_studio.cli.reference docs/commands.md"
    )
    assert set(READ_ON) <= {shown.name for shown in list_commands()}


@pytest.mark.parametrize("shown", list_commands(), ids=lambda shown: shown.name)
def test_commands_say_what_they_and_their_options_are(shown):
    assert shown.command.help.endswith(".")
    for one in shown.parameters:
        assert (one.help or "").endswith("."), one.name


def test_shared_options_are_the_same_everywhere():
    said = {}
    for shown in list_commands():
        for one in shown.parameters:
            if one.rich_help_panel:
                usual = said.setdefault(one.opts[0], (one.help, one.default, one.metavar))
                assert usual == (one.help, one.default, one.metavar), f"{shown.name} {one.name}"


@pytest.mark.parametrize("name", BENCHMARKS)
def test_benchmarks_are_documented(name):
    assert f"desra-studio bench {name}" in MANUAL
    assert find_benchmark(name).__doc__


@pytest.mark.parametrize("name", list(Settings.model_fields))
def test_settings_are_documented(name):
    assert f"DESRA_STUDIO_{name.upper()}" in MANUAL


@pytest.mark.parametrize("name", [field.name for field in fields(FinetuneConfig)])
def test_presets_are_documented(name):
    text = (ROOT / "docs" / "finetuning.md").read_text()
    row = re.search(rf"^\| `{name}` \|([^|]+)\|([^|]+)\|([^|]+)\|", text, re.M)
    assert row, f"{name} has no row"
    cells = [cell.strip() for cell in row.groups()]
    values = [getattr(PRESETS[preset], name) for preset in ("quick", "paper", "long")]
    assert [type(value)(cell) for value, cell in zip(values, cells, strict=True)] == values


@pytest.mark.parametrize("stop", DIAL, ids=lambda stop: stop.title)
def test_the_dial_is_documented(stop):
    gone = "not measured" if stop.removal is None else f"{100 * stop.removal:.0f} %"
    kept = "not measured" if stop.detail is None else f"{stop.detail:.2f}"
    weights = f"{stop.inside_weight:g} | {stop.contrast_inside_weight:g}"
    row = f"\n| {stop.title} | {weights} | {gone} | {kept} |\n"
    assert row in (ROOT / "docs" / "finetuning.md").read_text()


@pytest.mark.parametrize("name", FORMATS)
def test_export_formats_are_documented(name):
    assert (
        f"\n| `{name}` | a new {FORMATS[name].target} |" in (ROOT / "docs/datasets.md").read_text()
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    for target, anchor in list_links(page):
        assert target.exists(), f"{page.name} links to {target}"
        if anchor:
            assert anchor in list_anchors(target), f"{target.name} has no heading #{anchor}"


def test_every_page_is_reached_from_the_readme():
    reached, waiting = set(), [README]
    while waiting:
        page = waiting.pop()
        if page not in reached and page.suffix == ".md":
            reached.add(page)
            waiting += [target for target, _ in list_links(page)]
    assert [str(page.relative_to(ROOT)) for page in PAGES if page not in reached] == []


def test_the_readme_has_two_screens():
    assert len(README.read_text().splitlines()) <= 100


def test_the_readme_has_one_test_command():
    """As .ci/run reads it."""
    text = README.read_text()
    commands = re.findall(r"^<!-- test command -->\n```bash\n(.+)\n```$", text, re.M)
    assert len(commands) == text.count("<!-- test command -->") == 1
    assert " -m pytest" in commands[0]


def test_tables_are_documented():
    text = (ROOT / "db" / "README.md").read_text()
    for table in Base.metadata.tables:
        assert f"`{table}`" in text, table


@pytest.mark.parametrize("name", NAMED)
def test_every_detector_is_documented(name):
    detector = DETECTORS[name]
    row = next(
        line
        for line in (ROOT / "docs" / "detector.md").read_text().splitlines()
        if line.startswith(f"| `{name}` |")
    )
    assert f"| {detector.artifact_side} {detector.threshold:g} |" in row
    assert f"{detector.largest:g} |" in row
