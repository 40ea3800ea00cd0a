"""A learned detector as a file: JSON, data and nothing that runs."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from desra_studio.detection.learned.choosing import Cut
from desra_studio.detection.learned.linear import Linear
from desra_studio.detection.learned.training import Learned, LearningParams, predict_map
from desra_studio.detection.map_detector import FloatMap
from desra_studio.detection.signals.grid import compute_grid, name_features
from desra_studio.detection.signals.sources import Sources
from desra_studio.detection.signals.table import SIGNALS, VERSION
from desra_studio.errors import InputError
from desra_studio.imaging.arrays import RgbImage

ENDING = ".json"
LARGEST_BYTES = 10_000_000
"""A thousand times what a file takes."""

Number = Annotated[float, Field(allow_inf_nan=False)]


class Card(BaseModel):
    """Where a detector comes from.

    Attributes:
        images: IoU of each image that it learned from, by a fit that had not seen it, at the
            threshold that was chosen on all of them.
        labels: SHA-256 over the names and labels that it learned from.
        people: labels that an image has at most.
        params: folds, penalty and seed.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    images: dict[str, Number]
    labels: str
    people: int
    params: dict[str, Number]


class LearnedDetector(BaseModel):
    """Weights of signals, and the threshold of the probability that they give.

    Attributes:
        format, version: of the file.
        signals: keys of SIGNALS.
        signals_version: of their values.
        mean, scale, weights: one for each feature of the grid.
        bias: log-odds at the mean.
        threshold: of the probability, above which an artifact is marked.
        area_threshold: px, of components that are dropped.
        card: where it comes from.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal["desra-studio detector"] = "desra-studio detector"
    version: Literal[1] = 1
    signals: tuple[str, ...]
    signals_version: int = VERSION
    mean: tuple[Number, ...]
    scale: tuple[Annotated[Number, Field(gt=0)], ...]
    weights: tuple[Number, ...]
    bias: Number
    threshold: Annotated[Number, Field(ge=0, le=1)]
    area_threshold: Annotated[int, Field(ge=0)]
    card: Card

    def compute_map(self, gan_sr: RgbImage, reference: RgbImage) -> FloatMap:
        """Compute the probability of an artifact, (H, W) float32 in 0..1; HIGH means artifact.

        Args:
            gan_sr: (H, W, 3) uint8 RGB.
            reference: the same size, what GAN-SR is compared with.

        Raises:
            InputError: images that do not fit, or a detector that looks at LR.
        """
        sources = Sources(gan_sr, reference)
        mean, scale, weights = map(np.array, (self.mean, self.scale, self.weights))
        linear = Linear(mean, scale, weights, self.bias)
        return predict_map(linear, compute_grid(sources, self.signals), sources.gan_luma.shape)

    def list_weights(self) -> list[tuple[str, float]]:
        """Return features and their weights per standard deviation, the heaviest first."""
        named = zip(name_features(self.signals), self.weights, strict=True)
        return sorted(named, key=lambda one: -abs(one[1]))


def make_detector(
    learned: Learned,
    signals: tuple[str, ...],
    images: Mapping[str, float],
    labels: str,
    people: int,
    params: LearningParams,
) -> LearnedDetector:
    """Put what was learned together with where it comes from.

    Args:
        learned: what was learned.
        signals: keys of SIGNALS, those of its grids.
        images: see `Card`.
        labels: see `Card`.
        people: see `Card`.
        params: it was learned with.
    """
    linear, cut = learned.linear, learned.cut
    return LearnedDetector(
        signals=signals,
        mean=tuple(linear.mean.tolist()),
        scale=tuple(linear.scale.tolist()),
        weights=tuple(linear.weights.tolist()),
        bias=linear.bias,
        threshold=cut.threshold,
        area_threshold=cut.area_threshold,
        card=Card(
            images=dict(images),
            labels=labels,
            people=people,
            params={"folds": params.folds, "penalty": params.penalty, "seed": params.seed},
        ),
    )


def cut_of(detector: LearnedDetector) -> Cut:
    """Return how a detector's map becomes a mask."""
    return Cut(detector.threshold, 1, detector.area_threshold)


def render_detector(detector: LearnedDetector) -> bytes:
    """Return a detector as the bytes of its file."""
    return detector.model_dump_json(indent=1).encode()


def parse_detector_file(data: bytes, name: str) -> LearnedDetector:
    """Read a detector's file.

    Args:
        data: its bytes.
        name: what messages call it.

    Raises:
        InputError: no such file's content, values that do not fit each other, or signals that this
            version of the studio computes otherwise or not at all.
    """
    try:
        if len(data) > LARGEST_BYTES:
            raise ValueError("it is too large")
        detector = LearnedDetector.model_validate_json(data)
    except (ValidationError, ValueError) as error:
        what = error.errors()[0] if isinstance(error, ValidationError) else None
        where = ".".join(map(str, what["loc"])) if what else ""
        raise InputError(
            f"{name} is no learned detector"
            + (f" ({where or 'it'}: {what['msg']})" if what else f" ({error})")
            + ". Give a file that `desra-studio detector train` wrote."
        ) from error
    unknown = [signal for signal in detector.signals if signal not in SIGNALS]
    if unknown or detector.signals_version != VERSION:
        found = f"the signal {unknown[0]}" if unknown else f"signals {detector.signals_version}"
        raise InputError(
            f"{name} was learned from {found}, and this version of the studio has signals "
            f"{VERSION}. Train it again from its labels."
        )
    count = len(name_features(detector.signals))
    for field in ("mean", "scale", "weights"):
        number = len(getattr(detector, field))
        if number != count:
            raise InputError(
                f"{name} has {number} values of {field} for {count} features. It is damaged: "
                "take another copy, or train it again."
            )
    return detector


def read_detector(path: Path) -> LearnedDetector:
    """Read a detector from a file.

    Raises:
        InputError: no file, or as `parse_detector_file`.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"{path} cannot be read ({error.strerror}). Give a detector's file."
        ) from error
    return parse_detector_file(data, path.name)
