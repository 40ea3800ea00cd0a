"""What is said before a fine-tuning starts: why it cannot, and what will make it worse."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from desra_studio.errors import InputError, StudioError
from desra_studio.imaging.arrays import BORDER_PX, Mask
from desra_studio.imaging.masks import decode_mask_png
from desra_studio.services.finetune.candidates import LARGE_SHARE, Candidate, list_candidates
from desra_studio.services.finetune.ordering import MINIMUM_SAMPLES
from desra_studio.services.studio import Studio
from desra_studio.storage.blobs import BlobStore
from desra_studio.storage.progress import count_states
from desra_studio.vocabulary import State

AT_BORDER = f"reaches into the outer {BORDER_PX} px, where the detector sees nothing to judge"
REMEMBERED = 10_000
"""Masks, a bit each, that are not read again when a page is loaded."""


def list_cautioned_candidates(studio: Studio, dataset_id: int) -> list[Candidate]:
    """Return the candidates of a dataset, with a warning of components at the border, too."""
    return [_warn_of_border(studio, candidate) for candidate in list_candidates(studio, dataset_id)]


def describe_obstacle(studio: Studio, dataset_id: int, candidates: Sequence[Candidate]) -> str:
    """Return why nothing can be trained on these candidates, or empty."""
    usable = sum(not candidate.problem for candidate in candidates)
    if usable >= MINIMUM_SAMPLES:
        return ""
    with studio.database.read() as session:
        states = count_states(session, dataset_id)
    images, clean = states.total(), states[State.CLEAN]
    needed = f"Fine-tuning takes at least {MINIMUM_SAMPLES} accepted ones"
    if images < MINIMUM_SAMPLES:
        few = {0: "no images", 1: "only one image"}.get(images, f"only {images} images")
        return f"This dataset has {few}. {needed}, one of them to prove it on."
    if not candidates and clean == images:
        return f"All {images} images are marked clean: there is nothing to delete."
    if not candidates:
        return f"None of the {images} images is accepted."
    if not any(candidate.area_share for candidate in candidates):
        return (
            f"All masks that were accepted are empty, {len(candidates)} of them: every component "
            "was rejected, and there is nothing to delete."
        )
    return f"Of {len(candidates)} accepted images {usable} can be trained on. {needed}."


def caution_masks(masks: Mapping[str, Mask]) -> list[str]:
    """Return what speaks against training on these masks, by the names of their images.

    Raises:
        InputError: all of them are empty.
    """
    if not any(mask.any() for mask in masks.values()):
        raise InputError(
            f"All masks are empty, {len(masks)} of them: there is nothing to delete. Mark "
            "artifacts in them first."
        )
    told = []
    if len(masks) == 1:
        told.append("There is only one image: what is learnt from it says little of others.")
    empty = [name for name, mask in masks.items() if not mask.any()]
    large = [name for name, mask in masks.items() if mask.mean() > LARGE_SHARE]
    border = [name for name, mask in masks.items() if reaches_border(mask)]
    if empty:
        told.append(f"Nothing is marked in {_list_names(empty)}: it is trained to stay as it is.")
    if large:
        told.append(f"More than half is marked of {_list_names(large)}: MSE-SR is learnt there.")
    if border:
        told.append(f"{_list_names(border)}: {AT_BORDER}.")
    return told


def reaches_border(mask: Mask) -> bool:
    """Tell whether an (H, W) bool mask marks any of the outer 5 px, which D does not cover."""
    inner = mask[BORDER_PX:-BORDER_PX, BORDER_PX:-BORDER_PX]
    return bool(mask.sum() > inner.sum())


def _warn_of_border(studio: Studio, candidate: Candidate) -> Candidate:
    if candidate.problem:
        return candidate
    try:
        at_border = _is_at_border(studio.blobs, candidate.mask_sha)
    except StudioError:
        return candidate  # told where the mask is opened
    warnings = [*candidate.warnings, AT_BORDER]
    return replace(candidate, warnings=warnings) if at_border else candidate


@lru_cache(REMEMBERED)
def _is_at_border(blobs: BlobStore, mask_sha: str) -> bool:
    return reaches_border(decode_mask_png(blobs.get(mask_sha)))


def _list_names(names: Sequence[str]) -> str:
    rest = len(names) - 3
    return ", ".join(names[:3]) + (f" and {rest} more" if rest > 0 else "")
