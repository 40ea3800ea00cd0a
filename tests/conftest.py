"""Fixtures that several test modules share."""

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from desra_studio.cli.app import main
from desra_studio.services.studio import Studio, open_studio
from desra_studio.sr.loader import Generator, build_generator, encode_weights, parse_weights
from tests.databases import choose_kinds
from tests.development_data import TRIPLETS
from tests.factories.images import write_dataset
from tests.factories.networks import make_compact
from tests.factories.postgresql import PostgresServer, find_programs, run_postgresql
from tests.factories.studio import DATABASES, make_settings
from tests.patience import join_watchers

# No test asks a hub for weights, nor do the processes that it starts.
os.environ["HF_HUB_OFFLINE"] = "1"
# Every picture of a test can be judged by what was detected in it, unless the test asks otherwise.
BLIND_SHARE = "DESRA_STUDIO_BLIND_SHARE"
os.environ[BLIND_SHARE] = "0"


def pytest_collection_finish() -> None:
    """Spare the garbage collector what all tests import: it stays for as long as they run."""
    gc.collect()
    gc.freeze()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Let tests of what the database answers run on each kind of it; `tests/databases.py`."""
    if "database_kind" in metafunc.fixturenames:
        metafunc.parametrize("database_kind", choose_kinds(metafunc.definition), indirect=True)


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


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresServer]:
    """A server of PostgreSQL, with the database of a new installation."""
    programs = find_programs()
    if programs is None:
        reason = "no PostgreSQL: install Debian's package postgresql, or put initdb into PATH"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with run_postgresql(programs) as server:
        yield server


@pytest.fixture(scope="session")
def new_database(postgresql: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a database of PostgreSQL as `new_data_dir` is a data directory."""
    postgresql.execute("CREATE DATABASE new TEMPLATE template0")
    settings = make_settings(
        tmp_path_factory.mktemp("new") / "data", database_url=postgresql.locate("new")
    )
    open_studio(settings).database.close()
    return "new"


@pytest.fixture
def database_kind(request: pytest.FixtureRequest) -> str:
    """What the test's database is: sqlite or postgresql."""
    return request.param


@pytest.fixture
def make_data_dir(
    request: pytest.FixtureRequest, new_data_dir: Path, database_kind: str
) -> Iterator[Callable[[Path], Path]]:
    """Make the data directory of a new installation, with a database that settings find."""
    with ExitStack() as lent:

        def make(folder: Path) -> Path:
            shutil.copytree(new_data_dir, folder)
            if database_kind == "postgresql":
                (folder / "studio.sqlite").unlink()
                server = request.getfixturevalue("postgresql")
                name = request.getfixturevalue("new_database")
                DATABASES[folder] = lent.enter_context(server.lend(name))
                lent.callback(DATABASES.pop, folder)
            return folder

        yield make
        if database_kind == "postgresql":
            # The end of a job's process is written down, which may come after that of its work.
            join_watchers()


@pytest.fixture
def data_dir(
    make_data_dir: Callable[[Path], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """The data directory of a new installation, whose database commands find, too."""
    made = make_data_dir(tmp_path / "data")
    if made in DATABASES:
        monkeypatch.setenv("DESRA_STUDIO_DATABASE_URL", DATABASES[made])
    return made


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
        if name.startswith("DESRA_STUDIO_") and name != BLIND_SHARE:
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
