"""Who may import whom, as the design says; and torch and gradio only where they are needed.

Test modules import nothing from each other, and take fixtures from a conftest.
"""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.patience import PATIENCE_S

TESTS = Path(__file__).parent
PACKAGE = TESTS.parent / "desra_studio"

# Every part may import itself; files at the top of the package are parts of their own.
ALLOWED = {
    "errors": set(),
    "progress": set(),
    "assets_folder": set(),
    "wording": set(),
    "vocabulary": set(),
    "setting": {"errors"},
    "references": {"errors", "vocabulary"},
    "config": {"errors", "vocabulary"},
    "imaging": {"errors"},
    "interchange": {"imaging", "errors"},
    "detection": {"imaging", "metrics", "setting", "errors"},
    "sr": {"imaging", "errors"},
    "metrics": {"imaging", "errors"},
    "finetune": {"sr", "metrics", "imaging", "setting", "errors"},
    "study": {"metrics", "imaging", "setting", "errors"},
    "storage": {"imaging", "setting", "errors", "vocabulary", "references"},
    "services": {
        "storage", "detection", "sr", "metrics", "finetune", "study", "imaging", "interchange",
        "config", "errors", "assets_folder", "vocabulary", "setting",
        "wording", "references",
    },
    "bench": {
        "ui", "services", "storage", "detection", "sr", "metrics", "finetune", "study", "imaging",
        "config", "errors", "assets_folder", "vocabulary",
    },
    "ui": {
        "services", "progress", "errors", "vocabulary", "setting", "wording", "references",
    },
    "cli": {
        "ui", "bench", "services", "progress", "config", "errors", "vocabulary", "setting",
        "wording", "references",
    },
}  # fmt: skip

# Settings, and the types of values that are shown, are declared where they are used, and taken from
# there by the pages and the commands.
SETTINGS = {
    "detection.detector", "detection.detectors", "detection.learned", "finetune.config",
    "finetune.pseudo_gt", "imaging.arrays", "metrics.intervals", "storage.queue_filter",
    "storage.region_label",
    "study.order",
}  # fmt: skip

OWNERS = {
    "onnxruntime": {"sr"},
    "gradio": {"ui"},
    "sqlalchemy": {"storage"},
    "alembic": {"storage"},
    "httpx": {"services", "bench"},
    "typer": {"cli"},
    "prometheus_client": {"ui"},
    "cv2": {"imaging", "detection", "finetune", "services", "bench"},
}

# The rooms of services/, one a page; what lies in none is their ground. Lower ones come first, so
# that no arrow goes back.
ROOMS: dict[str, set[str]] = {
    "accounts": set(),
    "operations": set(),
    "review": set(),
    "models": set(),
    "uploads": set(),
    "detection": {"review"},
    "studies": {"review"},
    "scores": {"detection", "review"},
    "datasets": {"detection", "models", "review", "uploads"},
    "finetune": {"datasets", "detection", "models", "review"},
    "proof": {"finetune", "datasets", "detection", "models", "review", "studies"},
    "export": {"scores", "review", "finetune", "datasets", "models"},
}
# Of the ground: what every room may use, and what may use every room.
GROUND = {
    "bundled", "byte_cache", "checks", "code_version", "csv_tables", "devices", "file_notes",
    "folders", "job_configs", "job_process", "jobs", "lost_jobs", "occupation", "places",
    "scales", "silences", "studio", "suffixes",
}  # fmt: skip
ABOVE = {
    "backing_up", "backup_folder", "doctor", "maintenance", "repairing", "restoring", "worker",
}  # fmt: skip

TORCH_FILES = {
    "sr", "finetune", "detection/artifact_map_torch.py", "detection/segmentation.py",
    "detection/torchscript.py", "bench/deletion.py", "bench/detect.py",
    "services/finetune/training.py", "services/finetune/watching.py", "bench/finetune.py",
    "bench/kills/finetunes.py", "bench/mutations/seeds.py",
    "services/finetune/vgg19.py", "services/models/deriving.py",
    "bench/upscale.py",
}  # fmt: skip


def list_imports(path: Path) -> set[str]:
    """Names of the modules that a file imports, wherever in the file."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            names.add(module)
            names |= {f"{module}.{alias.name}" for alias in node.names}
    return names


FILES = sorted(
    path for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE or path.stem[0] != "_"
)


def get_part(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports(path):
    part, relative = get_part(path), path.relative_to(PACKAGE).as_posix()
    assert part in ALLOWED, f"{part} is not in the design: add it there and here"
    for name in list_imports(path):
        first, _, rest = name.partition(".")
        if first == "desra_studio" and rest:
            other = rest.partition(".")[0]
            if other in ALLOWED:
                is_setting = ".".join(rest.split(".")[:2]) in SETTINGS
                is_allowed = other == part or other in ALLOWED[part]
                assert is_allowed or is_setting, f"{relative} imports {name}"
        if first in OWNERS:
            assert part in OWNERS[first], f"{relative} imports {name}"
        if first in ("torch", "transformers", "spandrel", "safetensors"):
            assert part in TORCH_FILES or relative in TORCH_FILES, f"{relative} imports {name}"


def get_room(module: str) -> str:
    """Return the room of services/ or ui/ that a dotted name lies in, or the module's own name."""
    return module.split(".")[2]


SERVICES = [path for path in FILES if get_part(path) == "services" and path.name != "__init__.py"]


