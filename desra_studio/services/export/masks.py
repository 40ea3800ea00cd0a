"""Masks as images: the manual ones, and beside them what the detector found."""

from pathlib import Path

import numpy as np

from desra_studio.imaging.arrays import BORDER_PX, Mask
from desra_studio.imaging.masks import encode_mask_png
from desra_studio.services.export.format_types import Export, FolderFormat
from desra_studio.services.review.masks import load_mask

DETECTED_FOLDER = "detected"


def fill_folder(export: Export, folder: Path) -> int:
    """Write FOLDER/NAME.png for every accepted or clean image, 0/255 at the size of the image.

    FOLDER/detected/NAME.png is what the detector found in the same images; so that
    `desra-studio score --pred FOLDER/detected --gt FOLDER` gives the figures of the Scores page.
    Cropped, both lack 5 px on each side, as the released scripts have them.
    """
    labelled = export.list_labelled()
    (folder / DETECTED_FOLDER).mkdir()
    undetected, cut = [], []
    for record, label in export.walk(labelled, len(labelled), "Writing the masks"):
        name = record.image.name
        data, was_cut = _render_mask(export, label.mask_sha)
        (folder / f"{name}.png").write_bytes(data)
        if was_cut:
            cut.append(name)
        if record.detection:
            data, _ = _render_mask(export, record.detection.mask_sha)
            (folder / DETECTED_FOLDER / f"{name}.png").write_bytes(data)
        else:
            undetected.append(name)
    export.note(undetected, f"not in {DETECTED_FOLDER}, no detector ran on them")
    export.note(cut, f"marked within {BORDER_PX} px of the edge, which cropping leaves out")
    return len(labelled)


def _render_mask(export: Export, mask_sha: str) -> tuple[bytes, bool]:
    """Return the bytes of a mask, and whether cropping took marked pixels away."""
    if not export.cropped:
        # Stored masks are 1-bit PNGs already.
        return export.studio.blobs.get(mask_sha), False
    mask = load_mask(export.studio, mask_sha)
    inner = crop_border(mask)
    return encode_mask_png(inner), int(np.count_nonzero(inner)) < int(np.count_nonzero(mask))


def crop_border(mask: Mask) -> Mask:
    """Return an (H, W) bool mask without 5 px on each side, (H - 10, W - 10)."""
    return mask[BORDER_PX:-BORDER_PX, BORDER_PX:-BORDER_PX]


MASKS = FolderFormat(
    title="Masks",
    about="A PNG per image, white where an artifact is marked, and the detector's beside it.",
    fill=fill_folder,
)
