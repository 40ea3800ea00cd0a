"""What the formats of other programs are given: images that were judged, one at a time."""

from collections.abc import Iterator
from dataclasses import dataclass

from desra_studio.imaging.arrays import Mask
from desra_studio.imaging.masks import find_components
from desra_studio.interchange.written import WrittenImage, WrittenRegion
from desra_studio.services.export.format_types import Export
from desra_studio.services.review.masks import load_mask
from desra_studio.services.review.regions import list_said
from desra_studio.storage.label_tables import Region


@dataclass(frozen=True)
class LabelledImage:
    """An accepted or clean image.

    Attributes:
        written: its mask, and what was said about the mask's components.
        gan_sha: hash of its GAN-SR, an 8-bit RGB PNG.
    """

    written: WrittenImage
    gan_sha: str


def list_labelled(export: Export) -> Iterator[LabelledImage]:
    """Yield every accepted or clean image of a dataset; of many, one is in memory.

    Raises:
        InputError: there is none.
        NotFoundError: a stored mask is missing.
    """
    labelled = export.list_labelled()
    said = list_said(export.studio, [label.id for _, label in labelled])
    for record, label in export.walk(labelled, len(labelled), "Writing the labels"):
        mask = load_mask(export.studio, label.mask_sha)
        regions = tuple(_list_regions(mask, said[label.id]))
        written = WrittenImage(f"{record.image.name}.png", mask, regions)
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
