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
    "config": {"errors"},
    "imaging": {"errors"},
    "detection": {"imaging", "errors"},
    "sr": {"imaging", "errors"},
    "metrics": {"imaging", "errors"},
    "finetune": {"sr", "metrics", "imaging", "errors"},
    "study": {"metrics", "imaging", "errors"},
    "storage": {"imaging", "errors"},
    "services": {
        "storage", "detection", "sr", "metrics", "finetune", "study", "imaging", "config", "errors",
        "assets_folder",
    },
    "bench": {
        "services", "storage", "detection", "sr", "metrics", "finetune", "study", "imaging",
        "config", "errors", "assets_folder",
    },
    "ui": {"services", "progress", "errors"},
    "console": {"services", "config", "errors"},
    "cli_datasets": {"console", "services", "errors"},
    "cli_db": {"console", "services", "progress", "errors"},
    "cli_models": {"console", "services", "progress", "errors"},
    "cli_detection": {"console", "services", "progress", "config", "errors"},
    "cli_scores": {"console", "services", "progress", "errors"},
    "cli_folders": {"console", "services", "progress", "errors"},
    "cli_studies": {"console", "services", "progress", "errors"},
    "cli": {
        "cli_datasets", "cli_db", "cli_detection", "cli_folders", "cli_models", "cli_scores",
        "cli_studies", "console", "ui", "bench",
        "services", "progress", "config", "errors",
    },
}  # fmt: skip

OWNERS = {
    "onnxruntime": {"sr"},
    "gradio": {"ui"},
    "sqlalchemy": {"storage"},
    "alembic": {"storage"},
    "httpx": {"services", "bench"},
    "typer": {
        "cli",
        "cli_datasets",
        "cli_db",
        "cli_detection",
        "cli_folders",
        "cli_models",
        "cli_scores",
        "cli_studies",
        "console",
    },
    "cv2": {"imaging", "detection", "finetune", "services", "bench"},
}

TORCH_FILES = {
    "sr", "finetune", "detection/artifact_map_torch.py", "detection/segmentation.py",
    "detection/torchscript.py", "bench/detect.py",
    "services/finetuning.py", "services/finetune_watch.py", "bench/finetune.py",
    "bench/kills/finetunes.py",
    "services/perceptual.py", "services/derivation.py",
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
                assert other == part or other in ALLOWED[part], f"{relative} imports {name}"
        if first in OWNERS:
            assert part in OWNERS[first], f"{relative} imports {name}"
        if first in ("torch", "transformers", "spandrel", "safetensors"):
            assert part in TORCH_FILES or relative in TORCH_FILES, f"{relative} imports {name}"


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
        ("import desra_studio.cli", ("gradio", "torch", "scipy.stats")),
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
