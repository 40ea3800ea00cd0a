"""User studies: made from a dataset, laid down, opened and closed."""

from dataclasses import asdict, dataclass
from datetime import datetime

from desra_studio.errors import InputError
from desra_studio.services.checks import check_name
from desra_studio.services.job_configs import StudyJobConfig
from desra_studio.services.jobs import start_job
from desra_studio.services.studies.items import make_items
from desra_studio.services.studies.links import make_key, make_open_link, sign_link
from desra_studio.services.studies.manifests import (
    COUNTED,
    describe_screening,
    hash_manifest,
    read_manifest,
    write_manifest,
)
from desra_studio.services.studies.windows import Source
from desra_studio.services.studio import Report, Studio, ignore_progress
from desra_studio.setting import SettingView, describe_settings
from desra_studio.storage import datasets, models, studies
from desra_studio.storage.base import now
from desra_studio.storage.database import Session
from desra_studio.storage.dataset_bin import is_in_bin
from desra_studio.storage.study_tables import Study
from desra_studio.storage.tables import Model
from desra_studio.study.order import StudyOrder
from desra_studio.study.screening import Screening

MAX_NAME = 200


@dataclass(frozen=True, kw_only=True)
class StudySummary:
    """A study as lists show it.

    Attributes:
        id, name, kind, state: as stored.
        voters: how many began.
        votes: those that count.
        wanted: votes after which it closes.
        created_at: ISO 8601, as all times here.
    """

    id: int
    name: str
    kind: str
    state: str
    voters: int
    votes: int
    wanted: int
    created_at: str


@dataclass(frozen=True, kw_only=True)
class PersonalLink:
    """A link that was made for one voter.

    Attributes:
        label: what the team calls the voter.
        link: signed.
        done, trials: how many trials are answered, and all; 0 before the voter agreed.
        expires_at: None for never.
    """

    label: str
    link: str
    done: int
    trials: int
    expires_at: str | None


@dataclass(frozen=True)
class StudyLinks:
    """The links to a study: the one by which anybody can join, and those of single voters."""

    open: str
    personal: list[PersonalLink]


@dataclass(frozen=True, kw_only=True)
class StudyDescription(StudySummary):
    """A study as its page shows it.

    Attributes:
        title, questions, votes_per_pair, rules: as `StudyOrder` has them.
        dataset_id: whose images it shows.
        manifest_sha: hash of what was laid down.
        systems: names.
        items: how many windows there are of each kind.
        screening: whether a voter's gold trials suffice to screen by them.
        joined: how many came by the open link.
        opened_at, closed_at: None until then.
        links: to it.
    """

    title: str
    dataset_id: int
    manifest_sha: str
    systems: list[str]
    questions: list[str]
    items: dict[str, int]
    votes_per_pair: int
    rules: dict[str, int | float]
    screening: Screening
    joined: int
    opened_at: str | None
    closed_at: str | None
    links: StudyLinks


@dataclass(frozen=True, kw_only=True)
class SystemChoice:
    """A model that a study can show: how many images it has outputs of, and whether it is ours."""

    id: int
    name: str
    images: int
    fine_tuned: bool


@dataclass(frozen=True, kw_only=True)
class StudyChoices:
    """What a study of a dataset can be made of.

    Attributes:
        systems: those of the dataset's own pair at both ends.
        images: how many are upscaled.
        labelled: how many have a mask that marks something.
        defaults: of `StudyOrder`, by name, without what every study has of its own.
        settings: what is said of them, and their limits.
    """

    systems: list[SystemChoice]
    images: int
    labelled: int
    defaults: dict[str, object]
    settings: dict[str, SettingView]


def start_study(studio: Studio, dataset_id: int, order: StudyOrder) -> int:
    """Start the job that makes a study, and return its id; its result has the study's.

    Raises:
        InputError, NotFoundError: what can be told at once; see `create_study`.
    """
    with studio.database.read() as session:
        _check_names(session, order)
        systems = [models.get_model(session, model_id) for model_id in order.systems]
        _list_sources(session, dataset_id, order, systems)
    return start_job(studio, "study", StudyJobConfig(dataset_id, order).as_dict())


