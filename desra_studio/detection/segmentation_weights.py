"""Where SegFormer's weights come from: a folder, the Hugging Face cache, or the hub."""

import hashlib
import logging
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import TypeVar

from desra_studio.errors import InputError, ModelError

T = TypeVar("T")

DEFAULT_GPU = "nvidia/segformer-b5-finetuned-ade-640-640"
"""The network of the paper: SegFormer-B5, 340 MB."""
DEFAULT_CPU = "nvidia/segformer-b0-finetuned-ade-512-512"
"""SegFormer-B0, 15 MB. The hub has B0 to B4 trained at 512 px alone; only B5 at 640 px."""

CONFIG_FILE = "config.json"
WEIGHT_FILES = ("model.safetensors", "pytorch_model.bin")
"""In order of preference: the second is a pickle, and is read as weights only."""

WAY_OUT = (
    "Give a folder that holds them by --segmentation, or go on without classes by "
    "--no-segmentation."
)


class SegmentationUnavailableError(ModelError):
    """The weights are neither here nor to be had from the hub now."""


def choose_default(device: str) -> str:
    """Return the hub's name of the network for a device of PyTorch: B0 on `cpu`, else B5."""
    return DEFAULT_CPU if device == "cpu" else DEFAULT_GPU


def find_weights(name_or_folder: str, download: bool = True, timeout_seconds: float = 5) -> Path:
    """Return a local folder with a configuration and weights, fetched where it has to be.

    A folder is taken as it is. A hub id is looked up in the Hugging Face cache without a request,
    and only then fetched: without a token, without telemetry, and without a progress bar, so ask
    with `download=False` first where a user should be told of it. HF_HUB_OFFLINE, HF_HUB_CACHE
    and HF_ENDPOINT are respected. Imports neither PyTorch nor transformers.

    Args:
        name_or_folder: a folder in transformers' format, or a hub id `owner/name`.
        download: whether the hub may be asked.
        timeout_seconds: in which the hub must have told what it has, look-up of its name and
            retries included. A transfer that has begun may take longer.

    Raises:
        InputError: a folder without configuration or weights, neither a folder nor a hub id, or
            an id of which the hub has no public weights.
        SegmentationUnavailableError: no local copy, and none to be had from the hub.
    """
    if Path(name_or_folder).expanduser().exists():
        folder = Path(name_or_folder).expanduser()
        list_weight_files(folder)
        return folder
    cached = _find_cached(name_or_folder)
    if cached is not None:
        return cached
    if not download:
        raise _build_refusal(name_or_folder, "and fetching them was not asked for")
    _fetch(name_or_folder, timeout_seconds)
    fetched = _find_cached(name_or_folder)
    if fetched is None:
        raise _build_refusal(name_or_folder, "and what was fetched is not there")
    return fetched


def list_weight_files(folder: Path) -> list[Path]:
    """Return the weight files of a folder, the one to use first.

    Raises:
        InputError: no folder, or one that lacks a configuration or weights.
    """
    if not folder.is_dir():
        raise InputError(f"{folder} is not a folder. Give one with {CONFIG_FILE} and weights.")
    if not (folder / CONFIG_FILE).is_file():
        raise InputError(
            f"{folder} has no {CONFIG_FILE}. Give a folder in the format of transformers."
        )
    found = [folder / name for name in WEIGHT_FILES if (folder / name).is_file()]
    if not found:
        raise InputError(
            f"{folder} has no weights: neither {' nor '.join(WEIGHT_FILES)}. Fetch one into it."
        )
    return found


def identify_weights(folder: Path) -> str:
    """Return the weights' name, `@` and the first 12 hex digits of their SHA-256; no slashes.

    The name is the folder's, or the model's where the folder is a snapshot in the hub's cache.
    Reads the whole weight file, B5's in 0.3 s; label maps are kept by the result, so ask once.

    Raises:
        InputError: as `list_weight_files`.
    """
    with list_weight_files(folder)[0].open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    resolved = folder.resolve()
    name = resolved.name
    if resolved.parent.name == "snapshots":
        name = resolved.parent.parent.name.rpartition("--")[2]
    return f"{name}@{digest[:12]}"


