"""Scores of one dataset's images against its labels, remembered while the masks stay the same."""

import hashlib
from collections.abc import Sequence
from functools import lru_cache

from desra_studio.imaging.arrays import Mask
from desra_studio.imaging.masks import decode_mask_png
from desra_studio.metrics.mask_metrics import ImageScore, score_image
from desra_studio.metrics.region_filters import score_regions
from desra_studio.services.review.regions import RegionFilter, find_kept
from desra_studio.services.studio import Studio
from desra_studio.storage.label_tables import MaskRevision, Region


class SetScorer:
    """Scores masks by their addresses: what was scored once is not read again.

    One per server: while a reviewer steps through components, or a page is loaded again, most
    masks are those of the last time.
    """

    def __init__(self, studio: Studio) -> None:
        self.studio = studio
        self._score_whole = lru_cache(maxsize=20_000)(self._compute)

    def score(
        self,
        detected_sha: str | None,
        label: MaskRevision,
        chosen: RegionFilter | None = None,
        labelled: tuple[Region, ...] = (),
    ) -> tuple[ImageScore, int]:
        """Score a detected mask against a label.

        Args:
            detected_sha: address of the mask; None where there is none, which counts as empty.
            label: the manual mask.
            chosen: which of its regions count; all where None.
            labelled: what was said about its regions.

        Returns:
            the score, and how many manual regions lack what `chosen` asks for.

        Raises:
            NotFoundError: a stored mask is missing.
            InputError: masks of sizes that do not fit.
        """
        if chosen is None or chosen.keeps_all:
            return self._score_whole(detected_sha, label.mask_sha), 0
        manual = self.read(label.mask_sha)
        kept, unknown = find_kept(manual, list(labelled), chosen)
        prediction = self.read(detected_sha) if detected_sha else None
        return score_regions(prediction, manual, kept), unknown

    def read(self, sha: str) -> Mask:
        """Read a stored mask, (H, W) bool."""
        return decode_mask_png(self.studio.blobs.get(sha))

    def _compute(self, detected_sha: str | None, manual_sha: str) -> ImageScore:
        prediction = self.read(detected_sha) if detected_sha else None
        return score_image(prediction, self.read(manual_sha))


def hash_mask_set(
    masks: dict[str, str], chosen: RegionFilter | None = None, kept: Sequence[str] = ()
) -> str:
    """Return the SHA-256, in hex, that names a set of masks, manual ones or a detector's.

    Args:
        masks: image name -> address of its mask.
        chosen: which regions count; all where None.
        kept: what was said about their regions, one line each; of no effect where all count.
    """
    lines = [f"{name} {masks[name]}" for name in sorted(masks)]
    if chosen and not chosen.keeps_all:
        lines += [f"regions {chosen.name}", *sorted(kept)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
