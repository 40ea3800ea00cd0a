"""What a user study is to be like, as it is ordered."""

from dataclasses import asdict, dataclass, field
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field

from desra_studio.errors import InputError
from desra_studio.setting import Setting, check_settings, read_settings
from desra_studio.study.screening import Rules

Kind: TypeAlias = Literal["choice", "prominence"]
Crops: TypeAlias = Literal["whole", "windows"]
CHOICE: Kind = "choice"
PROMINENCE: Kind = "prominence"
WHOLE: Crops = "whole"
WINDOWS: Crops = "windows"
Within = Field(ge=0, le=2**31 - 1)
"""What a database can look for."""
DEFAULT_QUESTIONS = ("Which has fewer artifacts?", "Which shows more detail?")
PROMINENCE_QUESTION = "Do you notice an artifact in the outlined region?"
DEFAULT_CONSENT = (
    "What is kept: your answers, how long they took, and the size of "
    "your window, its zoom and pixel ratio. No name and no address is asked for or kept. You may "
    "stop at any time, and go on later on the same device."
)
MAX_TEXT = 4000
MAX_QUESTIONS = 6
MAX_SYSTEMS = 8


@dataclass(frozen=True)
class StudyOrder:
    """A study as somebody asks for it.

    `systems` are ids of the models whose outputs are shown: two or more, one for prominence.
    `images` are ids of those that are used; None for all that have what is needed. `questions` are
    asked about each pair; prominence has its own. `rules` screen voters. Name and title are
    checked where the study is made, as all names are.
    """

    name: Annotated[str, Setting("For the team; never shown to voters")]
    systems: tuple[Annotated[int, Within], ...]
    title: Annotated[str, Setting("The first that voters read")] = "Compare pictures"
    kind: Annotated[Kind, Setting("Which of two is better, or whether the artifact is noticed")] = (
        CHOICE
    )
    questions: tuple[str, ...] = DEFAULT_QUESTIONS
    crops: Annotated[
        Crops, Setting("Whole images, or windows around accepted regions and clean controls")
    ] = WINDOWS
    window_px: Annotated[
        int,
        Setting("Side of a window in the outputs", title="window", least=32, most=2048, unit="px"),
    ] = 256
    controls: Annotated[
        int,
        Setting(
            "Without artifacts; decoys for prominence", title="clean windows", least=0, most=500
        ),
    ] = 4
    max_items: Annotated[
        int,
        Setting(
            "Windows around regions at most; the largest come first",
            title="windows",
            least=1,
            most=2000,
        ),
    ] = 40
    images: tuple[Annotated[int, Within], ...] | None = None
    votes_per_pair: Annotated[
        int,
        Setting("That each pair needs on each question; then it closes", least=1, most=10_000),
    ] = 10
    trials_per_voter: Annotated[
        int,
        Setting(
            "Votes that one voter is asked for, without practice and checks",
            title="votes per voter",
            least=1,
            most=1000,
        ),
    ] = 40
    check_share: Annotated[
        float,
        Setting(
            "Of all trials but practice",
            title="share of checks",
            least=0,
            most=0.5,
        ),
    ] = 0.25
    training: Annotated[
        int,
        Setting(
            "Trials with feedback before the others", title="practice trials", least=0, most=20
        ),
    ] = 2
    show_lr: Annotated[bool, Setting("Whether voters may look at the LR image")] = True
    consent: Annotated[str, Setting("What voters agree to first")] = DEFAULT_CONSENT
    min_seconds: Annotated[
        float,
        Setting(
            "Before which nobody can vote, from the images being loaded on",
            title="minimum time",
            least=0,
            most=60,
            unit="s",
        ),
    ] = 1.0
    max_voters: Annotated[
        int,
        Setting(
            "Who can join by the open link at most",
            title="voters by the open link",
            least=0,
            most=100_000,
        ),
    ] = 200
    rules: Rules = field(default_factory=Rules)
    seed: Annotated[int, Setting("Of sides, order and intervals", least=0, most=2**31 - 1)] = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be, naming the value."""
        check_settings(self)
        _check_text("consent text", self.consent, MAX_TEXT)
        self._check_systems()
        self._check_questions()

    def _check_systems(self) -> None:
        if len(set(self.systems)) < len(self.systems):
            raise InputError("A system was chosen twice. Choose each once.")
        if self.kind == PROMINENCE and len(self.systems) != 1:
            raise InputError(
                f"A study of prominence shows one system, got {len(self.systems)}. Choose one."
            )
        if self.kind == CHOICE and not 2 <= len(self.systems) <= MAX_SYSTEMS:
            raise InputError(
                f"A comparison needs 2 to {MAX_SYSTEMS} systems, got {len(self.systems)}."
            )
        if self.kind == PROMINENCE and self.crops == WHOLE:
            raise InputError("Prominence is asked of windows around regions, not of whole images.")

    def _check_questions(self) -> None:
        if self.kind == PROMINENCE:
            return
        if not 1 <= len(self.questions) <= MAX_QUESTIONS:
            raise InputError(
                f"A study asks 1 to {MAX_QUESTIONS} questions, got {len(self.questions)}."
            )
        for question in self.questions:
            _check_text("question", question, 300)
        if len({question.strip().lower() for question in self.questions}) < len(self.questions):
            raise InputError("A question is asked twice. Ask each once.")

    @property
    def asked(self) -> tuple[str, ...]:
        """The questions that are asked indeed."""
        return (PROMINENCE_QUESTION,) if self.kind == PROMINENCE else self.questions

    def as_dict(self) -> dict[str, Any]:
        """Return the order as plain values."""
        return asdict(self) | {"questions": list(self.asked), "systems": list(self.systems)}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "StudyOrder":
        """Return an order from plain values; those that are absent, or None, are the usual ones.

        Raises:
            InputError: see the class, and `Rules.from_dict`.
        """
        known = {name: value for name, value in values.items() if value is not None}
        if "rules" in known:
            known["rules"] = Rules.from_dict(known["rules"])
        return read_settings(cls, known)


def _check_text(what: str, text: str, most: int) -> None:
    if not text.strip() or len(text) > most:
        raise InputError(f"The {what} must have 1 to {most} characters, got {len(text.strip())}.")
