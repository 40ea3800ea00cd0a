"""VGG19's weights for the perceptual loss: from torch hub's cache, or fetched into it; needs torch.

They are 548 MB, and a training does without them rather than wait for a network that is not there.
"""

import time
from concurrent.futures import Future
from pathlib import Path
from threading import Event, Thread

import torch
from torchvision.models import VGG19_Weights

from desra_studio.errors import CancelledError, InputError, ModelError
from desra_studio.finetune.losses import PerceptualLoss
from desra_studio.services.models.downloads import check_sum, download_file
from desra_studio.services.studio import Report
from desra_studio.sr.loader import parse_weights

PATIENCE_S = 20.0
"""How long nothing may come before the loss is left out; looking a name up has no limit itself."""

_POLL_S = 0.2


def load_perceptual(report: Report) -> tuple[PerceptualLoss | None, str]:
    """Return the loss, or None and the reason, in a sentence for the user.

    Args:
        report: told how far the download is; may raise CancelledError.
    """
    path = locate_vgg()
    try:
        if not path.exists():
            _fetch(VGG19_Weights.IMAGENET1K_V1.url, path, report)
        return PerceptualLoss(parse_weights(path.read_bytes(), path.name)), ""
    except (ModelError, InputError, OSError) as error:
        return None, (
            f"The perceptual loss was off, since VGG19's weights are not available: {error} "
            f"Put torchvision's {path.name} at {path} to train with it."
        )


def locate_vgg() -> Path:
    """Return where torchvision keeps the weights, whether they are there or not."""
    name = str(VGG19_Weights.IMAGENET1K_V1.url).rpartition("/")[2]
    return Path(str(torch.hub.get_dir())) / "checkpoints" / name


def _fetch(url: str, path: Path, report: Report) -> None:
    fetched = path.with_name(f"{path.name}.fetched")
    heard, given_up, outcome = [time.monotonic()], Event(), Future[None]()
    told = [(0, 0, f"Fetching {path.stem}")]

    def note(done: int, total: int, message: str) -> None:
        if given_up.is_set():
            raise CancelledError("Nobody waits any more.")
        heard[0], told[0] = time.monotonic(), (done, total, message)

    def work() -> None:
        try:
            download_file(url, fetched, report=note)
            outcome.set_result(None)
        except BaseException as error:  # noqa: BLE001 (handed to the thread that waits)
            outcome.set_exception(error)

    Thread(target=work, daemon=True).start()
    try:
        while not outcome.done():
            if time.monotonic() - heard[0] > PATIENCE_S:
                raise ModelError(f"{url} said nothing for {PATIENCE_S:.0f} s.")
            report(*told[0])
            time.sleep(_POLL_S)
    finally:
        given_up.set()
    outcome.result()
    _accept(fetched, path)


def _accept(fetched: Path, path: Path) -> None:
    """Give a file its name when its sum begins as torchvision's names say."""
    begins = path.stem.rpartition("-")[2]
    if not check_sum(fetched).startswith(begins):
        fetched.unlink()
        raise ModelError(f"{path.name} came damaged and was removed.")
    fetched.replace(path)
