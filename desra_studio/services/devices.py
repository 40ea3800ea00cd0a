"""Which device to use, as far as it can be told without importing PyTorch."""

import shutil

from desra_studio.config import Settings

AUTO = "auto"
CPU = "cpu"


def guess_device(setting: str) -> str:
    """Return the device in a setting; `auto` is CUDA where NVIDIA's driver is installed."""
    if setting != AUTO:
        return setting
    return "cuda" if shutil.which("nvidia-smi") else CPU


def choose_map_device(settings: Settings) -> str:
    """Return the device for artifact maps: a GPU where there is one, else the CPU.

    PyTorch, which takes seconds to import, is asked only where there may be a GPU.

    Raises:
        ModelError: the device that the settings name cannot be used.
    """
    if guess_device(settings.device) == CPU:
        return CPU
    from desra_studio.sr.loader import choose_device

    return str(choose_device(settings.device))
