"""What a weight file holds, by the role that it is to have."""

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from desra_studio.sr.catalog import UNET_SN
from desra_studio.sr.size_rule import SizeRule
from desra_studio.vocabulary import ModelRole

if TYPE_CHECKING:
    from desra_studio.sr.loader import StateDict


@dataclass(frozen=True, kw_only=True)
class WeightFacts:
    """What a model's card says about its weight file.

    Attributes:
        sha256: of the file, in hex.
        parameters: number of trainable values.
        minimum_px, multiple_px, square: of the network's inputs, see `Generator`.
    """

    sha256: str
    parameters: int
    minimum_px: int
    multiple_px: int
    square: bool = False


@dataclass(frozen=True, kw_only=True)
class Network:
    """What a weight file holds.

    Attributes:
        weights: its state dict.
        architecture: spandrel's name of it, or UNET_SN.
        scale: output size over input size; None of a discriminator, whose file does not tell.
        facts: what the card says of the file.
        notes: what was left out of the file.
    """

    weights: "StateDict"
    architecture: str
    scale: int | None
    facts: WeightFacts
    notes: tuple[str, ...] = ()

    def describe_file(self) -> dict[str, object]:
        """Return what the card says of the file; `square` and `notes` where there is any."""
        card: dict[str, object] = asdict(self.facts)
        if not self.facts.square:
            del card["square"]
        return card | ({"notes": list(self.notes)} if self.notes else {})


def read_network(path: Path, role: ModelRole) -> Network:
    """Load a weight file, and return what its card says about it as well.

    Raises:
        ModelError: see `load_generator` and `load_discriminator`.
    """
    from desra_studio.finetune.discriminator import MINIMUM_PX, load_discriminator
    from desra_studio.sr.loader import load_generator

    if role is ModelRole.DISCRIMINATOR:
        judge = load_discriminator(path)
        parameters = sum(value.numel() for value in judge.parameters())
        facts = _describe_file(path, parameters, SizeRule(MINIMUM_PX, 1))
        return Network(weights=judge.state_dict(), architecture=UNET_SN, scale=None, facts=facts)
    generator = load_generator(path)
    return Network(
        weights=generator.module.state_dict(),
        architecture=generator.architecture,
        scale=generator.scale,
        facts=_describe_file(path, generator.parameters, generator.size_rule),
        notes=generator.notes,
    )


def _describe_file(path: Path, parameters: int, rule: SizeRule) -> WeightFacts:
    return WeightFacts(
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        parameters=parameters,
        minimum_px=rule.minimum_px,
        multiple_px=rule.multiple_px,
        square=rule.square,
    )
