"""Fixtures that several test modules share."""

import gc
import os
import shutil
from pathlib import Path

import pytest

from desra_studio.cli.app import main
from desra_studio.services.studio import Studio, open_studio
from desra_studio.sr.loader import Generator, build_generator, encode_weights, parse_weights
from tests.development_data import TRIPLETS
from tests.factories.images import write_dataset
from tests.factories.networks import make_compact
from tests.factories.studio import make_settings

# No test asks a hub for weights, nor do the processes that it starts.
os.environ["HF_HUB_OFFLINE"] = "1"


def pytest_collection_finish() -> None:
    """Spare the garbage collector what all tests import: it stays for as long as they run."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def triplets() -> Path:
    """Eleven real triplets with golden results of the released code; development data only."""
    if not TRIPLETS.is_dir():
        pytest.skip(f"{TRIPLETS} is absent: development data, not part of the product")
    return TRIPLETS


@pytest.fixture(scope="session")
def new_data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What an installation has before anything was done, to be copied: all migrations take time."""
    data_dir = tmp_path_factory.mktemp("new") / "data"
    open_studio(make_settings(data_dir)).database.close()
    return data_dir


@pytest.fixture
def data_dir(new_data_dir: Path, tmp_path: Path) -> Path:
    """The data directory of a new installation."""
    return shutil.copytree(new_data_dir, tmp_path / "data")


@pytest.fixture
def studio(data_dir: Path) -> Studio:
    """An empty studio of its own."""
    opened = open_studio(make_settings(data_dir))
    yield opened
    opened.database.close()


@pytest.fixture
def dataset_folder(tmp_path: Path) -> Path:
    """Three small pairs with LR in DeSRA's layout."""
    return write_dataset(tmp_path / "source")


@pytest.fixture(scope="session")
def weights() -> bytes:
    """A small SRVGGNetCompact, x4, as safetensors."""
    return encode_weights(make_compact())


@pytest.fixture
def generator(weights: bytes) -> Generator:
    """The network of `weights`."""
    return build_generator(parse_weights(weights, "small"), "small")


@pytest.fixture
def generator_file(weights: bytes, tmp_path: Path) -> Path:
    """The file small.safetensors with `weights`."""
    path = tmp_path / "small.safetensors"
    path.write_bytes(weights)
    return path


@pytest.fixture
def without_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers on this machine are asked directly, whatever proxy the developer has set."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


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
