"""The queue's queries: one index answers each, however many images there are."""

import pytest
from sqlalchemy import event, text

from desra_studio.bench.queue_sample import fill_dataset
from desra_studio.storage import queue
from desra_studio.storage.base import now
from desra_studio.storage.progress import count_states
from desra_studio.storage.queue import ORDERS
from desra_studio.storage.queue_entries import refresh_dataset
from desra_studio.storage.queue_filter import QueueFilter
from desra_studio.storage.queue_letters import (
    join_letters,
    list_kinds,
    read_class,
    write_class,
    write_kinds,
)
from desra_studio.vocabulary import State

FILTERS = {
    "none": {},
    "states": {"states": (State.UNREVIEWED, State.CLEAN)},
    "area": {"area_min": 0.02, "area_max": 0.9},
    "names": {"kind": "blotch", "class_index": 3},
    "people": {"annotator": "Ada", "assigned_to": "Grace", "severity": 2},
}


@pytest.fixture
def dataset(studio):
    with studio.database.write() as session:
        dataset_id = fill_dataset(session, 60)
        refresh_dataset(session, dataset_id)
    return dataset_id


def list_plans(studio, ask):
    """Ask, and return how SQLite finds the rows of each statement about the queue."""
    statements = []

    def note(_connection, _cursor, statement, values, _context, _many):
        statements.append((statement, values))

    event.listen(studio.database.engine, "before_cursor_execute", note)
    with studio.database.read() as session:
        ask(session)
        event.remove(studio.database.engine, "before_cursor_execute", note)
        connection = session.connection()
        return [
            [step[3] for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)]
            for sql, values in statements
            if "FROM queue_entry" in sql
        ]


@pytest.mark.sqlite
@pytest.mark.parametrize("order", list(ORDERS))
@pytest.mark.parametrize("name", list(FILTERS))
def test_an_index_alone_finds_pages_positions_and_steps(studio, dataset, order, name):
    wanted = QueueFilter(dataset_id=dataset, order=order, **FILTERS[name])
    with studio.database.read() as session:
        place = queue.find_place(session, wanted, 30)

    def ask(session):
        total = queue.count_entries(session, wanted)
        assert queue.count_before(session, wanted, place)[0] == total
        queue.list_page(session, wanted, total // 2, 10, max(total, 1))
        queue.walk(session, wanted, place, 10)
        queue.walk(session, wanted, place, -10)

    for plan in list_plans(studio, ask):
        assert "USING COVERING INDEX" in plan[0] or "INTEGER PRIMARY KEY" in plan[0], plan


@pytest.mark.sqlite
def test_an_index_counts_states(studio, dataset):
    plans = list_plans(studio, lambda session: count_states(session, dataset))
    assert len(plans) == 1
    assert "COVERING INDEX ix_queue_entry_annotator" in plans[0][0]


@pytest.mark.sqlite
def test_next_looks_in_the_order_s_index(studio, dataset):
    wanted = QueueFilter(dataset_id=dataset, order="uncertainty")
    asker = queue.Asker("Ada", 1, now())
    plans = list_plans(studio, lambda session: queue.find_next_open(session, wanted, None, asker))
    assert plans[0][0].startswith("SEARCH queue_entry USING INDEX ix_queue_entry_uncertainty")
    assert not any("TEMP B-TREE" in step for step in plans[0])


def test_letters_keep_each_class_once():
    text = join_letters(map(write_class, [149, 0, 7, 149]))
    assert len(text) == 3
    assert [read_class(letter) for letter in text] == [0, 7, 149]


def test_each_kind_keeps_its_letter(studio):
    with studio.database.write() as session:
        first = write_kinds(session, ["ghost", "blotch"])
    with studio.database.write() as session:
        second = write_kinds(session, ["ring", "blotch", "Blotch"])
        known = list_kinds(session)
    assert second["blotch"] == first["blotch"]
    assert len({*first.values(), *second.values()}) == 4
    assert known == {letter: name for name, letter in (first | second).items()}
    assert not any(letter.isascii() for letter in known)


def test_statements_that_pass_the_session_by_need_a_refresh(studio, dataset):
    with studio.database.write() as session:
        session.execute(text("UPDATE review_state SET state = 'skipped'"))
        refresh_dataset(session, dataset)
    with studio.database.read() as session:
        assert count_states(session, dataset) == {State.SKIPPED: 60}
