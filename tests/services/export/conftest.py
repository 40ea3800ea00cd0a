"""A dataset of which every kind of image has one."""

import numpy as np
import pytest

from desra_studio.detection.detector import DetectorParams
from desra_studio.imaging.io import encode_png
from desra_studio.services.datasets.importing import import_dataset
from desra_studio.services.detection.dataset import detect_dataset
from desra_studio.services.review.documents import describe_image
from desra_studio.services.review.masks import judge_image, load_detected_mask, save_mask
from desra_studio.vocabulary import State
from tests.factories.images import make_pair
from tests.factories.studio import list_items


@pytest.fixture
def labelled(studio, dataset_folder):
    """One image accepted with a mask that is half right, one clean, one in progress."""
    dataset = import_dataset(studio, dataset_folder, "set").dataset_id
    detect_dataset(studio, dataset, DetectorParams(area_threshold=400))
    first, second, third = (item.id for item in list_items(studio, dataset))
    mask = load_detected_mask(studio, describe_image(studio, first).detection.id)
    mask[:, 45:] = False
    saved = save_mask(studio, first, mask, 0)
    judge_image(studio, first, State.ACCEPTED, saved.version)
    saved = save_mask(studio, second, np.zeros_like(mask), 0)
    judge_image(studio, second, State.CLEAN, saved.version)
    save_mask(studio, third, mask, 0)
    return dataset


@pytest.fixture
def shapes(studio, tmp_path):
    """The accepted masks of images of several sizes, by name; 'empty' is clean.

    'odd' has no LR, the others are x4; nothing was detected in any.
    """
    masks = {
        "empty": np.zeros((64, 64), bool),
        "full": np.ones((64, 64), bool),
        "odd": np.random.default_rng(3).random((37, 53)) < 0.4,
        "pixel": np.zeros((40, 64), bool),
    }
    masks["pixel"][0, 63] = True
    folder = tmp_path / "shapes"
    for sub in ("GAN-SR", "MSE-SR", "LR"):
        (folder / sub).mkdir(parents=True)
    for seed, (name, mask) in enumerate(masks.items()):
        gan, mse = make_pair(mask.shape, seed, busy=10)
        (folder / "GAN-SR" / f"{name}.png").write_bytes(encode_png(gan))
        (folder / "MSE-SR" / f"{name}.png").write_bytes(encode_png(mse))
        if name != "odd":
            lr = encode_png(np.ascontiguousarray(mse[::4, ::4]))
            (folder / "LR" / f"{name}.png").write_bytes(lr)
    dataset = import_dataset(studio, folder, "shapes").dataset_id
    for item in list_items(studio, dataset):
        saved = save_mask(studio, item.id, masks[item.name], 0)
        state = State.ACCEPTED if masks[item.name].any() else State.CLEAN
        judge_image(studio, item.id, state, saved.version)
    return masks
