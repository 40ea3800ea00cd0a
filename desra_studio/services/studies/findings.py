"""What the voters found goes back to work: into the review queue, and beside the regions."""

from collections.abc import Sequence
from dataclasses import dataclass

from desra_studio.errors import InputError
from desra_studio.imaging.arrays import Mask
from desra_studio.imaging.masks import decode_mask_png
from desra_studio.services.review.flags import Finding, flag_images
from desra_studio.services.review.regions import pick_component
from desra_studio.services.studies.manifests import Manifest, read_manifest, read_rules
from desra_studio.services.studies.votes import read_ballots
from desra_studio.services.studies.windows import OutlinedRegion, read_outline
from desra_studio.services.studio import Studio
from desra_studio.storage import datasets, models, regions, studies
from desra_studio.storage.database import Session
from desra_studio.storage.label_tables import MaskRevision, Region
from desra_studio.storage.region_label import RegionLabel
from desra_studio.storage.study_tables import Study, StudyItem
from desra_studio.study.order import CHOICE, PROMINENCE
from desra_studio.study.prominence import Prominence, measure_prominence
from desra_studio.study.screening import screen
from desra_studio.study.votes import Ballot, select_pair, select_votes
from desra_studio.vocabulary import ModelRole

MIN_VOTES = 3
"""On a window, below which no majority is taken for a finding."""


@dataclass(frozen=True, kw_only=True)
class Loss:
    """A window in which a system lost the majority.

    Attributes:
        image_id, image: id and name.
        x, y: middle of the window in px of the image.
        system, other: names of the one that lost, and of the one that it lost to.
        question: in words.
        wins, votes: of the system, and of both.
    """

    image_id: int
    image: str
    x: int
    y: int
    system: str
    other: str
    question: str
    wins: int
    votes: int


@dataclass(frozen=True)
class LossesSent:
    """What went back into the review queue: how many images and windows, and of which dataset."""

    images: int
    windows: int
    dataset_id: int


def list_losses(studio: Studio, study_id: int, system: int | None = None) -> list[Loss]:
    """Return the windows in which a system lost the majority of three or more screened votes.

    Args:
        studio: the installation.
        study_id: of a study of choices.
        system: its place in the study's list; None is the last fine-tuned one, else the first GAN.

    Returns:
        The clearest losses first.

    Raises:
        InputError: the study compares nothing, or has no such system.
        NotFoundError: no such study.
    """
    with studio.database.read() as session:
        study = studies.get_study(session, study_id)
        if study.kind != CHOICE:
            raise InputError(f"{study.name} compares no systems: nothing can have lost in it.")
        items = {one.id: one for one in studies.list_items(session, study.id)}
        chosen = _pick_system(session, study, system)
    votes = select_votes(screen(read_ballots(studio, study_id), read_rules(study))[0])
    manifest = read_manifest(study)
    found = [
        loss
        for question in range(len(manifest.questions))
        for other in range(len(manifest.systems))
        if other != chosen
        for loss in _find_losses(manifest, items, votes, question, chosen, other)
    ]
    return sorted(found, key=lambda loss: (loss.wins / loss.votes, -loss.votes))


def send_back_losses(studio: Studio, study_id: int, system: int | None = None) -> LossesSent:
    """Flag, for the review queue, every window in which a system lost; see `list_losses`.

    What was flagged before and nobody has looked at is not flagged twice.
    """
    losses = list_losses(studio, study_id, system)
    with studio.database.read() as session:
        study = studies.get_study(session, study_id)
    findings = [
        Finding(
            loss.image_id,
            f"lost to {loss.other} in {study.name}: {loss.wins} of {loss.votes} votes, "
            f"{loss.question}"[:500],
            loss.x,
            loss.y,
        )
        for loss in losses
    ]
    flag_images(studio, "study", findings)
    return LossesSent(
        images=len({finding.image_id for finding in findings}),
        windows=len({(one.image_id, one.x, one.y) for one in findings}),
        dataset_id=study.dataset_id,
    )


