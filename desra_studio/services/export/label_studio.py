"""A folder for Label Studio: tasks with brush strokes, their images, and the interface."""

import json
from pathlib import Path

from desra_studio.interchange.label_studio import describe_task, render_interface
from desra_studio.interchange.written import ARTIFACT
from desra_studio.services.export.format_types import Export, FolderFormat
from desra_studio.services.export.labelled_images import list_labelled

IMAGES_FOLDER = "images"


def fill_folder(export: Export, folder: Path) -> int:
    """Write FOLDER/tasks.json, FOLDER/images/NAME.png, GAN-SR, and FOLDER/interface.xml.

    Tasks ask for their images below Label Studio's root of local files, which is to be FOLDER.
    """
    (folder / IMAGES_FOLDER).mkdir()
    labels = {ARTIFACT: True}
    count = 0
    with (folder / "tasks.json").open("w", encoding="utf-8") as file:
        for labelled in list_labelled(export):
            written = labelled.written
            picture = folder / IMAGES_FOLDER / written.file_name
            picture.write_bytes(export.studio.blobs.get(labelled.gan_sha))
            # A task at a time: brush strokes of thousands of images would fill the memory.
            file.write(",\n" if count else "[\n")
            json.dump(describe_task(written, IMAGES_FOLDER), file)
            labels |= {region.label: True for region in written.regions}
            count += 1
        file.write("\n]\n")
    (folder / "interface.xml").write_text(render_interface(labels), encoding="utf-8")
    return count


LABEL_STUDIO = FolderFormat(
    title="Label Studio",
    about="Tasks with brush strokes, their images, and the interface to open them with.",
    fill=fill_folder,
)
