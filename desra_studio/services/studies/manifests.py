"""The manifest of a study: what is laid down before the first vote, and its hash."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from desra_studio.services.code_version import describe_code_version
from desra_studio.services.studies.windows import Source
from desra_studio.services.studio import Studio
from desra_studio.storage import studies
from desra_studio.storage.base import now
from desra_studio.storage.study_tables import Study, StudyItem
from desra_studio.storage.tables import Model
from desra_studio.study.order import WINDOWS, StudyOrder
from desra_studio.study.screening import RULES_BEFORE, Rules, Screening, plan_screening

MANIFEST_FORMAT = 1
COUNTED = ("pair", "region")
"""Kinds of items that a study is about; all others are checks or training."""


@dataclass(frozen=True)
class ManifestSystem:
    """A model whose outputs a study shows: its id, name and role."""

    model: int
    name: str
    role: str


@dataclass(frozen=True)
class ManifestImage:
    """An image of a study: its id and name."""

    id: int
    name: str


@dataclass(frozen=True)
class ManifestItem:
    """Something that a study shows: its number and kind."""

    number: int
    kind: str


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What was laid down of a study, as far as it is read again; the text has more.

    Attributes:
        title, kind, questions, votes_per_pair, trials_per_voter, check_share, show_lr, consent,
            min_seconds, max_voters, seed: as `StudyOrder` has them.
        rules: of screening, by name.
        systems, images, items: what is shown.
    """

    title: str
    kind: str
    questions: list[str]
    votes_per_pair: int
    trials_per_voter: int
    check_share: float
    show_lr: bool
    consent: str
    min_seconds: float
    max_voters: int
    seed: int
    rules: dict[str, int | float]
    systems: list[ManifestSystem]
    images: list[ManifestImage]
    items: list[ManifestItem]

    @property
    def system_names(self) -> list[str]:
        """The names of the systems, in their order."""
        return [system.name for system in self.systems]

    @property
    def image_names(self) -> dict[int, str]:
        """Image id -> name."""
        return {image.id: image.name for image in self.images}


_MANIFEST = TypeAdapter(Manifest)


def read_manifest(study: Study) -> Manifest:
    """Return what was laid down of a study."""
    return _MANIFEST.validate_python(study.manifest)


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
    return Rules.from_dict({**RULES_BEFORE, **read_manifest(study).rules})


def describe_screening(study: Study) -> Screening:
    """Return whether who votes on all that a study has for one voter can be screened."""
    manifest = read_manifest(study)
    kinds = [item.kind for item in manifest.items]
    units = sum(kind in COUNTED for kind in kinds) * len(manifest.questions)
    return plan_screening(
        min(manifest.trials_per_voter, units),
        manifest.check_share,
        read_rules(study),
        has_gold="gold" in kinds,
    )


def render_manifest(manifest: Mapping[str, object]) -> str:
    """Return a manifest as JSON in one form: sorted keys, no spaces to spare."""
    return json.dumps(manifest, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def hash_manifest(manifest: Mapping[str, object]) -> str:
    """Return the SHA-256 of a manifest's text, in hex."""
    return hashlib.sha256(render_manifest(manifest).encode()).hexdigest()
