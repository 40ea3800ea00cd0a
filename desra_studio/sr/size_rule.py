"""Which sizes of an image a network takes by itself, without the padding that the studio does."""

from dataclasses import dataclass

from desra_studio.sr.tiles import round_up


@dataclass(frozen=True)
class SizeRule:
    """What height and width have to keep to.

    Attributes:
        minimum_px: smallest side.
        multiple_px: both sides are multiples of it.
        square: whether both sides must be equal.
    """

    minimum_px: int
    multiple_px: int
    square: bool = False

    @property
    def smallest_px(self) -> int:
        """The smallest side that keeps to both."""
        return round_up(self.minimum_px, self.multiple_px)

    def describe(self) -> str:
        """Return the rule as a sentence."""
        parts = []
        if self.multiple_px > 1:
            parts.append(f"multiples of {self.multiple_px} px")
        if self.smallest_px > 1:
            parts.append(f"at least {self.smallest_px} px")
        if self.square:
            parts.append("equal")
        if not parts:
            return "Height and width may be any."
        return f"Height and width must be {', '.join(parts)}."
