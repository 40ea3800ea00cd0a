"""A folder that the `datasets` library loads and the Hugging Face Hub shows, with its card."""

import json
import re
from collections import Counter
from pathlib import Path

from desra_studio.imaging.masks import find_components
from desra_studio.references import MSE_SR
from desra_studio.services.datasets.layout import GAN_FOLDER, LR_FOLDER
from desra_studio.services.export.format_types import Export, FolderFormat
from desra_studio.services.review.masks import load_mask
from desra_studio.services.review.regions import list_said
from desra_studio.storage import datasets, models
from desra_studio.storage.datasets import ImageRecord
from desra_studio.storage.label_tables import MaskRevision, Region
from desra_studio.vocabulary import ReferenceKind, State

MASK_FOLDER = "mask"
SPLIT = "train"
SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (10**6, "100K<n<1M"))
"""The Hub's own words for how many examples there are."""

COMPARED = {
    ReferenceKind.MSE: "the output of the same network trained on MSE alone",
    ReferenceKind.LR: "the low-resolution input, enlarged",
    ReferenceKind.OTHER: "the output of {title}",
    ReferenceKind.HR: "the ground truth",
}
"""What GAN-SR is compared with, in a sentence of the card."""

CARD = """---
license: unknown
pretty_name: {quoted_name}
task_categories:
- image-segmentation
- image-to-image
tags:
- super-resolution
- gan-artifacts
- desra
size_categories:
- {size}
configs:
- config_name: default
  data_files:
  - split: {split}
    path: {split}/**
---

# {name}

Artifacts of a super-resolution GAN, marked by people. Each of {images} images has the GAN's output
(`image`), {compared} (`mse`), {lr}and a mask
(`mask`), white where the GAN made up what should not be there.

```python
from datasets import load_dataset
dataset = load_dataset("FOLDER", split="{split}")
```

## What the labels are

{accepted} images are `accepted`: a person looked at them and their mask holds. {clean} are `clean`:
a person found no artifact, and the mask is empty. `regions` has the box and area in px of every
marked component, with the kind and severity (0 hardly visible, 5 spoils the image) that was said of
it, null where nobody said.

## How they were made

In [DeSRA Studio](https://arxiv.org/abs/2307.02457), after DeSRA (Xie et al., ICML 2023): a detector
compares GAN-SR with {title}, and people accept, correct or paint its masks. `origin` says where the
pixels of a mask come from: {origins}.
{models}.

## Licence

What the images may be used for is not known to the studio, hence `unknown`: whoever publishes this
folder has to clear the rights to the images and the terms of the models, and to say so here.
"""


def fill_folder(export: Export, folder: Path) -> int:
    """Write FOLDER/README.md, FOLDER/train/metadata.jsonl and the images that its lines name.

    A column that ends in `_file_name` is an image to the library, and must name one in every line:
    where some images have no LR, `lr_path` is plain text and null for these.
    """
    labelled = export.list_labelled()
    without_lr = [record.image.name for record, _ in labelled if not record.image.lr_sha]
    export.note(without_lr, "without LR, so LR is named as lr_path, which is text and not an image")
    lr_column = "lr_path" if without_lr else "lr_file_name"
    said = list_said(export.studio, [label.id for _, label in labelled])
    split = folder / SPLIT
    reference = datasets.get_reference(export.dataset)
    compared = reference.title.replace(" ", "-")
    for name in (GAN_FOLDER, compared, MASK_FOLDER, LR_FOLDER):
        (split / name).mkdir(parents=True)
    with (split / "metadata.jsonl").open("wb") as metadata:
        for record, label in export.walk(labelled, len(labelled), "Writing the images"):
            files = {
                "file_name": (GAN_FOLDER, record.gan.blob_sha),
                "mse_file_name": (compared, record.mse.blob_sha),
                "mask_file_name": (MASK_FOLDER, label.mask_sha),
                lr_column: (LR_FOLDER, record.image.lr_sha),
            }
            line: dict[str, object] = {}
            for column, (name, sha) in files.items():
                path = f"{name}/{record.image.name}.png"
                line[column] = path if sha else None
                if sha:
                    (split / path).write_bytes(export.studio.blobs.get(sha))
            line |= _describe(export, record, label, said[label.id])
            line["reference"] = reference.title
            metadata.write(f"{json.dumps(line, ensure_ascii=False)}\n".encode())
    if len(without_lr) == len(labelled):
        (split / LR_FOLDER).rmdir()
    card = _render_card(export, labelled, bool(without_lr))
    (folder / "README.md").write_bytes(card.encode())
    return len(labelled)


def _describe(
    export: Export, record: ImageRecord, label: MaskRevision, said: list[Region]
) -> dict[str, object]:
    """Return what a line tells beside its files; nobody's name, for folders are published."""
    found = find_components(load_mask(export.studio, label.mask_sha))
    labels = {int(found.labels[one.y, one.x]): one for one in said}
    regions = []
    for index, (area, box) in enumerate(zip(found.areas, found.boxes, strict=True), 1):
        one = labels.get(index)
        place = dict(zip(("x", "y", "width", "height"), box.tolist(), strict=True))
        what = {"kind": one and one.kind, "severity": one and one.severity}
        regions.append(place | {"area_px": int(area)} | what)
    return {
        "name": record.image.name,
        "scale": record.image.scale,
        "verdict": record.state.value,
        "origin": label.origin.value,
        "made_by": label.made_by.value,
        "marked_px": label.area_px,
        "regions": regions,
    }


def _render_card(
    export: Export, labelled: list[tuple[ImageRecord, MaskRevision]], some_without_lr: bool
) -> str:
    with export.studio.database.read() as session:
        names = [
            models.get_model(session, each).name
            for each in (export.dataset.gan_model_id, export.dataset.mse_model_id)
            if each is not None
        ]
    states = Counter(record.state for record, _ in labelled)
    origins = Counter(label.origin.value for _, label in labelled)
    gan, mse = map(_escape, names)
    reference = datasets.get_reference(export.dataset)
    title = _escape(reference.title)
    made = "" if reference != MSE_SR else f", {title} that of {mse}"
    return CARD.format(
        quoted_name=json.dumps(export.dataset.name),
        name=_escape(export.dataset.name),
        size=next((word for most, word in SIZES if len(labelled) < most), "1M<n<10M"),
        split=SPLIT,
        images=len(labelled),
        lr="" if some_without_lr else "the low-resolution input (`lr`) ",
        accepted=states[State.ACCEPTED],
        clean=states[State.CLEAN],
        origins=", ".join(f"{count} {origin}" for origin, count in sorted(origins.items())),
        compared=COMPARED[reference.kind].format(title=title),
        title=title,
        models=f"GAN-SR is the output of {gan}{made}",
    )


def _escape(text: str) -> str:
    """Return a name such that Markdown shows it as it is."""
    return re.sub(r"([\\`*_{}\[\]<>#|!&$~])", r"\\\1", text)


HUGGING_FACE = FolderFormat(
    title="Hugging Face dataset",
    about="What load_dataset reads and the Hub shows, with a card.",
    fill=fill_folder,
)
