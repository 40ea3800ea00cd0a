"""One image, judged: what became of each artifact that people accepted, by every witness."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from desra_studio.detection.ssim import compute_ssim_map
from desra_studio.imaging.arrays import Mask, RgbImage
from desra_studio.imaging.masks import Components, find_components
from desra_studio.metrics.fates import (
    Evidence,
    Judgement,
    Spot,
    average_inside,
    describe_spot,
    find_new,
    judge_components,
)
from desra_studio.services.detection.witnesses import WITNESSES, Scene, Witness

CHANGED_BELOW = 0.75
"""Mean local SSIM with the original GAN-SR below which a control has changed."""


@dataclass(frozen=True)
class JudgedSpot:
    """A component that people accepted, and what each witness says of it."""

    spot: Spot
    judgements: Mapping[str, Judgement]


@dataclass(frozen=True)
class Control:
    """A component that was detected and rejected: it should have stayed as it was.

    Attributes:
        spot: where it is.
        likeness: mean local SSIM inside it of the fine-tuned output with the original GAN-SR.
    """

    spot: Spot
    likeness: float

    @property
    def changed(self) -> bool:
        """Whether it is another picture than before."""
        return self.likeness < CHANGED_BELOW


@dataclass(frozen=True)
class NewSpot:
    """A component that is there after fine-tuning only, and the witnesses that find it."""

    spot: Spot
    found_by: tuple[str, ...]


@dataclass(frozen=True)
class JudgedOutput:
    """What fine-tuning did to one image."""

    accepted: tuple[JudgedSpot, ...]
    controls: tuple[Control, ...]
    added: tuple[NewSpot, ...]


@dataclass(frozen=True, kw_only=True)
class Case:
    """An image as it was, to compare outputs of fine-tuned models with.

    Attributes:
        gan: GAN-SR, (H, W, 3) uint8 RGB.
        scene: what the witnesses know besides.
        accepted: (H, W) bool, what people say is an artifact.
        rejected: (H, W) bool, what was detected and they say is none.
        witnesses: by name.
    """

    gan: RgbImage
    scene: Scene
    accepted: Mask
    rejected: Mask
    witnesses: Mapping[str, Witness] = field(default_factory=lambda: WITNESSES)

    @cached_property
    def before(self) -> dict[str, Evidence]:
        """What each witness sees in GAN-SR."""
        return self.look(self.gan)

    @cached_property
    def components(self) -> Components:
        """Those of `accepted`, in the order in which they are judged."""
        return find_components(self.accepted)

    def look(self, output: RgbImage) -> dict[str, Evidence]:
        """Return what each witness sees in an output, (H, W, 3) uint8 RGB, for the same LR.

        Raises:
            InputError: another size.
        """
        return {name: witness.look(output, self.scene) for name, witness in self.witnesses.items()}

    def judge(self, output: RgbImage, after: Mapping[str, Evidence] | None = None) -> JudgedOutput:
        """Judge an output, (H, W, 3) uint8 RGB, for the same LR.

        Args:
            output: of another model.
            after: what the witnesses see in it, where that is known already.

        Raises:
            InputError: another size.
        """
        after = after or self.look(output)
        said = {
            name: judge_components(self.components, self.before[name], after[name], witness.rule)
            for name, witness in self.witnesses.items()
        }
        spots = (describe_spot(self.components, index) for index in range(len(self.components)))
        return JudgedOutput(
            accepted=tuple(
                JudgedSpot(spot, {name: rows[index] for name, rows in said.items()})
                for index, spot in enumerate(spots)
            ),
            controls=self._compare_controls(output),
            added=self._list_new(after),
        )

    def _compare_controls(self, output: RgbImage) -> tuple[Control, ...]:
        if not self.rejected.any():
            return ()
        components = find_components(self.rejected)
        likeness = average_inside(components, compute_ssim_map(output, self.gan))
        return tuple(
            Control(describe_spot(components, index), value) for index, value in enumerate(likeness)
        )

    def _list_new(self, after: Mapping[str, Evidence]) -> tuple[NewSpot, ...]:
        """Return what a witness marks now where neither it nor people marked anything."""
        new = {
            name: find_new(evidence.mask, self.before[name].mask, self.accepted, self.rejected)
            for name, evidence in after.items()
        }
        joined = np.zeros(self.accepted.shape, np.bool_)
        for mask in new.values():
            joined |= mask
        components = find_components(joined)
        return tuple(
            NewSpot(
                describe_spot(components, index),
                tuple(
                    name
                    for name, mask in new.items()
                    if (components.labels[mask] == index + 1).any()
                ),
            )
            for index in range(len(components))
        )
