"""What a proof is about: what people accepted; apart from it, what they left as it was."""

import cv2
import numpy as np
import pytest
import torch
from spandrel.architectures.Compact import Compact

from desra_studio.detection.detector import DetectorParams
from desra_studio.imaging.io import encode_png
from desra_studio.services.datasets.importing import import_dataset
from desra_studio.services.detection.dataset import detect_dataset
from desra_studio.services.proof import proofs
from desra_studio.services.proof.proving import prove_again, prove_run
from desra_studio.services.review.documents import describe_image
from desra_studio.services.review.masks import judge_image, load_detected_mask, save_mask
from desra_studio.services.studio import ignore_progress
from desra_studio.sr.loader import encode_weights
from desra_studio.storage import datasets, runs
from desra_studio.storage import models as model_rows
from desra_studio.storage.training_sets import freeze_training_set
from desra_studio.vocabulary import ModelRole, RunStatus, State
from tests.factories.images import make_picture
from tests.factories.studio import list_items

PLACES = [(row, column) for row in range(12, 180, 56) for column in range(12, 236, 56)]
"""Twelve in an image; 35 of the 36 in three images are used."""


def write_crowded(folder):
    """Three held-out images of twelve artifacts, one of eleven, a clean one, and two to train on.

    Returns the folder in DeSRA's layout; the artifacts are noise of 28 px on a calm MSE-SR.
    """
    counts = {"a": 12, "b": 12, "c": 11, "calm": 2, "x": 1, "y": 1}
    for sub in ("LR", "GAN-SR", "MSE-SR"):
        (folder / sub).mkdir(parents=True)
    for seed, (name, count) in enumerate(counts.items()):
        random = np.random.default_rng(seed)
        lr = cv2.GaussianBlur(make_picture(48, 64, seed), (0, 0), 4)
        mse = np.kron(lr, np.ones((4, 4, 1), np.uint8))
        gan = mse.astype(float)
        for row, column in PLACES[:count]:
            gan[row : row + 28, column : column + 28] += random.normal(0, 40, (28, 28, 3))
        images = {"LR": lr, "GAN-SR": gan.clip(0, 255).astype(np.uint8), "MSE-SR": mse}
        for sub, image in images.items():
            (folder / sub / f"{name}.png").write_bytes(encode_png(image))
    return folder


@pytest.fixture
def dataset(studio, tmp_path):
    """Of 35 detected components in three images one each is accepted, 32 are left out."""
    folder = write_crowded(tmp_path / "crowded")
    imported = import_dataset(studio, folder, "crowded").dataset_id
    detect_dataset(studio, imported, DetectorParams(area_threshold=400))
    for item in list_items(studio, imported):
        document = describe_image(studio, item.id)
        mask = load_detected_mask(studio, document.detection.id)
        mask[:, 54:] = False
        mask[54:] = False
        if item.name == "calm":
            mask[:] = False
        saved = save_mask(studio, item.id, mask, document.version)
        state = State.CLEAN if item.name == "calm" else State.ACCEPTED
        judge_image(studio, item.id, state, saved.version)
    return imported


@pytest.fixture
def add_run(studio, dataset):
    """Add a fine-tuning that has ended, of x and y, with a model that only enlarges."""
    network = Compact(num_feat=8, num_conv=1)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.zero_()

    def add(**config):
        with studio.database.write() as session:
            records = datasets.list_records(session, datasets.get_dataset(session, dataset))
            labels = {record.image.name: record.label for record in records}
            del labels["calm"]
            held_out = [labels[name].id for name in "abc"]
            samples = freeze_training_set(session, dataset, list(labels.values()), held_out)
            run = runs.add_run(
                session, "finetune",
                {"dataset_id": dataset, "training_set_id": samples.id, **config},
            )  # fmt: skip
            model = model_rows.add_model(
                session, "tuned", ModelRole.GAN, architecture="Compact", scale=4,
                file_sha=studio.blobs.put(encode_weights(network.state_dict())),
                parent_run_id=run.id, card={},
            )  # fmt: skip
            runs.finish_run(run, RunStatus.DONE, "", {"model": model.name, "model_id": model.id})
            return run.id

    return add


def test_three_accepted_of_35_make_a_proof_of_three(studio, add_run):
    proof = prove_run(studio, add_run(), ignore_progress)
    assert proof.before_components == 3, "not the 35 that were detected"
    assert (proof.removed, proof.fainter, proof.still_there, proof.unseen) == (3, 0, 0, 0)
    assert proof.controls.components == 32 + 2, "those left out, and the clean image's"
    assert proof.controls.changed == 34, "it smoothed them, too"
    assert proof.controls.clean_images == 1
    assert (proof.images, proof.added) == (4, 0)
    assert all(one.seen == 3 for one in proof.witnesses)


def test_who_was_trained_on_is_not_the_headline(studio, add_run):
    proof = prove_run(studio, add_run(contrast_weight=2000.0), ignore_progress)
    trained_on = {one.name: one.trained_on for one in proof.witnesses}
    assert trained_on == {"D": True, "SSIM": False, "LDL-style": False}
    assert proof.headline in ("SSIM", "LDL-style")
    assert proof.witnesses[-1].name == "D"
    assert proof.witnesses[0].name == proof.headline


def test_only_what_was_accepted_goes_back(studio, add_run):
    run_id = add_run()
    prove_again(studio, run_id, ignore_progress)
    shown = proofs.list_proof_components(studio, run_id)
    fates = [one.fate for one in shown.components]
    assert fates == ["changed"] * 34 + ["gone"] * 3
    assert all(one.likeness < 0.75 for one in shown.components[:34])
    assert proofs.send_back(studio, run_id).components == 0
