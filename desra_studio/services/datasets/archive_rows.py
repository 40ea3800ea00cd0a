"""Whether the rows of an archive make sense together, and which files they need."""

from pathlib import Path
from typing import TypeAlias

from desra_studio.errors import InputError
from desra_studio.imaging.arrays import Size
from desra_studio.references import Reference, parse_reference
from desra_studio.storage.archive_tables import ArchiveRow, list_blob_columns
from desra_studio.vocabulary import ReferenceKind

Rows: TypeAlias = dict[str, list[ArchiveRow]]
"""The rows of an archive by table."""
ById: TypeAlias = dict[str, dict[int, ArchiveRow]]
"""Those that have a number, by table and number."""

OF_IMAGE = {
    "rendition": ("blob_sha",),
    "detection": ("mask_sha",),
    "mask_revision": ("mask_sha",),
}
"""The columns that name a PNG of the size of the row's image."""


def check_archive_rows(rows: Rows, max_megapixels: float) -> dict[str, Size | None]:
    """Return the stored files that rows name, with the size in px of those that are of an image.

    Args:
        rows: of every table, their values of the right types.
        max_megapixels: that an image may have.

    Raises:
        InputError: numbers that come twice, a name that no file can have, an image that is too
            large, or rows that refer to others of another image.
    """
    if len(rows["dataset"]) != 1 or not rows["image"]:
        raise InputError("it is not of one dataset with images")
    _check_reference(rows["dataset"][0])
    by_id = {table: _number(table, found) for table, found in rows.items()}
    for image in rows["image"]:
        _check_image(image, max_megapixels)
    names = {image["name"] for image in rows["image"]}
    if len(names) != len(rows["image"]):
        raise InputError("two images have the same name")
    _check_references(rows, by_id)
    sizes: dict[str, Size | None] = {
        row[column]: None
        for table, found in rows.items()
        for column in list_blob_columns(table)
        for row in found
        if row[column]
    }
    images = by_id["image"]
    for image in rows["image"]:
        if image["lr_sha"]:
            scale = image["scale"] or 1
            sizes[image["lr_sha"]] = Size(image["width"] // scale, image["height"] // scale)
    for table, columns in OF_IMAGE.items():
        for row in rows[table]:
            image = images[row["image_id"]]
            sizes |= {row[column]: Size(image["width"], image["height"]) for column in columns}
    return sizes


def _check_reference(dataset: ArchiveRow) -> None:
    """Raise InputError unless what GAN-SR is compared with can be read as it is spelled."""
    reference = Reference(ReferenceKind(dataset["reference"]), dataset["reference_name"])
    parse_reference(reference.spelling)


def _number(table: str, rows: list[ArchiveRow]) -> dict[int, ArchiveRow]:
    numbered = {row["id"]: row for row in rows if "id" in row}
    if rows and "id" in rows[0] and len(numbered) < len(rows):
        raise InputError(f"two rows of {table} have the same number")
    return numbered


def _check_image(image: ArchiveRow, max_megapixels: float) -> None:
    name, size = image["name"], Size(image["width"], image["height"])
    # Exports make files of these names.
    if name in ("", ".", "..") or "\0" in name or Path(name).name != name:
        raise InputError(f"{name!r} cannot be the name of an image")
    if min(size) < 1 or (image["scale"] or 1) < 1:
        raise InputError(f"{name!r} is {size} px")
    megapixels = size.width * size.height / 1e6
    if megapixels > max_megapixels:
        raise InputError(
            f"{name!r} has {megapixels:.0f} megapixels, more than {max_megapixels:g} "
            "(DESRA_STUDIO_MAX_MEGAPIXELS)"
        )


def _check_references(rows: Rows, by_id: ById) -> None:
    """Raise InputError where a row refers to one that is not there, or is of another image."""
    for table in ("rendition", "detection", "mask_revision", "review_state", "opinion"):
        for row in rows[table]:
            _find(by_id, "image", row["image_id"])
    for row in rows["detection"]:
        for column in ("gan_rendition_id", "mse_rendition_id"):
            if _find(by_id, "rendition", row[column])["image_id"] != row["image_id"]:
                raise InputError(f"a detection of image {row['image_id']} is of another's output")
    for row in rows["mask_revision"]:
        _check_follows(by_id, row, row["parent_id"])
    for row in (*rows["review_state"], *rows["opinion"]):
        _check_follows(by_id, row, row["current_revision_id"])
    for row in rows["region"]:
        mask = _find(by_id, "mask_revision", row["revision_id"])
        image = _find(by_id, "image", mask["image_id"])
        if not (0 <= row["x"] < image["width"] and 0 <= row["y"] < image["height"]):
            raise InputError(f"a region of {image['name']!r} lies outside it")


def _check_follows(by_id: ById, row: ArchiveRow, revision: int | None) -> None:
    """Raise InputError unless a mask revision is of the image and the model of a row."""
    if revision is not None:
        other = _find(by_id, "mask_revision", revision)
        if (other["image_id"], other["model_id"]) != (row["image_id"], row["model_id"]):
            raise InputError(f"a mask of image {row['image_id']} follows one of another")


def _find(by_id: ById, table: str, number: int) -> ArchiveRow:
    if number not in by_id[table]:
        raise InputError(f"a row refers to {table} {number}, which is not there")
    return by_id[table][number]
