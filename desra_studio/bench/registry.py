"""The benchmarks by name; the module of one is read when it is asked for."""

import inspect
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from desra_studio.errors import InputError
from desra_studio.services.studio import Report, ignore_progress

BENCHMARKS = {
    "canvas": "canvas.time_canvas",
    "deletion": "deletion.measure_deletion",
    "demo": "demo.time_demo",
    "detect": "detect.time_detect",
    "detectors": "detectors.measuring.measure_detectors",
    "finetune": "finetune.time_finetune",
    "import": "importing.time_import",
    "intervals": "intervals.time_intervals",
    "kills": "kills.counting.count_kills",
    "load": "load.measuring.measure_load",
    "mutations": "mutations.counting.count_mutations",
    "queue": "queue.time_queue",
    "startup": "startup.time_startup",
    "study": "study.time_study",
    "upscale": "upscale.time_upscale",
}
"""Name -> module in this package and its function, which returns figures as plain values."""


def run_benchmark(
    name: str, report: Report = ignore_progress, **options: float | str | Path | None
) -> dict[str, Any]:
    """Run a benchmark by name and return its figures.

    Args:
        name: of the benchmark.
        report: told how far it is, where it tells.
        options: what is given to it; None leaves its own value.

    Raises:
        InputError: no benchmark of this name, or one that does not take an option.
    """
    measure = find_benchmark(name)
    taken = inspect.signature(measure).parameters
    given: dict[str, Any] = {key: value for key, value in options.items() if value is not None}
    for key in given.keys() - taken.keys():
        raise InputError(f"bench {name} takes no --{key}.")
    if "report" in taken:
        given["report"] = report
    return {"benchmark": name, **measure(**given)}


def find_benchmark(name: str) -> Callable[..., dict[str, Any]]:
    """Return what measures under a name; its docstring says what.

    Raises:
        InputError: no benchmark of this name.
    """
    if name not in BENCHMARKS:
        raise InputError(f"No benchmark named {name!r}. There are: {', '.join(BENCHMARKS)}.")
    module, _, function = BENCHMARKS[name].rpartition(".")
    measure: Callable[..., dict[str, Any]] = getattr(
        import_module(f"{__package__}.{module}"), function
    )
    return measure
