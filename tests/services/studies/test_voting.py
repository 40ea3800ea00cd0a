from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from desra_studio.errors import InputError, VoteError
from desra_studio.services.studies import voting
from desra_studio.services.studies.lifecycle import close_study, create_study, describe_study
from desra_studio.services.studies.links import JOINS_PER_HOUR, join_study, make_links
from desra_studio.services.studies.votes import read_ballots
from desra_studio.storage.base import now
from desra_studio.storage.studies import list_items, list_voters
from desra_studio.storage.study_tables import StudyItem, Voter
from tests.factories.damage import flip_byte
from tests.factories.images import write_dataset
from tests.factories.studies import (
    begin,
    import_labelled,
    list_systems,
    make_order,
    open_new,
    vote_through,
)


@pytest.fixture
def dataset(studio, tmp_path):
    return import_labelled(studio, write_dataset(tmp_path / "source", size=(160, 160)))


def refuse(code, call, *arguments):
    with pytest.raises(VoteError) as told:
        call(*arguments)
    assert told.value.code == code
    return told.value


def show_first(studio, link):
    """Begin, and return the first trial with its nonce."""
    trial = begin(studio, link).trial
    return trial, voting.mark_shown(studio, link, trial.code).nonce


def test_a_voter_goes_from_consent_to_the_end(studio, dataset):
    _, (link, _) = open_new(studio, dataset)
    before = voting.describe_session(studio, link)
    assert (before.state, before.trials) == ("consent", 0)
    count = vote_through(studio, link, lambda _: "left")
    after = voting.describe_session(studio, link)
    assert (after.state, after.trials, after.done) == ("done", count, count)
    assert voting.find_next(studio, link).trial is None


def test_an_answer_means_the_system_at_that_side(studio, dataset):
    study_id, links = open_new(studio, dataset)
    for link in links:
        vote_through(studio, link, lambda _: "left")
    votes = [one for one in read_ballots(studio, study_id) if one.role == "vote"]
    # Both voters always say left, so that over their opposite sides both systems win once.
    chosen = Counter((one.item, one.chosen) for one in votes)
    assert len(chosen) == 2 * 4
    assert set(chosen.values()) == {1}


def test_training_is_answered_with_feedback_and_votes_are_not(studio, dataset):
    _, (link, _) = open_new(studio, dataset)
    trial, nonce = show_first(studio, link)
    assert trial.training
    first = voting.cast_vote(studio, link, trial.code, "unsure", nonce)
    assert first.feedback.right is False
    assert first.feedback.text.startswith("Not quite: picture ")
    trial = first.next.trial
    nonce = voting.mark_shown(studio, link, trial.code).nonce
    assert voting.cast_vote(studio, link, trial.code, "left", nonce).feedback is None


def test_a_replay_is_answered_the_same_and_counts_once(studio, dataset):
    study_id, (link, _) = open_new(studio, dataset)
    trial, nonce = show_first(studio, link)
    first = voting.cast_vote(studio, link, trial.code, "left", nonce)
    assert voting.cast_vote(studio, link, trial.code, "left", nonce) == first
    refuse("already", voting.cast_vote, studio, link, trial.code, "right", nonce)
    refuse("already", voting.cast_vote, studio, link, trial.code, "left", "wrong")
    refuse("already", voting.mark_shown, studio, link, trial.code)
    assert [one.answer for one in read_ballots(studio, study_id)] == ["left"]


def test_of_many_at_once_one_vote_counts(studio, dataset):
    study_id, (link, _) = open_new(studio, dataset)
    trial, nonce = show_first(studio, link)

    def send(answer):
        try:
            voting.cast_vote(studio, link, trial.code, answer, nonce)
        except VoteError as error:
            return error.code
        return "taken"

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(send, ["left", "right"] * 8))
    assert Counter(told) == {"taken": 8, "already": 8}
    assert len(read_ballots(studio, study_id)) == 1


def test_nobody_votes_before_the_pictures_are_loaded_or_too_soon(studio, dataset):
    _, (link, _) = open_new(studio, dataset, min_seconds=30.0)
    trial = begin(studio, link).trial
    refuse("too_soon", voting.cast_vote, studio, link, trial.code, "left", "")
    shown = voting.mark_shown(studio, link, trial.code)
    assert shown.wait == 30
    early = refuse("too_soon", voting.cast_vote, studio, link, trial.code, "left", "wrong")
    assert early.wait is None
    early = refuse("too_soon", voting.cast_vote, studio, link, trial.code, "left", shown.nonce)
    assert 29 < early.wait <= 30


