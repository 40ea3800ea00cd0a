"""What reviewers say about the regions of a mask: kind, severity and a note."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from desra_studio.errors import InputError, NotFoundError
from desra_studio.imaging.arrays import Mask
from desra_studio.imaging.masks import decode_mask_png, find_component_at, find_components
from desra_studio.services.checks import check_note
from desra_studio.services.review.kinds import list_kinds, read_kinds
from desra_studio.services.review.labels import read_label
from desra_studio.services.studio import Studio
from desra_studio.storage import datasets, regions
from desra_studio.storage.label_tables import MaskRevision, Region
from desra_studio.storage.queue_entries import CHUNK, cut
from desra_studio.storage.region_label import RegionLabel

SEVERE = 3
"""From this severity on a region counts as severe."""
PROMINENT = 0.5
"""From this share of voters on a region counts as prominent (SR-Prominence, 2025)."""

ALL, SEVERE_ONLY, PROMINENT_ONLY = "all", "severe", "prominent"


@dataclass(frozen=True)
class RegionFilter:
    """Which manual regions count: `all`, `severe` or `prominent` ones, or those of one kind.

    `check_filter` tells whether a dataset knows the kind.
    """

    name: str = ALL

    @property
    def keeps_all(self) -> bool:
        """Whether every region counts."""
        return self.name == ALL

    def keeps(self, region: Region) -> bool:
        """Whether a labelled region counts."""
        if self.name == SEVERE_ONLY:
            return region.severity is not None and region.severity >= SEVERE
        if self.name == PROMINENT_ONLY:
            return region.prominence is not None and region.prominence >= PROMINENT
        return self.keeps_all or region.kind == self.name

    def knows(self, region: Region) -> bool:
        """Whether a region has what the filter asks for."""
        if self.name == SEVERE_ONLY:
            return region.severity is not None
        if self.name == PROMINENT_ONLY:
            return region.prominence is not None
        return self.keeps_all or region.kind is not None


def list_filters(studio: Studio, dataset_id: int) -> list[str]:
    """Return the names of all filters of a dataset's regions."""
    return [ALL, SEVERE_ONLY, PROMINENT_ONLY, *list_kinds(studio, dataset_id)]


def check_filter(studio: Studio, dataset_id: int, chosen: RegionFilter) -> None:
    """Raise InputError where a dataset has no such regions, NotFoundError where it is none."""
    known = list_filters(studio, dataset_id)
    if chosen.name not in known:
        raise InputError(
            f"Regions must be one of {', '.join(known)}, got {chosen.name!r}. Choose one."
        )


def list_labels(studio: Studio, image_id: int, author: str | None = None) -> list[RegionLabel]:
    """Return what was said about the regions of an image's current mask.

    Where several people are asked for their opinion, those of the author's own mask.
    """
    author = author or studio.settings.author
    with studio.database.read() as session:
        record = datasets.get_record(session, image_id)
        revision = read_label(session, record, author).revision
        found = regions.list_regions(session, [revision.id]) if revision else []
    return [regions.read_label(region) for region in found]


def list_said(studio: Studio, revision_ids: Sequence[int]) -> dict[int, list[Region]]:
    """Return what was said about the regions of mask revisions, by the revision's id."""
    said: dict[int, list[Region]] = {revision_id: [] for revision_id in revision_ids}
    with studio.database.read() as session:
        for ids in cut(revision_ids, CHUNK):
            for region in regions.list_regions(session, ids):
                said[region.revision_id].append(region)
    return said


def label_region(
    studio: Studio, image_id: int, label: RegionLabel, author: str | None = None
) -> RegionLabel:
    """Say what the component of the saved mask over a pixel is, and return it as it is kept.

    What was said about the same component before is replaced; a label that says nothing takes it
    back.

    Raises:
        InputError: a note that cannot be, a kind that the dataset does not have, no saved mask,
            nothing marked there, or somebody else saved a mask meanwhile.
        NotFoundError: the image is gone.
    """
    label = replace(label, note=check_note(label.note))
    author = author or studio.settings.author
    with studio.database.read() as session:
        record = datasets.get_record(session, image_id)
        known = read_kinds(datasets.get_dataset(session, record.image.dataset_id))
        revision = read_label(session, record, author).revision
    if label.kind is not None and label.kind not in known:
        raise InputError(f"Unknown kind {label.kind!r}. Choose one of: {', '.join(known)}.")
    if revision is None:
        raise InputError(f"Save a mask of {record.image.name} before you label its regions.")
    mask = decode_mask_png(studio.blobs.get(revision.mask_sha))
    component = pick_component(mask, label.x, label.y)
    with studio.database.write() as session:
        current = read_label(session, datasets.get_record(session, image_id), author).revision
        if current is None or current.id != revision.id:
            raise InputError(
                f"Somebody saved another mask of {record.image.name} meanwhile. Open it again."
            )
        same = [
            region
            for region in regions.list_regions(session, [revision.id])
            if component[region.y, region.x]
        ]
        # What voters said of the component stays.
        votes = next((region.prominence for region in same if region.prominence is not None), None)
        for region in same:
            regions.remove_region(session, region)
        if votes is not None or not label.says_nothing:
            regions.add_region(session, revision.id, label, author, votes)
    return label


def pick_component(mask: Mask, x: int, y: int) -> Mask:
    """Return the 8-connected component of a mask over a pixel, (H, W) bool.

    Raises:
        InputError: outside the mask, or nothing is marked there.
    """
    height, width = mask.shape
    if not (0 <= x < width and 0 <= y < height) or not mask[y, x]:
        raise InputError(f"No component is marked at x {x}, y {y}. Choose one that is.")
    component = np.zeros_like(mask)
    place, pixels = find_component_at(mask, x, y)
    component[place] = pixels
    return component


def follow_regions(
    studio: Studio, before: MaskRevision, labelled: list[Region], mask: Mask
) -> list[tuple[Region, int, int]]:
    """Return where the labelled regions of a revision lie in the next mask: (label, x, y).

    A region whose point was erased goes on where the rest of its component is; one that is gone
    altogether is left out.
    """
    places = [(region, region.x, region.y) for region in labelled if mask[region.y, region.x]]
    erased = [region for region in labelled if not mask[region.y, region.x]]
    if not erased:
        return places
    try:
        old = decode_mask_png(studio.blobs.get(before.mask_sha))
    except NotFoundError:
        return places  # a file that is gone from the disk must not keep the next mask from saving
    for region in erased:
        place, pixels = find_component_at(old, region.x, region.y)
        left = np.argwhere(pixels & mask[place])
        if len(left):
            y, x = left[len(left) // 2].tolist()
            places.append((region, x + place[1].start, y + place[0].start))
    return places


def find_kept(
    mask: Mask, labelled: list[Region], chosen: RegionFilter
) -> tuple[NDArray[np.bool_], int]:
    """Return which components of a manual mask a filter keeps, and of how many it cannot tell.

    Args:
        mask: (H, W) bool.
        labelled: what was said about its regions.
        chosen: the filter.

    Returns:
        (N,) bool in order of `find_components`, and how many components lack what it asks for.
    """
    components = find_components(mask)
    kept = np.full(len(components), chosen.keeps_all)
    known = kept.copy()
    for region in labelled:
        index = int(components.labels[region.y, region.x]) - 1
        if index >= 0 and not chosen.keeps_all:
            kept[index], known[index] = chosen.keeps(region), chosen.knows(region)
    return kept, int(np.count_nonzero(~known))
