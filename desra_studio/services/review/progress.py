"""How far a dataset's review is, for everybody and for each annotator."""

from collections import Counter
from dataclasses import dataclass

from desra_studio.detection.class_weights import load_class_names
from desra_studio.services.studio import Studio
from desra_studio.storage import datasets, progress
from desra_studio.vocabulary import State


@dataclass(frozen=True, kw_only=True)
class AnnotatorProgress:
    """How far somebody is with the images of a dataset.

    Attributes:
        name: who it is.
        accepted, clean, skipped, in_progress: images whose current mask is theirs.
        assigned: images to be judged still that are assigned to them.
        drafts: images with unsaved work of theirs.
    """

    name: str
    accepted: int
    clean: int
    skipped: int
    in_progress: int
    assigned: int
    drafts: int


@dataclass(frozen=True)
class KindCount:
    """A kind of regions, and how many images have it."""

    name: str
    images: int


@dataclass(frozen=True)
class ClassCount:
    """A class of ADE20K, by index and name, and in how many images something of it was detected."""

    index: int
    name: str
    images: int


@dataclass(frozen=True, kw_only=True)
class ReviewProgress:
    """How far the review of a dataset is, and what its queue can be filtered by.

    Attributes:
        images: that can be reviewed.
        states: images of each state.
        annotators: everybody who labels or is to label, by name.
        kinds, classes: the most frequent first.
    """

    images: int
    states: dict[State, int]
    annotators: list[AnnotatorProgress]
    kinds: list[KindCount]
    classes: list[ClassCount]


def describe_progress(studio: Studio, dataset_id: int) -> ReviewProgress:
    """Return the counts of a dataset, and what its queue can be filtered by.

    Raises:
        NotFoundError: no such dataset.
    """
    with studio.database.read() as session:
        dataset_id = datasets.get_dataset(session, dataset_id).id
        by_annotator = progress.count_states_by_annotator(session, dataset_id)
        assigned = progress.count_assigned(session, dataset_id)
        drafts = progress.count_drafts(session, dataset_id)
        kinds = progress.count_kinds(session, dataset_id)
        classes = progress.count_classes(session, dataset_id)
    states = progress.sum_states(by_annotator)
    people = {name for name in by_annotator if name} | assigned.keys() | drafts.keys()
    names = load_class_names()
    return ReviewProgress(
        images=sum(states.values()),
        states={state: states[state] for state in State},
        annotators=[
            _describe_annotator(
                name,
                by_annotator.get(name, Counter()),
                assigned=assigned.get(name, 0),
                drafts=drafts.get(name, 0),
            )
            for name in sorted(people)
        ],
        kinds=[KindCount(kind, count) for kind, count in kinds.most_common()],
        classes=[ClassCount(index, names[index], count) for index, count in classes.most_common()],
    )


def _describe_annotator(
    name: str, states: Counter[State], assigned: int, drafts: int
) -> AnnotatorProgress:
    return AnnotatorProgress(
        name=name,
        accepted=states[State.ACCEPTED],
        clean=states[State.CLEAN],
        skipped=states[State.SKIPPED],
        in_progress=states[State.IN_PROGRESS],
        assigned=assigned,
        drafts=drafts,
    )
