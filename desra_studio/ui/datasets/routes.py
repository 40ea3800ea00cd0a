"""The routes of the list of datasets: names, the bin, and what would go there."""

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel

from desra_studio.services.datasets.bin import (
    delete_dataset,
    describe_deletion,
    list_deleted,
    restore_dataset,
)
from desra_studio.services.datasets.importing import rename_dataset
from desra_studio.services.datasets.listing import list_dataset_views
from desra_studio.services.studio import Studio
from desra_studio.ui.shared.answers import NEVER, User


class NewName(BaseModel):
    """What a dataset is to be called."""

    name: str


def add_dataset_routes(router: APIRouter, studio: Studio) -> None:
    """Add them to the studio's routes."""

    @router.get("/api/datasets")
    def read_datasets(response: Response) -> dict[str, Any]:
        response.headers.update(NEVER)
        return {
            "datasets": [asdict(view) for view in list_dataset_views(studio)],
            "bin": [asdict(deleted) for deleted in list_deleted(studio)],
        }

    @router.patch("/api/datasets/{dataset_id}")
    def rename(dataset_id: int, wanted: NewName) -> dict[str, str]:
        return {"name": rename_dataset(studio, dataset_id, wanted.name)}

    @router.get("/api/datasets/{dataset_id}/deletion")
    def read_deletion(dataset_id: int, response: Response) -> dict[str, Any]:
        response.headers.update(NEVER)
        deletion = describe_deletion(studio, dataset_id)
        return asdict(deletion) | {"lines": deletion.describe()}

    @router.delete("/api/datasets/{dataset_id}")
    def delete(dataset_id: int, user: User) -> dict[str, str]:
        return {"name": delete_dataset(studio, dataset_id, user)}

    @router.post("/api/datasets/{dataset_id}/restore")
    def restore(dataset_id: int) -> dict[str, str]:
        return {"name": restore_dataset(studio, dataset_id)}
