"""The detectors that there are: name -> what computes its map, and how it is read."""

from desra_studio.detection.detector import DESRA, METHOD
from desra_studio.detection.ldl import LDL
from desra_studio.detection.learned.map import LEARNED
from desra_studio.detection.niqe import NIQE
from desra_studio.detection.ssim import SSIM
from desra_studio.detection.torchscript import NETWORK

NETWORK_METHOD = "network"
LEARNED_METHOD = "learned"

DETECTORS = {
    METHOD: DESRA,
    "ldl": LDL,
    LEARNED_METHOD: LEARNED,
    "niqe": NIQE,
    "ssim": SSIM,
    NETWORK_METHOD: NETWORK,
}
BASELINES = {name: detector for name, detector in DETECTORS.items() if name != METHOD}
"""Those that know no classes: all but DeSRA's own."""
FROM_FILES = {NETWORK_METHOD, LEARNED_METHOD}
NAMED = [name for name in DETECTORS if name not in FROM_FILES]
"""Those that a name is enough for; the others are named by their files."""
