"""The routes of the words that a dataset's reviewers use."""

from fastapi import APIRouter, Response
from pydantic import BaseModel

from desra_studio.services.review import kinds
from desra_studio.services.studio import Studio
from desra_studio.ui.shared.answers import NEVER


class Kinds(BaseModel):
    """The kinds of artifacts that a dataset's reviewers tell apart, in order."""

    kinds: list[str]


def add_kind_routes(router: APIRouter, studio: Studio) -> None:
    """Add them to the studio's routes."""

    @router.get("/api/datasets/{dataset_id}/kinds")
    def read_kinds(dataset_id: int, response: Response) -> kinds.DatasetKinds:
        response.headers.update(NEVER)
        return kinds.describe_kinds(studio, dataset_id)

    @router.put("/api/datasets/{dataset_id}/kinds")
    def keep_kinds(dataset_id: int, sent: Kinds) -> kinds.DatasetKinds:
        kinds.keep_kinds(studio, dataset_id, sent.kinds)
        return kinds.describe_kinds(studio, dataset_id)
