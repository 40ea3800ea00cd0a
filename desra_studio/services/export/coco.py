"""COCO's instances, one file for the whole dataset."""

from desra_studio.interchange.coco import render_coco
from desra_studio.services.export.format_types import FileFormat, LabelFile
from desra_studio.services.export.labelled_images import list_labelled
from desra_studio.services.studio import Studio
from desra_studio.storage.tables import Dataset


def render_instances(studio: Studio, dataset: Dataset) -> LabelFile:
    """Return every accepted or clean image, and the components of its mask."""
    images = [labelled.written for labelled in list_labelled(studio, dataset)]
    return LabelFile(render_coco(images, dataset.name), len(images))


COCO = FileFormat(
    title="COCO", suffix=".json", media_type="application/json", render=render_instances
)
