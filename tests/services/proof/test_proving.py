"""Proofs: what is measured on held-out images, kept, told where it fails, and sent back."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from spandrel.architectures.Compact import Compact

from desra_studio.detection.detector import DetectorParams
from desra_studio.errors import InputError, NotFoundError
from desra_studio.finetune.config import QUICK
from desra_studio.imaging.io import decode_png, encode_png
from desra_studio.services import jobs
from desra_studio.services.datasets.importing import import_dataset
from desra_studio.services.detection.dataset import detect_dataset
from desra_studio.services.detection.witnesses import WITNESSES
from desra_studio.services.finetune import ordering
from desra_studio.services.finetune.bounds import BOUNDS, find_warnings
from desra_studio.services.finetune.candidates import list_candidates
from desra_studio.services.models.registry import add_model_file
from desra_studio.services.proof import proofs
from desra_studio.services.proof.proving import prove_again, prove_run
from desra_studio.services.proof.runs import list_proof_runs
from desra_studio.services.review.queue import make_filter, read_page
from desra_studio.services.studio import ignore_progress
from desra_studio.services.worker import run_job
from desra_studio.sr.loader import encode_weights
from desra_studio.storage import datasets, runs
from desra_studio.storage import models as model_rows
from desra_studio.storage.training_sets import freeze_training_set
from desra_studio.vocabulary import ModelRole, RunStatus
from tests.factories.images import make_pair, write_dataset
from tests.factories.studio import accept_detected

SETTINGS = replace(QUICK, iterations=3, batch=1, crop=32)


@pytest.fixture(scope="module")
def weights():
    """A network that enlarges without adding anything: like MSE-SR, but for its edges."""
    network = Compact(num_feat=8, num_conv=1)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.zero_()
    return encode_weights(network.state_dict())


@pytest.fixture
def dataset(studio, tmp_path):
    """Four images whose artifacts are accepted as they were detected."""
    folder = write_dataset(tmp_path / "source", "abcd")
    for seed, name in enumerate("abcd"):  # pictures that differ, unlike the others' LR
        _, mse = make_pair(seed=seed)
        lr = np.ascontiguousarray(mse[::4, ::4])
        lr[0, seed] += 1
        (folder / "LR" / f"{name}.png").write_bytes(encode_png(lr))
    imported = import_dataset(studio, folder, "set").dataset_id
    detect_dataset(studio, imported, DetectorParams(area_threshold=400))
    accept_detected(studio, imported)
    return imported


@pytest.fixture
def add_run(studio, dataset, weights):
    """Add a fine-tuning that has ended with a model: add_run(held out image ids, trained ids)."""

    def add(held_out=(1,), trained=(2, 3, 4)):
        with studio.database.write() as session:
            row = datasets.get_dataset(session, dataset)
            labels = {
                record.image.id: record.label
                for record in datasets.list_records(session, row, [*held_out, *trained])
            }
            ids = [labels[image_id].id for image_id in held_out]
            samples = freeze_training_set(session, dataset, list(labels.values()), ids)
            config = {
                "dataset_id": dataset,
                "training_set_id": samples.id,
                "feather_sigma": 2.0,
            }
            run = runs.add_run(session, "finetune", config)
            model = model_rows.add_model(
                session, f"tuned {run.id}", ModelRole.GAN, architecture="Compact", scale=4,
                file_sha=studio.blobs.put(weights), parent_run_id=run.id, card={"base": "small"},
            )  # fmt: skip
            runs.finish_run(run, RunStatus.DONE, "", {"model": model.name, "model_id": model.id})
            return run.id

    return add


def test_a_smooth_model_has_removed_what_was_marked(studio, add_run):
    run_id = add_run(held_out=(1, 2), trained=(3, 4))
    told = []
    proof = prove_run(studio, run_id, lambda *values: told.append(values))
    assert [(done, total) for done, total, _ in told] == [(0, 2), (1, 2)]
    assert (proof.images, proof.held_out) == (2, True)
    assert (proof.before_components, proof.removed, proof.remaining) == (2, 2, 0)
    assert proof.removal_rate == 1
    assert proof.removal_interval == (pytest.approx(0.05**0.5), 1), "of two images, all gone"
    assert proof.iou_before == 1, "the masks were accepted as they were"
    assert (proof.iou_after, proof.iou_fall) == (0, 1)
    assert proof.reviewed
    said = {one.name: (one.seen, one.gone, one.trained_on) for one in proof.witnesses}
    assert said == dict.fromkeys(WITNESSES, (2, 2, False))
    assert proof.bounds == BOUNDS
    assert 20 < proof.psnr_outside < 60


def test_the_figures_are_on_the_card(studio, add_run):
    run_id = add_run()
    proof = prove_run(studio, run_id, ignore_progress)
    with studio.database.read() as session:
        card = model_rows.find_run_model(session, run_id).card
    assert card["base"] == "small"
    assert card["figures"]["removal_rate"] == proof.removal_rate == 1
    assert card["figures"]["witnesses"][0]["removal_rate"] == 1
    assert not {"detections", "components"} & card["figures"].keys()


def test_the_outside_is_what_the_manual_mask_leaves(studio, add_run):
    """All of the artifact lies in the mask: outside, GAN-SR and MSE-SR are the same here."""
    run_id = add_run()
    prove_run(studio, run_id, ignore_progress)
    with studio.database.write() as session:
        record = datasets.get_record(session, 1)
        tuned = model_rows.find_run_model(session, run_id)
        made = datasets.find_rendition(session, 1, tuned.id)
        assert made.blob_sha != record.gan.blob_sha
    gan, made = (decode_png(studio.blobs.get(one.blob_sha)) for one in (record.gan, made))
    assert np.abs(gan[70:90, 70:90].astype(int) - made[70:90, 70:90]).max() < 16
    assert np.abs(gan[30:50, 30:50].astype(int) - made[30:50, 30:50]).max() > 60


def test_without_held_out_samples_the_rest_of_the_dataset_proves(studio, add_run):
    proof = prove_run(studio, add_run(held_out=(), trained=(1, 2, 3)), ignore_progress)
    assert (proof.images, proof.held_out) == (1, False)
    assert proof.iou_before == 1


def test_where_nothing_is_left_there_is_no_proof(studio, add_run):
    with pytest.raises(InputError, match="No image is left that it was not trained on"):
        prove_run(studio, add_run(held_out=(), trained=(1, 2, 3, 4)), ignore_progress)


def test_a_run_without_a_model_cannot_be_proved(studio, dataset):
    with studio.database.write() as session:
        run_id = runs.add_run(session, "apply", {"dataset_id": dataset}).id
    with pytest.raises(NotFoundError, match=f"Job {run_id} has made no model"):
        prove_run(studio, run_id, ignore_progress)
    with pytest.raises(InputError, match=f"Job {run_id} has made no model"):
        proofs.start_proof(studio, run_id)
    with pytest.raises(NotFoundError, match=f"Job {run_id} has no proof"):
        proofs.list_proof_components(studio, run_id)


def test_components_and_their_way_back(studio, add_run):
    run_id = add_run(held_out=(1, 2), trained=(3, 4))
    prove_again(studio, run_id, ignore_progress)
    shown = proofs.list_proof_components(studio, run_id)
    assert (shown.run, shown.model, shown.flagged) == (run_id, f"tuned {run_id}", False)
    assert [image.name for image in shown.images] == ["a", "b"]
    first = shown.images[0]
    assert (first.width, first.height) == (96, 96)
    assert len({side.id for side in (first.gan, first.after, first.mse)}) == 3
    assert [one.fate for one in shown.components] == ["gone", "gone"]
    areas = [one.area_px for one in shown.components]
    assert areas == sorted(areas, reverse=True)
    assert proofs.send_back(studio, run_id) == proofs.ProofSent(0, 0, shown.dataset_id)


def change_fate(studio, run_id, fate):
    """Give every component of a proof another fate."""
    with studio.database.write() as session:
        proof = runs.get_run(session, run_id).result["proof"]
        changed = [component | {"fate": fate} for component in proof["components"]]
        runs.keep_result(session, run_id, {"proof": proof | {"components": changed}})


def test_what_is_left_goes_back_into_the_queue(studio, add_run, dataset):
    run_id = add_run()
    prove_again(studio, run_id, ignore_progress)
    change_fate(studio, run_id, "still_there")
    sent = proofs.send_back(studio, run_id)
    assert sent == proofs.ProofSent(images=1, components=1, dataset_id=dataset)
    assert proofs.list_proof_components(studio, run_id).flagged
    first = read_page(studio, make_filter(dataset, "flagged")).items[0]
    assert first.name == "a"
    (flag,) = first.flags
    assert flag.source == "regression"
    assert f"still there after fine-tuning {run_id}, " in flag.note
    proofs.send_back(studio, run_id)
    assert len(read_page(studio, make_filter(dataset, "flagged")).items[0].flags) == 1


@pytest.mark.parametrize("fate", ["gone", "fainter", "unseen", "kept", "changed"])
def test_what_is_neither_still_there_nor_new_stays_out_of_the_queue(studio, add_run, dataset, fate):
    run_id = add_run()
    prove_again(studio, run_id, ignore_progress)
    change_fate(studio, run_id, fate)
    assert proofs.send_back(studio, run_id) == proofs.ProofSent(0, 0, dataset)


def test_a_proof_of_an_earlier_version_is_asked_for_again(studio, add_run):
    run_id = add_run()
    prove_again(studio, run_id, ignore_progress)
    with studio.database.write() as session:
        proof = dict(runs.get_run(session, run_id).result["proof"])
        del proof["components"]
        runs.keep_result(session, run_id, {"proof": proof})
    with pytest.raises(NotFoundError, match="from before witnesses were asked"):
        proofs.list_proof_components(studio, run_id)
    (listed,) = list_proof_runs(studio)
    assert not listed.proven
    assert listed.note.endswith("Prove it again.")


def test_a_new_proof_is_not_sent_back_yet(studio, add_run):
    run_id = add_run()
    prove_again(studio, run_id, ignore_progress)
    proofs.send_back(studio, run_id)
    prove_again(studio, run_id, ignore_progress)
    assert not proofs.list_proof_components(studio, run_id).flagged


def start_finetune(studio, dataset, weights, tmp_path, **values):
    """Queue a fine-tuning without starting its process; it is run in this one."""
    file = tmp_path / "small.safetensors"
    file.write_bytes(weights)
    model = add_model_file(studio, file)
    started = []
    chosen = [candidate.revision_id for candidate in list_candidates(studio, dataset)]

    def queue(_studio, kind, config):
        with studio.database.write() as session:
            started.append(runs.add_run(session, kind, config).id)
        return started[0]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ordering, "start_job", queue)
        return ordering.start_finetune(studio, dataset, chosen, model, SETTINGS, **values)


def test_a_fine_tuning_ends_with_its_proof(studio, dataset, weights, tmp_path):
    run_id = start_finetune(studio, dataset, weights, tmp_path, held_out_share=0.25)
    assert run_job(studio, run_id) is RunStatus.DONE, jobs.view_job(studio, run_id).message
    job = jobs.view_job(studio, run_id)
    assert (job.config["samples"], job.config["held_out"]) == (3, 1)
    assert (job.done, job.total) == (3, 3), "the proof does not move the bar back"
    assert job.result["proof"]["images"] == 1
    assert job.result["proof_note"] == ""
    with studio.database.read() as session:
        card = model_rows.find_run_model(session, run_id).card
    assert card["base"] == "small"
    assert card["training_set_hash"] == job.config["training_set_hash"]
    assert card["settings"]["feather_sigma"] == 2.0
    assert card["figures"]["images"] == 1
    shown = {image.id for image in proofs.list_proof_components(studio, run_id).images}
    ranked = sorted(list_candidates(studio, dataset), key=lambda candidate: candidate.held_out_rank)
    assert shown == {ranked[0].image_id}


def test_where_the_proof_fails_the_model_is_kept(studio, dataset, weights, tmp_path):
    run_id = start_finetune(studio, dataset, weights, tmp_path, held_out_share=0)
    assert run_job(studio, run_id) is RunStatus.DONE
    result = jobs.view_job(studio, run_id).result
    assert result["proof"] is None
    assert "is kept, but not proved: No image is left" in result["proof_note"]
    assert result["model_id"]
    with pytest.raises(NotFoundError, match=r"has no proof\. The model is kept"):
        proofs.list_proof_components(studio, run_id)


def test_a_run_lost_while_it_was_proved_goes_on(studio, dataset, weights, tmp_path):
    run_id = start_finetune(studio, dataset, weights, tmp_path)
    assert run_job(studio, run_id) is RunStatus.DONE
    first = jobs.view_job(studio, run_id).result
    with studio.database.write() as session:
        runs.finish_run(runs.get_run(session, run_id), RunStatus.FAILED, "lost")
        runs.requeue_run(runs.get_run(session, run_id))
    assert run_job(studio, run_id) is RunStatus.DONE, jobs.view_job(studio, run_id).message
    again = jobs.view_job(studio, run_id).result
    assert again["model_id"] == first["model_id"]
    assert again["proof"]["removal_rate"] == first["proof"]["removal_rate"]


def test_warnings():
    good = {
        "variance_ratio_outside": 0.9,
        "psnr_outside": 30.0,
        "ssim_outside": 0.9,
        "sharpness_kept": 0.5,
        "addition_rate": 0.05,
    }
    assert find_warnings(good) == []
    assert find_warnings(dict.fromkeys(good)) == []
    (only,) = find_warnings(good | {"variance_ratio_outside": 0.79})
    assert "is 79 % of the original GAN-SR's, less than 90 %" in only
    (only,) = find_warnings(good | {"addition_rate": 0.0667})
    assert only.startswith("The addition rate is 6.7 %, more than 5 %")
    assert len(find_warnings(dict.fromkeys(good, 0.0) | {"addition_rate": 1.0})) == 5
