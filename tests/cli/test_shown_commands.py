"""Every command that the documentation shows is run, or at least understood.

What stands in a block is run, and so is what stands within a line and is whole, without a word
such as NAME in place of a value. The pages are one story: their commands are run in the order of
docs/README.md, each once, in a folder that has what they speak of. Others must be commands that
there are, with options that they have.
"""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from desra_studio.assets_folder import find_assets
from desra_studio.bench.registry import find_benchmark
from desra_studio.bench.server import find_free_port, run_server, wait_until_healthy
from desra_studio.cli.console import USAGE_ERROR
from desra_studio.cli.reference import list_commands
from desra_studio.imaging.io import encode_png, read_rgb
from desra_studio.imaging.masks import encode_mask_png
from desra_studio.services.datasets.listing import find_dataset_by_name
from desra_studio.services.models import pulling
from desra_studio.services.review.documents import describe_image
from desra_studio.services.review.masks import save_mask
from desra_studio.services.studio import open_studio
from desra_studio.storage.backups import BEFORE, back_up
from tests.factories.certificates import write_certificate
from tests.factories.networks import make_discriminator, make_weights
from tests.factories.segformers import save_tiny_segformer
from tests.factories.servers import serve_files
from tests.factories.studies import open_new, vote_through
from tests.factories.studio import list_items, make_settings
from tests.factories.weights import encode_pth, make_entry
from tests.factories.zips import zip_folder

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"
PAGES = [
    ROOT / "README.md",
    DOCS / "README.md",
    *(DOCS / name for name in re.findall(r"\]\(([\w-]+\.md)\)", (DOCS / "README.md").read_text())),
]
COMMANDS = {shown.name: shown for shown in list_commands()}
SHOWN = re.compile(r"^ *```(\w*)\n(.*?)^ *```$|`(desra-studio [^`]+)`", re.M | re.S)
PLACEHOLDER = re.compile(r"\[?[A-Z_]{2,}\]?")

SHORTER = {
    "finetune": ["--iterations", "2", "--batch", "2", "--crop", "64"],
    "models derive-mse": ["--iterations", "2"],
}
"""Options that are added to commands that would train for minutes."""
LOOKED_UP = {"bench"}
"""Measure for minutes, and have tests of their own: only whether there is such a benchmark."""
SERVED = ("desra-studio serve", ".venv/bin/python app.py")
"""Go on until they are ended: asked for /healthz at another port."""
MAY_FIND_PROBLEMS = {"desra-studio doctor"}
"""End with status 2 where the machine that runs the tests lacks something, such as room."""
ELSEWHERE = {
    "python3 -m venv .venv": ".ci/run makes such an environment",
    ".venv/bin/pip install -e .": ".ci/run installs the same, and the extra of the tests",
    ".venv/bin/pip install -q -e '.[test]'": ".ci/run",
    ".venv/bin/python -m pytest -n 2 --dist loadfile": ".ci/run",
    "pip install 'desra-studio[postgresql]'": ".ci/run installs the same driver",
    "createdb desra": "tests/factories/postgresql.py makes databases",
    "export DESRA_STUDIO_DATABASE_URL="
    "'postgresql://ada:PASSWORD@db.example.org/desra?sslmode=require'": "tests/storage, by option",
}
"""What others run, and who."""


@dataclass(frozen=True)
class Shown:
    """A command of a page: its line, and whether it stands in a block."""

    page: str
    line: str
    in_block: bool

    @property
    def words(self) -> list[str]:
        """What follows `desra-studio`."""
        return shlex.split(self.line)[1:]

    @property
    def name(self) -> str:
        """The command's name; empty where there is no such command."""
        return next(
            (name for count in (2, 1) if (name := " ".join(self.words[:count])) in COMMANDS), ""
        )

    @property
    def arguments(self) -> list[str]:
        """What follows its name."""
        return self.words[len(self.name.split()) :]


