"""Fixtures that several test modules share."""

import os
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path

import numpy as np
import pytest

from desra_studio.cli import main
from desra_studio.config import Settings
from desra_studio.imaging.io import encode_png
from desra_studio.services import review
from desra_studio.services.queue import make_filter, read_page
from desra_studio.services.studio import Studio, open_studio
from desra_studio.storage.tables import State

# No test asks a hub for weights, nor do the processes that it starts.
os.environ["HF_HUB_OFFLINE"] = "1"

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"
TRIPLETS = SHARED / "data" / "srgan-triplets"


@pytest.fixture(scope="session")
def triplets() -> Path:
    """Eleven real triplets with golden results of the released code; development data only."""
    if not TRIPLETS.is_dir():
        pytest.skip(f"{TRIPLETS} is absent: development data, not part of the product")
    return TRIPLETS


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    """An empty studio of its own."""
    opened = open_studio(make_settings(tmp_path / "data"))
    yield opened
    opened.database.close()


def make_settings(data_dir: Path, **values) -> Settings:
    """Settings that ignore what the environment says."""
    return Settings(**{"data_dir": data_dir, "database_url": "", "author": "tester", **values})


def run_command(*arguments) -> str:
    """Run `desra-studio` in a process of its own and return its standard output."""
    command = [sys.executable, "-m", "desra_studio", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def list_items(studio: Studio, dataset_id: int) -> list[dict]:
    """The queue of a dataset as the page has it, by name."""
    return read_page(studio, make_filter(dataset_id)).items


def accept_detected(studio: Studio, dataset_id: int, all_over: Collection[str] = ()) -> None:
    """Accept every image with the mask that was detected; some, by name, marked all over."""
    for item in list_items(studio, dataset_id):
        document = review.describe_image(studio, item["id"])
        mask = review.load_detected_mask(studio, document["detection"]["id"])
        if item["name"] in all_over:
            mask[:] = True
        saved = review.save_mask(studio, item["id"], mask, document["version"])
        review.judge_image(studio, item["id"], State.ACCEPTED, saved.version)


def make_pair(size: tuple[int, int] = (96, 96), seed: int = 0, busy: int = 40):
    """A smooth MSE-SR and a GAN-SR that is noisy in one square of `busy` px: (gan, mse)."""
    height, width = size
    random = np.random.default_rng(seed)
    ramp = np.linspace(60, 180, width, dtype=np.float32)
    mse = np.repeat(np.repeat(ramp[None, :, None], height, 0), 3, 2)
    gan = mse.copy()
    noise = random.normal(0, 40, (busy, busy, 3))
    gan[20 : 20 + busy, 20 : 20 + busy] += noise
    return gan.clip(0, 255).astype(np.uint8), mse.astype(np.uint8)


def write_dataset(folder: Path, names=("a", "b", "c"), with_lr: bool = True, size=(96, 96)) -> Path:
    """Write small pairs in DeSRA's layout; each GAN-SR has one artifact of its own."""
    for sub in ("GAN-SR", "MSE-SR", *(["LR"] if with_lr else [])):
        (folder / sub).mkdir(parents=True, exist_ok=True)
    for seed, name in enumerate(names):
        gan, mse = make_pair(size, seed=seed)
        (folder / "GAN-SR" / f"{name}.png").write_bytes(encode_png(gan))
        (folder / "MSE-SR" / f"{name}.png").write_bytes(encode_png(mse))
        if with_lr:
            (folder / "LR" / f"{name}.png").write_bytes(
                encode_png(np.ascontiguousarray(mse[::4, ::4]))
            )
    return folder


@pytest.fixture
def dataset_folder(tmp_path: Path) -> Path:
    """Three small pairs with LR in DeSRA's layout."""
    return write_dataset(tmp_path / "source")


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests see the defaults, whatever the developer has set."""
    for name in list(os.environ):
        if name.startswith("DESRA_STUDIO_"):
            monkeypatch.delenv(name)


@pytest.fixture
def run(capsys):
    """Run a command; returns (exit status, standard output, standard error)."""

    def run_command(*arguments):
        status = 0
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as end:
            status = end.code
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run_command
