"""Runs jobs in the test's own process, where torch and the rest are imported already."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from desra_studio.services import jobs
from desra_studio.services.jobs import JobView
from desra_studio.services.studio import Studio
from desra_studio.services.worker import run_job
from desra_studio.vocabulary import RunStatus


@contextmanager
def run_jobs_here() -> Iterator[None]:
    """Jobs that are started meanwhile run to their end before whoever started them goes on."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jobs, "start_process", _run_here)
        yield


def view_done(studio: Studio, run_id: int) -> JobView:
    """What is known of a job that has to be done."""
    view = jobs.view_job(studio, run_id)
    assert view.status is RunStatus.DONE, view.message
    return view


def _run_here(studio: Studio, run_id: int) -> None:
    studio.run_folder(run_id).mkdir(parents=True, exist_ok=True)
    run_job(studio, run_id)
