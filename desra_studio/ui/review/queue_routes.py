"""The routes of the review queue: its pages, the way through it, claims and progress."""

from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Query
from pydantic import BaseModel, Field

from desra_studio.errors import InputError
from desra_studio.services.review import bulk as queue_bulk
from desra_studio.services.review import claims, queue, taking_back
from desra_studio.services.review.disagreement import measure_unmeasured
from desra_studio.services.review.labels import EarlierLabel
from desra_studio.services.review.progress import ReviewProgress, describe_progress
from desra_studio.services.studio import Studio
from desra_studio.storage.queue_filter import Id, QueueChoice, QueueFilter
from desra_studio.ui.shared.answers import User
from desra_studio.vocabulary import State


def _read(dataset_id: int, chosen: QueueChoice) -> QueueFilter:
    return queue.make_filter(dataset_id, **chosen.as_values())


class PageQuery(QueueChoice):
    """A page of the queue; see `services.queue.read_page`."""

    offset: Id | None = None
    limit: int = 100
    around: Id | None = None


class NextQuery(QueueChoice):
    """After which image the next open one is looked for."""

    after: Id | None = None


class StepQuery(QueueChoice):
    """From which image to step, and how far."""

    origin: Id = Field(alias="from")
    offset: int


class Bulk(BaseModel):
    """What to do to images: those of `images`, or all that pass `filter` but some."""

    action: queue_bulk.Action
    images: list[Id] | None = None
    filter: QueueChoice | None = None
    leave_out: list[Id] = Field([], alias="except")
    to: str = ""
    wanted: int = 1
    force: bool = False

    def read_images(self, dataset_id: int) -> list[int] | QueueFilter:
        """Return what it is about; InputError where that is not said, or twice."""
        if (self.images is None) == (self.filter is None):
            raise InputError("Give either the images or a filter that they pass.")
        if self.filter:
            return _read(dataset_id, self.filter)
        return self.images or []


class Earlier(BaseModel):
    """A label as it was before; see `services.labels.EarlierLabel`."""

    image: Id
    version: Id
    state: State
    revision: Id | None
    own: bool = False

    def read(self) -> EarlierLabel:
        """Return it for the services, which do not ask for the version before that."""
        return EarlierLabel(
            self.image, self.version, self.version, self.state, self.revision, self.own
        )


class TakingBack(BaseModel):
    """Which labels come back."""

    labels: list[Earlier]


class Claim(BaseModel):
    """How an image is claimed."""

    take_over: bool = False


def add_queue_routes(router: APIRouter, studio: Studio) -> None:
    """Add them to the studio's routes."""

    @router.get("/api/datasets/{dataset_id}/queue")
    def read_queue(
        dataset_id: int, query: Annotated[PageQuery, Query()], user: User
    ) -> queue.QueuePage:
        return queue.read_page(
            studio,
            _read(dataset_id, query),
            offset=query.offset,
            limit=query.limit,
            around=query.around,
            author=user,
        )

    @router.get("/api/datasets/{dataset_id}/queue/next")
    def read_next(
        dataset_id: int, query: Annotated[NextQuery, Query()], user: User
    ) -> dict[str, int | None]:
        return {"id": queue.find_next(studio, _read(dataset_id, query), query.after, user)}

    @router.post("/api/datasets/{dataset_id}/queue/claim-next")
    def claim_next(
        dataset_id: int, query: Annotated[NextQuery, Query()], user: User
    ) -> claims.NextClaim:
        return claims.claim_next(studio, _read(dataset_id, query), query.after, user)

    @router.get("/api/datasets/{dataset_id}/queue/step")
    def read_step(dataset_id: int, query: Annotated[StepQuery, Query()]) -> dict[str, int | None]:
        wanted = _read(dataset_id, query)
        return {"id": queue.find_step(studio, wanted, query.origin, query.offset)}

    @router.get("/api/datasets/{dataset_id}/progress")
    def read_progress(dataset_id: int) -> ReviewProgress:
        return describe_progress(studio, dataset_id)

    @router.post("/api/datasets/{dataset_id}/bulk")
    def change_images(dataset_id: int, bulk: Bulk, user: User) -> queue_bulk.BulkReport:
        change = queue_bulk.BulkChange(
            action=bulk.action, to=bulk.to, wanted=bulk.wanted, force=bulk.force
        )
        images = bulk.read_images(dataset_id)
        return queue_bulk.change_images(studio, dataset_id, change, images, user, bulk.leave_out)

    @router.post("/api/datasets/{dataset_id}/take-back")
    def take_back(
        dataset_id: int, taking: TakingBack, user: User, after: BackgroundTasks
    ) -> queue_bulk.BulkReport:
        labels = [label.read() for label in taking.labels]
        report = taking_back.take_back(studio, dataset_id, labels, user)
        changed = [label.image for label in report.earlier]
        after.add_task(measure_unmeasured, studio, dataset_id, changed)
        return report

    @router.post("/api/images/{image_id}/claim")
    def claim(image_id: int, user: User, how: Claim | None = None) -> claims.ClaimStatus:
        return claims.claim_image(studio, image_id, user, how.take_over if how else False)

    @router.delete("/api/images/{image_id}/claim")
    def release(image_id: int, user: User) -> claims.ClaimStatus:
        return claims.release_image(studio, image_id, user)