def create_study(
    studio: Studio, dataset_id: int, order: StudyOrder, report: Report = ignore_progress
) -> int:
    """Make a study: cut what it shows, write down all that it is, and return its id.

    It is a draft until it is opened; what was written down cannot be changed later.

    Raises:
        InputError: the name is unfit or taken, a system has no outputs of these images, or there is
            nothing to show; see `StudyOrder` and `make_items`.
        NotFoundError: no such dataset, model or image, or a stored file is missing.
    """
    with studio.database.read() as session:
        _check_names(session, order)
        systems = [models.get_model(session, model_id) for model_id in order.systems]
        sources = _list_sources(session, dataset_id, order, systems)
        dataset = datasets.get_dataset(session, dataset_id)
    items = list(make_items(studio, order, sources, report))
    manifest = write_manifest(order, dataset.name, systems, sources, items)
    with studio.database.write() as session:
        _check_names(session, order)
        study = Study(
            name=order.name.strip(),
            dataset_id=dataset_id,
            kind=order.kind,
            manifest=manifest,
            manifest_sha=hash_manifest(manifest),
            key=make_key(),
        )
        session.add(study)
        session.flush()
        for item in items:
            item.study_id = study.id
        session.add_all(items)
        return study.id


def open_study(studio: Studio, study_id: int) -> None:
    """Let people vote.

    Raises:
        InputError: the study is closed, or its manifest is not what was laid down.
        NotFoundError: no such study.
    """
    with studio.database.write() as session:
        study = studies.get_study(session, study_id)
        if study.state == "closed":
            raise InputError(f"{study.name} is closed. Make another study to go on.")
        if hash_manifest(study.manifest) != study.manifest_sha:
            raise InputError(f"The manifest of {study.name} was changed: it cannot be opened.")
        study.state, study.opened_at = "open", study.opened_at or now()


def close_study(studio: Studio, study_id: int) -> None:
    """End a study, for good; the votes stay. NotFoundError where there is none."""
    with studio.database.write() as session:
        study = studies.get_study(session, study_id)
        study.state, study.closed_at = "closed", study.closed_at or now()


def close_if_done(session: Session, study: Study) -> bool:
    """Close a study whose stopping rule is met; tell whether it was."""
    counts = studies.count_votes(session, study.id)
    manifest = read_manifest(study)
    questions = range(len(manifest.questions))
    numbers = [one.number for one in manifest.items if one.kind in COUNTED]
    done = all(
        counts.get((one, question), 0) >= manifest.votes_per_pair
        for one in numbers
        for question in questions
    )
    if done and study.state == "open":
        study.state, study.closed_at = "closed", now()
    return done


def list_studies(studio: Studio, dataset_id: int | None = None) -> list[StudySummary]:
    """Return all studies, or those of a dataset, newest first."""
    with studio.database.read() as session:
        return [_summarize(session, study) for study in studies.list_studies(session, dataset_id)]


def find_study(studio: Studio, named: str) -> int:
    """Return the id of a study by its name, or its number; InputError where there is none."""
    with studio.database.read() as session:
        study = studies.find_study(session, named)
        known = [one.name for one in studies.list_studies(session)]
        if study is None and named.isascii() and named.isdecimal() and len(named) < 10:
            study = session.get(Study, int(named))
    if study is None:
        there = f"There are: {', '.join(known)}." if known else "There is none yet."
        raise InputError(f"No study is named {named!r}. {there}")
    return study.id


