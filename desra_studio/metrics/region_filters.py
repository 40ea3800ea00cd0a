"""Scores against some of the manual regions: the severe ones, the prominent ones, one kind.

A detector does not know which regions were picked, so it must not be blamed for finding the others
nor praised for it. The regions left out are 'don't care':

- Recall is over the kept regions only; one is found with at least half its area detected.
- A detected component with at least half its area in ignored regions counts neither as right nor as
  wrong. Of the others, only the area outside ignored regions is judged: right where at least half
  of it lies in kept regions.
- IoU leaves out the pixels of ignored regions, and what detections that do not count cover outside
  the kept regions: detected masks are dilated, and spilling over the edge of an ignored region is
  no more of a mistake than finding it.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from desra_studio.errors import InputError
from desra_studio.imaging.arrays import BORDER_PX, Mask
from desra_studio.imaging.masks import count_pixels_inside, find_components
from desra_studio.metrics.mask_metrics import HIT_SHARE, ImageScore, score_image


def score_regions(prediction: Mask | None, manual: Mask, kept: NDArray[np.bool_]) -> ImageScore:
    """Score one predicted mask against the kept regions of the manual one.

    The same as `score_image` where all are kept. An image that keeps no region still counts: its
    detections outside ignored regions are wrong, and without any it is `empty_both`.

    Args:
        prediction: (H, W) bool, or (H - 10, W - 10) as the released code writes it; None where
            there is no prediction, which counts as an empty one.
        manual: (H, W) bool, all manual regions.
        kept: (N,) bool, one per component of `find_components(manual)`, in that order.

    Raises:
        InputError: sizes that fit neither way, or not one bool per component.
    """
    everything = score_image(prediction, manual)  # refuses sizes that do not fit
    regions = find_components(manual)
    if kept.dtype != np.bool_ or kept.shape != (len(regions),):
        raise InputError(
            f"The kept regions must be {len(regions)} bools, one per component of the manual mask, "
            f"got {kept.shape} {kept.dtype}: number them with find_components(manual)."
        )
    if kept.all():
        return everything
    inner = np.s_[BORDER_PX:-BORDER_PX, BORDER_PX:-BORDER_PX]
    wanted = np.concatenate(([False], kept))[regions.labels]
    ignored = (manual & ~wanted)[inner]
    if prediction is None:
        prediction = np.zeros_like(ignored)
    elif prediction.shape == manual.shape:
        prediction = prediction[inner]
    detections = find_components(np.ascontiguousarray(prediction))
    area_ignored = count_pixels_inside(detections, ignored)
    judged = area_ignored < HIT_SHARE * detections.areas
    right = count_pixels_inside(detections, wanted[inner]) >= HIT_SHARE * (
        detections.areas - area_ignored
    )
    unjudged = np.concatenate(([False], ~judged))[detections.labels]
    dont_care = ignored | (unjudged & ~wanted[inner])
    return replace(
        score_image(prediction & ~dont_care, wanted),
        # Cutting out pixels may split a detection: these are counted whole.
        detected=int(np.count_nonzero(judged)),
        detected_hits=int(np.count_nonzero(judged & right)),
    )
