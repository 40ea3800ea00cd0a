"""The routes of the Export button: what there is, and a dataset as a file."""

import json
from dataclasses import asdict
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from desra_studio.services.export.packing import list_formats, pack_export
from desra_studio.services.studio import Studio
from desra_studio.ui.shared.answers import NEVER

NOTE_LETTERS, NOTES = 300, 10
"""What fits into a header: so many notes, each so long."""


def add_export_routes(router: APIRouter, studio: Studio) -> None:
    """Add them to the studio's routes."""

    @router.get("/api/export-formats")
    def read_export_formats() -> list[dict[str, Any]]:
        return [asdict(form) for form in list_formats()]

    # Not async: many seconds of work, which a thread of its own does.
    @router.get("/api/datasets/{dataset_id}/export")
    def read_export(
        dataset_id: int,
        form: Annotated[str, Query(alias="format")] = "masks",
        cropped: bool = False,
    ) -> StreamingResponse:
        packed = pack_export(studio, dataset_id, form, cropped=cropped)
        name = quote(packed.name, safe="")
        notes = [note[:NOTE_LETTERS] for note in packed.notes[:NOTES]]
        return StreamingResponse(
            packed.iter_pieces(),
            media_type=packed.media_type,
            headers={
                **NEVER,
                "Content-Length": str(packed.size),
                "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
                "X-Studio-Images": str(packed.images),
                "X-Studio-Notes": quote(json.dumps(notes)),
            },
        )
