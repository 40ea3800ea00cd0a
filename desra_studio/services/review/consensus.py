"""Making one label of several opinions."""

from enum import StrEnum

import numpy as np

from desra_studio.errors import InputError, StaleRevisionError
from desra_studio.imaging.arrays import Mask, Size, size_of
from desra_studio.imaging.masks import (
    decode_mask_png,
    encode_mask_png,
    find_components,
    unpack_mask_runs,
)
from desra_studio.services.review.documents import describe_revision
from desra_studio.services.review.flags import end_flags
from desra_studio.services.review.masks import SavedMask
from desra_studio.services.review.opinions import Given, hides_others, list_given
from desra_studio.services.studio import Studio
from desra_studio.storage import datasets, drafts, regions, reviews
from desra_studio.storage.database import Session
from desra_studio.storage.datasets import ImageRecord
from desra_studio.storage.label_tables import Region
from desra_studio.vocabulary import MadeBy, Origin, State


class Method(StrEnum):
    """How the consensus is made: where more than half agree, where anybody marked, or by hand."""

    MAJORITY = "majority"
    UNION = "union"
    MASK = "mask"


def make_consensus(
    studio: Studio,
    image_id: int,
    method: Method,
    runs: bytes | None = None,
    version: int | None = None,
    author: str | None = None,
) -> SavedMask:
    """Make the consensus of an image's opinions its label, accepted or clean; the asking ends.

    What was said of regions goes on where the consensus has them: of each component, what the
    first opinion in order of names says.

    Args:
        studio: the installation.
        image_id: whose opinions they are.
        method: `mask` takes `runs`; two opinions have a majority where both agree.
        runs: a mask made by hand, run lengths, gzip-compressed.
        version: of the review, as it was seen; None where that does not matter.
        author: who makes it; None is the author of the settings.

    Raises:
        StaleRevisionError: the label was changed meanwhile; this one is kept as a revision.
        InputError: fewer than two opinions, one's own is not given yet, or runs that are missing,
            of no use, or not those of a mask of this size.
        NotFoundError: the image is gone, or a stored mask is missing.
    """
    author = author or studio.settings.author
    with studio.database.read() as session:
        record = datasets.get_record(session, image_id)
        given = list_given(session, record)
    _check_given(record, given, author)
    mask = _combine_masks(studio, record, given, method, runs)
    sha = studio.blobs.put(encode_mask_png(mask))
    area = int(np.count_nonzero(mask))
    with studio.database.write() as session:
        record = datasets.get_record(session, image_id)
        review = reviews.get_review(session, image_id, record.gan.model_id)
        names = ", ".join(opinion.author for opinion, _ in given)
        revision = reviews.append_revision(
            session,
            review,
            parent_id=review.current_revision_id,
            author=author,
            origin=Origin.CONSENSUS,
            made_by=MadeBy.CONSENSUS,
            mask_sha=sha,
            area_px=area,
            note=f"by hand from {names}" if method is Method.MASK else f"{method} of {names}",
        )
        regions.copy_regions(session, _gather_labels(session, given, mask), revision.id)
        stale = version is not None and review.version != version
        if not stale:
            reviews.point_to(review, revision, State.ACCEPTED if area else State.CLEAN)
            review.opinions_wanted = 1
            end_flags(session, review)
            drafts.remove_draft(session, image_id, record.gan.model_id, author)
        saved = SavedMask(review.version, review.state, describe_revision(revision))
    if stale:
        current = record.revision.number if record.revision else 0
        raise StaleRevisionError(current, saved.version, revision.number)
    return saved


def combine_majority(masks: list[Mask]) -> Mask:
    """Return (H, W) bool: marked by more than half of the masks, (H, W) bool each."""
    votes = np.sum(masks, axis=0, dtype=np.uint8)
    return np.asarray(2 * votes > len(masks))


def combine_union(masks: list[Mask]) -> Mask:
    """Return (H, W) bool: marked by any of the masks, (H, W) bool each."""
    return np.asarray(np.logical_or.reduce(masks))


def _check_given(record: ImageRecord, given: Given, author: str) -> None:
    if hides_others(record, given, author):
        raise InputError(
            f"Give your own opinion of {record.image.name} before you settle what all agree on."
        )
    if len(given) < 2:
        raise InputError(
            f"A consensus needs two opinions, {record.image.name} has {len(given)}. "
            "Ask for second opinions first."
        )


def _combine_masks(
    studio: Studio, record: ImageRecord, given: Given, method: Method, runs: bytes | None
) -> Mask:
    size = Size(record.image.width, record.image.height)
    if method is Method.MASK:
        if runs is None:
            raise InputError("A consensus by hand needs its mask. Send its run lengths.")
        return unpack_mask_runs(runs, size)
    if runs is not None:
        raise InputError(f"The consensus by {method} takes no mask. Leave it out.")
    masks = [decode_mask_png(studio.blobs.get(revision.mask_sha)) for _, revision in given]
    for mask in masks:
        if size_of(mask) != size:
            raise InputError(f"An opinion's mask is {size_of(mask)} px, but the image {size} px.")
    return combine_majority(masks) if method is Method.MAJORITY else combine_union(masks)


def _gather_labels(session: Session, given: Given, mask: Mask) -> list[tuple[Region, int, int]]:
    """Return what the opinions say of the components of a mask, one label each: (label, x, y)."""
    labelled = regions.list_regions(session, [revision.id for _, revision in given])
    rank = {revision.id: index for index, (_, revision) in enumerate(given)}
    labelled = [region for region in labelled if mask[region.y, region.x]]
    if not labelled:
        return []
    components = find_components(mask).labels
    places: dict[int, tuple[Region, int, int]] = {}
    for region in sorted(labelled, key=lambda region: rank[region.revision_id]):
        component = int(components[region.y, region.x])
        places.setdefault(component, (region, region.x, region.y))
    return list(places.values())
