"""What voters said of a fine-tuned model against the model that it was made from."""

from dataclasses import dataclass

from desra_studio.services.studies.manifests import Manifest, read_manifest
from desra_studio.services.studies.reports import PairResult, report_study
from desra_studio.services.studio import Studio
from desra_studio.storage import studies
from desra_studio.storage.tables import Dataset
from desra_studio.study.order import CHOICE


@dataclass(frozen=True, kw_only=True)
class VoterWord:
    """How the fine-tuned model fared in a blinded study, on one question.

    Attributes:
        study_id, study: id and name.
        question: in words.
        share: of the votes for the fine-tuned model, 0..1.
        interval: of the share, over voters and images; None where none is shown.
        votes, voters, images: how many that is of, without voters who were screened out.
    """

    study_id: int
    study: str
    question: str
    share: float
    interval: tuple[float, float] | None
    votes: int
    voters: int
    images: int


def list_voter_words(studio: Studio, dataset: Dataset, model_id: int) -> list[VoterWord]:
    """Return what the studies of a dataset say of a model against the dataset's GAN-SR model.

    Votes of a study that still goes on are among them; questions without a vote are not.
    """
    with studio.database.read() as session:
        asked = [
            (study.id, study.name, read_manifest(study))
            for study in studies.list_studies(session, dataset.id)
            if study.kind == CHOICE
        ]
    return [
        word
        for study_id, name, manifest in asked
        if (pair := _find_pair(manifest, model_id, dataset.gan_model_id))
        for word in _read_words(studio, study_id, name, pair)
    ]


def _find_pair(manifest: Manifest, tuned: int, original: int | None) -> tuple[str, str] | None:
    names = {system.model: system.name for system in manifest.systems}
    if original is None or not {tuned, original} <= names.keys():
        return None
    return names[tuned], names[original]


def _read_words(studio: Studio, study_id: int, name: str, pair: tuple[str, str]) -> list[VoterWord]:
    report = report_study(studio, study_id)
    return [
        VoterWord(
            study_id=study_id,
            study=name,
            question=question.text,
            share=result.share if turned else 1 - result.share,
            interval=_turn(result, turned),
            votes=result.votes,
            voters=result.voters,
            images=result.images,
        )
        for question in report.screened.questions
        for result in question.pairs
        if {result.a, result.b} == set(pair) and result.share is not None
        for turned in [result.a == pair[0]]
    ]


def _turn(result: PairResult, turned: bool) -> tuple[float, float] | None:
    if result.interval is None or turned:
        return result.interval
    low, high = result.interval
    return 1 - high, 1 - low
