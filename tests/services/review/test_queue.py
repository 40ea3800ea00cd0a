"""The queue: what it lists, in which order, what comes next, and that it is never wrong."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from desra_studio.bench.queue_sample import fill_dataset
from desra_studio.detection.detector import DetectorParams
from desra_studio.errors import ClaimedError, InputError, NotFoundError
from desra_studio.services.datasets.importing import import_dataset
from desra_studio.services.detection.dataset import detect_dataset
from desra_studio.services.review import claims, queue
from desra_studio.services.review.bulk import BulkChange, change_images
from desra_studio.services.review.documents import describe_image
from desra_studio.services.review.flags import Finding, flag_images
from desra_studio.services.review.masks import judge_image
from desra_studio.services.review.progress import AnnotatorProgress, KindCount, describe_progress
from desra_studio.services.review.regions import label_region
from desra_studio.services.review.steady_clock import SteadyClock
from desra_studio.storage import datasets, reviews
from desra_studio.storage.label_tables import Opinion, QueueEntry
from desra_studio.storage.queue import CLAIM_TIME, ORDERS, list_ids
from desra_studio.storage.queue_entries import refresh_dataset
from desra_studio.storage.region_label import RegionLabel
from desra_studio.vocabulary import State
from tests.factories.images import write_dataset
from tests.services.review.queues import find_id, list_names, read_item, save_squares

NAMES = "abcdefg"


@pytest.fixture
def dataset(studio, tmp_path):
    folder = write_dataset(tmp_path / "source", NAMES, with_lr=False)
    report = import_dataset(studio, folder, "set")
    detect_dataset(studio, report.dataset_id, DetectorParams(area_threshold=400))
    return report.dataset_id


def set_figures(studio, dataset, column, values):
    """Give the entries figures that no small image has; -1 stands for one that is not known."""
    with studio.database.write() as session:
        for entry in session.query(QueueEntry).filter_by(dataset_id=dataset):
            setattr(entry, column, values[entry.name])


def test_an_item_says_what_is_known(studio, dataset):
    first = read_item(studio, dataset, "a")
    assert (first.state, first.regions, first.annotator) == ("unreviewed", 1, None)
    assert 0.1 < first.area_share < 0.5
    assert (first.kinds, first.flags, first.opinions) == ([], [], None)
    assert (first.dissent, first.claimed_by) == (None, None)
    saved = save_squares(studio, first.id, (20, 20, 9), (60, 60, 9), author="anna")
    label_region(studio, first.id, RegionLabel(21, 21, kind="blotch", severity=2))
    label_region(studio, first.id, RegionLabel(61, 61, kind="other", severity=4))
    judge_image(studio, first.id, State.ACCEPTED, saved.version)
    item = read_item(studio, dataset, "a")
    assert (item.state, item.annotator, item.severity) == ("accepted", "anna", 4)
    assert item.kinds == ["blotch", "other"]


def test_filters(studio, dataset):
    a, b = find_id(studio, dataset, "a"), find_id(studio, dataset, "b")
    save_squares(studio, a, (20, 20, 9), author="anna")
    label_region(studio, a, RegionLabel(21, 21, kind="over-sharp line", severity=2))
    saved = save_squares(studio, b, author="bob")
    judge_image(studio, b, State.CLEAN, saved.version)
    for values, names in (
        ({"states": (State.UNREVIEWED,)}, "cdefg"),
        ({"states": (State.IN_PROGRESS, State.CLEAN)}, "ab"),
        ({"annotator": "anna"}, "a"),
        ({"kind": "over-sharp line"}, "a"),
        ({"kind": "over-sharp"}, ""),
        ({"kind": "%"}, ""),
        ({"severity": 2}, "a"),
        ({"severity": 3}, ""),
        ({"area_min": 0.9}, ""),
        ({"area_max": 0.9, "states": (State.CLEAN,)}, "b"),
        ({"assigned_to": "anna"}, ""),
        ({"class_index": 3}, ""),
    ):
        for order in ORDERS:
            assert sorted(list_names(studio, dataset, order, **values)) == list(names), values


def test_orders_put_the_unknown_last_and_equal_ones_by_name(studio, dataset):
    figures = dict(zip(NAMES, (0.2, -1, 0.5, 0.5, -1, 0.1, 0.5), strict=True))
    for column in ("uncertainty", "disagreement", "dissent"):
        set_figures(studio, dataset, column, figures)
        assert list_names(studio, dataset, column) == "cdgafbe"
    assert read_item(studio, dataset, "b").uncertainty is None
    assert read_item(studio, dataset, "c").uncertainty == 0.5
    set_figures(studio, dataset, "area_share", dict(zip(NAMES, (1, 1, 0, 3, 1, 0, 2), strict=True)))
    assert list_names(studio, dataset, "area") == "dgabecf"
    assert list_names(studio, dataset, "name") == NAMES


@pytest.mark.parametrize("order", list(ORDERS))
def test_pages_positions_and_steps_agree(studio, dataset, order):
    figures = dict(zip(NAMES, (0.2, -1, 0.5, 0.5, -1, 0.1, 0.5), strict=True))
    set_figures(studio, dataset, "uncertainty", figures)
    save_squares(studio, find_id(studio, dataset, "d"), (1, 1, 5))
    wanted = queue.make_filter(dataset, order, states=(State.UNREVIEWED,))
    ids = [item.id for item in queue.read_page(studio, wanted).items]
    assert len(ids) == 6
    for limit in (1, 2, 4, 10):
        for offset in range(8):
            page = queue.read_page(studio, wanted, offset=offset, limit=limit)
            assert [item.id for item in page.items] == ids[offset : offset + limit]
            assert (page.total, page.offset, page.position) == (6, offset, None)
        for position, image in enumerate(ids):
            page = queue.read_page(studio, wanted, limit=limit, around=image)
            assert (page.position, page.offset) == (position, position // limit * limit)
            assert [item.id for item in page.items] == ids[page.offset : page.offset + limit]
    for position, image in enumerate(ids):
        assert queue.find_step(studio, wanted, image, 1) == next(iter(ids[position + 1 :]), None)
        before = ids[position - 1] if position else None
        assert queue.find_step(studio, wanted, image, -1) == before
    assert queue.find_step(studio, wanted, ids[0], 5) == ids[5]


def test_a_step_goes_on_from_an_image_that_the_filter_leaves_out(studio, dataset):
    wanted = queue.make_filter(dataset, states=(State.UNREVIEWED,))
    c = find_id(studio, dataset, "c")
    save_squares(studio, c, (1, 1, 5))
    assert queue.find_step(studio, wanted, c, 1) == find_id(studio, dataset, "d")
    assert queue.find_step(studio, wanted, c, -1) == find_id(studio, dataset, "b")
    page = queue.read_page(studio, wanted, around=c)
    assert (page.position, page.offset, page.total) == (None, 0, 6)
    assert queue.find_step(studio, wanted, 999, 1) is None


def test_next_wraps_and_leaves_out_what_is_done_or_claimed(studio, dataset):
    ids = {name: find_id(studio, dataset, name) for name in NAMES}
    wanted = queue.make_filter(dataset)

    def find_next(after, author="tester"):
        found = queue.find_next(studio, wanted, ids.get(after), author)
        return next((name for name in NAMES if ids[name] == found), None)

    assert (find_next(None), find_next("a"), find_next("g")) == ("a", "b", "a")
    judge_image(studio, ids["b"], State.SKIPPED, 0)
    assert find_next("a") == "c"
    claims.claim_image(studio, ids["c"], "anna")
    assert (find_next("a"), find_next("a", "anna")) == ("d", "c")
    for name in "acdefg":
        version = describe_image(studio, ids[name]).version
        judge_image(studio, ids[name], State.SKIPPED, version)
    assert find_next("a") is None
    judge_image(studio, ids["a"], State.UNREVIEWED, 1)
    assert (find_next("a"), find_next("b")) == (None, "a")


def test_next_asks_each_person_for_their_own_opinion(studio, dataset):
    a = find_id(studio, dataset, "a")
    wanted = queue.make_filter(dataset)

    def answer(author):
        with studio.database.write() as session:
            model = datasets.get_record(session, a).gan.model_id
            session.add(Opinion(image_id=a, model_id=model, author=author, state=State.CLEAN))

    with studio.database.write() as session:
        model = datasets.get_record(session, a).gan.model_id
        reviews.get_review(session, a, model).opinions_wanted = 2
    answer("anna")
    assert read_item(studio, dataset, "a").opinions == queue.OpinionCount(2, 1)
    assert queue.find_next(studio, wanted, None, "anna") == find_id(studio, dataset, "b")
    assert queue.find_next(studio, wanted, None, "bob") == a
    answer("bob")
    assert queue.find_next(studio, wanted, None, "anna") == a, "it waits for a consensus now"


def test_everybody_who_asks_at_once_gets_an_image_of_their_own(studio):
    with studio.database.write() as session:
        dataset_id = fill_dataset(session, 200)
        refresh_dataset(session, dataset_id)
    wanted = queue.make_filter(dataset_id, "uncertainty")
    people = [f"person {number}" for number in range(40)]
    with ThreadPoolExecutor(len(people)) as pool:
        given = list(pool.map(partial(claims.claim_next, studio, wanted, None), people))
    claimed = {item.id: item.claimed_by for item in list_claimed(studio, wanted)}
    assert claimed == {claim.id: person for claim, person in zip(given, people, strict=True)}, (
        "nobody was refused, or given what somebody else had"
    )
    with studio.database.read() as session:
        waiting = wanted.model_copy(update={"states": (State.UNREVIEWED, State.IN_PROGRESS)})
        assert set(claimed) == set(list_ids(session, waiting)[:40]), "in order, none left out"


def list_claimed(studio, wanted):
    items = queue.read_page(studio, wanted, limit=200).items
    return [item for item in items if item.claimed_by]


def test_the_next_claim_follows_filter_and_order_and_wraps(studio, dataset):
    ids = {name: find_id(studio, dataset, name) for name in NAMES}
    change_images(studio, dataset, BulkChange(action="assign", to="bob"), [ids["b"], ids["d"]])
    wanted = queue.make_filter(dataset, assigned_to="bob")
    found = claims.claim_next(studio, wanted, None, "bob")
    assert (found.id, found.held) == (ids["b"], [])
    assert read_item(studio, dataset, "b").claimed_by == "bob"
    with pytest.raises(ClaimedError) as error:
        claims.claim_image(studio, ids["b"], "anna")
    assert error.value.until == found.until
    assert claims.claim_next(studio, wanted, None, "bob").id == ids["b"], "it is renewed"
    assert claims.claim_next(studio, wanted, ids["b"], "bob").id == ids["d"]
    assert claims.claim_next(studio, wanted, ids["g"], "bob").id == ids["b"]
    assert read_item(studio, dataset, "a").claimed_by is None


def test_where_others_work_on_all_the_rest_it_is_told_who(studio, dataset):
    ids = {name: find_id(studio, dataset, name) for name in NAMES}
    wanted = queue.make_filter(dataset)
    for name, author in zip(NAMES, ["anna", "bob", "anna", "bob", "bob", "tester"], strict=False):
        claims.claim_image(studio, ids[name], author)
    judge_image(studio, ids["b"], State.SKIPPED, 0)
    found = claims.claim_next(studio, wanted, ids["f"], "tester")
    assert found.id == ids["g"]
    judge_image(studio, ids["g"], State.SKIPPED, 0)
    none = claims.claim_next(studio, wanted, ids["f"], "tester")
    assert (none.id, none.until) == (None, None)
    held = [(ids["a"], "anna"), (ids["c"], "anna"), (ids["d"], "bob"), (ids["e"], "bob")]
    assert [(image.id, image.claimed_by) for image in none.held] == held
    empty = queue.make_filter(dataset, states=(State.CLEAN,))
    assert claims.claim_next(studio, empty, None, "tester").held == []


def test_an_image_that_several_people_label_keeps_nobody_off(studio, dataset):
    a = find_id(studio, dataset, "a")
    change = BulkChange(action="ask_opinions", wanted=2)
    assert change_images(studio, dataset, change, [a]).done == 1
    wanted = queue.make_filter(dataset)
    assert [claims.claim_next(studio, wanted, None, name).id for name in ("anna", "bob")] == [a, a]
    assert read_item(studio, dataset, "a").claimed_by is None


def test_entries_are_what_they_would_be_made_anew(studio, dataset):
    a, b = find_id(studio, dataset, "a"), find_id(studio, dataset, "b")
    saved = save_squares(studio, a, (20, 20, 9))
    label_region(studio, a, RegionLabel(21, 21, kind="blotch", severity=2))
    judge_image(studio, a, State.ACCEPTED, saved.version)
    flag_images(studio, "study", [Finding(b, "voters saw it", 4, 5)])
    detect_dataset(studio, dataset, DetectorParams(area_threshold=4000))
    kept = queue.read_page(studio, queue.make_filter(dataset)).items
    with studio.database.write() as session:
        session.query(QueueEntry).delete()
        refresh_dataset(session, dataset)
    assert kept == queue.read_page(studio, queue.make_filter(dataset)).items
    assert [item.regions for item in kept] == [0] * len(NAMES)


def test_a_change_that_fails_leaves_the_queue_as_it_was(studio, dataset):
    a = find_id(studio, dataset, "a")

    def fail():
        with studio.database.write() as session:
            record = datasets.get_record(session, a)
            reviews.set_state(reviews.get_review(session, a, record.gan.model_id), State.SKIPPED)
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert read_item(studio, dataset, "a").state == "unreviewed"


def test_flags_bring_an_image_back_and_say_why(studio, dataset):
    b, c = find_id(studio, dataset, "b"), find_id(studio, dataset, "c")
    findings = [Finding(c, "new artifact", 4, 5), Finding(c, "another"), Finding(b, "worse")]
    flags = flag_images(studio, "regression", findings)
    assert flag_images(studio, "regression", findings) == flags, "not flagged twice"
    assert list_names(studio, dataset, "flagged") == "cbadefg"
    item = read_item(studio, dataset, "c")
    assert [(flag.source, flag.note, flag.x) for flag in item.flags] == [
        ("regression", "new artifact", 4),
        ("regression", "another", None),
    ]
    for bad in (Finding(b, "", 96, 0), Finding(b, "", 3), Finding(b, "x" * 501)):
        with pytest.raises(InputError):
            flag_images(studio, "study", [bad])
    with pytest.raises(InputError, match="'weather'"):
        flag_images(studio, "weather", [])


def test_a_claim_keeps_others_off_until_it_ends(studio, dataset, monkeypatch):
    a = find_id(studio, dataset, "a")
    mine = claims.claim_image(studio, a, "anna")
    assert (mine.claimed_by, mine.mine) == ("anna", True)
    assert read_item(studio, dataset, "a", "anna").claimed_by is None
    assert read_item(studio, dataset, "a", "bob").claimed_by == "anna"
    with pytest.raises(ClaimedError, match="anna works on a until") as error:
        claims.claim_image(studio, a, "bob")
    assert error.value.until.isoformat() == mine.until
    assert claims.release_image(studio, a, "bob").claimed_by == "anna"
    assert claims.claim_image(studio, a, "bob", take_over=True).mine
    with pytest.raises(ClaimedError, match="bob works"):
        claims.claim_image(studio, a, "anna")
    assert claims.release_image(studio, a, "bob").claimed_by is None
    claims.claim_image(studio, a, "anna")
    later = claims.now() + CLAIM_TIME
    monkeypatch.setattr(claims, "now", lambda: later)
    assert claims.claim_image(studio, a, "bob").claimed_by == "bob"


def test_a_claim_of_a_clock_that_was_set_back_since_keeps_nobody_off(studio, dataset):
    a = find_id(studio, dataset, "a")
    claims.claim_image(studio, a, "anna")
    with studio.database.write() as session:
        model = datasets.get_record(session, a).gan.model_id
        reviews.get_review(session, a, model).claimed_until += timedelta(hours=1)
    assert read_item(studio, dataset, "a", "bob").claimed_by is None
    wanted = queue.make_filter(dataset)
    assert queue.find_next(studio, wanted, None, "bob") == a
    assert claims.claim_image(studio, a, "bob").claimed_by == "bob"


def test_claims_go_by_a_clock_that_nobody_sets():
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    wall, seconds = [noon], [500.0]
    clock = SteadyClock(lambda: wall[0], lambda: seconds[0])
    until = clock.now() + CLAIM_TIME
    for jump in (timedelta(hours=1), -timedelta(minutes=5)):
        wall[0] = noon + jump
        assert clock.now() == noon
        assert clock.translate(until) == wall[0] + CLAIM_TIME
    seconds[0] += 200
    assert clock.now() > until


def test_progress(studio, dataset):
    a, b = find_id(studio, dataset, "a"), find_id(studio, dataset, "b")
    saved = save_squares(studio, a, (20, 20, 9), author="anna")
    label_region(studio, a, RegionLabel(21, 21, kind="blotch", severity=2))
    judge_image(studio, a, State.ACCEPTED, saved.version)
    save_squares(studio, b, (20, 20, 9), author="bob")
    change_images(studio, dataset, BulkChange(action="assign", to="bob"), [a, b])
    found = describe_progress(studio, dataset)
    assert found.images == len(NAMES)
    assert found.states == {
        "unreviewed": 5, "in progress": 1, "accepted": 1, "clean": 0, "skipped": 0
    }  # fmt: skip
    nothing = AnnotatorProgress(
        name="anna", accepted=0, clean=0, skipped=0, in_progress=0, assigned=0, drafts=0
    )
    assert found.annotators == [
        replace(nothing, accepted=1),
        replace(nothing, name="bob", in_progress=1, assigned=1),
    ]
    assert found.kinds == [KindCount("blotch", 1)]
    assert found.classes == []


def test_refuses(studio, dataset):
    with pytest.raises(InputError, match="'mood'"):
        queue.make_filter(dataset, "mood")
    wanted = queue.make_filter(dataset)
    for values in ({"limit": 0}, {"limit": 501}, {"offset": -1}):
        with pytest.raises(InputError, match="1 to 500 images from offset 0"):
            queue.read_page(studio, wanted, **values)
    for offset in (0, 501, -501):
        with pytest.raises(InputError, match="1 to 500 images on or back"):
            queue.find_step(studio, wanted, 1, offset)
    gone = queue.make_filter(99)
    for action in (
        lambda: queue.read_page(studio, gone),
        lambda: queue.find_next(studio, gone, None),
        lambda: queue.find_step(studio, gone, 1, 1),
        lambda: describe_progress(studio, 99),
        lambda: claims.claim_image(studio, 99),
    ):
        with pytest.raises(NotFoundError, match="99 does not exist"):
            action()