def list_shown(page: Path) -> Iterator[Shown]:
    """Yield the commands of a page, in order."""
    name = page.relative_to(ROOT).as_posix()
    for language, block, inline in SHOWN.findall(page.read_text()):
        if inline:
            yield Shown(name, " ".join(inline.split()), in_block=False)
        for line in block.replace("\\\n", " ").splitlines():
            if language in ("bash", "sh", "shell") or line.strip().startswith("desra-studio"):
                for one in re.sub(r"(^|\s)#.*", "", line).split(" && "):
                    if one.strip():
                        yield Shown(name, " ".join(one.split()), in_block=True)


ALL = [shown for page in PAGES for shown in list_shown(page)]
OURS = [shown for shown in ALL if shown.line.split()[0] == "desra-studio"]
OF_ALL = {"desra-studio --version", "desra-studio --help"}
"""Without a command."""


def is_to_run(shown: Shown) -> bool:
    """Whether a command is shown to be typed as it is."""
    if shown.in_block:
        return True
    if not shown.name or any(
        PLACEHOLDER.fullmatch(part) for part in re.split(r"[\s/:@.]", shown.line)
    ):
        return False
    command = COMMANDS[shown.name]
    if not shown.arguments:
        return all(parameter.rich_help_panel for parameter in command.parameters)
    try:
        command.command.make_context(shown.name, list(shown.arguments))
    except USAGE_ERROR:
        return False
    return True


def test_the_documentation_lists_all_its_pages():
    assert sorted(DOCS.glob("*.md")) == sorted(page for page in PAGES if page.parent == DOCS)


def test_somebody_runs_what_stands_in_blocks():
    others = {shown.line for shown in ALL} - {shown.line for shown in OURS}
    assert {line for line in others if not line.startswith(SERVED)} == set(ELSEWHERE)


@pytest.mark.parametrize("line", sorted({shown.line for shown in OURS} - OF_ALL))
def test_shown_commands_are_understood(line):
    shown = Shown("", line, in_block=False)
    families = {name.split()[0] for name in COMMANDS if " " in name}
    assert shown.name or line.removeprefix("desra-studio ") in families
    if shown.name:
        command = COMMANDS[shown.name].command
        context = command.make_context(shown.name, [], resilient_parsing=True)
        context.resilient_parsing = False  # which let the context be made of no arguments
        arguments = [word for word in shown.arguments if word != "[OPTIONS]"]
        _, left, _ = command.make_parser(context).parse_args(args=arguments)
        assert left == []


