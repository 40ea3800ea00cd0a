"""The cleaned images: GAN-SR, with MSE-SR where an artifact was accepted."""

from pathlib import Path

from desra_studio.finetune.pseudo_gt import FEATHER_SIGMA_PX
from desra_studio.imaging.io import encode_png
from desra_studio.services.export.format_types import Export, FolderFormat
from desra_studio.services.finetune.ordering import compose_stored_pseudo_gt


def fill_folder(export: Export, folder: Path) -> int:
    """Write FOLDER/NAME.png for every accepted or clean image; the latter is GAN-SR as it was.

    The edge of what is replaced fades as that of the pseudo-GT does.
    """
    labelled = export.list_labelled()
    for record, label in export.walk(labelled, len(labelled), "Cleaning the images"):
        cleaned = compose_stored_pseudo_gt(export.studio, record, label, FEATHER_SIGMA_PX)
        (folder / f"{record.image.name}.png").write_bytes(encode_png(cleaned))
    return len(labelled)


CLEANED = FolderFormat(
    title="Cleaned images",
    about="The GAN-SR images, with MSE-SR where you accepted an artifact.",
    fill=fill_folder,
)
