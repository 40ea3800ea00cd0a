"""Checkpoints of a training: one file, replaced only by a whole new one."""

import os
import pickle
import uuid
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from desra_studio.errors import InputError, ModelError
from desra_studio.finetune.config import FinetuneConfig, rename_weights
from desra_studio.imaging.staging import sync_folder

# What may change from one attempt to the next without the training being another.
_FREE = ("iterations", "checkpoint_every", "preview_every")

State = dict[str, Any]
"""Tensors, numbers and texts in dicts and lists, which torch reads without running code."""


def save_checkpoint(path: Path, state: State) -> None:
    """Write a checkpoint beside the last one, flush it to disk, then replace that.

    Raises:
        InputError: it cannot be written; the last one is as it was.
    """
    temporary = path.with_name(f".writing-{uuid.uuid4().hex}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("xb") as file:
            torch.save(state, file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        sync_folder(path.parent)
    except (OSError, RuntimeError) as error:  # PyTorch has no class of its own for a full disk.
        reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
        kept = "The last checkpoint is kept." if path.exists() else "There is none before it."
        raise InputError(
            f"The checkpoint of iteration {state['iteration']} cannot be written to {path} "
            f"({reason}). {kept} Free some space, then resume."
        ) from error
    finally:
        temporary.unlink(missing_ok=True)


def load_checkpoint(path: Path) -> State:
    """Read a checkpoint without running code from it.

    Raises:
        ModelError: missing, damaged, or not a checkpoint of ours.
    """
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError as error:
        raise ModelError(f"There is no checkpoint {path}. Start the training anew.") from error
    except (OSError, RuntimeError, EOFError, KeyError, ValueError, pickle.UnpicklingError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ModelError(
            f"The checkpoint {path} cannot be read ({reason}). Start the training anew."
        ) from error
    if not isinstance(state, dict) or "iteration" not in state:
        raise ModelError(f"{path} is not a checkpoint of the studio. Start the training anew.")
    return state


def check_same_training(state: State, config: FinetuneConfig, digest: str) -> None:
    """Raise InputError unless a checkpoint is of these settings and samples.

    Args:
        state: of the checkpoint.
        config: what the training is to go on with; more iterations are allowed.
        digest: of the generator and the samples.
    """
    wanted = asdict(config)
    # A setting that was made later was at its default, whatever that did.
    found = asdict(FinetuneConfig()) | rename_weights(state["config"])
    for name, value in wanted.items():
        if name not in _FREE and found[name] != value:
            raise InputError(
                f"The checkpoint was made with {name} {found[name]}, not {value}. Resume with "
                "the settings it was started with, or start the training anew."
            )
    if state["digest"] != digest:
        raise InputError(
            "The checkpoint is of another generator or other samples. Resume with those it was "
            "started with, or start the training anew."
        )
    if state["iteration"] > config.iterations:
        raise InputError(
            f"The checkpoint has {state['iteration']} iterations already, {config.iterations} were "
            "asked for. Ask for more."
        )
