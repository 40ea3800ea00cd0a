"""The kinds of artifacts that the reviewers of a dataset tell apart."""

from dataclasses import dataclass

from desra_studio.errors import InputError
from desra_studio.services.checks import check_name, join_words
from desra_studio.services.studio import Studio
from desra_studio.storage import datasets, regions
from desra_studio.storage.tables import Dataset

USUAL = (
    "hallucinated texture",
    "repeated pattern",
    "over-sharp line",
    "wrong texture",
    "colour shift",
    "blotch",
    "other",
)
MAX_KINDS, MAX_LENGTH = 30, 50
RESERVED = ("all", "severe", "prominent")
"""Names that choose regions in other ways; see `services.regions.RegionFilter`."""


@dataclass(frozen=True)
class DatasetKinds:
    """The kinds of a dataset.

    Attributes:
        kinds: in the order of their keys.
        used: how many labels have each kind that is used.
        usual: those of a dataset that has chosen none.
    """

    kinds: list[str]
    used: dict[str, int]
    usual: list[str]


def list_kinds(studio: Studio, dataset_id: int) -> list[str]:
    """Return the kinds of a dataset, in the order of their keys.

    Raises:
        NotFoundError: no such dataset.
    """
    with studio.database.read() as session:
        return read_kinds(datasets.get_dataset(session, dataset_id))


def read_kinds(dataset: Dataset) -> list[str]:
    """Return the kinds of a dataset that is at hand."""
    return list(dataset.region_kinds or USUAL)


def describe_kinds(studio: Studio, dataset_id: int) -> DatasetKinds:
    """Return the kinds of a dataset and how often each is used.

    Raises:
        NotFoundError: no such dataset.
    """
    with studio.database.read() as session:
        dataset = datasets.get_dataset(session, dataset_id)
        used = regions.count_kinds(session, dataset_id)
    return DatasetKinds(read_kinds(dataset), used, list(USUAL))


def keep_kinds(studio: Studio, dataset_id: int, wanted: list[str]) -> None:
    """Let a dataset have these kinds.

    Raises:
        InputError: none or more than 30, a name that is empty, too long, given twice or means
            something else, or a kind left out that labels have.
        NotFoundError: no such dataset.
    """
    names = [check_name(join_words(name), "A kind", MAX_LENGTH) for name in wanted]
    _check_names(names)
    with studio.database.write() as session:
        dataset = datasets.get_dataset(session, dataset_id)
        for kind, count in regions.count_kinds(session, dataset_id).items():
            if kind not in names:
                raise InputError(
                    f"The kind {kind!r} cannot be removed: labels that have it: {count}. "
                    "Give them another kind first."
                )
        dataset.region_kinds = names


def _check_names(names: list[str]) -> None:
    if not 1 <= len(names) <= MAX_KINDS:
        raise InputError(f"A dataset has 1 to {MAX_KINDS} kinds, got {len(names)}.")
    seen = set()
    for name in names:
        if name.casefold() in RESERVED:
            raise InputError(f"{name!r} chooses regions in another way. Choose another name.")
        if name.casefold() in seen:
            raise InputError(f"The kind {name!r} is there twice. Remove one of them.")
        seen.add(name.casefold())
