"""The detectors that there are: name -> what computes its map, and how it is read."""

from desra_studio.detection.detector import DESRA, METHOD
from desra_studio.detection.ldl import LDL
from desra_studio.detection.niqe import NIQE
from desra_studio.detection.ssim import SSIM
from desra_studio.detection.torchscript import NETWORK

NETWORK_METHOD = "network"

DETECTORS = {
    METHOD: DESRA,
    "ldl": LDL,
    "niqe": NIQE,
    "ssim": SSIM,
    NETWORK_METHOD: NETWORK,
}
BASELINES = {name: detector for name, detector in DETECTORS.items() if name != METHOD}
"""Those that know no classes: all but DeSRA's own."""
NAMED = [name for name in DETECTORS if name != NETWORK_METHOD]
"""Those that a name is enough for; a network is named by its file."""
