"""The manifest of a study: what is laid down before the first vote, and its hash."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from desra_studio.services.code_version import describe_code_version
from desra_studio.services.studies.windows import Source
from desra_studio.services.studio import Studio
from desra_studio.storage import studies
from desra_studio.storage.base import now
from desra_studio.storage.study_tables import Study, StudyItem
from desra_studio.storage.tables import Model
from desra_studio.study.order import WINDOWS, StudyOrder
from desra_studio.study.screening import Rules

MANIFEST_FORMAT = 1
COUNTED = ("pair", "region")
"""Kinds of items that a study is about; all others are checks or training."""


def write_manifest(
    order: StudyOrder,
    dataset: str,
    systems: list[Model],
    sources: list[Source],
    items: list[StudyItem],
) -> dict[str, Any]:
    """Return all that a study is, as plain values: what is frozen before the first vote."""
    laid_down = {
        **order.as_dict(),
        "format": MANIFEST_FORMAT,
        "made_at": now().isoformat(),
        "code_version": describe_code_version(),
        "dataset": dataset,
        "systems": [
            {"model": model.id, "name": model.name, "role": model.role.value, "sha": model.file_sha}
            for model in systems
        ],
        "stopping_rule": (
            f"The study closes once every pair (or region) has {order.votes_per_pair} votes on "
            "every question, or by hand."
        ),
        "images": [
            {
                "id": source.record.image.id,
                "name": source.record.image.name,
                "lr": source.record.image.lr_sha,
                "outputs": list(source.outputs),
                "mask": source.record.label.mask_sha
                if source.record.label and order.crops == WINDOWS
                else None,
            }
            for source in sources
        ],
        "items": [_describe_item(item) for item in items],
    }
    # Through text once: what is hashed now is what the database gives back later.
    return dict(json.loads(render_manifest(laid_down)))


def _describe_item(item: StudyItem) -> dict[str, object]:
    named = (
        "number", "kind", "image_id", "x", "y", "width", "height", "outline", "system_a",
        "system_b", "blob_a", "blob_b", "blob_lr", "better",
    )  # fmt: skip
    return {name: getattr(item, name) for name in named}


def export_manifest(studio: Studio, study_id: int) -> str:
    """Return what was laid down before the first vote, as the JSON text that was hashed."""
    with studio.database.read() as session:
        return render_manifest(studies.get_study(session, study_id).manifest)


def read_rules(study: Study) -> Rules:
    """Return the rules of screening that a study was made with."""
    return Rules.from_dict(study.manifest["rules"])


def render_manifest(manifest: Mapping[str, object]) -> str:
    """Return a manifest as JSON in one form: sorted keys, no spaces to spare."""
    return json.dumps(manifest, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def hash_manifest(manifest: Mapping[str, object]) -> str:
    """Return the SHA-256 of a manifest's text, in hex."""
    return hashlib.sha256(render_manifest(manifest).encode()).hexdigest()
