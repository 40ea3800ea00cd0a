"""How far a dataset's review is, for everybody and for each annotator."""

from collections import Counter
from typing import Any

from desra_studio.detection.class_weights import load_class_names
from desra_studio.services.studio import Studio
from desra_studio.storage import datasets, progress
from desra_studio.vocabulary import State


def describe_progress(studio: Studio, dataset_id: int) -> dict[str, Any]:
    """Return the counts of a dataset, and what its queue can be filtered by.

    Returns:
        {"images": that can be reviewed, "states": {state: images, all states},
        "annotators": [{"name", "accepted", "clean", "skipped", "in_progress": images whose current
        mask is theirs, "assigned": images to be judged still that are assigned to them, "drafts":
        images with unsaved work of theirs}, by name],
        "kinds": [{"name", "images"}, the most frequent first],
        "classes": [{"index", "name", "images"}, the most frequent first]}.

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
    return {
        "images": sum(states.values()),
        "states": {state.value: states[state] for state in State},
        "annotators": [
            {
                "name": name,
                **{
                    state.value.replace(" ", "_"): by_annotator.get(name, Counter())[state]
                    for state in (State.ACCEPTED, State.CLEAN, State.SKIPPED, State.IN_PROGRESS)
                },
                "assigned": assigned.get(name, 0),
                "drafts": drafts.get(name, 0),
            }
            for name in sorted(people)
        ],
        "kinds": [{"name": kind, "images": count} for kind, count in kinds.most_common()],
        "classes": [
            {"index": index, "name": names[index], "images": count}
            for index, count in classes.most_common()
        ],
    }