@pytest.mark.parametrize(
    "path", SERVICES, ids=lambda path: path.relative_to(PACKAGE / "services").as_posix()
)
def test_rooms_of_services(path):
    relative = path.relative_to(PACKAGE / "services")
    room = relative.parts[0].removesuffix(".py")
    in_a_room = len(relative.parts) > 1
    assert room in (ROOMS if in_a_room else GROUND | ABOVE), f"{relative} lies in no room"
    allowed = GROUND | ABOVE | set(ROOMS) if room in ABOVE else GROUND | ROOMS.get(room, set())
    for name in list_imports(path):
        if name.startswith("desra_studio.services."):
            other = get_room(name)
            assert other in allowed | {room}, f"{relative} imports {name}"


# The rooms of ui/, again one a page; what lies in none puts them together.
UI_ROOMS: dict[str, set[str]] = {
    "shared": set(),
    "access": {"shared"},
    "operations": {"shared", "access"},
    "review": {"shared"},
    "datasets": {"shared", "review"},
    "finetune": {"shared", "access"},
    "models": {"shared"},
    "proof": {"shared"},
    "scores": {"shared"},
    "studies": {"shared"},
    "vote": {"shared", "operations"},
}
UI_TOP = {"app", "routes", "server"}

PAGES = [path for path in FILES if get_part(path) == "ui" and path.name != "__init__.py"]


@pytest.mark.parametrize(
    "path", PAGES, ids=lambda path: path.relative_to(PACKAGE / "ui").as_posix()
)
def test_rooms_of_ui(path):
    relative = path.relative_to(PACKAGE / "ui")
    room = relative.parts[0].removesuffix(".py")
    if len(relative.parts) == 1:
        assert room in UI_TOP, f"{relative} lies in no room"
        return
    for name in list_imports(path):
        if name.startswith("desra_studio.ui."):
            other = get_room(name)
            assert other in UI_ROOMS[room] | {room}, f"{relative} imports {name}"


def test_no_arrow_between_rooms_goes_back():
    for table in (ROOMS, UI_ROOMS):
        rooms = list(table)
        for index, room in enumerate(rooms):
            assert table[room] <= set(rooms[:index]), f"{room} imports a room above it"


def list_modules() -> dict[str, set[str]]:
    """Return what each module of the package imports of it, but for types alone."""
    names = {
        ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts): path for path in FILES
    }
    return {
        module: {
            name
            for name in list_imports(path)
            if name in names and name != module and not name.endswith("__init__")
        }
        for module, path in names.items()
    }


def find_circle(arrows: dict[str, set[str]]) -> list[str]:
    """Return modules of which each imports the next and the last the first; empty where none."""
    done: set[str] = set()

    def follow(module: str, way: list[str]) -> list[str]:
        if module in way:
            return way[way.index(module) :]
        if module not in done:
            for other in sorted(arrows[module]):
                if found := follow(other, [*way, module]):
                    return found
            done.add(module)
        return []

    return next((found for module in arrows if (found := follow(module, []))), [])


def test_no_circle_of_modules():
    assert find_circle(list_modules()) == []


def test_a_circle_is_found():
    assert find_circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c"]
    assert find_circle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


def is_pytests(name: str) -> bool:
    """Whether a module is one that pytest reads by itself."""
    return name == "conftest" or name.startswith("test_")


def list_fixtures(path: Path) -> set[str]:
    """Names of the functions that a file marks as fixtures."""
    return {
        node.name
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef)
        and any("fixture" in ast.unparse(decorator) for decorator in node.decorator_list)
    }


def list_wrong_sharing(path: Path) -> set[str]:
    """What a file takes from a test module or a conftest, and fixtures that it is to lend."""
    taken = {name for name in list_imports(path) if any(map(is_pytests, name.split(".")))}
    return taken if is_pytests(path.stem) else taken | list_fixtures(path)


@pytest.mark.parametrize(
    "path", sorted(TESTS.rglob("*.py")), ids=lambda path: path.relative_to(TESTS).as_posix()
)
def test_tests_share_by_factories_and_conftests(path):
    assert list_wrong_sharing(path) == set(), (
        "what makes things belongs in tests/factories, fixtures in the nearest common conftest.py"
    )


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("test_a.py", "from tests.services.test_jobs import wait"),
        ("test_a.py", "def test():\n    from tests.services import test_jobs"),
        ("test_a.py", "import tests.services.test_jobs"),
        ("test_a.py", "from . import test_jobs"),
        ("test_a.py", "from .test_jobs import wait"),
        ("conftest.py", "from tests.conftest import studio"),
        ("helpers.py", "import pytest\n@pytest.fixture(scope='module')\ndef made():\n    pass"),
    ],
)
def test_wrong_sharing_is_found(file, code, tmp_path):
    (tmp_path / file).write_text(code)
    assert list_wrong_sharing(tmp_path / file)


@pytest.mark.parametrize(
    ("code", "absent"),
    [
        ("import desra_studio.cli.app", ("gradio", "torch", "scipy.stats")),
        (
            "import desra_studio.ui.app, desra_studio.ui.server",
            ("torch", "transformers", "spandrel"),
        ),
        ("import desra_studio.services.worker", ("gradio", "torch", "scipy.stats")),
    ],
)
def test_heavy_libraries_wait_until_they_are_needed(code, absent):
    check = f"{code}; import sys; print([name for name in {absent!r} if name in sys.modules])"
    run = subprocess.run(
        [sys.executable, "-c", check],
        capture_output=True,
        text=True,
        check=True,
        cwd=PACKAGE.parent,
        timeout=PATIENCE_S,
    )
    assert run.stdout.strip() == "[]"
