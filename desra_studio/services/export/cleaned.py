"""The cleaned images: GAN-SR, with its reference, such as MSE-SR, where one was accepted."""

from pathlib import Path

from desra_studio.finetune.pseudo_gt import FEATHER_SIGMA_PX
from desra_studio.imaging.io import encode_png
from desra_studio.references import MSE_SR
from desra_studio.services.export.format_types import Export, FolderFormat
from desra_studio.services.finetune.ordering import compose_stored_pseudo_gt
from desra_studio.storage import datasets


def fill_folder(export: Export, folder: Path) -> int:
    """Write FOLDER/NAME.png for every accepted or clean image; the latter is GAN-SR as it was.

    The edge of what is replaced fades as that of the pseudo-GT does.
    """
    labelled = export.list_labelled()
    reference = datasets.get_reference(export.dataset)
    if reference != MSE_SR:
        export.notes.append(f"accepted artifacts are replaced by {reference.title}")
    for record, label in export.walk(labelled, len(labelled), "Cleaning the images"):
        cleaned = compose_stored_pseudo_gt(export.studio, record, label, FEATHER_SIGMA_PX)
        (folder / f"{record.image.name}.png").write_bytes(encode_png(cleaned))
    return len(labelled)


CLEANED = FolderFormat(
    title="Cleaned images",
    about="The GAN-SR images, with MSE-SR where you accepted an artifact.",
    fill=fill_folder,
)
