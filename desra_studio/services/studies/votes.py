"""The votes of a study: as ballots for the statistics, and as CSV and JSON for everybody else."""

import json
from dataclasses import dataclass, fields

from desra_studio.services.csv_tables import render_csv
from desra_studio.services.studies.manifests import read_manifest
from desra_studio.services.studio import Studio
from desra_studio.storage import studies
from desra_studio.storage.studies import VoteRow
from desra_studio.study.votes import Ballot


@dataclass(frozen=True, kw_only=True)
class ListedVote:
    """A vote with the names of what was compared, as its row of a table.

    Attributes:
        vote: id.
        voter: a number from 1 on: no address is kept.
        label: what the team calls the voter.
        joined_by: open link or personal link.
        image: name.
        item: number of the window in the study.
        kind: of the item.
        x, y, width, height: of the window, in px of the image.
        question: in words.
        role: of the trial.
        position: of the trial among the voter's, from 1 on.
        system_a, system_b: names; the second is empty for prominence.
        left: the system at the left; empty for prominence.
        answer: what was pressed.
        chosen: the system that was chosen, or yes, no or unsure.
        better: the right answer where there is one, else empty.
        repeat_of: id of the trial that this one repeats, else empty.
        seconds: from the pictures being loaded to the answer.
        at: time of the answer, ISO 8601.
        zoom, pixel_ratio, window_width, window_height: of the voter's page; empty where unknown.
    """

    vote: int
    voter: int
    label: str
    joined_by: str
    image: str
    item: int
    kind: str
    x: int
    y: int
    width: int
    height: int
    question: str
    role: str
    position: int
    system_a: str
    system_b: str
    left: str
    answer: str
    chosen: str
    better: str
    repeat_of: int | str
    seconds: float
    at: str
    zoom: float | str
    pixel_ratio: float | str
    window_width: float | str
    window_height: float | str


COLUMNS = tuple(field.name for field in fields(ListedVote))


def read_ballots(studio: Studio, study_id: int) -> list[Ballot]:
    """Return all votes of a study, checks and training too; NotFoundError where there is none."""
    with studio.database.read() as session:
        study = studies.get_study(session, study_id)
        return [_make_ballot(row) for row in studies.list_votes(session, study.id)]


def list_votes(studio: Studio, study_id: int) -> list[ListedVote]:
    """Return all votes of a study with the names of what was compared.

    Raises:
        NotFoundError: no such study.
    """
    with studio.database.read() as session:
        study = studies.get_study(session, study_id)
        manifest = read_manifest(study)
        names, questions = manifest.system_names, manifest.questions
        return [
            _describe_vote(row, names, questions) for row in studies.list_votes(session, study.id)
        ]


def render_votes_csv(studio: Studio, study_id: int) -> str:
    """Return all votes of a study as CSV."""
    return render_csv(COLUMNS, map(vars, list_votes(studio, study_id)))


def render_votes_json(studio: Studio, study_id: int) -> str:
    """Return all votes of a study as JSON, with the hash of its manifest."""
    with studio.database.read() as session:
        study = studies.get_study(session, study_id)
    told = {
        "study": study.name,
        "manifest_sha": study.manifest_sha,
        "votes": [vars(row) for row in list_votes(studio, study_id)],
    }
    return json.dumps(told, ensure_ascii=False, indent=1)


def _make_ballot(row: VoteRow) -> Ballot:
    return Ballot(
        trial=row.trial.id,
        voter=row.voter.id,
        image=row.item.image_id,
        item=row.item.id,
        question=row.trial.question,
        role=row.trial.role,
        answer=row.vote.answer,
        choice=row.vote.choice,
        system_a=row.item.system_a,
        system_b=row.item.system_b,
        better=row.item.better,
        repeat_of=row.trial.repeat_of_id,
        seconds=row.vote.seconds,
    )


def _describe_vote(row: VoteRow, names: list[str], questions: list[str]) -> ListedVote:
    item, trial, voter = row.item, row.trial, row.voter
    first, second = _name_sides(row, names)
    chosen = {"a": first, "b": second}.get(row.vote.choice, row.vote.choice)
    return ListedVote(
        vote=row.vote.id,
        voter=voter.place + 1,
        label=voter.label,
        joined_by="open link" if voter.is_open else "personal link",
        image=row.image,
        item=item.number,
        kind=item.kind,
        x=item.x,
        y=item.y,
        width=item.width,
        height=item.height,
        question=questions[trial.question],
        role=trial.role,
        position=trial.position + 1,
        system_a=first,
        system_b=second,
        left=(second if trial.swapped else first) if second else "",
        answer=row.vote.answer,
        chosen=chosen,
        better={"a": first, "b": second}.get(item.better or "", item.better or ""),
        repeat_of=trial.repeat_of_id or "",
        seconds=round(row.vote.seconds, 3),
        at=row.vote.created_at.isoformat(),
        zoom=voter.display.get("zoom", ""),
        pixel_ratio=voter.display.get("ratio", ""),
        window_width=voter.display.get("width", ""),
        window_height=voter.display.get("height", ""),
    )


def _name_sides(row: VoteRow, names: list[str]) -> tuple[str, str]:
    """Return what a and b are, the degraded ones of gold and training told as such."""
    item = row.item
    first = names[item.system_a]
    if item.system_b is None:
        return first, ""
    second = names[item.system_b]
    return first, f"{second}, degraded" if item.better else second
