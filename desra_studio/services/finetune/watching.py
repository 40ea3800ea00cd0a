"""Watching a training: pictures of one place, figures of a few images, weights; needs torch."""

from collections.abc import Callable, Sequence

import torch

from desra_studio.errors import ModelError
from desra_studio.imaging.arrays import RgbImage
from desra_studio.services.detection.witnesses import TRAINED_ON_BY_CONTRAST
from desra_studio.services.finetune.kept_weights import WeightWriter, open_weights
from desra_studio.services.finetune.pieces import Piece, judge_outputs, load_pieces
from desra_studio.services.finetune.previews import PreviewWriter, open_previews
from desra_studio.services.job_configs import FinetuneJobConfig
from desra_studio.services.studio import Studio
from desra_studio.sr.loader import Generator, encode_weights
from desra_studio.sr.upscale import Upscaler

AddMetric = Callable[[int, str, float], None]


def watch_training(
    studio: Studio,
    run_id: int,
    config: FinetuneJobConfig,
    device: torch.device,
    add_metric: AddMetric,
    tell: Callable[[str], None],
) -> "TrainingWatch":
    """Return what watches a `finetune` job, having begun; NotFoundError where a file is missing."""
    pieces = load_pieces(studio, config.training_set_id, config.feather_sigma)
    watch = TrainingWatch(
        pieces,
        device,
        open_previews(studio, run_id),
        add_metric,
        tell,
        weights=open_weights(studio, run_id, config.settings),
        trained_on=TRAINED_ON_BY_CONTRAST if config.settings.contrast_weight else (),
    )
    watch.begin()
    return watch


class TrainingWatch:
    """Looks at a generator while it is trained; `look` is the hook of the trainer.

    Args:
        pieces: what to look at, at least one; the first one's preview is written.
        device: where the generator runs.
        previews: where to.
        add_metric: told the figures of `judge_outputs` and, on a GPU, `memory_gb`, the most
            memory that was taken so far, in 10^9 bytes.
        tell: told why there is no picture, or no weights: a training goes on without.
        weights: where those of a preview are kept; None for nowhere.
        trained_on: names of the witnesses that a loss of the training asks for.
    """

    def __init__(
        self,
        pieces: Sequence[Piece],
        device: torch.device,
        previews: PreviewWriter,
        add_metric: AddMetric,
        tell: Callable[[str], None],
        weights: WeightWriter | None = None,
        trained_on: Sequence[str] = (),
    ) -> None:
        self._pieces, self._device, self._previews = pieces, device, previews
        self._add_metric, self._tell = add_metric, tell
        self._weights, self._trained_on = weights, trained_on

    def begin(self) -> None:
        """Write the pictures that stay, and GAN-SR's own figures as those of iteration 0."""
        first = self._pieces[0]
        pictures = {"gan": first.gan, "mse": first.mse, "pseudo_gt": first.pseudo_gt}
        shown = {name: picture[first.shown] for name, picture in pictures.items()}
        self._record(0, [piece.gan for piece in self._pieces])
        self._write("preview", lambda: self._previews.write_fixed(first.name, first.box, shown))

    def look(self, iteration: int, generator: Generator) -> None:
        """Run the generator on all pieces, write preview and weights, and record the figures."""
        upscaler = Upscaler(generator, self._device)
        try:
            outputs = [upscaler.upscale(piece.lr)[piece.inside] for piece in self._pieces]
        except ModelError as error:
            self._tell(f"No preview: {error}")
            return
        self._record(iteration, outputs)
        shown = outputs[0][self._pieces[0].shown]
        self._write("preview", lambda: self._previews.write(iteration, shown))
        if (keeper := self._weights) and iteration in keeper.wanted:
            weights = generator.module.state_dict()
            self._write("weights", lambda: keeper.write(iteration, encode_weights(weights)))

    def _record(self, iteration: int, outputs: Sequence[RgbImage]) -> None:
        for name, value in judge_outputs(self._pieces, outputs, self._trained_on).items():
            self._add_metric(iteration, name, value)
        if self._device.type == "cuda":
            taken = torch.cuda.max_memory_reserved(self._device)
            self._add_metric(iteration, "memory_gb", taken / 1e9)

    def _write(self, what: str, write: Callable[[], None]) -> None:
        try:
            write()
        except OSError as error:
            self._tell(f"No {what}: {error.strerror or error}. Free some space.")
