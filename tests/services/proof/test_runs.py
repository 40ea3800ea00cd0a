"""Fine-tunings as the Proof page lists them."""

import pytest

from desra_studio.services.datasets.importing import import_dataset
from desra_studio.services.proof.runs import ProofJob, list_proof_runs
from desra_studio.storage import runs
from desra_studio.vocabulary import RunStatus


@pytest.fixture
def dataset(studio, dataset_folder):
    return import_dataset(studio, dataset_folder, "set").dataset_id


def add_run(studio, dataset, result=None, status=RunStatus.DONE, message=""):
    with studio.database.write() as session:
        run = runs.add_run(session, "finetune", {"dataset_id": dataset})
        runs.finish_run(run, status, message, result)
        return run.id


def test_lists_every_fine_tuning_with_what_it_made(studio, dataset):
    first = add_run(studio, dataset, status=RunStatus.FAILED, message="The loss is nan.")
    made = {"model_id": 7, "model": "small fine-tuned 2"}
    second = add_run(studio, dataset, {**made, "proof": None, "proof_note": "No images were left."})
    third = add_run(studio, dataset, {**made, "proof": {"removed": 3, "components": []}})
    old = add_run(studio, dataset, {**made, "proof": {"removed": 3}})
    listed = list_proof_runs(studio)
    assert [run.id for run in listed] == [old, third, second, first]
    assert [run.proven for run in listed] == [False, True, False, False]
    assert listed[2].note == "No images were left."
    assert listed[0].note.endswith("Prove it again.")
    assert {run.dataset for run in listed} == {"set"}
    assert (listed[1].model_id, listed[1].model) == (7, "small fine-tuned 2")
    assert (listed[3].status, listed[3].message) == ("failed", "The loss is nan.")
    assert listed[3].model is None


def test_an_old_run_is_listed_where_it_is_wanted(studio, dataset):
    old = add_run(studio, dataset)
    newer = [add_run(studio, dataset) for _ in range(20)][::-1]
    with studio.database.write() as session:
        other = runs.add_run(session, "score", {}).id
    for wanted, extra in ((None, []), (old, [old]), (newer[3], []), (other, []), (99, [])):
        assert [run.id for run in list_proof_runs(studio, wanted)] == newer + extra


def test_tells_how_proving_again_goes(studio, dataset):
    run = add_run(studio, dataset, {"model_id": 7, "model": "small", "proof": None})
    with studio.database.write() as session:
        waiting = runs.add_run(session, "prove", {"run_id": run}).id
    assert list_proof_runs(studio)[0].proving == ProofJob("")
    with studio.database.write() as session:
        runs.finish_run(runs.get_run(session, waiting), RunStatus.FAILED, "No images are left.")
    (listed,) = list_proof_runs(studio)
    assert listed.proving is None
    assert listed.note == "Proving it again ended early: No images are left."
