"""COCO's instances, one file for the whole dataset."""

from desra_studio.interchange.coco import render_coco
from desra_studio.services.export.format_types import Export, FileFormat, LabelFile
from desra_studio.services.export.labelled_images import list_labelled


def render_instances(export: Export) -> LabelFile:
    """Return every accepted or clean image, and the components of its mask."""
    images = [labelled.written for labelled in list_labelled(export)]
    return LabelFile(render_coco(images, export.dataset.name), len(images))


COCO = FileFormat(
    title="COCO",
    about="A JSON file with the run lengths of every marked region, for pycocotools.",
    suffix=".json",
    media_type="application/json",
    render=render_instances,
)
