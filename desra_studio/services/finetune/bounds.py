"""What a fine-tuning must not have made worse: bounds, and what is said where one is passed."""

from collections.abc import Mapping
from typing import Any

from desra_studio.references import MSE_SR

BOUNDS = {
    "variance_ratio_outside": 0.9,
    "psnr_outside": 30.0,
    "ssim_outside": 0.9,
    "sharpness_kept": 0.5,
    "addition_rate": 0.05,
}
"""The addition rate may be at most this, the others at least."""

_SENTENCES = {
    "variance_ratio_outside": "Local variance outside the masks is {percent:.0f} % of the original "
    "GAN-SR's, less than {percent_bound:.0f} %: detail was lost that nobody had marked.",
    "psnr_outside": "PSNR against the original GAN-SR outside the masks is {value:.1f} dB, less "
    "than {bound:.0f} dB: the new model changed what it should have left alone.",
    "ssim_outside": "SSIM against the original GAN-SR outside the masks is {value:.3f}, less than "
    "{bound:g}: the new model changed structure that it should have left alone.",
    "sharpness_kept": "Outside the masks the output keeps {percent:.0f} % of what GAN-SR is "
    "sharper than {reference}, less than {percent_bound:.0f} %: the model is turning into an MSE "
    "model.",
    "addition_rate": "The addition rate is {percent:.1f} %, more than {percent_bound:.0f} %: the "
    "new model makes artifacts of its own.",
}


def find_warnings(proof: Mapping[str, Any], reference: str = MSE_SR.title) -> list[str]:
    """Return a sentence for each bound that the figures of a proof pass; None passes none.

    Args:
        proof: the figures.
        reference: what GAN-SR is compared with, as people call it.
    """
    warnings = []
    for name, bound in BOUNDS.items():
        value = proof[name]
        if value is None:
            continue
        passed = value > bound if name == "addition_rate" else value < bound
        if passed:
            sentence = _SENTENCES[name]
            warnings.append(
                sentence.format(
                    value=value,
                    bound=bound,
                    percent=100 * value,
                    percent_bound=100 * bound,
                    reference=reference,
                )
            )
    return warnings
