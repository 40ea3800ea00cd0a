"""The project's own benchmarks, each against the peer or the naive way that it names."""

import inspect
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from socket import AF_INET, SOCK_STREAM, socket
from typing import Any

from desra_studio.config import LOCAL_HOST, Settings
from desra_studio.errors import InputError, StudioError
from desra_studio.services.demo import start_demo
from desra_studio.services.jobs import join_watcher, view_job
from desra_studio.services.studio import Report, ignore_progress, open_studio

REPEATS = 3
PATIENCE_SECONDS = 300


def run_benchmark(
    name: str, report: Report = ignore_progress, **options: int | None
) -> dict[str, Any]:
    """Run a benchmark by name and return its figures.

    Args:
        name: of the benchmark.
        report: told how far it is, where it tells.
        options: what is given to it; None leaves its own value.

    Raises:
        InputError: no benchmark of this name, or one that does not take an option.
    """
    if name not in BENCHMARKS:
        raise InputError(f"No benchmark named {name!r}. There are: {', '.join(BENCHMARKS)}.")
    taken = inspect.signature(BENCHMARKS[name]).parameters
    given: dict[str, Any] = {key: value for key, value in options.items() if value is not None}
    for key in given.keys() - taken.keys():
        raise InputError(f"bench {name} takes no --{key}.")
    if "report" in taken:
        given["report"] = report
    return {"benchmark": name, **BENCHMARKS[name](**given)}


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


def time_upscale() -> dict[str, Any]:
    """Time the tiled upscaler against the bare network; see `upscale_benchmark.time_upscale`."""
    from desra_studio.services import upscale_benchmark

    return upscale_benchmark.time_upscale()


def time_detect() -> dict[str, Any]:
    """Time the detector against the plain formula; see `detect_benchmark.time_detect`."""
    from desra_studio.services import detect_benchmark

    return detect_benchmark.time_detect()


def time_finetune() -> dict[str, Any]:
    """Time the trainer against a plain loop; see `finetune_benchmark.time_finetune`."""
    from desra_studio.services import finetune_benchmark

    return finetune_benchmark.time_finetune()


def count_kills(
    kills: int = 100, seed: int = 1, report: Report = ignore_progress
) -> dict[str, Any]:
    """Kill processes in mid-work; see `kill_benchmark.count_kills`."""
    from desra_studio.services import kill_benchmark

    return kill_benchmark.count_kills(kills, seed, report)


def time_queue() -> dict[str, Any]:
    """Time the queue against reading every image; see `queue_benchmark.time_queue`."""
    from desra_studio.services import queue_benchmark

    return queue_benchmark.time_queue()


def find_free_port() -> int:
    """Return a TCP port that nothing listens on just now."""
    with socket(AF_INET, SOCK_STREAM) as probe:
        probe.bind((LOCAL_HOST, 0))
        return int(probe.getsockname()[1])


def wait_until_healthy(port: int, process: "subprocess.Popen[Any]") -> None:
    """Wait until a server answers /healthz.

    Raises:
        StudioError: it ended, or did not answer within five minutes.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise StudioError(f"The server ended with status {process.returncode}.")
        with (
            suppress(urllib.error.URLError, ConnectionError, TimeoutError),
            urllib.request.urlopen(f"http://{LOCAL_HOST}:{port}/healthz", timeout=2) as answer,
        ):
            if answer.status == 200:
                return
        time.sleep(0.02)
    raise StudioError(f"The server did not answer within {PATIENCE_SECONDS} s.")


@contextmanager
def run_server(data_dir: Path, *options: str) -> Iterator[tuple[int, "subprocess.Popen[Any]"]]:
    """Serve a data directory in a process of its own: its port and itself; ended on leaving.

    Raises:
        StudioError: as `wait_until_healthy`.
    """
    port = find_free_port()
    command = [sys.executable, "-m", "desra_studio", "serve", "--port", str(port)]
    command += ["--data-dir", str(data_dir), *options]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        wait_until_healthy(port, process)
        yield port, process
    finally:
        process.terminate()
        process.wait()


def _time_server() -> float:
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        with run_server(Path(folder) / "data"):
            return time.perf_counter() - begun


def time_demo() -> dict[str, Any]:
    """Time the demo dataset from the click until all of it can be reviewed, in its own process.

    Returns:
        {"images", "marked", "seconds", "per_image"}.

    Raises:
        StudioError: the job failed.
    """
    with tempfile.TemporaryDirectory() as folder:
        studio = open_studio(Settings(data_dir=Path(folder) / "data", database_url=""))
        begun = time.perf_counter()
        run_id = start_demo(studio)
        while (job := view_job(studio, run_id)).active:
            time.sleep(0.1)
        seconds = time.perf_counter() - begun
        join_watcher(run_id)
        studio.database.close()
        if not job.succeeded:
            raise StudioError(f"The demo failed: {job.message}")
        images = job.result["images"]
        return {
            "images": images,
            "marked": job.result["marked"],
            "seconds": round(seconds, 1),
            "per_image": round(seconds / images, 2),
        }


def time_canvas() -> dict[str, Any]:
    """Time the canvas of Review in a browser; see `canvas_benchmark.time_canvas`."""
    from desra_studio.services import canvas_benchmark

    return canvas_benchmark.time_canvas()


def time_intervals() -> dict[str, Any]:
    """Measure how often intervals hold the truth; see `interval_benchmark.time_intervals`."""
    from desra_studio.services import interval_benchmark

    return interval_benchmark.time_intervals()


def time_study() -> dict[str, Any]:
    """Time fifty voters at once; see `study_benchmark.time_study`."""
    from desra_studio.services import study_benchmark

    return study_benchmark.time_study()


BENCHMARKS: dict[str, Callable[..., dict[str, Any]]] = {
    "canvas": time_canvas,
    "demo": time_demo,
    "detect": time_detect,
    "finetune": time_finetune,
    "intervals": time_intervals,
    "kills": count_kills,
    "queue": time_queue,
    "startup": time_startup,
    "study": time_study,
    "upscale": time_upscale,
}
