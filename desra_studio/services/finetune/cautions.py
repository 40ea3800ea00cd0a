"""What is said before a fine-tuning starts: why it cannot, and what will make it worse."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from desra_studio.errors import InputError, StudioError
from desra_studio.imaging.arrays import BORDER_PX, Mask
from desra_studio.imaging.masks import decode_mask_png, find_components
from desra_studio.services.finetune.candidates import LARGE_SHARE, Candidate, list_candidates
from desra_studio.services.finetune.ordering import MINIMUM_SAMPLES
from desra_studio.services.studio import Studio
from desra_studio.storage.blobs import BlobStore
from desra_studio.storage.progress import count_states
from desra_studio.vocabulary import State

REMEMBERED = 10_000
"""Masks, a number each, that are not read again when a page is loaded."""


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
    border = {name: count_at_border(mask) for name, mask in masks.items()}
    if empty:
        told.append(f"Nothing is marked in {_list_names(empty)}: it is trained to stay as it is.")
    if large:
        told.append(f"More than half is marked of {_list_names(large)}: MSE-SR is learnt there.")
    if any(border.values()):
        names = [name for name, count in border.items() if count]
        told.append(f"In {_list_names(names)}: {tell_border(sum(border.values()))}.")
    return told


def count_at_border(mask: Mask) -> int:
    """Count the components of an (H, W) bool mask that reach into its outer 5 px."""
    inner = mask[BORDER_PX:-BORDER_PX, BORDER_PX:-BORDER_PX]
    if mask.sum() == inner.sum():
        return 0
    height, width = mask.shape
    x, y, w, h = find_components(mask).boxes.T
    ends = (x < BORDER_PX) | (y < BORDER_PX)
    ends |= (x + w > width - BORDER_PX) | (y + h > height - BORDER_PX)
    return int(ends.sum())


def tell_border(count: int) -> str:
    """Return what is to be known of so many components at the border."""
    touching = "1 component touches" if count == 1 else f"{count} components touch"
    return f"{touching} the outer {BORDER_PX} px, where the detector sees nothing to judge"


def _warn_of_border(studio: Studio, candidate: Candidate) -> Candidate:
    if candidate.problem:
        return candidate
    try:
        count = _count_stored(studio.blobs, candidate.mask_sha)
    except StudioError:
        return candidate  # told where the mask is opened
    warnings = [*candidate.warnings, *([tell_border(count)] if count else [])]
    return replace(candidate, warnings=warnings)


@lru_cache(REMEMBERED)
def _count_stored(blobs: BlobStore, mask_sha: str) -> int:
    return count_at_border(decode_mask_png(blobs.get(mask_sha)))


def _list_names(names: Sequence[str]) -> str:
    rest = len(names) - 3
    return ", ".join(names[:3]) + (f" and {rest} more" if rest > 0 else "")