def _find_cached(hub_id: str) -> Path | None:
    """Return the cached snapshot if it is complete; reads the disk alone."""
    from huggingface_hub import try_to_load_from_cache

    try:
        for name in WEIGHT_FILES:
            paths = [try_to_load_from_cache(hub_id, file) for file in (CONFIG_FILE, name)]
            # For a file that the hub is known to lack the answer is an object of another kind.
            if all(isinstance(path, str) for path in paths):
                return Path(str(paths[0])).parent
    except ValueError:
        is_hub_id = False
    else:
        # A name without an owner, as the hub had them once, is rather a mistyped folder.
        is_hub_id = "/" in hub_id
    if not is_hub_id:
        raise InputError(
            f"{hub_id!r} is neither a folder here nor a hub id. Give a folder with {CONFIG_FILE} "
            f"and weights, or a name such as {DEFAULT_CPU}."
        )
    return None


def _fetch(hub_id: str, timeout_seconds: float) -> None:
    """Bring the configuration and one weight file into the cache."""
    _switch_telemetry_off()
    from huggingface_hub import HfApi, constants, hf_hub_download
    from huggingface_hub.errors import RepositoryNotFoundError

    if constants.HF_HUB_OFFLINE:
        raise _build_refusal(hub_id, "and HF_HUB_OFFLINE forbids to fetch them")
    host = constants.ENDPOINT

    def ask() -> list[str]:
        info = HfApi().model_info(hub_id, timeout=timeout_seconds, token=False)
        return [file.rfilename for file in info.siblings or ()]

    with _quieten_hub():
        try:
            offered = _call_within(timeout_seconds, ask)
            weights = next((name for name in WEIGHT_FILES if name in offered), None)
            if weights is None or CONFIG_FILE not in offered:
                raise InputError(
                    f"{hub_id} on {host} lacks {CONFIG_FILE} or weights for PyTorch. "
                    f"Give another, such as {DEFAULT_CPU}."
                )
            # Not snapshot_download: it asks once more what there is, without a time limit.
            for name in (CONFIG_FILE, weights):
                hf_hub_download(hub_id, name, etag_timeout=timeout_seconds, token=False)
        except RepositoryNotFoundError as error:
            raise InputError(
                f"{host} has no public model {hub_id}, and there is no such folder here. "
                f"Check the name; {DEFAULT_CPU} is one."
            ) from error
        except TimeoutError as error:
            reason = f"and {host} did not answer within {timeout_seconds:g} s"
            raise _build_refusal(hub_id, reason) from error
        except InputError:
            raise
        except Exception as error:  # The hub's client raises those of several libraries.
            first = (str(error) or type(error).__name__).splitlines()[0].rstrip(". ")
            raise _build_refusal(hub_id, f"and {host} cannot be reached ({first})") from error


def _build_refusal(hub_id: str, why: str) -> SegmentationUnavailableError:
    from huggingface_hub import constants

    return SegmentationUnavailableError(
        f"The weights {hub_id} are not in {constants.HF_HUB_CACHE}, {why}. {WAY_OUT}"
    )


def _call_within(seconds: float, function: Callable[[], T]) -> T:
    """Call a function, and stop waiting for it after some seconds.

    A client's own limit counts each address of a server anew, and not the look-up of its name.

    Raises:
        TimeoutError: it has not returned.
    """
    future: Future[T] = Future()

    def call() -> None:
        try:
            future.set_result(function())
        except Exception as error:  # noqa: BLE001 (raised in the thread that waits)
            future.set_exception(error)

    # A daemon, since a thread that waits for a name server must not hold up the end of a process.
    Thread(target=call, name="ask the hub", daemon=True).start()
    return future.result(seconds)


def _switch_telemetry_off() -> None:
    """Keep what is installed here out of the requests; also where the client is loaded already."""
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    from huggingface_hub import constants

    constants.HF_HUB_DISABLE_TELEMETRY = True


@contextmanager
def _quieten_hub() -> Iterator[None]:
    """Keep the client's progress bars and its warnings of each retry away from standard error."""
    from huggingface_hub import constants, utils

    verbosity = utils.logging.get_verbosity()
    # Where the environment decides about the bars, the client warns of every try to.
    bars = constants.HF_HUB_DISABLE_PROGRESS_BARS is None
    bars = bars and not utils.are_progress_bars_disabled()  # type: ignore[attr-defined]
    utils.logging.set_verbosity(logging.ERROR)
    if bars:
        utils.disable_progress_bars()  # type: ignore[attr-defined]
    try:
        yield
    finally:
        utils.logging.set_verbosity(verbosity)
        if bars:
            utils.enable_progress_bars()  # type: ignore[attr-defined]
