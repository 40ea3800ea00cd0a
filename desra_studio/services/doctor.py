"""Looking at an installation: what is there, what is missing, and what to do about it."""

import platform
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from desra_studio.assets_folder import find_assets
from desra_studio.config import Settings
from desra_studio.detection.segmentation_weights import choose_default, find_weights
from desra_studio.errors import StudioError
from desra_studio.services.bundled import BUNDLED
from desra_studio.services.detection.class_maps import NONE
from desra_studio.services.devices import AUTO, CPU, guess_device
from desra_studio.services.studio import connect_studio
from desra_studio.storage import models
from desra_studio.storage.migrate import get_head, get_revision

LITTLE_SPACE_GB = 2.0
"""Below this, a model and its training hardly fit on the disk."""
EXTRAS = {
    "onnx": ("onnx", "onnxscript", "onnxruntime"),
    "ncnn": ("ncnn",),
}
"""What can be installed besides, and the packages that it consists of."""
BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome")


class Health(StrEnum):
    """Of one thing that was looked at."""

    OK = "ok"
    MISSING = "missing"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Finding:
    """What was found of one thing.

    Attributes:
        name: of the thing.
        health: `missing` is something that the studio does without, `problem` is none of these.
        says: what is there, or is not.
        do: what to do about it; empty where nothing is to be done.
    """

    name: str
    health: Health
    says: str
    do: str = ""


def examine_installation(settings: Settings) -> list[Finding]:
    """Look at everything that an installation needs or can use; makes and fetches nothing."""
    looks: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
        _examine_versions,
        _examine_device,
        _examine_disk,
        _examine_database,
        _examine_bundled,
        _examine_segmentation,
        _examine_vgg19,
        _examine_extras,
        _examine_browser,
    )
    return [finding for look in looks for finding in look(settings)]


def _examine_versions(_settings: Settings) -> Iterator[Finding]:
    names = ("desra-studio", "torch", "gradio", "spandrel", "numpy")
    told = ", ".join(f"{name} {version(name)}" for name in names)
    yield Finding("versions", Health.OK, f"Python {platform.python_version()}, {told}")


def _examine_device(settings: Settings) -> Iterator[Finding]:
    from desra_studio.sr.loader import choose_device, describe_gpu

    try:
        device = choose_device(settings.device)
    except StudioError as error:
        yield Finding("device", Health.PROBLEM, str(error), "Set DESRA_STUDIO_DEVICE to auto.")
        return
    if device.type == "cuda":
        yield Finding("device", Health.OK, describe_gpu(device))
    elif settings.device == AUTO and guess_device(AUTO) != CPU:
        says = "NVIDIA's driver is here, but PyTorch finds no GPU"
        yield Finding("device", Health.PROBLEM, says, "Install PyTorch for your CUDA version.")
    else:
        says = f"{device.type}: no GPU; enough for the bundled pair, slow for larger models"
        yield Finding("device", Health.OK if settings.device == CPU else Health.MISSING, says)


def _examine_disk(settings: Settings) -> Iterator[Finding]:
    folder = settings.data_dir
    existing = next(path for path in (folder, *folder.resolve().parents) if path.exists())
    free = shutil.disk_usage(existing).free / 1e9
    says = f"{free:.1f} GB free for {folder}"
    little = free < LITTLE_SPACE_GB
    do = "Free some space, or give another folder with --data-dir." if little else ""
    yield Finding("disk", Health.PROBLEM if little else Health.OK, says, do)


def _examine_database(settings: Settings) -> Iterator[Finding]:
    if not settings.database_url and not (settings.data_dir / "studio.sqlite").exists():
        yield Finding("database", Health.OK, "none yet; the first start makes it")
        return
    try:
        studio = connect_studio(settings)
        revision, head = get_revision(studio.database), get_head()
    except StudioError as error:
        yield Finding("database", Health.PROBLEM, str(error))
        return
    if revision != head:
        says = f"schema {revision or 'unknown'}, and this version works with {head}"
        yield Finding("database", Health.PROBLEM, says, "Run: desra-studio db upgrade")
        return
    with studio.database.read() as session:
        known = models.list_models(session)
    yield Finding("database", Health.OK, f"schema {revision}")
    lost = []
    for model in known:
        try:
            if model.file_sha is not None:
                studio.blobs.find(model.file_sha)
        except StudioError:
            lost.append(model.name)
    if lost:
        says = f"weights are gone or damaged of {', '.join(lost)}"
        yield Finding("models", Health.PROBLEM, says, "Restore them, or add their files again.")
    else:
        count = sum(model.file_sha is not None for model in known)
        yield Finding("models", Health.OK, f"{count} with weights")


def _examine_bundled(_settings: Settings) -> Iterator[Finding]:
    folder = find_assets() / "models"
    missing = [entry.file for entry in BUNDLED if not (folder / entry.file).is_file()]
    if missing:
        says = f"{', '.join(missing)} not found"
        yield Finding("bundled pair", Health.PROBLEM, says, "Install desra-studio again.")
    else:
        yield Finding("bundled pair", Health.OK, "GAN-SR and MSE-SR for a first try are here")


def _examine_segmentation(settings: Settings) -> Iterator[Finding]:
    wanted = settings.segmentation
    if wanted == NONE:
        yield Finding("SegFormer", Health.OK, "switched off: all class weights are 1")
        return
    name = choose_default(guess_device(settings.device)) if wanted == AUTO else wanted
    try:
        find_weights(name, download=False)
    except StudioError as error:
        do = "The first detection fetches it; without a network, put it there as the line says."
        yield Finding("SegFormer", Health.MISSING, str(error), do)
    else:
        yield Finding("SegFormer", Health.OK, f"{name} is here")


def _examine_vgg19(_settings: Settings) -> Iterator[Finding]:
    from desra_studio.services.finetune.vgg19 import locate_vgg

    path = locate_vgg()
    if path.is_file():
        yield Finding("VGG19", Health.OK, f"{path.name} is here")
    else:
        do = f"The first training with it fetches 548 MB; without a network, put it at {path}."
        says = "not here: the presets paper and long train without the perceptual loss"
        yield Finding("VGG19", Health.MISSING, says, do)


def _examine_extras(_settings: Settings) -> Iterator[Finding]:
    for extra, packages in EXTRAS.items():
        absent = [name for name in packages if not _is_installed(name)]
        if absent:
            do = f"To export models so: pip install 'desra-studio[{extra}]'"
            yield Finding(extra, Health.MISSING, f"{', '.join(absent)} not installed", do)
        else:
            yield Finding(extra, Health.OK, "installed")


def _is_installed(package: str) -> bool:
    try:
        return find_spec(package) is not None and bool(version(package))
    except PackageNotFoundError:
        return False


def _examine_browser(_settings: Settings) -> Iterator[Finding]:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    playwright = find_spec("playwright") is not None
    if playwright and found:
        yield Finding("browser for tests", Health.OK, found)
        return
    says = "no Chromium on the path" if playwright else "Playwright is not installed"
    do = "For tests and bench canvas alone: pip install 'desra-studio[test]', then "
    do += "playwright install chromium"
    yield Finding("browser for tests", Health.MISSING, says, do)
