"""What a user study is to be like, as it is ordered."""

from dataclasses import asdict, dataclass, field
from typing import Any

from desra_studio.errors import InputError
from desra_studio.study.screening import Rules

CHOICE, PROMINENCE = "choice", "prominence"
WHOLE, WINDOWS = "whole", "windows"
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

    Attributes:
        name: for the team; never shown to voters.
        title: shown to voters.
        kind: choice (which of two?) or prominence (do you notice it?).
        systems: ids of the models whose outputs are shown: two or more, one for prominence.
        questions: what is asked about each pair; prominence has its own.
        crops: whole images, or windows around accepted regions and clean controls.
        window_px: side of a window, in px of the outputs.
        controls: clean windows (choice) or decoys (prominence).
        max_items: windows around regions at most; the largest regions come first.
        images: ids of the images that are used; None for all that have what is needed.
        votes_per_pair: votes that each pair (or region) needs on each question; then it closes.
        trials_per_voter: votes that one voter is asked for, without training and checks.
        check_share: share of hidden checks in all trials but training, 0..0.5.
        training: trials with feedback before the others.
        show_lr: whether voters may look at the LR image.
        consent: what voters agree to first.
        min_seconds: before which nobody can vote, from the images being loaded on, in s.
        max_voters: who can join by the open link at most.
        rules: by which voters are screened; see `study.screening.Rules`.
        seed: of sides, order and intervals.
    """

    name: str
    systems: tuple[int, ...]
    title: str = "Compare pictures"
    kind: str = CHOICE
    questions: tuple[str, ...] = DEFAULT_QUESTIONS
    crops: str = WINDOWS
    window_px: int = 256
    controls: int = 4
    max_items: int = 40
    images: tuple[int, ...] | None = None
    votes_per_pair: int = 10
    trials_per_voter: int = 40
    check_share: float = 0.15
    training: int = 2
    show_lr: bool = True
    consent: str = DEFAULT_CONSENT
    min_seconds: float = 1.0
    max_voters: int = 200
    rules: Rules = field(default_factory=Rules)
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be meant, naming the value."""
        _check_text("name", self.name, 200)
        _check_text("title", self.title, 200)
        _check_text("consent text", self.consent, MAX_TEXT)
        _check_choice("kind", self.kind, (CHOICE, PROMINENCE))
        _check_choice("crops", self.crops, (WHOLE, WINDOWS))
        _check_number("window", self.window_px, 32, 2048, "px")
        _check_number("clean windows", self.controls, 0, 500)
        _check_number("windows", self.max_items, 1, 2000)
        _check_number("votes per pair", self.votes_per_pair, 1, 10_000)
        _check_number("votes per voter", self.trials_per_voter, 1, 1000)
        _check_number("share of checks", self.check_share, 0, 0.5)
        _check_number("training trials", self.training, 0, 20)
        _check_number("minimum time", self.min_seconds, 0, 60, "s")
        _check_number("voters by the open link", self.max_voters, 0, 100_000)
        _check_number("seed", self.seed, 0, 2**31 - 1)
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
        """Return an order from plain values; those that are absent are the usual ones.

        Raises:
            InputError: see the class, and `Rules.from_dict`.
        """
        known = dict(values)
        for name in ("systems", "questions", "images"):
            if known.get(name) is not None:
                known[name] = tuple(known[name])
        if "rules" in known:
            known["rules"] = Rules.from_dict(known["rules"])
        return cls(**known)


def _check_text(what: str, text: str, most: int) -> None:
    if not text.strip() or len(text) > most:
        raise InputError(f"The {what} must have 1 to {most} characters, got {len(text.strip())}.")


def _check_choice(what: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise InputError(f"The {what} must be one of {', '.join(known)}, got {value!r}.")


def _check_number(what: str, value: float, low: float, high: float, unit: str = "") -> None:
    if not low <= value <= high:
        tail = f" {unit}" if unit else ""
        raise InputError(f"{what.capitalize()}: {low:g} to {high:g}{tail}, got {value:g}.")
