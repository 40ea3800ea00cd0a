from desra_studio.study.prominence import measure_false_alarms, measure_prominence
from tests.study.ballots import make_ballot


def vote(trial, item, choice, role="vote"):
    return make_ballot(trial, item=item, image=7, choice=choice, answer=choice, role=role)


def test_regions_come_by_how_many_noticed_them():
    ballots = [
        vote(1, 1, "no"), vote(2, 1, "yes"), vote(3, 1, "no"), vote(4, 1, "unsure"),
        vote(5, 2, "yes"), vote(6, 2, "yes"),
        vote(7, 3, "yes", "decoy"), vote(8, 3, "no", "decoy"),
    ]  # fmt: skip
    first, second = measure_prominence(ballots)
    assert (first.item, first.noticed.hits, first.noticed.total) == (2, 2, 2)
    assert (second.item, second.noticed.hits, second.noticed.total, second.unsure) == (1, 1, 3, 1)
    assert second.image == 7
    assert second.noticed.interval.low < 1 / 3 < second.noticed.interval.high
    alarms = measure_false_alarms(ballots)
    assert (alarms.hits, alarms.total) == (1, 2)


def test_without_votes_there_is_nothing():
    assert measure_prominence([]) == []
    assert measure_false_alarms([]).share is None
