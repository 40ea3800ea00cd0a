"""What a reviewer says about one component of a mask."""

from dataclasses import dataclass
from typing import Annotated

from desra_studio.setting import Setting, check_settings


@dataclass(frozen=True)
class RegionLabel:
    """A label of the component over a point; every other field is a column of `region`.

    Attributes:
        x, y: of a px of the component.
        kind: of artifact, one that the dataset has; None where nobody said.
        severity: from hardly visible to spoiling the image; None where nobody said.
        note: in words.
    """

    x: int
    y: int
    kind: str | None = None
    severity: Annotated[
        int | None, Setting("From hardly visible to spoiling the image", least=0, most=5)
    ] = None
    note: str = ""

    def __post_init__(self) -> None:
        check_settings(self)

    @property
    def says_nothing(self) -> bool:
        """Whether it takes back what was said."""
        return self == RegionLabel(self.x, self.y)
