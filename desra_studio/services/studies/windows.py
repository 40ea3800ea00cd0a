"""Where a study looks: windows around accepted regions, and clean places beside them."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

import cv2
import numpy as np

from desra_studio.errors import InputError
from desra_studio.imaging.arrays import Mask, Size
from desra_studio.imaging.masks import Components, decode_mask_png, find_components
from desra_studio.services.studio import Studio
from desra_studio.storage.datasets import ImageRecord
from desra_studio.storage.study_tables import StudyItem
from desra_studio.study.order import PROMINENCE, WHOLE, StudyOrder

OUTLINE_GAP_PX = 6
"""How far outside of a region its outline runs, so that it hides nothing of it."""
CONTROL_TRIES = 200


@dataclass(frozen=True)
class Source:
    """An image that a study can be made of.

    Attributes:
        record: with its review and its mask.
        outputs: SHA-256 of each system's output, in the order of the systems.
    """

    record: ImageRecord
    outputs: tuple[str, ...]


@dataclass(frozen=True)
class OutlinedRegion:
    """The region that an outline was drawn around.

    Attributes:
        x, y: a pixel of it, in px of the image.
        area_px: its size.
        revision_id: of the mask that it is in.
    """

    x: int
    y: int
    area_px: int
    revision_id: int


@dataclass(frozen=True)
class Outline:
    """A closed line in a window.

    Attributes:
        points: [[x, y], ...] in px of the window.
        region: None where the line was moved to a clean place.
    """

    points: list[list[int]]
    region: OutlinedRegion | None

    def as_dict(self) -> dict[str, object]:
        """Return the outline as an item of a study stores it."""
        return {"points": self.points} | (asdict(self.region) if self.region else {})


def read_outline(item: StudyItem) -> Outline | None:
    """Return the outline that is stored with an item of a study, None where there is none."""
    if item.outline is None:
        return None
    stored = dict(item.outline)
    points = stored.pop("points")
    return Outline(points, OutlinedRegion(**stored) if stored else None)


@dataclass(frozen=True)
class Window:
    """A place in an image, in px, and the outline in it, where there is one.

    Attributes:
        source: the image.
        x, y, size: of the window.
        outline: in it.
    """

    source: Source
    x: int
    y: int
    size: Size
    outline: Outline | None = None


def place_windows(
    studio: Studio, order: StudyOrder, sources: Sequence[Source], chance: random.Random
) -> tuple[list[Window], list[Window]]:
    """Return the windows that a study is about, and clean ones beside them."""
    if order.crops == WHOLE:
        return [Window(source, 0, 0, measure_source(source)) for source in sources], []
    found = [window for source in sources for window in _find_regions(studio, order, source)]
    if not found:
        raise InputError(
            "None of these images has an accepted region. Accept masks in Review, or choose whole "
            "images."
        )
    found.sort(key=lambda window: -_area(window))
    shown = found if order.kind == PROMINENCE else _drop_doubles(found)
    clean = _find_clean(studio, order, sources, chance)
    return shown[: order.max_items], clean


def _find_regions(studio: Studio, order: StudyOrder, source: Source) -> Iterator[Window]:
    label = source.record.label
    if label is None:
        return
    mask = decode_mask_png(studio.blobs.get(label.mask_sha))
    components = find_components(mask)
    for index in range(len(components)):
        x, y, width, height = components.boxes[index].tolist()
        corner = _clamp(source, order.window_px, x + width // 2, y + height // 2)
        yield Window(source, *corner, _outline_component(components, index, corner, label.id))


def _outline_component(
    components: Components, index: int, corner: tuple[int, int, Size], revision_id: int
) -> Outline:
    x, y, size = corner
    inside = components.labels == index + 1
    reach = 2 * OUTLINE_GAP_PX + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    grown = cv2.dilate(inside[y : y + size.height, x : x + size.width].astype(np.uint8), kernel)
    contours, _ = cv2.findContours(grown, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    longest = max(contours, key=cv2.contourArea)
    simple = cv2.approxPolyDP(longest, 1.0, closed=True)[:, 0]
    rows, columns = np.nonzero(inside)
    middle = len(rows) // 2
    region = OutlinedRegion(
        x=int(columns[middle]),
        y=int(rows[middle]),
        area_px=int(components.areas[index]),
        revision_id=revision_id,
    )
    return Outline(simple.tolist(), region)


def _drop_doubles(windows: Sequence[Window]) -> list[Window]:
    """Leave out the windows whose middle lies in an earlier one of the same image."""
    kept: list[Window] = []
    for window in windows:
        middle = window.x + window.size.width / 2, window.y + window.size.height / 2
        if not any(
            other.source is window.source
            and abs(other.x + other.size.width / 2 - middle[0]) < window.size.width / 2
            and abs(other.y + other.size.height / 2 - middle[1]) < window.size.height / 2
            for other in kept
        ):
            kept.append(window)
    return kept


def _find_clean(
    studio: Studio, order: StudyOrder, sources: Sequence[Source], chance: random.Random
) -> list[Window]:
    """Find windows in which nothing is marked by people, nor by the detector."""
    marked = {source.record.image.id: _read_marked(studio, source) for source in sources}
    found: list[Window] = []
    for _ in range(CONTROL_TRIES):
        if len(found) == order.controls:
            break
        source = chance.choice(sources)
        size = measure_source(source)
        window = Window(
            source,
            *_clamp(source, order.window_px, chance.randrange(size.width),
                    chance.randrange(size.height)),
        )  # fmt: skip
        mask = marked[source.record.image.id]
        place = mask[window.y : window.y + window.size.height,
                     window.x : window.x + window.size.width]  # fmt: skip
        if not place.any() and len(_drop_doubles([*found, window])) > len(found):
            found.append(window)
    return found


def _read_marked(studio: Studio, source: Source) -> Mask:
    size = measure_source(source)
    marked = np.zeros((size.height, size.width), bool)
    record = source.record
    for row in (record.detection, record.revision):
        if row is not None:
            marked |= decode_mask_png(studio.blobs.get(row.mask_sha))
    return marked


def _clamp(source: Source, side: int, x: int, y: int) -> tuple[int, int, Size]:
    """Return the window around a point that lies in the image: smaller where the image is."""
    whole = measure_source(source)
    size = Size(min(side, whole.width), min(side, whole.height))
    left = min(max(0, x - size.width // 2), whole.width - size.width)
    top = min(max(0, y - size.height // 2), whole.height - size.height)
    return left, top, size


def measure_source(source: Source) -> Size:
    """Return the size of a source's outputs, in px."""
    return Size(source.record.image.width, source.record.image.height)


def _area(window: Window) -> int:
    region = window.outline.region if window.outline else None
    return region.area_px if region else 0
