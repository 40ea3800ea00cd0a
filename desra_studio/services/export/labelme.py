"""A folder that LabelMe opens: images with a JSON file beside each."""

from pathlib import Path

from desra_studio.interchange.labelme import render_labelme
from desra_studio.services.export.format_types import Export, FolderFormat
from desra_studio.services.export.labelled_images import list_labelled


def fill_folder(export: Export, folder: Path) -> int:
    """Write FOLDER/NAME.png, GAN-SR, and FOLDER/NAME.json for every accepted or clean image."""
    count = 0
    for labelled in list_labelled(export):
        picture = folder / labelled.written.file_name
        picture.write_bytes(export.studio.blobs.get(labelled.gan_sha))
        # Not with_suffix, which would take a name's own dots for endings.
        label = folder / f"{picture.name.removesuffix('.png')}.json"
        label.write_bytes(render_labelme(labelled.written))
        count += 1
    return count


LABELME = FolderFormat(
    title="LabelMe",
    about="The images, with a JSON file of their regions beside each.",
    fill=fill_folder,
)
