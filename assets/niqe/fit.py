"""Fit the pristine model of our NIQE variant to folders of photographs; README.md tells of it.

    python assets/niqe/fit.py --images FOLDER [--images FOLDER ...] [--name TEXT] --out FILE

Sharp patches of every photograph, a multivariate Gaussian of their 36 features. Prints how many
patches came from where.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np

from desra_studio.detection.niqe import PATCH_PX
from desra_studio.detection.niqe_features import FEATURES, Table, compute_patch_features
from desra_studio.imaging.arrays import RgbImage
from desra_studio.imaging.io import list_images, read_rgb

LONG_SIDE_PX = 1024
"""Larger photographs are reduced to this: noise and JPEG blocks of a camera go."""
STRIDE_PX = 24
"""Overlapping patches: a few photographs give too few without."""
SHARPNESS_SHARE = 0.6
"""Of an image's sharpest patch. The paper takes 0.75; 0.6 fits held-out photographs better here."""
PATCHES_PER_IMAGE = 100
"""So that no photograph outweighs others."""


def reduce_photograph(image: RgbImage) -> RgbImage:
    """Reduce (H, W, 3) uint8 RGB to at most LONG_SIDE_PX px, by areas; keep smaller ones."""
    height, width = image.shape[:2]
    share = LONG_SIDE_PX / max(height, width)
    if share >= 1:
        return image
    size = (round(width * share), round(height * share))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def select_sharp_patches(image: RgbImage, random: np.random.Generator) -> Table:
    """Return (n, 36) features of at most PATCHES_PER_IMAGE of an image's sharp patches."""
    patches = compute_patch_features(image, PATCH_PX, STRIDE_PX)
    sharp = patches.values[patches.sharpness > SHARPNESS_SHARE * patches.sharpness.max()]
    chosen = random.permutation(len(sharp))[:PATCHES_PER_IMAGE]
    return np.asarray(sharp[np.sort(chosen)])


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=Path, action="append", required=True, help="a folder")
    parser.add_argument("--name", default="photographs", help="what they are, kept in the file")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, required=True, help="the .npz to write")
    arguments = parser.parse_args()
    random = np.random.default_rng(arguments.seed)
    features = []
    for folder in arguments.images:
        for name, path in list_images(folder).items():
            image = reduce_photograph(read_rgb(path).pixels)
            features.append(select_sharp_patches(image, random))
            print(f"{name}: {len(features[-1])} patches")
    table = np.concatenate(features)
    if len(table) <= FEATURES:
        parser.error(f"{len(table)} patches are too few for {FEATURES} features. Give more images.")
    fitted = (
        f"{len(table)} patches of {PATCH_PX} px from {len(features)} images: {arguments.name}; "
        f"seed {arguments.seed}"
    )
    np.savez(arguments.out, mu=table.mean(axis=0), cov=np.cov(table.T), fitted=np.array(fitted))
    print(fitted)


if __name__ == "__main__":
    main()
