"""Renaming datasets, and the bin: what goes there is nowhere else, and comes back whole."""

import pytest

from desra_studio.detection.detector import DetectorParams
from desra_studio.errors import InputError, NotFoundError, VoteError
from desra_studio.services import jobs
from desra_studio.services.datasets.bin import (
    delete_dataset,
    describe_deletion,
    list_deleted,
    restore_dataset,
)
from desra_studio.services.datasets.importing import check_import, import_dataset, rename_dataset
from desra_studio.services.datasets.listing import (
    DatasetName,
    find_dataset_by_name,
    list_dataset_names,
    list_dataset_views,
    pick_dataset,
)
from desra_studio.services.detection.dataset import detect_dataset
from desra_studio.services.detection.rebuilding import measure_missing
from desra_studio.services.maintenance import check_studio
from desra_studio.services.models.listing import list_models
from desra_studio.services.proof.runs import list_proof_runs
from desra_studio.services.review import drafts
from desra_studio.services.review.claims import claim_image
from desra_studio.services.review.documents import describe_image
from desra_studio.services.review.masks import load_detected_mask, pack_mask
from desra_studio.services.studies import voting
from desra_studio.services.studies.lifecycle import describe_study, list_studies, start_study
from desra_studio.storage import runs
from desra_studio.vocabulary import RunStatus
from tests.factories.rows import dump_rows
from tests.factories.studies import begin, make_order, open_new


def list_names(studio):
    return [dataset.name for dataset in list_dataset_names(studio)]


def list_outputs(studio):
    return [model.name for model in list_models(studio) if model.state == "outputs only"]


def list_blobs(studio):
    return {path for path in studio.blobs.root.rglob("*") if path.is_file()}


def add_run(studio, kind, config, **values):
    """Write down a job that runs in no process."""
    with studio.database.write() as session:
        run = runs.add_run(session, kind, config)
        for name, value in values.items():
            setattr(run, name, value)
        return run.id


def end_run(studio, run_id, status=RunStatus.DONE, result=None):
    with studio.database.write() as session:
        runs.finish_run(runs.get_run(session, run_id), status, "", result)


def test_a_dataset_is_renamed(studio, accepted):
    assert rename_dataset(studio, accepted, "  Straßen  ") == "Straßen"
    assert list_names(studio) == ["Straßen"]
    assert list_outputs(studio) == ["Straßen GAN-SR", "Straßen MSE-SR"]
    assert rename_dataset(studio, accepted, "Straßen") == "Straßen"
    assert rename_dataset(studio, accepted, "set") == "set"
    assert list_outputs(studio) == ["set GAN-SR", "set MSE-SR"]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("", "1 to 190 printable letters, got ''"),
        (" \t", "1 to 190 printable letters"),
        ("x" * 191, "1 to 190 printable letters"),
        ("a\nb", "1 to 190 printable letters"),
        (" other ", "A dataset named 'other' exists already"),
    ],
)
def test_names_are_refused_as_those_of_imports(studio, accepted, dataset_folder, name, says):
    import_dataset(studio, dataset_folder, "other")
    before = dump_rows(studio.database)
    for refuse in (
        lambda: rename_dataset(studio, accepted, name),
        lambda: import_dataset(studio, dataset_folder, name),
    ):
        with pytest.raises(InputError, match=says):
            refuse()
    assert dump_rows(studio.database) == before


def test_the_question_names_what_would_go(studio, accepted):
    drafts.keep_draft(studio, 1, pack_mask(load_detected_mask(studio, 1)), 1, "zoë")
    claim_image(studio, 2, "ben")
    open_new(studio, accepted, name="Which?")
    end_run(studio, add_run(studio, "finetune", {"dataset_id": accepted}))
    deletion = describe_deletion(studio, accepted)
    assert (deletion.name, deletion.images, deletion.labelled) == ("set", 3, 3)
    assert deletion.describe() == [
        "3 images, 3 of them labelled",
        "3 saved masks by tester",
        "1 draft not saved yet, by zoë",
        "at work on it now: ben",
        "1 study: Which? (open: nobody could vote)",
        "1 fine-tuning; the models that they made stay",
    ]


def test_what_is_deleted_is_in_no_list(studio, accepted, dataset_folder):
    other = import_dataset(studio, dataset_folder, "other").dataset_id
    study, _ = open_new(studio, accepted)
    run = add_run(studio, "finetune", {"dataset_id": accepted})
    end_run(studio, run, result={"model": "tuned", "model_id": 1})
    assert pick_dataset(studio, accepted) == accepted
    assert delete_dataset(studio, accepted, "ana") == "set"
    assert list_names(studio) == ["other"]
    assert [view.name for view in list_dataset_views(studio)] == ["other"]
    assert pick_dataset(studio, accepted) == other
    assert pick_dataset(studio) == other
    assert list_outputs(studio) == ["other GAN-SR", "other MSE-SR"]
    assert list_studies(studio) == []
    assert list_proof_runs(studio, run) == []
    (deleted,) = list_deleted(studio)
    assert (deleted.name, deleted.images, deleted.deleted_by) == ("set", 3, "ana")
    line = rf"^The dataset 'set' is in the bin\. .*desra-studio datasets restore {accepted}$"
    for look in (
        lambda: find_dataset_by_name(studio, "set"),
        lambda: describe_image(studio, 1),
        lambda: describe_study(studio, study),
        lambda: jobs.view_job(studio, run),
        lambda: detect_dataset(studio, accepted, DetectorParams()),
        lambda: delete_dataset(studio, accepted),
        lambda: rename_dataset(studio, accepted, "x"),
        lambda: describe_deletion(studio, accepted),
    ):
        with pytest.raises(NotFoundError, match=line):
            look()


