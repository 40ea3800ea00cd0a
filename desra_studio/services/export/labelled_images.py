"""What the formats of other programs are given: images that were judged, one at a time."""

from collections.abc import Iterator
from dataclasses import dataclass

from desra_studio.errors import InputError
from desra_studio.imaging.arrays import Mask
from desra_studio.imaging.masks import decode_mask_png, find_components
from desra_studio.interchange.written import WrittenImage, WrittenRegion
from desra_studio.services.studio import Studio
from desra_studio.storage import datasets, regions
from desra_studio.storage.label_tables import Region
from desra_studio.storage.tables import Dataset


@dataclass(frozen=True)
class LabelledImage:
    """An accepted or clean image.

    Attributes:
        written: its mask, and what was said about the mask's components.
        gan_sha: hash of its GAN-SR, an 8-bit RGB PNG.
    """

    written: WrittenImage
    gan_sha: str


def list_labelled(studio: Studio, dataset: Dataset) -> Iterator[LabelledImage]:
    """Yield every accepted or clean image of a dataset; of many, one is in memory.

    Raises:
        InputError: there is none.
        NotFoundError: a stored mask is missing.
    """
    with studio.database.read() as session:
        records = datasets.list_records(session, dataset)
    labelled = [(record, record.label) for record in records if record.label]
    if not labelled:
        raise InputError(f"{dataset.name} has no accepted or clean image yet. Review some first.")
    for record, revision in labelled:
        with studio.database.read() as session:
            said = regions.list_regions(session, [revision.id])
        mask = decode_mask_png(studio.blobs.get(revision.mask_sha))
        written = WrittenImage(f"{record.image.name}.png", mask, tuple(_list_regions(mask, said)))
        yield LabelledImage(written, record.gan.blob_sha)


def _list_regions(mask: Mask, said: list[Region]) -> Iterator[WrittenRegion]:
    components = find_components(mask)
    by_label = {int(components.labels[region.y, region.x]): region for region in said}
    for label, (x, y, width, height) in enumerate(components.boxes.tolist(), start=1):
        pixels = components.labels[y : y + height, x : x + width] == label
        if region := by_label.get(label):
            yield WrittenRegion(
                x, y, pixels, region.kind, region.severity, region.note, region.prominence
            )
        else:
            yield WrittenRegion(x, y, pixels)
