"""The doors that strangers' files come through, opened in a process of their own.

A line of JSON on standard input names the kind, the file and, of a request, method and path; one on
standard output tells what came of it.
"""

import json
import shutil
import sys
import threading
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from starlette.testclient import TestClient

from desra_studio.bench.kills.home import SIDE_PX, make_settings
from desra_studio.errors import StudioError
from desra_studio.imaging.arrays import Size
from desra_studio.imaging.io import read_rgb
from desra_studio.imaging.mask_files import read_mask
from desra_studio.services.datasets.label_files import find_labels
from desra_studio.services.datasets.sources import import_source
from desra_studio.services.folders import FolderReader
from desra_studio.services.models.registry import add_model_file
from desra_studio.services.studio import connect_studio
from desra_studio.ui.server import create_api

ACCEPTED, REFUSED, FAILED = "accepted", "refused", "failed"
NAME = "mutated"
DATABASE = "studio.sqlite"
JOB_THREAD = "job-"


class Doors:
    """A studio that is as it was again before each input.

    Args:
        data_dir: of the studio; it is written to.
        database: a copy of its database, that it begins with each time.
    """

    def __init__(self, data_dir: Path, database: Path) -> None:
        self._data_dir, self._database = data_dir, database
        self.studio = connect_studio(make_settings(data_dir))
        self._client = TestClient(create_api(self.studio), base_url="http://127.0.0.1")
        self._doors: dict[str, Callable[[Path], object]] = {
            "image": read_rgb,
            "mask": read_mask,
            "checkpoint": lambda path: add_model_file(self.studio, path, NAME),
            "zip": lambda path: import_source(self.studio, path, NAME),
            "manifest": lambda path: import_source(self.studio, path, NAME),
            "labels": self._read_labels,
        }

    def put_through(self, kind: str, path: Path, method: str, route: str) -> tuple[str, str]:
        """Return what came of an input: accepted, refused or failed, and what was said."""
        self._begin_anew()
        try:
            if method:
                return self._send(path.read_bytes(), method, route)
            self._doors[kind](path)
        except StudioError as error:
            return REFUSED, f"{type(error).__name__}: {error}"
        except Exception:  # noqa: BLE001 (that is what is looked for)
            return FAILED, traceback.format_exc()
        return ACCEPTED, ""

    def _read_labels(self, path: Path) -> None:
        found = find_labels(path, FolderReader(), self.studio.settings.max_megapixels)
        refusals: list[StudioError] = []
        for mask in found.masks.values():
            try:
                mask.decode(Size(SIDE_PX, SIDE_PX))
            except StudioError as error:
                refusals.append(error)
        if refusals:
            raise refusals[0]

    def _send(self, body: bytes, method: str, route: str) -> tuple[str, str]:
        headers = {"If-Match": "2", "Content-Type": "application/json"}
        if route == "/login":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        answer = self._client.request(
            method, route, content=body, headers=headers, follow_redirects=False
        )
        if answer.status_code >= 500:
            return FAILED, f"{method} {route} answered {answer.status_code}: {answer.text[:500]}"
        return (ACCEPTED if answer.status_code < 400 else REFUSED), answer.text[:300]

    def _begin_anew(self) -> None:
        for thread in threading.enumerate():
            if thread.name.startswith(JOB_THREAD):
                thread.join()
        self.studio.database.close()
        for ending in ("", "-wal", "-shm"):
            (self._data_dir / f"{DATABASE}{ending}").unlink(missing_ok=True)
        shutil.copyfile(self._database, self._data_dir / DATABASE)


def answer_orders(data_dir: Path, database: Path) -> None:
    """Put through what standard input names, until it ends."""
    warnings.simplefilter("ignore")
    # A job that a request starts ends at once: what is looked at is who reads the order.
    sys.executable = shutil.which("true") or sys.executable
    doors, answers = Doors(data_dir, database), sys.stdout
    sys.stdout = sys.stderr
    _tell(answers, {"ready": True})
    for line in sys.stdin:
        order = json.loads(line)
        Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
        outcome, told = doors.put_through(
            order["kind"], Path(order["path"]), order["method"], order["route"]
        )
        _tell(answers, {"outcome": outcome, "told": told})


def _tell(stream: TextIO, value: dict[str, object]) -> None:
    print(json.dumps(value), file=stream, flush=True)


if __name__ == "__main__":
    answer_orders(Path(sys.argv[1]), Path(sys.argv[2]))
