"""Which of the pages' scripts may import which: by rooms, as test_layering.py does for Python."""

import re

import pytest

from desra_studio.ui.shared.static_files import STATIC
from desra_studio.ui.vote.server import SHARED_SCRIPTS

PAGE = {"shared", "shell", "viewer", "masks"}

# Every room may import itself. No page imports another: what two of them use lies below both.
ROOMS = {
    "shared": set(),
    "access": set(),
    "masks": set(),
    "shell": {"shared"},
    "viewer": {"shared", "masks"},
    "datasets": PAGE,
    "finetune": PAGE,
    "models": PAGE,
    "proof": PAGE,
    "review": PAGE,
    "scores": PAGE,
    "studies": PAGE,
    "team": PAGE,
    # The voters' server lends what this page imports file by file; see SHARED_SCRIPTS.
    "vote": {"shared", "viewer"},
}

FILES = sorted(path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*") if path.is_file())
SCRIPTS = [name for name in FILES if name.endswith(".js")]
IMPORT = re.compile(
    r"""
    ^\s*(?:import\s+(?:[\w$*{},\s]+\s+from\s+)?|export\s+[\w$*{},\s]+\s+from\s+)["']([^"']+)["']
    | \bimport\(\s*["']([^"']+)["']
    | \bnew\ URL\(\s*["']([^"']+)["']\s*,\s*import\.meta\.url  # a worker
    """,
    re.VERBOSE | re.MULTILINE,
)


def read_imports(text: str) -> list[str]:
    """Addresses of the modules that a script imports or starts as a worker, as they stand there."""
    return [first or second or third for first, second, third in IMPORT.findall(text)]


def list_imports(name: str) -> list[str]:
    """Files that a script of the static folder imports, relative to that folder."""
    folder = (STATIC / name).parent
    addresses = read_imports((STATIC / name).read_text())
    return [
        (folder / address).resolve().relative_to(STATIC.resolve()).as_posix()
        for address in addresses
    ]


@pytest.mark.parametrize("name", FILES)
def test_every_file_lies_in_a_room(name):
    room, _, rest = name.partition("/")
    assert rest, f"{name} lies in no room"
    assert room in ROOMS, f"{room} is no room: add it to the table"


@pytest.mark.parametrize("name", SCRIPTS)
def test_imports(name):
    room = name.partition("/")[0]
    for other in list_imports(name):
        assert other in SCRIPTS, f"{name} imports {other}, which does not exist"
        assert other.partition("/")[0] in {room, *ROOMS[room]}, f"{name} imports {other}"


def test_voters_are_lent_what_their_page_imports_and_no_more():
    found = set()
    waiting = [name for name in SCRIPTS if name.startswith("vote/")]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += list_imports(name)
    assert {name for name in found if not name.startswith("vote/")} == set(SHARED_SCRIPTS)


@pytest.mark.parametrize(
    "code",
    [
        'import { a } from "./x.js";',
        'import {\n  a,\n  b,\n} from "./x.js";',
        'import a, * as b from "./x.js";',
        'import "./x.js";',
        "import './x.js';",
        'export { a } from "./x.js";',
        'export * from "./x.js";',
        'const { a } = await import("./x.js");',
        'import(\n  "./x.js"\n).then(go);',
        'new Worker(new URL("./x.js", import.meta.url), { type: "module" });',
    ],
)
def test_every_way_to_import_is_read(code):
    assert read_imports(f'// A comment.\n\n{code}\nexport const text = (a) => "b";\n') == ["./x.js"]
