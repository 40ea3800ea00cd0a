"""Finding the weights of one network in what training scripts save around and beside them."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import torch
from spandrel import canonicalize_state_dict
from torch import Tensor

from desra_studio.errors import ModelError

_AVERAGED = "params_ema"
# What PyTorch itself puts into the names of modules that it compiles, shards or recomputes.
_TORCH_WRAPPERS = re.compile(r"_(orig_mod|fsdp_wrapped_module|checkpoint_wrapped_module)\.")
_AVERAGE_SIGN = re.compile(r"(^|[._])ema([._]|$)")
# Dictionaries nested deeper, or names with more parts before the network's own, nobody writes.
_DEEPEST = 32


@dataclass(frozen=True)
class Part:
    """Weights of one network in a checkpoint.

    Attributes:
        prefix: what stood before each of its names, with the last dot; empty where nothing did.
        weights: under the network's own names.
        left_out: how many other tensors the checkpoint has.
    """

    prefix: str
    weights: dict[str, Tensor]
    left_out: int


def unwrap_checkpoint(loaded: object, name: str) -> dict[str, Tensor]:
    """Return a checkpoint's tensors under dotted names.

    The keys and prefixes that spandrel's loader removes are removed, by its own function and as
    often as they are nested; `params_ema` goes before its other keys. What is no tensor and the
    states of optimizers are left out.

    Args:
        loaded: what was in the file.
        name: of the file, for messages.

    Raises:
        ModelError: no state dict, or no tensors in it; says what there is.
    """
    if not isinstance(loaded, dict):
        raise ModelError(
            f"{name} holds a {type(loaded).__name__}, not a state dict. Save its state dict alone."
        )
    content = _keep_tensors(loaded, {id(loaded)}, _DEEPEST)
    if not content:
        raise ModelError(
            f"{name} holds no weights, but {_describe_entries(loaded)}. "
            "Save a generator's state dict."
        )
    while True:
        opened = content.get(_AVERAGED)
        if not isinstance(opened, dict):
            opened = canonicalize_state_dict(content)
        if opened is content:
            break
        content = opened
    flat = {_TORCH_WRAPPERS.sub("", key): value for key, value in _flatten(content, "")}
    weights: dict[str, Tensor] = canonicalize_state_dict(flat)
    return weights


def find_part(
    weights: dict[str, Tensor], fits: Callable[[dict[str, Tensor]], bool], name: str
) -> Part | None:
    """Return the part of a checkpoint that is the network looked for.

    That is the whole, or what is left without a prefix that all names share, or what stands under
    one of several prefixes; of several networks the one whose prefix says `ema`.

    Args:
        weights: under dotted names.
        fits: whether a state dict is such a network's.
        name: of the file, for messages.

    Raises:
        ModelError: several networks, and it is not plain which is meant; names their prefixes.
    """
    found = dict(_list_fitting(weights, fits, "", may_branch=True))
    averaged = [prefix for prefix in found if _AVERAGE_SIGN.search(prefix)]
    chosen = averaged if len(averaged) == 1 else list(found)
    if len(chosen) > 1:
        raise ModelError(
            f"{name} holds {len(chosen)} networks, under {', '.join(chosen)}. "
            "Save the state dict of one alone."
        )
    if not chosen:
        return None
    [prefix] = chosen
    return Part(prefix, found[prefix], len(weights) - len(found[prefix]))


def find_shared_prefix(weights: Mapping[str, Tensor]) -> str:
    """Return what all names begin with, up to a dot; empty where they share nothing."""
    names = list(weights)
    if len(names) < 2:
        return ""
    parts = [name.split(".")[:-1] for name in names]
    shared = []
    for here in zip(*parts, strict=False):
        if len(set(here)) > 1:
            break
        shared.append(f"{here[0]}.")
    return "".join(shared)


def check_finite(weights: Mapping[str, Tensor], name: str) -> None:
    """Refuse weights with values that are NaN or infinite.

    Raises:
        ModelError: says how many values of how many, and in which tensor the first is.
    """
    broken, first, total = 0, "", 0
    for key, value in weights.items():
        total += value.numel()
        if value.is_floating_point():
            count = int((~torch.isfinite(value.float())).sum())
            broken += count
            first = first or (key if count else "")
    if broken:
        raise ModelError(
            f"{name} is damaged: {broken} of its {total} weights are not finite (NaN or infinite), "
            f"the first in {first}. Fetch it again, or give an earlier checkpoint."
        )


def _keep_tensors(content: dict[object, object], seen: set[int], depth: int) -> dict[str, object]:
    """Drop what leads to no tensor; each dictionary counts once, so circles end."""
    kept: dict[str, object] = {}
    for key, value in content.items():
        if not isinstance(key, str):
            continue
        if isinstance(value, Tensor):
            kept[key] = value
        elif isinstance(value, dict) and not _is_optimizer(value) and id(value) not in seen:
            seen.add(id(value))
            if depth and (inner := _keep_tensors(value, seen, depth - 1)):
                kept[key] = inner
    return kept


def _flatten(content: Mapping[str, object], prefix: str) -> Iterator[tuple[str, Tensor]]:
    for key, value in content.items():
        if isinstance(value, dict):
            yield from _flatten(value, f"{prefix}{key}.")
        elif isinstance(value, Tensor):
            yield f"{prefix}{key}", value


def _list_fitting(
    weights: dict[str, Tensor],
    fits: Callable[[dict[str, Tensor]], bool],
    prefix: str,
    *,
    may_branch: bool,
) -> Iterator[tuple[str, dict[str, Tensor]]]:
    if fits(weights):
        yield prefix, weights
        return
    groups: dict[str, dict[str, Tensor]] = {}
    for name, value in weights.items():
        first, dot, rest = name.partition(".")
        groups.setdefault(f"{first}{dot}", {})[rest] = value
    is_shared = len(groups) == 1
    if prefix.count(".") == _DEEPEST or not (is_shared or may_branch):
        return
    for first, part in groups.items():
        if first.endswith("."):
            branches_left = may_branch and is_shared
            yield from _list_fitting(part, fits, f"{prefix}{first}", may_branch=branches_left)


def _describe_entries(content: dict[object, object]) -> str:
    if not content:
        return "nothing"
    if _is_optimizer(content):
        return "an optimizer's state"
    kinds = [
        f"{key} ({'an optimizer' if _is_optimizer(value) else type(value).__name__})"
        for key, value in list(content.items())[:4]
    ]
    return ", ".join(kinds) + (f" and {len(content) - 4} more" if len(content) > 4 else "")


def _is_optimizer(value: object) -> bool:
    first = value[0] if isinstance(value, list) and value else value
    return isinstance(first, dict) and "param_groups" in first
