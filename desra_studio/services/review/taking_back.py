"""Taking verdicts back: labels become what they were before, and nothing is written over."""

from collections.abc import Mapping, Sequence
from contextlib import suppress

from desra_studio.errors import InputError, NotFoundError
from desra_studio.services.review.bulk import (
    CHUNK,
    MAX_IMAGES,
    BulkReport,
    add_reports,
    describe_claim,
    describe_skipped,
    list_missing,
)
from desra_studio.services.review.flags import end_flags
from desra_studio.services.review.labels import EarlierLabel, Label, begin_label, read_label
from desra_studio.services.review.opinions import refresh_dissent
from desra_studio.services.studio import Studio
from desra_studio.storage import datasets, flags, reviews
from desra_studio.storage.database import Session
from desra_studio.storage.datasets import ImageRecord
from desra_studio.storage.label_tables import MaskRevision, Review
from desra_studio.storage.queue_entries import cut
from desra_studio.vocabulary import LABELLED, State


def take_back(
    studio: Studio, dataset_id: int, labels: Sequence[EarlierLabel], author: str | None = None
) -> BulkReport:
    """Bring labels back, some at a time, but for those that were changed meanwhile.

    The revision that was current counts again; the one that took its place stays in the history.
    Flags that the verdict ended are open again.
    What the report has as `earlier` takes this back in turn. Done twice, it is done once.

    Args:
        studio: the installation.
        dataset_id: of the dataset.
        labels: what they were, one for each image.
        author: who does it; None is the author of the settings.

    Raises:
        InputError: more images than 20 000, or one of them twice.
        NotFoundError: no such dataset.
    """
    author = author or studio.settings.author
    wanted = {label.image: label for label in labels}
    if len(wanted) < len(labels):
        raise InputError("An image stands there twice. Name each one once.")
    if len(wanted) > MAX_IMAGES:
        raise InputError(
            f"{len(wanted)} images are too many at once: the limit is {MAX_IMAGES}. Name fewer."
        )
    work = _Work(studio, dataset_id, wanted, author)
    with studio.database.read() as session:
        datasets.get_dataset(session, dataset_id)
    return add_reports([work.take_some_back(ids) for ids in cut(list(wanted), CHUNK)])


class _Work:
    """Labels on their way back."""

    def __init__(
        self, studio: Studio, dataset_id: int, wanted: Mapping[int, EarlierLabel], author: str
    ) -> None:
        self.studio, self.dataset_id = studio, dataset_id
        self.wanted, self.author = wanted, author

    def take_some_back(self, image_ids: Sequence[int]) -> BulkReport:
        earlier = []
        with self.studio.database.write() as session:
            dataset = datasets.get_dataset(session, self.dataset_id)
            records = datasets.list_records(session, dataset, image_ids)
            skipped = list_missing(image_ids, records)
            named = [self.wanted[image_id].revision for image_id in image_ids]
            masks = reviews.find_revisions(session, [each for each in named if each])
            for record in records:
                wanted = self.wanted[record.image.id]
                mask = masks.get(wanted.revision) if wanted.revision else None
                now = read_label(session, record, self.author)
                is_as_wanted = (now.state, _name_mask(now), now.own) == (
                    wanted.state,
                    wanted.revision,
                    wanted.own,
                )
                if is_as_wanted and now.version != wanted.version:
                    continue  # already done: the answer to that was lost, or others did it
                if why := _refuse(record, now, wanted, mask, self.author):
                    skipped.append(describe_skipped(record, why))
                else:
                    earlier.append(self._take_back(session, record, now, wanted.state, mask))
        for label in earlier:
            if label.own:
                with suppress(NotFoundError):  # the image is gone meanwhile
                    refresh_dissent(self.studio, label.image)
        return BulkReport(len(image_ids) - len(skipped), skipped, earlier)

    def _take_back(
        self,
        session: Session,
        record: ImageRecord,
        now: Label,
        state: State,
        mask: MaskRevision | None,
    ) -> EarlierLabel:
        """Change one label; return what it was."""
        row = begin_label(session, record, self.author)
        changed_at = row.updated_at
        ended = flags.list_ended_flags(session, row) if isinstance(row, Review) else []
        if mask is now.revision:
            reviews.set_state(row, state)
        else:
            reviews.point_to(row, mask, state)
        for flag in ended:
            flag.resolved_at = None
        if not ended:
            # Where a verdict is given again, it ends again what was flagged before.
            end_flags(session, row, raised_before=changed_at)
        return EarlierLabel(
            record.image.id, row.version, now.version, now.state, _name_mask(now), now.own
        )


def _name_mask(label: Label) -> int | None:
    return label.revision.id if label.revision else None


def _refuse(
    record: ImageRecord, now: Label, wanted: EarlierLabel, mask: MaskRevision | None, author: str
) -> str:
    """Return why a label cannot come back, or nothing."""
    if (now.version, now.own) != (wanted.version, wanted.own):
        return "it was changed meanwhile"
    if not now.own and (why := describe_claim(record, author)):
        return why
    if wanted.revision is not None:
        if mask is None or not reviews.is_of(mask, record.image.id, record.gan.model_id):
            return f"mask revision {wanted.revision} is not one of it"
        if now.own and mask.author != author:
            return f"mask revision {wanted.revision} is {mask.author}'s opinion"
    if wanted.state in LABELLED and mask is None:
        return f"it cannot be {wanted.state} without a mask"
    if wanted.state is State.CLEAN and mask and mask.area_px:
        return f"its mask marked {mask.area_px} px, so it was not clean"
    return ""
