"""What one decision in review does to the figures of the whole set."""

from collections.abc import Sequence
from dataclasses import dataclass

from desra_studio.errors import InputError
from desra_studio.imaging.arrays import Mask, check_same_size
from desra_studio.metrics.mask_metrics import ImageScore, SetScore, score_image, summarize_scores


@dataclass(frozen=True)
class Attribution:
    """Figures of the set after either decision about one detected component.

    Attributes:
        accepted: with the component marked in the manual mask.
        rejected: with none of it marked there.
    """

    accepted: SetScore
    rejected: SetScore


def attribute_component(
    prediction: Mask, manual: Mask, component: Mask, others: Sequence[ImageScore]
) -> Attribution:
    """Score the set for both decisions about a component under review.

    The detector's mask stays as it is; the decision changes the manual mask.

    Args:
        prediction: (H, W) bool, or (H - 10, W - 10) as the released code writes it.
        manual: (H, W) bool, the manual mask as it stands.
        component: (H, W) bool, the pixels of one component of the prediction.
        others: scores of the set's other images, without this one.

    Raises:
        InputError: sizes that do not fit, or a component without pixels.
    """
    check_same_size(component, manual, "the component", "the manual mask")
    if not component.any():
        raise InputError(
            "The component to decide about has 0 px: pass the pixels of one detected component."
        )
    return Attribution(
        accepted=summarize_scores([*others, score_image(prediction, manual | component)]),
        rejected=summarize_scores([*others, score_image(prediction, manual & ~component)]),
    )