def keep_prominence(studio: Studio, study_id: int) -> int:
    """Write down, beside each region, how many of the screened voters noticed it.

    The share over all studies of a region goes to `region.prominence`, of the mask that was shown
    and of the current one, where the region is still marked in it.

    Returns:
        How many regions have a prominence from this study now.

    Raises:
        InputError: the study is not one of prominence.
        NotFoundError: no such study, or a stored mask is missing.
    """
    with studio.database.read() as session:
        study = studies.get_study(session, study_id)
        if study.kind != PROMINENCE:
            raise InputError(f"{study.name} did not ask for prominence.")
        items = {one.id: one for one in studies.list_items(session, study.id)}
    ballots = screen(read_ballots(studio, study_id), read_rules(study))[0]
    found = [one for one in measure_prominence(ballots) if one.noticed.total]
    masks: dict[int, tuple[MaskRevision, Mask]] = {}
    with studio.database.read() as session:
        for one in found:
            for revision in _list_revisions(session, items[one.item]):
                masks.setdefault(
                    revision.id, (revision, decode_mask_png(studio.blobs.get(revision.mask_sha)))
                )
    with studio.database.write() as session:
        for one in found:
            for revision in _list_revisions(session, items[one.item]):
                if revision.id in masks:
                    _keep_one(session, study, items[one.item], one, revision.id, masks)
    return len(found)


def _pick_system(session: Session, study: Study, system: int | None) -> int:
    listed = read_manifest(study).systems
    if system is None:
        tuned = [
            place
            for place, one in enumerate(listed)
            if models.get_model(session, one.model).parent_run_id is not None
        ]
        gans = [place for place, one in enumerate(listed) if one.role == ModelRole.GAN]
        return tuned[-1] if tuned else (gans or [0])[0]
    if not 0 <= system < len(listed):
        raise InputError(f"{study.name} has the systems 0 to {len(listed) - 1}, got {system}.")
    return system


def _find_losses(
    manifest: Manifest,
    items: dict[int, StudyItem],
    votes: Sequence[Ballot],
    question: int,
    system: int,
    other: int,
) -> list[Loss]:
    names, systems = manifest.image_names, manifest.system_names
    by_item: dict[int, list[bool]] = {}
    for ballot in select_pair(select_votes(votes, question), system, other):
        if ballot.chosen is not None:
            by_item.setdefault(ballot.item, []).append(ballot.chosen == system)
    return [
        Loss(
            image_id=items[item].image_id,
            image=names[items[item].image_id],
            x=items[item].x + items[item].width // 2,
            y=items[item].y + items[item].height // 2,
            system=systems[system],
            other=systems[other],
            question=manifest.questions[question],
            wins=sum(won),
            votes=len(won),
        )
        for item, won in by_item.items()
        if len(won) >= MIN_VOTES and 2 * sum(won) < len(won)
    ]


def _list_revisions(session: Session, item: StudyItem) -> list[MaskRevision]:
    """Return the mask that an item's region was taken from, and the current one if it is newer."""
    shown = session.get_one(MaskRevision, _get_region(item).revision_id)
    record = datasets.get_record(session, item.image_id)
    newer = record.revision is not None and record.revision.id != shown.id
    return [shown, record.revision] if newer and record.revision else [shown]


def _get_region(item: StudyItem) -> OutlinedRegion:
    outline = read_outline(item)
    if outline is None or outline.region is None:
        raise ValueError(f"Item {item.number} of study {item.study_id} is about no region.")
    return outline.region


def _keep_one(
    session: Session,
    study: Study,
    item: StudyItem,
    found: Prominence,
    revision_id: int,
    masks: dict[int, tuple[MaskRevision, Mask]],
) -> None:
    revision, mask = masks[revision_id]
    outlined = _get_region(item)
    x, y = outlined.x, outlined.y
    if not mask[y, x]:
        return  # corrected away since: there is no region any more that this is about
    component = pick_component(mask, x, y)
    same = [one for one in regions.list_regions(session, [revision.id]) if component[one.y, one.x]]
    region: Region = (
        same[0]
        if same
        else regions.add_region(session, revision.id, RegionLabel(x, y), revision.author)
    )
    studies.put_region_vote(session, study.id, region.id, found.noticed.total, found.noticed.hits)
    votes, noticed = studies.sum_region_votes(session, region.id)
    region.prominence = noticed / votes
