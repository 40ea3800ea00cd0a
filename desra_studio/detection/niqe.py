"""Our variant of NIQE as a map: how far patches of GAN-SR lie from pristine photographs."""

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import IO
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from desra_studio.detection.map_detector import MapDetector
from desra_studio.detection.niqe_features import FEATURES, Table, compute_patch_features
from desra_studio.errors import InputError
from desra_studio.imaging.arrays import RgbImage

PATCH_PX = 96
"""Side of a patch at full size, as in the paper; the shipped model was fitted with it."""
STRIDE_PX = 16
"""Distance between patches of the map; the paper's do not overlap."""
CUTOFF = 1e-8
"""Directions whose share of the largest eigenvalue is below this count as without variance."""


@dataclass(frozen=True)
class PristineModel:
    """A multivariate Gaussian of the features of sharp patches of pristine photographs.

    Attributes:
        mean: (36,) float64.
        covariance: (36, 36) float64, symmetric.
        description: what it was fitted to, in words.
    """

    mean: Table
    covariance: Table
    description: str

    def __post_init__(self) -> None:
        if self.mean.shape != (FEATURES,) or self.covariance.shape != (FEATURES, FEATURES):
            raise InputError(
                f"A NIQE model needs a mean ({FEATURES},) and a covariance "
                f"({FEATURES}, {FEATURES}), got {self.mean.shape} and {self.covariance.shape}. "
                "Fit it with assets/niqe/fit.py."
            )
        if not (np.isfinite(self.mean).all() and np.isfinite(self.covariance).all()):
            raise InputError("A NIQE model holds values that are not finite. Fit it again.")


@lru_cache(maxsize=1)
def load_pristine_model() -> PristineModel:
    """Return the model that ships with the package; assets/niqe/README.md says how it was made."""
    with resources.files("desra_studio.detection").joinpath("niqe_pristine.npz").open("rb") as file:
        return read_pristine_model(file)


def read_pristine_model(file: IO[bytes]) -> PristineModel:
    """Read what assets/niqe/fit.py writes: a .npz of `mu`, `cov` and `fitted`, never pickles.

    Raises:
        InputError: another kind of file, or values of other shapes.
    """
    try:
        with np.load(file, allow_pickle=False) as arrays:
            return PristineModel(
                np.asarray(arrays["mu"], dtype=np.float64),
                np.asarray(arrays["cov"], dtype=np.float64),
                str(arrays["fitted"]),
            )
    except (OSError, ValueError, KeyError, EOFError, BadZipFile, AttributeError) as error:
        raise InputError(
            f"Not the parameters of a NIQE model ({error}). Fit them with assets/niqe/fit.py."
        ) from error


def compute_niqe_map(gan_sr: RgbImage, model: PristineModel | None = None) -> NDArray[np.float32]:
    """Compute the NIQE distance of overlapping patches; HIGH means artifact.

    Each 96x96 patch, one every 16 px, gets the Mahalanobis distance of its 36 features from the
    pristine Gaussian: sqrt((f - m)^T S^+ (f - m)), m and S the mean and the covariance of the
    model. A pixel's value is interpolated between the nearest centres of patches. After Mittal,
    Soundararajan and Bovik, "Making a Completely Blind Image Quality Analyzer" (2013), whose
    distance is between two Gaussians, with the mean of both covariances; a single patch has none,
    so S stands for both. How DeSRA's authors made a map of NIQE is not published: this is
    our variant, its model is not the authors', and its distances are not NIQE scores.

    What the pristine patches do not contain is far from them, too: flat areas, lettering and
    drawings score as high as artifacts do.

    Args:
        gan_sr: (H, W, 3) uint8 RGB, at least 96 px in both directions.
        model: another model than the shipped one.

    Returns:
        (H, W) float32, 0 or more; over the patches that a model was fitted to, the root mean
        square is 6, the root of 36.

    Raises:
        InputError: another shape or type, or an image smaller than a patch.
    """
    model = model or load_pristine_model()
    patches = compute_patch_features(gan_sr, PATCH_PX, STRIDE_PX)
    distances = compute_distances(patches.values, model)
    rows = _interpolate(patches.tops, gan_sr.shape[0])
    columns = _interpolate(patches.lefts, gan_sr.shape[1])
    return np.asarray(rows @ distances @ columns.T, dtype=np.float32)


def compute_distances(features: Table, model: PristineModel) -> Table:
    """Return the Mahalanobis distance of (..., 36) features from a model, (...) float64."""
    # Features differ by orders of magnitude in their units; a cutoff makes sense without them.
    spread = np.sqrt(np.maximum(np.diag(model.covariance), 1e-12))
    correlation = model.covariance / np.outer(spread, spread)
    inverse = np.linalg.pinv(correlation, rcond=CUTOFF, hermitian=True)
    offset = (features - model.mean) / spread
    squares = ((offset @ inverse) * offset).sum(axis=-1)
    return np.asarray(np.sqrt(np.maximum(squares, 0)))


def _interpolate(starts: NDArray[np.int64], length: int) -> Table:
    """Return (length, patches) weights of the patches along one side of the image.

    Linear between the centres of neighbours, constant beyond the first and the last.
    """
    centres = starts + (PATCH_PX - 1) / 2
    positions = np.arange(length)
    return np.stack([np.interp(positions, centres, one) for one in np.eye(len(starts))], axis=1)


NIQE = MapDetector(
    title="NIQE map (our variant)",
    compute=lambda gan_sr, _: compute_niqe_map(gan_sr),
    artifact_side="above",
    threshold=10,
    smallest=0,
    largest=1000,
    compared_at=(10,),
    reference=None,
)
