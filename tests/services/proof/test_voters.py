"""What voters say of a model, beside the witnesses."""

import pytest

from desra_studio.services.proof.voters import list_voter_words
from desra_studio.storage import datasets
from tests.factories.images import write_dataset
from tests.factories.studies import (
    decide_by_system,
    import_labelled,
    list_systems,
    make_rules,
    open_new,
    vote_through,
)


@pytest.fixture
def dataset(studio, tmp_path):
    imported = import_labelled(studio, write_dataset(tmp_path / "source", "ab"))
    with studio.database.read() as session:
        return datasets.get_dataset(session, imported)


@pytest.mark.parametrize("reverse", [False, True])
def test_the_share_is_that_of_the_model_whichever_came_first(studio, dataset, reverse):
    other = next(one for one in list_systems(studio, dataset.id) if one != dataset.gan_model_id)
    systems = (dataset.gan_model_id, other)[:: -1 if reverse else 1]
    wanted = "ab"[systems.index(other)]
    _, links = open_new(
        studio, dataset.id, systems=systems, rules=make_rules(min_gold_pass=0.0, min_repeats=0.0)
    )
    assert list_voter_words(studio, dataset, other) == [], "before the first vote"
    for link in links:
        vote_through(studio, link, decide_by_system(studio, lambda _: wanted))
    (word,) = list_voter_words(studio, dataset, other)
    assert (word.study, word.question) == ("first", "Which has fewer artifacts?")
    assert (word.share, word.voters) == (1, 2)
    assert word.votes > 0


def test_a_study_of_other_models_says_nothing(studio, dataset):
    open_new(studio, dataset.id)
    assert list_voter_words(studio, dataset, 99) == []
