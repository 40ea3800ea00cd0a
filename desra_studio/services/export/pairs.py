"""Pairs for training elsewhere: LR, and the pseudo-GT as HR, listed as Real-ESRGAN reads them."""

import re
from pathlib import Path

from desra_studio.errors import InputError
from desra_studio.finetune.pseudo_gt import FEATHER_SIGMA_PX
from desra_studio.imaging.io import encode_png
from desra_studio.services.datasets.layout import LR_FOLDER
from desra_studio.services.export.format_types import Export, FolderFormat
from desra_studio.services.finetune.ordering import compose_stored_pseudo_gt

HR_FOLDER = "HR"
META_INFO = "meta_info.txt"
UNLISTABLE = re.compile(", |[\r\n]")
"""What a line of meta_info.txt cannot name: its paths are told apart by a comma and a space."""


def fill_folder(export: Export, folder: Path) -> int:
    """Write FOLDER/LR/NAME.png, FOLDER/HR/NAME.png and FOLDER/meta_info.txt.

    HR is the pseudo-GT; of a clean image it is GAN-SR. Each line of meta_info.txt is
    'HR/NAME.png, LR/NAME.png', which `RealESRGANPairedDataset` joins with `dataroot_gt` and
    `dataroot_lq`: both are FOLDER.

    Raises:
        InputError: no labelled image has an LR.
    """
    labelled = export.list_labelled()
    without_lr = [record.image.name for record, _ in labelled if not record.image.lr_sha]
    unlistable = [
        record.image.name
        for record, _ in labelled
        if record.image.lr_sha and UNLISTABLE.search(record.image.name)
    ]
    left_out = {*without_lr, *unlistable}
    pairs = [(record, label) for record, label in labelled if record.image.name not in left_out]
    if not pairs:
        raise InputError(
            f"No labelled image of {export.dataset.name} has an LR image to pair it with. Import "
            "it with an LR folder."
        )
    export.note(without_lr, "left out, without LR")
    export.note(
        [name.replace("\n", " ") for name in unlistable],
        f"left out, {META_INFO} cannot name a comma with a space after it, nor a line break",
    )
    for name in (LR_FOLDER, HR_FOLDER):
        (folder / name).mkdir()
    lines = []
    for record, label in export.walk(pairs, len(pairs), "Writing the pairs"):
        file = f"{record.image.name}.png"
        pseudo_gt = compose_stored_pseudo_gt(export.studio, record, label, FEATHER_SIGMA_PX)
        (folder / HR_FOLDER / file).write_bytes(encode_png(pseudo_gt))
        (folder / LR_FOLDER / file).write_bytes(export.studio.blobs.get(str(record.image.lr_sha)))
        lines.append(f"{HR_FOLDER}/{file}, {LR_FOLDER}/{file}\n")
    (folder / META_INFO).write_bytes("".join(lines).encode())
    return len(pairs)


PAIRS = FolderFormat(
    title="Training pairs",
    about="LR, what a model should make of it, and the list that Real-ESRGAN reads.",
    fill=fill_folder,
)