def test_a_restored_dataset_is_as_it_was(studio, accepted):
    rows, blobs = dump_rows(studio.database), list_blobs(studio)
    delete_dataset(studio, accepted)
    assert list_blobs(studio) == blobs
    assert len(dump_rows(studio.database)) == len(rows)
    measure_missing(studio)
    assert check_studio(studio)[1] == []
    assert restore_dataset(studio, accepted) == "set"
    assert dump_rows(studio.database) == rows
    assert list_deleted(studio) == []
    assert restore_dataset(studio, accepted) == "set", "twice is once"
    with pytest.raises(NotFoundError, match="does not exist"):
        restore_dataset(studio, 99)


def test_a_name_in_the_bin_is_free(studio, accepted, dataset_folder):
    delete_dataset(studio, accepted)
    again = import_dataset(studio, dataset_folder, "set").dataset_id
    assert list_outputs(studio) == ["set GAN-SR 2", "set MSE-SR 2"]
    delete_dataset(studio, again)
    third = import_dataset(studio, dataset_folder, "set").dataset_id
    assert [one.id for one in list_deleted(studio)] == [again, accepted]
    assert restore_dataset(studio, accepted) == "set 2"
    assert restore_dataset(studio, again) == "set 3"
    assert list_dataset_names(studio) == [
        DatasetName(third, "set"),
        DatasetName(again, "set 3"),
        DatasetName(accepted, "set 2"),
    ]


@pytest.mark.parametrize(
    ("kind", "config"),
    [
        ("detect", {"dataset_id": 1}),
        ("import", {"name": "set", "source": "/"}),
        ("prove", {"dataset_id": 1, "run_id": 7}),
    ],
)
def test_a_dataset_that_a_job_works_on_is_not_deleted(studio, accepted, kind, config):
    run = add_run(studio, kind, config)
    with pytest.raises(InputError, match=rf"Job {run} \({kind}, queued\) works on 'set'. Cancel"):
        delete_dataset(studio, accepted)
    assert list_names(studio) == ["set"]
    end_run(studio, run, RunStatus.CANCELLED)
    delete_dataset(studio, accepted)


def test_no_dataset_of_several_models_goes_while_their_import_detects(studio, accepted):
    made = {"dataset_id": 99, "models": [{"dataset_id": 99}, {"dataset_id": accepted}]}
    run = add_run(studio, "import", {"name": "X", "source": "/"}, result=made)
    with pytest.raises(InputError, match=f"Job {run} "):
        delete_dataset(studio, accepted)
    end_run(studio, run, result=made)
    delete_dataset(studio, accepted)


def test_an_import_tells_what_it_made_before_it_detects(studio, accepted):
    run = add_run(studio, "import", {"name": "set", "source": "/"}, result={"dataset_id": accepted})
    rename_dataset(studio, accepted, "renamed meanwhile")
    with pytest.raises(InputError, match=f"Job {run} "):
        delete_dataset(studio, accepted)


def test_jobs_on_other_datasets_do_not_matter(studio, accepted):
    add_run(studio, "detect", {"dataset_id": accepted + 1})
    add_run(studio, "pull", {"model": "set"})
    add_run(studio, "calibrate", {"dataset_id": accepted + 1, "name": "set"})
    delete_dataset(studio, accepted)


def test_nobody_votes_on_what_is_in_the_bin(studio, accepted, dataset_folder):
    study, (link, other) = open_new(studio, accepted)
    code = begin(studio, link).trial.code
    delete_dataset(studio, accepted)
    assert voting.describe_session(studio, link).state == "closed"
    for refuse in (
        lambda: voting.find_next(studio, link),
        lambda: voting.begin_session(studio, other, {}),
        lambda: voting.load_picture(studio, code, "left"),
        lambda: voting.cast_vote(studio, link, code, "left", ""),
    ):
        with pytest.raises(VoteError, match="not open just now") as told:
            refuse()
        assert told.value.code == "closed"
    again = import_dataset(studio, dataset_folder, "set").dataset_id
    with pytest.raises(InputError, match="named 'first' already, of a dataset in the bin"):
        start_study(studio, again, make_order(studio, again))
    restore_dataset(studio, accepted)
    assert voting.find_next(studio, link).trial.code == code
    assert describe_study(studio, study).state == "open"


def test_a_name_that_was_taken_while_images_were_read_is_said(studio, dataset_folder):
    config = check_import(studio, dataset_folder, "set", DetectorParams())

    def take_the_name(done, total, _message):
        if done == total:
            import_dataset(studio, dataset_folder, "set")

    with pytest.raises(InputError, match="A dataset named 'set' exists already"):
        import_dataset(studio, dataset_folder, config.name, take_the_name)
    assert list_names(studio) == ["set"]
