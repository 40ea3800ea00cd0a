"""What an archive of a dataset is: a zip with rows, the files that they name, and a manifest.

- `manifest.json`: `format`, `kind`, `studio` (the version that wrote it), `dataset` (its name),
  `rows` (how many of each table), `left_out` (in words), and `files`: of every other file in the
  zip its `bytes` and `sha256`.
  `reference` is what people call what GAN-SR is compared with; null in formats 1 and 2. `made_by`
  is room for what later versions tell, and null.
- `rows/TABLE.jsonl`: a row a line; `storage/archive_tables.py` says which columns. Format 1 did not
  tell a dataset's `blind_share` and an image's `is_blind`, and the `made_by` of its mask revisions
  is null. Formats 1 and 2 did not tell a dataset's `reference` and `reference_name`.
- `files/SHA256`: images, masks, maps and class maps, named by their content as in the studio.
"""

import re
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue

FORMAT = 3
KIND = "desra-studio dataset"
MANIFEST = "manifest.json"
ROWS = re.compile(r"rows/([a-z_]+)\.jsonl")
FILES = re.compile(r"files/([0-9a-f]{64})")
LEFT_OUT = (
    "weights of models; each names its SHA-256",
    "fine-tunings and other jobs, training sets, scores, studies and votes",
    "users, drafts that nobody saved, claims",
)

Count = Annotated[int, Field(ge=0)]


class ArchivedFile(BaseModel):
    """Size and SHA-256 of one file."""

    model_config = ConfigDict(extra="forbid", strict=True)

    bytes: Count
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class Manifest(BaseModel):
    """See the module; whatever else a manifest of this format says is not known."""

    model_config = ConfigDict(extra="forbid", strict=True)

    kind: str = KIND
    format: Annotated[int, Field(ge=1)] = FORMAT
    studio: str
    dataset: str
    rows: dict[str, Count]
    left_out: list[str]
    made_by: JsonValue = None
    reference: JsonValue = None
    files: dict[str, ArchivedFile]


def name_rows(table: str) -> str:
    """Return where an archive has the rows of a table."""
    return f"rows/{table}.jsonl"


def name_file(sha: str) -> str:
    """Return where an archive has a stored file."""
    return f"files/{sha}"