def write_photos(folder: Path, side: int, count: int) -> list[str]:
    """Write the middle of so many sample photographs; returns their names."""
    folder.mkdir(parents=True)
    samples = sorted((find_assets() / "samples" / "LR").glob("*.png"))[:count]
    names = [f"{number:04}" for number in range(1, count + 1)]
    for name, sample in zip(names, samples, strict=True):
        pixels = read_rgb(sample).pixels
        top, left = (size // 2 - side // 2 for size in pixels.shape[:2])
        cut = pixels[top : top + side, left : left + side].copy()
        (folder / f"{name}.png").write_bytes(encode_png(cut))
    return names


@pytest.fixture
def folder(tmp_path, data_dir, monkeypatch, run):
    """The working directory of the story, with files that the pages speak of."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DESRA_STUDIO_DATA_DIR", str(data_dir))
    monkeypatch.setenv("DESRA_STUDIO_DEVICE", "cpu")
    save_tiny_segformer(tmp_path / "segformer")
    monkeypatch.setenv("DESRA_STUDIO_SEGMENTATION", str(tmp_path / "segformer"))
    write_photos(tmp_path / "photos", 64, 5)
    results = tmp_path / "results"
    names = write_photos(results / "LR", 32, 6)
    for kind, sub in (("gan", "GAN-SR"), ("mse", "MSE-SR")):
        upscale = ("upscale", "--model", f"desra-demo-{kind}-x4", "--lr", results / "LR")
        assert run(*upscale, "--out", results / sub)[0] == 0
    (results / "GT-Mask").mkdir()
    for index, name in enumerate(names):
        mask = np.zeros((128, 128), bool)
        mask[30:70, 40:90] = index % 2
        (results / "GT-Mask" / f"{name}.png").write_bytes(encode_mask_png(mask))
    zip_folder(results, tmp_path / "results.zip")
    rows = [f"results/GAN-SR/{name}.png;results/MSE-SR/{name}.png" for name in names]
    (tmp_path / "results.csv").write_text("\n".join(["gan;mse", *rows]))
    write_certificate(tmp_path / "cert.pem", tmp_path / "key.pem")
    (tmp_path / "sharp.pth").write_bytes(encode_pth(make_weights()))
    return tmp_path


@pytest.fixture
def known_models(monkeypatch, without_proxy):
    """Models that can be pulled by the names of the catalog, from this machine."""
    files, entries = {}, []
    with serve_files(files) as server:
        for name, role, weights in (
            ("RealESRGAN_x4plus", "gan", make_weights(1)),
            ("RealESRGAN_x4plus_netD", "discriminator", make_discriminator()),
        ):
            data = files[f"{name}.pth"] = encode_pth(weights)
            entries.append(make_entry(name, role, data, url=server.url(f"{name}.pth")))
        catalog = partial(pulling.pull_model, catalog=tuple(entries))
        monkeypatch.setattr(pulling, "pull_model", catalog)
        yield


def make_study(data_dir: Path) -> None:
    """Make the study `first` of the dataset `results`, with the votes of two people."""
    studio = open_studio(make_settings(data_dir))
    dataset_id = find_dataset_by_name(studio, "results").id
    _, links = open_new(studio, dataset_id, name="first")
    for link in links:
        vote_through(studio, link, lambda _trial: "left")
    studio.database.close()


def make_backup(data_dir: Path) -> None:
    """Make a backup as an upgrade does."""
    studio = open_studio(make_settings(data_dir))
    back_up(studio.database, BEFORE)
    studio.database.close()


def work_as_bert(data_dir: Path) -> None:
    """Label an image as somebody who worked here before there were users."""
    studio = open_studio(make_settings(data_dir))
    image = list_items(studio, find_dataset_by_name(studio, "results").id)[0].id
    document = describe_image(studio, image)
    mask = np.zeros((document.height, document.width), bool)
    save_mask(studio, image, mask, document.version, author="Bert")
    studio.database.close()


NEEDED = {"study": make_study, "db restore": make_backup, "users adopt": work_as_bert}
"""What no command makes, by the first words of those that need it."""


def serve(line: str, data_dir: Path) -> None:
    """Start a server as the line says, at a free port, and wait until it is well."""
    if line.startswith("desra-studio"):
        options = re.sub(r" --port \d+", "", line.removeprefix("desra-studio serve"))
        secure = "--certificate" in options
        with run_server(data_dir, *shlex.split(options), secure=secure):
            return
    port = find_free_port()
    script = [sys.executable, str(ROOT / shlex.split(line)[-1])]
    process = subprocess.Popen(
        script,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "DESRA_STUDIO_PORT": str(port), "PYTHONPATH": str(ROOT)},
    )
    try:
        wait_until_healthy(port, process)
    finally:
        process.terminate()
        process.wait()


@pytest.mark.slow
def test_shown_commands_run(run, folder, data_dir, known_models):
    story = list(dict.fromkeys(shown.line for shown in ALL if is_to_run(shown)))
    places = {shown.line: shown.page for shown in reversed(ALL)}
    waiting, failed = dict(NEEDED), []
    for line in story:
        if line in ELSEWHERE:
            continue
        if line.startswith(SERVED):
            serve(line, data_dir)
            continue
        shown = Shown(places[line], line, in_block=True)
        if shown.name in LOOKED_UP:
            assert find_benchmark(shown.arguments[0])
            continue
        for start in [start for start in waiting if shown.name.startswith(start)]:
            waiting.pop(start)(data_dir)
        status, _, errors = run(*shown.words, *SHORTER.get(shown.name, []))
        allowed = {0, 2} if line in MAY_FIND_PROBLEMS else {0}
        if status not in allowed:
            failed.append(f"{shown.page}: {line}\n  {status}: {errors.splitlines()[-1:]}")
    assert not failed, "\n".join(failed)
    assert waiting == {}
