"""The bin: datasets are put there and come back whole; nothing of them is ever removed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from desra_studio.errors import InputError
from desra_studio.services.lost_jobs import sweep_lost_jobs
from desra_studio.services.studio import Studio
from desra_studio.storage import dataset_bin, datasets, progress, runs
from desra_studio.storage.base import now
from desra_studio.vocabulary import LABELLED


@dataclass(frozen=True)
class Deletion:
    """What would go into the bin with a dataset.

    Attributes:
        id, name: of the dataset.
        images: upscaled or not.
        labelled: how many of them are accepted or clean.
        masks: how many were saved, by who saved them.
        drafts: how many nobody saved yet, by whose they are.
        working: who works on an image of it now.
        studies: their states by their names.
        fine_tunings: how many used its masks.
    """

    id: int
    name: str
    images: int
    labelled: int
    masks: dict[str, int]
    drafts: dict[str, int]
    working: tuple[str, ...]
    studies: dict[str, str]
    fine_tunings: int

    def describe(self) -> list[str]:
        """Return one line for each kind of thing that there is."""
        lines = [f"{_count(self.images, 'image')}, {self.labelled} of them labelled"]
        if self.masks:
            lines.append(f"{_count(sum(self.masks.values()), 'saved mask')} by {_list(self.masks)}")
        if self.drafts:
            count = _count(sum(self.drafts.values()), "draft")
            lines.append(f"{count} not saved yet, by {_list(self.drafts)}")
        if self.working:
            lines.append(f"at work on it now: {_list(self.working)}")
        if self.studies:
            names = [
                f"{name} (open: nobody could vote)" if state == "open" else name
                for name, state in self.studies.items()
            ]
            lines.append(f"{_count(len(names), 'study', 'studies')}: {_list(names)}")
        if self.fine_tunings:
            lines.append(
                f"{_count(self.fine_tunings, 'fine-tuning')}; the models that they made stay"
            )
        return lines


@dataclass(frozen=True)
class DeletedDataset:
    """A dataset in the bin.

    Attributes:
        id, name: of the dataset.
        images: upscaled or not.
        deleted_at, deleted_by: when, and by whom.
    """

    id: int
    name: str
    images: int
    deleted_at: datetime
    deleted_by: str


def describe_deletion(studio: Studio, dataset_id: int) -> Deletion:
    """Return what would go into the bin with a dataset.

    Raises:
        NotFoundError: no such dataset, or it is there already.
    """
    with studio.database.read() as session:
        dataset = datasets.get_dataset(session, dataset_id)
        states = progress.count_states(session, dataset_id)
        return Deletion(
            id=dataset.id,
            name=dataset.name,
            images=datasets.count_images(session, dataset_id),
            labelled=sum(states[state] for state in LABELLED),
            masks=dataset_bin.count_revisions(session, dataset_id),
            drafts=progress.count_drafts(session, dataset_id),
            working=tuple(dataset_bin.list_working(session, dataset_id)),
            studies=dataset_bin.list_study_states(session, dataset_id),
            fine_tunings=dataset_bin.count_finetunings(session, dataset_id),
        )


def delete_dataset(studio: Studio, dataset_id: int, author: str | None = None) -> str:
    """Put a dataset into the bin with all that belongs to it, and return its name.

    Args:
        studio: the installation.
        dataset_id: of the dataset.
        author: who does so; None is the author of the settings.

    Raises:
        NotFoundError: no such dataset, or it is there already.
        InputError: a job works on it.
    """
    sweep_lost_jobs(studio)
    with studio.database.write() as session:
        dataset = datasets.get_dataset(session, dataset_id)
        run = runs.find_run_on(session, dataset)
        if run:
            raise InputError(
                f"Job {run.id} ({run.kind}, {run.status.value}) works on {dataset.name!r}. Cancel "
                "it or let it end, then delete the dataset."
            )
        dataset.deleted_at, dataset.deleted_by = now(), author or studio.settings.author
        return dataset.name


def restore_dataset(studio: Studio, dataset_id: int) -> str:
    """Take a dataset out of the bin, and return its name.

    Where another dataset has its name by now it gets a number, as in 'set 2'; one that is outside
    already stays as it is.

    Raises:
        NotFoundError: no such dataset.
    """
    with studio.database.write() as session:
        dataset = dataset_bin.find_deleted(session, dataset_id)
        if dataset is None:
            return datasets.get_dataset(session, dataset_id).name
        dataset.name = datasets.find_free_name(session, dataset.name)
        dataset.deleted_at = dataset.deleted_by = None
        return dataset.name


def list_deleted(studio: Studio) -> list[DeletedDataset]:
    """Return what is in the bin, the last deleted first."""
    with studio.database.read() as session:
        return [
            DeletedDataset(
                id=dataset.id,
                name=dataset.name,
                images=datasets.count_images(session, dataset.id),
                deleted_at=dataset.deleted_at or dataset.created_at,
                deleted_by=dataset.deleted_by or "",
            )
            for dataset in dataset_bin.list_deleted(session)
        ]


def find_deleted(studio: Studio, named: str) -> DeletedDataset:
    """Return a dataset in the bin by its name or its number; of several of a name, the last.

    Raises:
        InputError: there is none; lists those there are.
    """
    deleted = list_deleted(studio)
    named_so = [dataset for dataset in deleted if dataset.name == named]
    numbered = [dataset for dataset in deleted if str(dataset.id) == named]
    found = next(iter(named_so + numbered), None)
    if found is None:
        known = ", ".join(f"{dataset.name} ({dataset.id})" for dataset in deleted)
        raise InputError(f"No dataset {named!r} is in the bin. There are: {known or 'none'}.")
    return found


def _count(number: int, noun: str, plural: str = "") -> str:
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def _list(names: Iterable[str]) -> str:
    return ", ".join(names)
