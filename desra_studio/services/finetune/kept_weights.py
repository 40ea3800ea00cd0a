"""Weights that a training keeps of its previews, to be taken as a model."""

from dataclasses import dataclass
from pathlib import Path

from desra_studio.errors import NotFoundError
from desra_studio.finetune.config import FinetuneConfig
from desra_studio.imaging.staging import write_atomically
from desra_studio.services.studio import Studio

MAX_KEPT = 20
"""Weights that a run keeps at most: of the bundled pair's size 28 MB, of x4plus's 1.3 GB.

They are those of the average in full precision, so that what is taken is what was measured.
"""


@dataclass(frozen=True)
class WeightWriter:
    """Keeps the weights of a run's points in a folder, each file whole or not at all.

    Attributes:
        folder: where to.
        wanted: iterations whose weights are kept.
    """

    folder: Path
    wanted: frozenset[int]

    def write(self, iteration: int, weights: bytes) -> None:
        """Keep the weights of an iteration, as safetensors."""
        write_atomically(_name_weights(self.folder, iteration), weights)


def open_weights(studio: Studio, run_id: int, settings: FinetuneConfig) -> WeightWriter:
    """Return what keeps the weights of a run's previews."""
    wanted = choose_kept(settings.iterations, settings.preview_every)
    return WeightWriter(_get_folder(studio, run_id), wanted)


def choose_kept(iterations: int, preview_every: int) -> frozenset[int]:
    """Return which previews keep their weights: all, or `MAX_KEPT` evenly, with the last one."""
    previews = [*range(preview_every, iterations, preview_every), iterations]
    count = min(len(previews), MAX_KEPT)
    return frozenset(previews[len(previews) * step // count - 1] for step in range(1, count + 1))


def measure_kept(studio: Studio, run_id: int) -> dict[int, int]:
    """Return the size in bytes of the weights that a run keeps, by iteration."""
    files = _get_folder(studio, run_id).glob("*.safetensors")
    return {int(path.stem): path.stat().st_size for path in files if path.stem.isdecimal()}


def read_kept(studio: Studio, run_id: int, iteration: int) -> bytes:
    """Return the weights that a run keeps of an iteration, as safetensors.

    Raises:
        NotFoundError: it keeps none of that.
    """
    try:
        return _name_weights(_get_folder(studio, run_id), iteration).read_bytes()
    except FileNotFoundError as error:
        raise NotFoundError(
            f"Run {run_id} keeps no weights of iteration {iteration}. Take another point."
        ) from error


def _get_folder(studio: Studio, run_id: int) -> Path:
    return studio.run_folder(run_id) / "points"


def _name_weights(folder: Path, iteration: int) -> Path:
    return folder / f"{iteration:06}.safetensors"
