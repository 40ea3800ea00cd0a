"""The table of formats: from it come the command's option, the page's links and their route."""

from desra_studio.services.export.archive import ARCHIVE
from desra_studio.services.export.cleaned import CLEANED
from desra_studio.services.export.coco import COCO
from desra_studio.services.export.desra_layout import DESRA_LAYOUT
from desra_studio.services.export.format_types import ExportFormat, FileFormat
from desra_studio.services.export.hugging_face import HUGGING_FACE
from desra_studio.services.export.image_table import CSV
from desra_studio.services.export.label_studio import LABEL_STUDIO
from desra_studio.services.export.labelme import LABELME
from desra_studio.services.export.masks import MASKS
from desra_studio.services.export.pairs import PAIRS
from desra_studio.services.export.region_table import REGIONS

FORMATS: dict[str, ExportFormat] = {
    "masks": MASKS,
    "csv": CSV,
    "regions": REGIONS,
    "desra": DESRA_LAYOUT,
    "cleaned": CLEANED,
    "pairs": PAIRS,
    "coco": COCO,
    "label-studio": LABEL_STUDIO,
    "labelme": LABELME,
    "hf": HUGGING_FACE,
    "archive": ARCHIVE,
}
CROPPABLE = ("masks",)
"""Those that can lack the border which the released scripts crop."""


def list_downloads() -> dict[str, FileFormat]:
    """Return the formats that are one file, by name: those that pages lend."""
    return {name: form for name, form in FORMATS.items() if isinstance(form, FileFormat)}


def describe_targets() -> str:
    """Return what the formats make of the path that they are given, such as 'file (csv)'."""
    names: dict[str, list[str]] = {}
    for name, form in FORMATS.items():
        names.setdefault(form.target, []).append(name)
    return " or ".join(f"{target} ({', '.join(group)})" for target, group in names.items())