def test_a_clock_that_runs_backwards_costs_one_more_wait_and_no_vote(studio, dataset, monkeypatch):
    study_id, (link, _) = open_new(studio, dataset, min_seconds=2.0)
    trial, nonce = show_first(studio, link)
    back = now() - timedelta(hours=3)
    monkeypatch.setattr(voting, "now", lambda: back)
    early = refuse("too_soon", voting.cast_vote, studio, link, trial.code, "left", nonce)
    assert early.wait == 2
    nonce = voting.mark_shown(studio, link, trial.code).nonce
    monkeypatch.setattr(voting, "now", lambda: back + timedelta(seconds=2.5))
    voting.cast_vote(studio, link, trial.code, "left", nonce)
    assert [one.seconds for one in read_ballots(studio, study_id)] == [pytest.approx(2.5, abs=0.01)]


def test_loading_the_page_again_begins_the_same_trial_anew(studio, dataset):
    _, (link, _) = open_new(studio, dataset)
    trial, nonce = show_first(studio, link)
    assert voting.find_next(studio, link).trial == trial
    assert begin(studio, link).trial == trial
    # Either of two tabs can answer; once.
    voting.mark_shown(studio, link, trial.code)
    voting.cast_vote(studio, link, trial.code, "left", nonce)


def test_a_nonce_is_of_one_trial_and_cannot_be_made(studio, dataset):
    _, (first, second) = open_new(studio, dataset)
    _, nonce = show_first(studio, first)
    trial, own = show_first(studio, second)
    earlier = f"{int(own.partition('.')[0]) - 60000}.{own.partition('.')[2]}"
    for forged in (nonce, earlier, "", ".", "1.2", "9" * 40 + ".a", "\u00b2.x", own + "0"):
        refuse("too_soon", voting.cast_vote, studio, second, trial.code, "left", forged)
    voting.cast_vote(studio, second, trial.code, "left", own)


def test_nobody_votes_on_the_trial_of_another(studio, dataset):
    study_id, (first, second) = open_new(studio, dataset)
    trial, nonce = show_first(studio, first)
    begin(studio, second)
    refuse("not_yours", voting.cast_vote, studio, second, trial.code, "left", nonce)
    refuse("not_yours", voting.mark_shown, studio, second, trial.code)
    refuse("not_yours", voting.cast_vote, studio, first, "nothing", "left", nonce)
    assert read_ballots(studio, study_id) == []


@pytest.mark.parametrize("forge", [
    lambda link: link[:-1] + ("0" if link[-1] != "0" else "1"),
    lambda link: link.partition(".")[0],
    lambda link: link.partition(".")[0] + ".",
    lambda link: "x" + link,
    lambda _: "", lambda _: "open-1", lambda _: "open-99.abc", lambda _: "open-\u00b2.abc",
    lambda link: link + "\u00e9", lambda _: "open-" + "9" * 40 + ".a",
], ids=range(10))  # fmt: skip
def test_a_forged_link_opens_nothing(studio, dataset, forge):
    _, (link, _) = open_new(studio, dataset)
    refuse("forged", voting.describe_session, studio, forge(link))
    refuse("forged", voting.begin_session, studio, forge(link), {})


def test_an_expired_link_says_so(studio, dataset):
    study_id, (link, _) = open_new(studio, dataset)
    begin(studio, link)
    with studio.database.write() as session:
        for voter in list_voters(session, study_id):
            voter.expires_at = now() - timedelta(seconds=1)
    assert "valid until" in str(refuse("expired", voting.find_next, studio, link))


def test_a_vote_after_the_study_closed_does_not_count(studio, dataset):
    study_id, (link, _) = open_new(studio, dataset)
    trial, nonce = show_first(studio, link)
    close_study(studio, study_id)
    refuse("closed", voting.cast_vote, studio, link, trial.code, "left", nonce)
    refuse("closed", voting.load_picture, studio, trial.code, "left")
    assert voting.describe_session(studio, link).state == "closed"
    assert read_ballots(studio, study_id) == []


def test_nobody_votes_in_a_draft(studio, dataset):
    study_id = create_study(studio, dataset, make_order(studio, dataset))
    link = make_links(studio, study_id, ["one"])[0]
    assert "not begun" in str(refuse("closed", voting.begin_session, studio, link, {}))


def test_a_missing_picture_is_told_and_no_vote_is_lost(studio, dataset):
    study_id, (link, _) = open_new(studio, dataset)
    trial = begin(studio, link).trial
    with studio.database.read() as session:
        shas = {sha for item in list_items(session, study_id) for sha in (item.blob_a, item.blob_b)}
    for sha in shas:
        studio.blobs.find(sha).unlink()
    told = refuse("missing", voting.load_picture, studio, trial.code, "left")
    assert "is missing" in str(told)
    assert str(studio.settings.data_dir) not in str(told)
    refuse("missing", voting.load_picture, studio, trial.code, "only")
    refuse("missing", voting.load_picture, studio, "nothing", "left")


