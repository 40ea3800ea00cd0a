"""The routes of second opinions: asking for them, and settling on a consensus."""

from typing import Annotated

from fastapi import APIRouter, BackgroundTasks
from pydantic import Base64Bytes, BaseModel, Field

from desra_studio.services.review import consensus, opinions
from desra_studio.services.review.disagreement import measure_disagreement
from desra_studio.services.review.documents import ImageDocument, describe_image
from desra_studio.services.review.masks import SavedMask
from desra_studio.services.studio import Studio
from desra_studio.ui.shared.answers import MAX_VERSION, User


class Asking(BaseModel):
    """How many people shall label an image."""

    wanted: int


class Settling(BaseModel):
    """How a consensus is made; `runs` are a mask's run lengths, gzip-compressed, in base64."""

    method: consensus.Method
    runs: Base64Bytes | None = None
    version: Annotated[int | None, Field(ge=0, le=MAX_VERSION)] = None


def add_opinion_routes(router: APIRouter, studio: Studio) -> None:
    """Add them to the studio's routes."""

    @router.post("/api/images/{image_id}/opinions")
    def ask_opinions(image_id: int, asking: Asking, user: User) -> ImageDocument:
        opinions.ask_opinions(studio, image_id, asking.wanted)
        return describe_image(studio, image_id, user)

    @router.post("/api/images/{image_id}/consensus", status_code=201)
    def make_consensus(
        image_id: int, settling: Settling, user: User, after: BackgroundTasks
    ) -> SavedMask:
        after.add_task(measure_disagreement, studio, image_id)
        return consensus.make_consensus(
            studio, image_id, settling.method, settling.runs, settling.version, user
        )
