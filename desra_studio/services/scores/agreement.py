"""How far two annotators of the same dataset agree."""

from dataclasses import dataclass

from desra_studio.errors import InputError
from desra_studio.metrics.agreement import Agreement, compare_annotations, compare_annotators
from desra_studio.services.scores.set_scorer import SetScorer
from desra_studio.storage import datasets, reviews
from desra_studio.vocabulary import Origin


@dataclass(frozen=True, kw_only=True)
class AuthorAgreement(Agreement):
    """Two annotators of a dataset, on the images that both of them labelled.

    Attributes:
        only_first, only_second: images that one of them alone labelled, which are not compared.
    """

    only_first: int
    only_second: int


def list_annotators(scorer: SetScorer, dataset_id: int) -> dict[str, int]:
    """Return who saved masks in a dataset, and of how many images, the busiest first."""
    counts: dict[str, int] = {}
    for masks in _list_masks(scorer, dataset_id).values():
        for author in masks:
            counts[author] = counts.get(author, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def compare_authors(scorer: SetScorer, dataset_id: int, first: str, second: str) -> AuthorAgreement:
    """Compare the newest masks of two annotators on the images that both of them labelled.

    Raises:
        InputError: the same annotator twice, or one who saved nothing here.
    """
    images = _list_masks(scorer, dataset_id)
    known = list_annotators(scorer, dataset_id)
    if first == second:
        raise InputError(f"{first} cannot be compared with themselves. Choose two annotators.")
    for author in (first, second):
        if author not in known:
            raise InputError(
                f"{author} saved no mask here. There are: {', '.join(known) or 'none yet'}."
            )
    with scorer.studio.database.read() as session:
        records = datasets.list_records(session, datasets.get_dataset(session, dataset_id))
    rows = []
    for record in records:
        masks = images.get(record.image.id, {})
        if first not in masks or second not in masks:
            continue
        proposed = scorer.read(record.detection.mask_sha) if record.detection else None
        rows.append(
            compare_annotations(scorer.read(masks[first]), scorer.read(masks[second]), proposed)
        )
    return AuthorAgreement(
        **vars(compare_annotators(rows)),
        only_first=sum(first in masks and second not in masks for masks in images.values()),
        only_second=sum(second in masks and first not in masks for masks in images.values()),
    )


def _list_masks(scorer: SetScorer, dataset_id: int) -> dict[int, dict[str, str]]:
    """Map images to annotators to the address of the newest mask of each."""
    with scorer.studio.database.read() as session:
        dataset = datasets.get_dataset(session, dataset_id)
        if dataset.gan_model_id is None:
            return {}
        found = reviews.list_dataset_revisions(session, dataset_id, dataset.gan_model_id)
    masks: dict[int, dict[str, str]] = {}
    for revision in found:
        if revision.origin is Origin.CONSENSUS:
            continue  # what several people agreed on is nobody's own
        masks.setdefault(revision.image_id, {})[revision.author] = revision.mask_sha
    return masks
