"""How long the demo dataset takes from the click until all of it can be reviewed."""

import tempfile
import time
from pathlib import Path
from typing import Any

from desra_studio.config import Settings
from desra_studio.errors import StudioError
from desra_studio.services.datasets.demo import start_demo
from desra_studio.services.jobs import join_watcher, view_job
from desra_studio.services.studio import open_studio


def time_demo() -> dict[str, Any]:
    """Time the demo dataset from the click until all of it can be reviewed, in its own process.

    Returns:
        {"images", "marked", "seconds", "per_image"}.

    Raises:
        StudioError: the job failed.
    """
    with tempfile.TemporaryDirectory() as folder:
        studio = open_studio(
            Settings(data_dir=Path(folder) / "data", database_url="", blind_share=0)
        )
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
