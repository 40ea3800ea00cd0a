"""Pictures that show nearly the same."""

import cv2
import numpy as np

from desra_studio.assets_folder import find_assets
from desra_studio.imaging.io import list_images, read_rgb
from desra_studio.imaging.likeness import compute_signature, find_nearly_same


def find(*images):
    return find_nearly_same(np.stack([compute_signature(image) for image in images]))


def test_the_samples_differ_and_each_is_like_its_copies():
    samples = [
        read_rgb(path).pixels for path in list_images(find_assets() / "samples" / "LR").values()
    ]
    assert find(*samples) == []
    for image in samples:
        height, width = image.shape[:2]
        data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 30])[1]
        copies = (
            cv2.imdecode(data, cv2.IMREAD_COLOR),
            cv2.resize(image, (width // 2, height // 2), interpolation=cv2.INTER_AREA),
            image[2:, 2:],
            (image * 0.8 + 20).astype(np.uint8),
        )
        for copy in copies:
            assert find(image, copy) == [(0, 1)]


def test_flat_pictures_are_like_nothing():
    flat = np.full((40, 40, 3), 90, np.uint8)
    noisy = flat + np.random.default_rng(0).integers(0, 3, flat.shape, dtype=np.uint8)
    assert find(flat, flat, noisy, noisy) == []
