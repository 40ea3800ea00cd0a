"""Several people, and several processes, at the same image at the same moment."""

import threading
from collections import Counter
from collections.abc import Callable

import pytest

from desra_studio.errors import StaleRevisionError
from desra_studio.services.review.claims import claim_next
from desra_studio.services.review.documents import describe_image
from desra_studio.services.review.drafts import keep_draft
from desra_studio.services.review.masks import judge_image, pack_mask, save_mask
from desra_studio.services.review.opinions import ask_opinions
from desra_studio.services.review.queue import make_filter, read_page
from desra_studio.services.studio import Studio, connect_studio
from desra_studio.storage import engines
from desra_studio.storage.label_tables import Draft, MaskRevision, Opinion
from desra_studio.vocabulary import State
from tests.factories.masks import mark_squares
from tests.factories.studio import import_detected, list_items
from tests.patience import PATIENCE_MS, join_thread

PEOPLE = 8


@pytest.fixture
def dataset(studio, dataset_folder):
    return import_detected(studio, dataset_folder)


@pytest.fixture
def image(studio, dataset):
    return list_items(studio, dataset)[0].id


@pytest.fixture
def studios(studio, monkeypatch):
    """The same installation, open as often as there are people, as by that many processes."""
    monkeypatch.setattr(engines, "BUSY_TIMEOUT_MS", int(PATIENCE_MS))
    opened = [connect_studio(studio.settings) for _ in range(PEOPLE)]
    yield opened
    for each in opened:
        each.database.close()


def race(studios: list[Studio], act: Callable[[Studio, int], object]) -> list[object]:
    """Let everybody act at once; returns what each had of it, errors included."""
    start = threading.Barrier(len(studios))
    found: list[object] = [None] * len(studios)

    def take_part(index: int) -> None:
        start.wait()
        try:
            found[index] = act(studios[index], index)
        except Exception as error:  # noqa: BLE001 (the test looks at it)
            found[index] = error

    threads = [threading.Thread(target=take_part, args=(i,)) for i in range(len(studios))]
    for thread in threads:
        thread.start()
    for thread in threads:
        join_thread(thread)
    return found


def count_kinds(found: list[object]) -> Counter[str]:
    return Counter(type(each).__name__ for each in found)


def list_revisions(studio):
    with studio.database.read() as session:
        return session.query(MaskRevision).order_by(MaskRevision.number).all()


def test_one_verdict_of_eight_on_the_same_version_counts(studio, studios, dataset, image):
    version = save_mask(studio, image, mark_squares((0, 0, 9)), 0).version
    found = race(studios, lambda one, _: judge_image(one, image, State.ACCEPTED, version))
    assert count_kinds(found) == {"int": 1, "StaleRevisionError": PEOPLE - 1}
    assert describe_image(studio, image).version == version + 1
    page = read_page(studio, make_filter(dataset, states=(State.ACCEPTED,)))
    assert [item.id for item in page.items] == [image]


def test_no_save_of_eight_is_lost_and_one_is_current(studio, studios, dataset, image):
    def save(one, index):
        return save_mask(one, image, mark_squares((0, 0, 9 + index)), 0, author=f"person {index}")

    found = race(studios, save)
    assert count_kinds(found) == {"SavedMask": 1, "StaleRevisionError": PEOPLE - 1}
    rows = list_revisions(studio)
    assert [row.number for row in rows] == list(range(1, PEOPLE + 1))
    assert sorted(row.area_px for row in rows) == [(9 + index) ** 2 for index in range(PEOPLE)]
    (saved,) = (one for one in found if not isinstance(one, StaleRevisionError))
    assert describe_image(studio, image).revision == saved.revision
    (item,) = (item for item in read_page(studio, make_filter(dataset)).items if item.id == image)
    assert item.annotator == saved.revision.author


def test_saves_of_eight_who_try_again_are_one_after_another(studio, studios, image):
    def save(one, index):
        version = 0
        while True:
            try:
                return save_mask(one, image, mark_squares((0, 0, 9 + index)), version)
            except StaleRevisionError as error:
                version = error.version

    assert count_kinds(race(studios, save)) == {"SavedMask": PEOPLE}
    assert describe_image(studio, image).version == PEOPLE
    rows = list_revisions(studio)
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))


def test_own_labels_of_eight_are_all_there(studio, studios, image):
    ask_opinions(studio, image, 3)

    def label(one, index):
        author = f"person {index}"
        saved = save_mask(one, image, mark_squares((0, 0, 9 + index)), 0, author)
        return judge_image(one, image, State.ACCEPTED, saved.version, author)

    assert race(studios, label) == [2] * PEOPLE
    with studio.database.read() as session:
        given = session.query(Opinion).filter(Opinion.state == State.ACCEPTED).count()
    assert given == PEOPLE


def test_drafts_of_eight_are_kept_while_others_save(studio, studios, image):
    def paint(one, index):
        mask = mark_squares((index, index, 9 + index))
        keep_draft(one, image, pack_mask(mask), 0, f"person {index}")
        return save_mask(one, image, mask, 0, f"saver {index}")

    assert count_kinds(race(studios, paint)) == {"SavedMask": 1, "StaleRevisionError": PEOPLE - 1}
    with studio.database.read() as session:
        authors = sorted(draft.author for draft in session.query(Draft))
    assert authors == [f"person {index}" for index in range(PEOPLE)]


def test_three_images_are_claimed_by_three_of_eight(studios, dataset):
    wanted = make_filter(dataset)
    found = race(studios, lambda one, index: claim_next(one, wanted, None, f"person {index}").id)
    claimed = [image_id for image_id in found if image_id is not None]
    assert len(claimed) == len(set(claimed)) == 3
