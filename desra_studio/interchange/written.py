"""Labelled images as they are given to the writers of formats."""

from dataclasses import dataclass

from desra_studio.imaging.arrays import Mask, Size, size_of

ARTIFACT = "artifact"
"""The label of a region of which nobody said the kind."""


@dataclass(frozen=True)
class WrittenRegion:
    """A component of a mask, with what was said about it.

    Attributes:
        x, y: of its box's first pixel.
        pixels: (h, w) bool, its pixels in the box.
        kind: of artifact; None where nobody said.
        severity: 0 to 5; None where nobody said.
        note: in words, may be empty.
        prominence: share of voters who noticed it; None without a vote.
    """

    x: int
    y: int
    pixels: Mask
    kind: str | None = None
    severity: int | None = None
    note: str = ""
    prominence: float | None = None

    @property
    def label(self) -> str:
        """Its kind, or that it is an artifact."""
        return self.kind or ARTIFACT

    def mark(self, mask: Mask) -> None:
        """Mark its pixels in an (H, W) bool mask of the whole image."""
        height, width = self.pixels.shape
        part = mask[self.y : self.y + height, self.x : self.x + width]
        part |= self.pixels

    @property
    def attributes(self) -> dict[str, int | float | str]:
        """What was said about it beside its kind."""
        said = {"severity": self.severity, "note": self.note, "prominence": self.prominence}
        return {name: value for name, value in said.items() if value not in (None, "")}


@dataclass(frozen=True)
class WrittenImage:
    """An image that a person accepted or marked clean.

    Attributes:
        file_name: of the image, with its ending.
        mask: (H, W) bool.
        regions: the mask's components, in the order of `find_components`.
    """

    file_name: str
    mask: Mask
    regions: tuple[WrittenRegion, ...] = ()

    @property
    def size(self) -> Size:
        """Of the image in px."""
        return size_of(self.mask)
