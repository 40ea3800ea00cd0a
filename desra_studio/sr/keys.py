"""The names of RRDBNet's weights: spandrel's, and those of the program it was trained with."""

import re

from torch import Tensor

# What spandrel calls a layer, and what BasicSR does. At other depths (ESRGAN x2, x8) or with more
# layers (ESRGAN+) spandrel's network has names outside this list, and BasicSR has no such network.
_BASICSR_NAMES = (
    (r"model\.1\.sub\.(\d+)\.RDB([123])\.conv([1-5])\.0", r"body.\1.rdb\2.conv\3"),
    (r"model\.1\.sub\.\d+", "conv_body"),
    (r"model\.0", "conv_first"),
    (r"model\.3", "conv_up1"),
    (r"model\.6", "conv_up2"),
    (r"model\.8", "conv_hr"),
    (r"model\.10", "conv_last"),
)


def restore_basicsr_keys(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return an RRDBNet's weights under the names that BasicSR and Real-ESRGAN load strictly.

    spandrel renames them when it loads such a file. Other networks' weights, and those that have
    these names already, come back under the names they have.
    """
    renamed = {}
    for key, value in weights.items():
        found = _find_basicsr_key(key)
        if found is None:
            return weights
        renamed[found] = value
    return renamed


def _find_basicsr_key(key: str) -> str | None:
    layer, _, kind = key.rpartition(".")
    for pattern, name in _BASICSR_NAMES:
        if kind in ("weight", "bias") and re.fullmatch(pattern, layer):
            return f"{re.sub(pattern, name, layer)}.{kind}"
    return None
