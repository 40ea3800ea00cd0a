"""How soon a server answers on an empty data directory, against importing Gradio alone."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from desra_studio.bench.server import run_server

REPEATS = 3


def time_startup() -> dict[str, Any]:
    """Time `serve` on an empty data directory until /healthz answers, against importing Gradio.

    Returns:
        {"seconds": [...], "best", "gradio_import": seconds, "ratio": best over gradio_import}.
    """
    seconds = [_time_server() for _ in range(REPEATS)]
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import gradio"], check=True)
    gradio = time.perf_counter() - begun
    return {
        "seconds": [round(value, 2) for value in seconds],
        "best": round(min(seconds), 2),
        "gradio_import": round(gradio, 2),
        "ratio": round(min(seconds) / gradio, 2),
    }


def _time_server() -> float:
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        with run_server(Path(folder) / "data"):
            return time.perf_counter() - begun
