"""Studies whose making is killed."""

from typing import Any

from desra_studio.bench.kills.home import DATASET, order_study
from desra_studio.bench.kills.jobs import KilledJob
from desra_studio.bench.kills.rounds import Findings
from desra_studio.services.datasets.listing import find_dataset_by_name
from desra_studio.services.job_configs import StudyJobConfig
from desra_studio.services.jobs import JobView
from desra_studio.services.studies.lifecycle import open_study
from desra_studio.services.studio import Studio
from desra_studio.storage.studies import find_study, get_study, list_items

NAME = "killed"
TRAINING, CHECK_SHARE = 20, 0.5
"""As many as there can be: their pictures take time to cut."""


class KilledStudy(KilledJob):
    """A study that is made by the job of the Studies page."""

    kind = "study"

    def order(self) -> dict[str, Any]:
        """Order another study of the dataset that has one."""
        dataset_id = find_dataset_by_name(self.studio, DATASET).id
        order = order_study(self.studio, dataset_id, NAME, TRAINING, CHECK_SHARE)
        return StudyJobConfig(dataset_id, order).as_dict()

    def look_for_told(self, studio: Studio, job: JobView, found: Findings) -> None:
        """Look for the study where it was told to be made; it is there whole, or not at all."""
        study_id = _find_killed(studio)
        if job.succeeded:
            found.expect([] if study_id else [f"lost: the study {NAME}"])
        if study_id:
            _look_for_items(studio, study_id, found)

    def look_for_whole(self, studio: Studio, job: JobView, found: Findings) -> None:
        """Look for all its pictures, and open it."""
        _look_for_items(studio, job.result["study"], found)
        # It refuses a manifest that is not what was laid down.
        open_study(studio, job.result["study"])

    def begin_again(self, studio: Studio) -> int | None:
        """Open the study, as the page offers it, where it is there; else make it."""
        study_id = _find_killed(studio)
        if study_id is None:
            return super().begin_again(studio)
        open_study(studio, study_id)
        return None


def _find_killed(studio: Studio) -> int | None:
    with studio.database.read() as session:
        study = find_study(session, NAME)
        return study.id if study else None


def _look_for_items(studio: Studio, study_id: int, found: Findings) -> None:
    with studio.database.read() as session:
        wanted = len(get_study(session, study_id).manifest["items"])
        there = len(list_items(session, study_id))
    if there != wanted:
        found.faults.append(f"{there} of {wanted} pictures of the study {NAME}: half of it")
