"""Logistic regression on features of cells, with labels that may disagree."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from desra_studio.errors import InputError

Vector = NDArray[np.float64]

FARTHEST = 4.0
"""Standard deviations beyond which a feature counts no more: another model's images go far."""
LEAST_SCALE = 1e-6
ROUNDS = 300
"""Of L-BFGS at most; some 100 do."""


@dataclass(frozen=True)
class Linear:
    """Log-odds as a weighted sum of standardised features.

    Attributes:
        mean, scale: (F,) of the features in training.
        weights: (F,) per standard deviation.
        bias: log-odds where every feature is at its mean.
    """

    mean: Vector
    scale: Vector
    weights: Vector
    bias: float

    def predict(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return probabilities, (...) float32 in 0..1, of features (..., F) float32."""
        standard = _standardise(features, self.mean, self.scale)
        odds = standard @ self.weights.astype(np.float32) + np.float32(self.bias)
        return np.asarray(expit(odds), np.float32)


def fit_linear(
    features: NDArray[np.float32],
    targets: NDArray[np.float32],
    counts: NDArray[np.float32],
    penalty: float,
) -> Linear:
    """Fit by maximum likelihood with a ridge on the standardised weights.

    Args:
        features: (N, F) float32, finite.
        targets: (N,) float32 in 0..1: the share of labels and of the cell that is marked.
        counts: (N,) float32, how much each row counts; scaled to a mean of 1.
        penalty: of the squared weights, against the mean loss of a row.

    Raises:
        InputError: targets that are all 0 or all 1.
    """
    if not 0 < float(targets.mean()) < 1:
        raise InputError(
            "The labels mark " + ("nothing" if not targets.any() else "everything") + ": there is "
            "nothing to tell apart. Label images with artifacts, and leave right places unmarked."
        )
    counts = counts / counts.mean()
    mean = np.average(features, axis=0, weights=counts).astype(np.float64)
    scale = np.maximum(features.std(axis=0), LEAST_SCALE).astype(np.float64)
    standard = _standardise(features, mean, scale)
    share = float(np.average(targets, weights=counts))

    def measure_loss(values: Vector) -> tuple[float, Vector]:
        odds = standard @ values[:-1].astype(np.float32) + np.float32(values[-1])
        # log(1 + e^x) - t x is the cross entropy of expit(x) and t, and finite for every x.
        losses = np.logaddexp(0, odds) - targets * odds
        wrong = counts * (expit(odds) - targets) / len(targets)
        slope = np.append(standard.T @ wrong, wrong.sum()).astype(np.float64)
        slope[:-1] += penalty * values[:-1]
        loss = float(np.mean(counts * losses)) + penalty / 2 * float(values[:-1] @ values[:-1])
        return loss, slope

    start = np.append(np.zeros(features.shape[1]), np.log(share / (1 - share)))
    found = minimize(
        measure_loss, start, jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS}
    ).x
    return Linear(mean, scale, found[:-1], float(found[-1]))


def _standardise(features: NDArray[np.float32], mean: Vector, scale: Vector) -> NDArray[np.float32]:
    centred = (features - mean.astype(np.float32)) / scale.astype(np.float32)
    return np.asarray(np.clip(centred, -FARTHEST, FARTHEST), np.float32)
