"""One server at a time for a data directory."""

import os
import subprocess
import sys

import pytest

from desra_studio.bench.server import find_free_port
from desra_studio.errors import InputError
from desra_studio.services.occupation import LOCK, occupy
from tests.factories.studio import make_settings
from tests.patience import PATIENCE_S


def test_the_next_one_is_told_who_is_there(tmp_path):
    settings = make_settings(tmp_path)
    told = rf"in use by http://here \(process {os.getpid()}, since .*--data-dir"
    with (
        occupy(settings, "http://here"),
        pytest.raises(InputError, match=told),
        occupy(settings, ""),
    ):
        pass
    with occupy(settings, "again"):
        pass


def test_a_holder_that_says_nothing_yet_holds_all_the_same(tmp_path):
    settings = make_settings(tmp_path)
    with occupy(settings, ""):
        (tmp_path / "server.json").write_text("{")
        with pytest.raises(InputError, match=r"is in use\. Stop"), occupy(settings, ""):
            pass


def test_what_a_killed_process_held_is_free(tmp_path):
    script = (
        "import os, signal, sys; from pathlib import Path;"
        "from desra_studio.config import Settings;"
        "from desra_studio.services.occupation import occupy;"
        "occupied = occupy(Settings(data_dir=Path(sys.argv[1])), 'killed').__enter__();"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], check=False, timeout=PATIENCE_S
    )
    assert ended.returncode < 0
    assert (tmp_path / LOCK).exists()
    with occupy(make_settings(tmp_path), ""):
        pass


@pytest.mark.parametrize("command", ["serve --port {port}", "db upgrade"])
def test_what_would_work_beside_a_server_is_refused(data_dir, run, command):
    settings = make_settings(data_dir)
    words = command.format(port=find_free_port()).split()
    with occupy(settings, "http://127.0.0.1:7860"):
        status, _, error = run(*words, "--data-dir", data_dir)
    assert status == 2
    assert "in use by http://127.0.0.1:7860" in error
    assert "Traceback" not in error
