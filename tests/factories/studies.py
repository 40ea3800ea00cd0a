"""Makes studies, and votes in them, for tests."""

from desra_studio.detection.detector import DetectorParams
from desra_studio.services.datasets.importing import import_dataset
from desra_studio.services.detection.dataset import detect_dataset
from desra_studio.services.studies import voting
from desra_studio.services.studies.lifecycle import create_study, describe_choices, open_study
from desra_studio.services.studies.links import make_links
from desra_studio.storage.studies import find_trial
from desra_studio.storage.study_tables import StudyItem
from desra_studio.study.order import StudyOrder
from desra_studio.study.screening import Rules
from tests.factories.studio import accept_detected

LENIENT = {"min_votes": 0, "min_median_seconds": 0.0, "max_one_side": 1.0}


def import_labelled(studio, folder):
    """Import small pairs, detect and accept all of them; returns the dataset's id."""
    dataset_id = import_dataset(studio, folder, "set").dataset_id
    detect_dataset(studio, dataset_id, DetectorParams(area_threshold=400))
    accept_detected(studio, dataset_id)
    return dataset_id


def list_systems(studio, dataset_id):
    """Return the ids of the models with outputs, in order."""
    found = describe_choices(studio, dataset_id).systems
    return tuple(system.id for system in found)


def make_order(studio, dataset_id, **values):
    """Return a small study of both systems, without a minimum time."""
    usual = {
        "name": "first", "systems": list_systems(studio, dataset_id), "window_px": 48,
        "controls": 1, "votes_per_pair": 2, "training": 1, "min_seconds": 0.0,
        "check_share": 0.45, "questions": ("Which has fewer artifacts?",),
    }  # fmt: skip
    return StudyOrder(**{**usual, **values})


def open_new(studio, dataset_id, labels=("one", "two"), **values):
    """Make and open a study; returns its id and personal links."""
    study_id = create_study(studio, dataset_id, make_order(studio, dataset_id, **values))
    links = make_links(studio, study_id, labels)
    open_study(studio, study_id)
    return study_id, links


def begin(studio, link):
    """Agree, and return the first trial's answer."""
    return voting.begin_session(studio, link, {"zoom": 1, "ratio": 1, "width": 1366, "height": 768})


def vote_through(studio, link, decide):
    """Vote on all trials; `decide(trial)` is the answer. Returns how many there were."""
    following, count = begin(studio, link), 0
    while (trial := following.trial) is not None:
        nonce = voting.mark_shown(studio, link, trial.code).nonce
        answered = voting.cast_vote(studio, link, trial.code, decide(trial), nonce)
        following, count = answered.next, count + 1
    return count


def decide_by_system(studio, pick):
    """Return a voter who names the side of a system; `pick(item)` is a or b, or an answer."""

    def decide(trial):
        with studio.database.read() as session:
            row = find_trial(session, trial.code)
            item = session.get(StudyItem, row.item_id)
        wanted = item.better or ("unsure" if item.kind == "identical" else pick(item))
        if wanted in ("a", "b"):
            return "left" if (wanted == "b") == row.swapped else "right"
        return wanted

    return decide


def make_rules(**values):
    """Rules that exclude nobody, but for what is given."""
    return Rules(**{**LENIENT, **values})
