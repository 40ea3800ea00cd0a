"""What is said before a fine-tuning starts: why it cannot, and what will make it worse."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from desra_studio.errors import InputError, StudioError
from desra_studio.imaging.arrays import BORDER_PX, Mask
from desra_studio.imaging.io import decode_png
from desra_studio.imaging.likeness import compute_signature, find_nearly_same
from desra_studio.imaging.masks import decode_mask_png
from desra_studio.references import Reference
from desra_studio.services.finetune.candidates import LARGE_SHARE, Candidate, list_candidates
from desra_studio.services.finetune.ordering import MINIMUM_SAMPLES
from desra_studio.services.studio import Studio
from desra_studio.storage import datasets
from desra_studio.storage.blobs import BlobStore
from desra_studio.storage.progress import count_states
from desra_studio.vocabulary import ReferenceKind, State

AT_BORDER = f"reaches into the outer {BORDER_PX} px, where the detector sees nothing to judge"
REMEMBERED = 10_000
"""Masks, a bit each, and signatures, 1 kB each, that are not made again when a page is loaded."""
MOST_COMPARED = 2000
"""Candidates, the first by name, that are compared with each other: 4 million pairs."""


def list_cautioned_candidates(studio: Studio, dataset_id: int) -> list[Candidate]:
    """Return the candidates of a dataset, with warnings that take a look at their pictures.

    They are of components at the border, and of another candidate that is nearly the same picture:
    one may be held out while the other is trained on. Copies px by px are held out together.
    """
    candidates = list_candidates(studio, dataset_id)
    alike = _find_alike(studio, dataset_id, candidates)
    return [
        _warn_of_border(studio, _warn_of_alike(candidate, alike.get(candidate.image_id, [])))
        for candidate in candidates
    ]


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


def caution_reference(reference: Reference) -> str:
    """Return what is to be known of the pseudo-GT of a dataset without MSE-SR; "" with it."""
    if reference.kind is ReferenceKind.LR:
        return (
            f"GAN-SR of this dataset is compared with {reference.title}, so that its pseudo-GT is "
            "blurry where an artifact is marked, and blur is what is learnt there."
        )
    if reference.kind is ReferenceKind.HR:
        return (
            "The pseudo-GT of this dataset is ground truth where an artifact is marked: what the "
            "LR image does not show cannot be learnt from it, and comes out blurry."
        )
    if reference.kind is ReferenceKind.OTHER:
        return (
            f"The pseudo-GT of this dataset is the output of {reference.title} where an artifact "
            "is marked: what is wrong in that is learnt, too."
        )
    return ""


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


def _find_alike(
    studio: Studio, dataset_id: int, candidates: Sequence[Candidate]
) -> dict[int, list[str]]:
    """Return by image id the names of other candidates that are nearly the same picture."""
    usable = {one.image_id: one for one in candidates if not one.problem}
    with studio.database.read() as session:
        shas = datasets.list_lr_addresses(session, dataset_id)
    signatures = {}
    for image_id in list(usable)[:MOST_COMPARED]:
        try:
            signatures[image_id] = _compute_signature(studio.blobs, shas[image_id])
        except StudioError:
            continue  # told where the picture is opened
    if not signatures:
        return {}
    ids = list(signatures)
    found: dict[int, list[str]] = {}
    for pair in find_nearly_same(np.stack(list(signatures.values()))):
        one, other = (usable[ids[place]] for place in pair)
        if one.held_out_rank != other.held_out_rank:
            found.setdefault(one.image_id, []).append(other.name)
            found.setdefault(other.image_id, []).append(one.name)
    return found


def _warn_of_alike(candidate: Candidate, names: list[str]) -> Candidate:
    if not names:
        return candidate
    warning = f"is nearly the same picture as {_list_names(names)}: choose one of them"
    return replace(candidate, warnings=[*candidate.warnings, warning])


@lru_cache(REMEMBERED)
def _compute_signature(blobs: BlobStore, lr_sha: str) -> NDArray[np.float32]:
    return compute_signature(decode_png(blobs.get(lr_sha)))


@lru_cache(REMEMBERED)
def _is_at_border(blobs: BlobStore, mask_sha: str) -> bool:
    return reaches_border(decode_mask_png(blobs.get(mask_sha)))


def _list_names(names: Sequence[str]) -> str:
    rest = len(names) - 3
    return ", ".join(names[:3]) + (f" and {rest} more" if rest > 0 else "")