def test_a_damaged_picture_is_told_and_not_shown(studio, dataset):
    study_id, (link, _) = open_new(studio, dataset)
    trial = begin(studio, link).trial
    with studio.database.read() as session:
        shas = {sha for item in list_items(session, study_id) for sha in (item.blob_a, item.blob_b)}
    for sha in shas:
        flip_byte(studio.blobs, sha)
    told = refuse("missing", voting.load_picture, studio, trial.code, "left")
    assert "damaged" in str(told)


def test_an_answer_that_a_trial_does_not_have_is_refused(studio, dataset):
    _, (link, _) = open_new(studio, dataset)
    trial, nonce = show_first(studio, link)
    for answer in ("yes", "a", "", "LEFT"):
        refuse("missing", voting.cast_vote, studio, link, trial.code, answer, nonce)


def test_the_study_closes_once_every_pair_has_its_votes(studio, dataset):
    study_id, links = open_new(studio, dataset, labels=("one", "two", "three"))
    for link in links[:2]:
        assert describe_study(studio, study_id).state == "open"
        vote_through(studio, link, lambda _: "right")
    told = describe_study(studio, study_id)
    assert (told.state, told.votes, told.wanted) == ("closed", 8, 8)
    refuse("closed", voting.begin_session, studio, links[2], {})


def test_anybody_joins_by_the_open_link_and_goes_on_by_their_own(studio, dataset):
    study_id, _ = open_new(studio, dataset, max_voters=2)
    link = describe_study(studio, study_id).links.open
    assert voting.describe_session(studio, link).state == "join"
    mine, other = (join_study(studio, link) for _ in range(2))
    assert mine != other
    assert vote_through(studio, mine, lambda _: "left") > 4
    assert "Enough people" in str(refuse("too_many", join_study, studio, link))


def test_joining_has_a_limit_per_hour(studio, dataset):
    study_id, _ = open_new(studio, dataset, max_voters=1000)
    link = describe_study(studio, study_id).links.open
    for _ in range(JOINS_PER_HOUR):
        join_study(studio, link)
    assert refuse("too_many", join_study, studio, link).wait == 3600
    with studio.database.write() as session:
        for voter in list_voters(session, study_id):
            voter.created_at -= timedelta(hours=2)
    join_study(studio, link)


def test_only_numbers_of_the_display_are_kept(studio, dataset):
    study_id, (link, _) = open_new(studio, dataset)
    shown = {"zoom": 1.25, "ratio": "2", "width": -4, "height": 768, "name": "someone"}
    voting.begin_session(studio, link, shown)
    with studio.database.read() as session:
        assert list_voters(session, study_id)[0].display == {"zoom": 1.25, "height": 768.0}


def test_prominence_is_answered_by_yes_or_no(studio, dataset):
    system = list_systems(studio, dataset)[:1]
    study_id, (link, _) = open_new(
        studio, dataset, kind="prominence", systems=system, questions=(), trials_per_voter=10
    )
    trial = begin(studio, link).trial
    assert [picture.side for picture in trial.images] == ["only"]
    assert len(trial.outline) >= 3
    vote_through(studio, link, lambda _: "yes")
    roles = Counter(one.role for one in read_ballots(studio, study_id))
    assert roles["vote"] == 3
    assert "decoy" in roles or "gold" in roles


def test_repeats_show_the_first_pair_with_sides_swapped(studio, dataset):
    study_id, links = open_new(studio, dataset, check_share=0.5, trials_per_voter=20)
    for link in links:
        vote_through(studio, link, lambda _: "left")
    ballots = {one.trial: one for one in read_ballots(studio, study_id)}
    repeats = [one for one in ballots.values() if one.role == "repeat"]
    assert repeats
    for one in repeats:
        first = ballots[one.repeat_of]
        assert first.item == one.item
        # Left both times: with sides swapped, that is the other system.
        assert {first.choice, one.choice} == {"a", "b"}


def test_links_are_named_and_can_expire(studio, dataset):
    study_id, _ = open_new(studio, dataset, labels=("one",))
    make_links(studio, study_id, ["  Ann  ", "", "Bo"], days=7)
    personal = describe_study(studio, study_id).links.personal
    assert [one.label for one in personal] == ["one", "Ann", "Bo"]
    assert personal[0].expires_at is None
    assert personal[1].expires_at
    for labels, days in (([], None), (["a" * 101], None), (["a"], 0)):
        with pytest.raises(InputError):
            make_links(studio, study_id, labels, days)
    close_study(studio, study_id)
    with pytest.raises(InputError, match="is closed"):
        make_links(studio, study_id, ["late"])


def test_codes_tell_neither_order_nor_item(studio, dataset):
    _, (link, _) = open_new(studio, dataset)
    begin(studio, link)
    with studio.database.read() as session:
        voter = session.get(Voter, 1)
        assert len(voter.code) == 12
        assert session.get(StudyItem, 1).blob_a not in link
