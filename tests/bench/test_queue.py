"""The queue's benchmark on a small scale: what it asks for is answered, and so is the naive way."""

from desra_studio.bench import queue
from desra_studio.bench.crowd import count_refusals
from desra_studio.bench.queue_sample import fill_dataset
from desra_studio.bench.server import run_server
from desra_studio.storage.queue_entries import refresh_dataset
from tests.factories.clients import open_client


def test_every_question_has_an_answer(studio):
    with studio.database.write() as session:
        dataset_id = fill_dataset(session, 40)
        refresh_dataset(session, dataset_id)
    with open_client(studio) as client:
        for name, path in queue.list_routes(dataset_id, 40).items():
            answer = client.request(queue.choose_method(path), path)
            assert answer.status_code == 200, name
            if "first page" in name and name.startswith("order"):
                assert len(answer.json()["items"]) == 40, name
    assert queue.time_naive(studio, dataset_id) > 0


def test_nobody_of_a_crowd_is_refused(studio):
    with studio.database.write() as session:
        dataset_id = fill_dataset(session, 400)
        refresh_dataset(session, dataset_id)
    with run_server(studio.settings.data_dir, "--no-pages") as (port, _):
        told = count_refusals(port, dataset_id, 6)
    assert told["refused"] == 0
    assert 0 <= told["naive_refused"] < 1
