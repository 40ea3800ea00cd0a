"""The learned detector as a contestant: it is told what the training scenes' truth is, no more."""

from collections.abc import Sequence

from desra_studio.bench.detectors.scenes import Scene
from desra_studio.detection.learned.samples import measure_image
from desra_studio.detection.learned.training import Learned, LearningParams, learn, predict_map
from desra_studio.detection.signals.grid import compute_grid
from desra_studio.detection.signals.sources import Sources
from desra_studio.detection.signals.table import list_names
from desra_studio.errors import InputError
from desra_studio.imaging.arrays import Mask

PARAMS = LearningParams(folds=4)


class LearnedContestant:
    """Weights of all signals that do without LR, learned from the training scenes."""

    name = "learned"

    def __init__(self) -> None:
        self._signals = list_names(with_lr=False)
        self._learned: Learned | None = None

    def train(self, scenes: Sequence[Scene]) -> None:
        """Learn from scenes; threshold and area threshold from scenes that were left out."""
        images = [
            measure_image(
                str(number), Sources(scene.gan_sr, scene.mse_sr), [scene.truth], self._signals
            )
            for number, scene in enumerate(scenes)
        ]
        self._learned = learn(images, PARAMS)

    def mark(self, scene: Scene) -> Mask:
        """Mark a scene by what was learned.

        Raises:
            InputError: before training.
        """
        if self._learned is None:
            raise InputError("The learned detector has learned nothing yet: train it first.")
        grid = compute_grid(Sources(scene.gan_sr, scene.mse_sr), self._signals)
        height, width = scene.truth.shape
        return self._learned.cut.mark(predict_map(self._learned.linear, grid, (height, width)))