def describe_study(studio: Studio, study_id: int) -> StudyDescription:
    """Return a study as its page shows it; NotFoundError where there is none."""
    with studio.database.read() as session:
        study = studies.get_study(session, study_id)
        manifest = read_manifest(study)
        trials = studies.count_voter_trials(session, study.id)
        voters = studies.list_voters(session, study.id)
        kinds = [item.kind for item in manifest.items]
        personal = [
            PersonalLink(
                label=voter.label,
                link=sign_link(study, voter.code),
                done=trials.get(voter.id, (0, 0))[0],
                trials=trials.get(voter.id, (0, 0))[1],
                expires_at=_tell_time(voter.expires_at),
            )
            for voter in voters
            if not voter.is_open
        ]
        return StudyDescription(
            **vars(_summarize(session, study)),
            title=manifest.title,
            dataset_id=study.dataset_id,
            manifest_sha=study.manifest_sha,
            systems=manifest.system_names,
            questions=manifest.questions,
            items={kind: kinds.count(kind) for kind in dict.fromkeys(kinds)},
            votes_per_pair=manifest.votes_per_pair,
            rules=manifest.rules,
            screening=describe_screening(study),
            joined=sum(voter.is_open for voter in voters),
            opened_at=_tell_time(study.opened_at),
            closed_at=_tell_time(study.closed_at),
            links=StudyLinks(make_open_link(study), personal),
        )


def describe_choices(studio: Studio, dataset_id: int) -> StudyChoices:
    """Return what a study of a dataset can be made of; NotFoundError where there is none."""
    with studio.database.read() as session:
        dataset = datasets.get_dataset(session, dataset_id)
        records = datasets.list_records(session, dataset)
        found = studies.list_systems(session, dataset_id)
    ends = {dataset.gan_model_id: -1, dataset.mse_model_id: 1}
    found.sort(key=lambda row: ends.get(row[0].id, 0))
    usual = asdict(StudyOrder("study", (1, 2)))
    return StudyChoices(
        systems=[
            SystemChoice(
                id=model.id,
                name=model.name,
                images=count,
                fine_tuned=model.parent_run_id is not None,
            )
            for model, count in found
        ],
        images=len(records),
        labelled=sum(bool(one.label and one.label.area_px) for one in records),
        defaults={k: v for k, v in usual.items() if k not in ("name", "systems", "images")},
        settings=describe_settings(StudyOrder),
    )


def _check_names(session: Session, order: StudyOrder) -> None:
    name = check_name(order.name, "The study's name", MAX_NAME)
    check_name(order.title, "The study's title", MAX_NAME)
    taken = studies.find_study(session, name)
    if taken:
        where = ", of a dataset in the bin" if is_in_bin(session, taken.dataset_id) else ""
        raise InputError(f"There is a study named {name!r} already{where}. Choose another name.")


def _list_sources(
    session: Session, dataset_id: int, order: StudyOrder, systems: list[Model]
) -> list[Source]:
    dataset = datasets.get_dataset(session, dataset_id)
    outputs = studies.list_outputs(session, dataset_id, order.systems)
    records = datasets.list_records(session, dataset, order.images)
    if order.images and len(records) < len(order.images):
        raise InputError(
            f"{len(order.images) - len(records)} of the chosen images are not in {dataset.name}, "
            "or not upscaled."
        )
    sources = []
    for record in records:
        made = outputs.get(record.image.id, {})
        lacking = [model.name for model in systems if model.id not in made]
        if lacking and order.images:
            raise InputError(f"{lacking[0]} has no output of {record.image.name}. Run it first.")
        if not lacking:
            sources.append(Source(record, tuple(made[model.id] for model in systems)))
    if not sources:
        names = " and ".join(model.name for model in systems)
        raise InputError(
            f"No image of {dataset.name} has outputs of {names}. Run the models first."
        )
    return sources


def _summarize(session: Session, study: Study) -> StudySummary:
    manifest = read_manifest(study)
    units = sum(item.kind in COUNTED for item in manifest.items)
    voters = studies.list_voters(session, study.id)
    return StudySummary(
        id=study.id,
        name=study.name,
        kind=study.kind,
        state=study.state,
        voters=sum(voter.consent_at is not None for voter in voters),
        votes=sum(studies.count_votes(session, study.id).values()),
        wanted=units * len(manifest.questions) * manifest.votes_per_pair,
        created_at=study.created_at.isoformat(),
    )


def _tell_time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
