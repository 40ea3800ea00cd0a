"""What programs append to the names of their outputs: NAME_out.png, NAMEx4.png."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

EXAMPLES = 3
"""Pairs that a proposal names."""


@dataclass(frozen=True)
class Proposal:
    """An ending of names, and what would match without it.

    Attributes:
        suffix: such as _out.
        pairs: (longer, shorter) names, sorted.
    """

    suffix: str
    pairs: tuple[tuple[str, str], ...]

    @property
    def examples(self) -> str:
        """The first pairs, in words."""
        more = " and so on" if len(self.pairs) > EXAMPLES else ""
        told = ", ".join(f"{longer} with {shorter}" for longer, shorter in self.pairs[:EXAMPLES])
        return told + more

    def describe(self) -> str:
        """Return a sentence for those who give --suffix."""
        return f" With --suffix {self.suffix} these would match: {self.examples}."


def propose_suffix(listed: Mapping[str, Iterable[str]]) -> Proposal | None:
    """Return what one folder's names have at their end beside another's, for half of them or more.

    Digits alone are no such ending: 1 and 10 are two images.

    Args:
        listed: the names without ending, by folder.
    """
    folders = [set(names) for names in listed.values()]
    common = set.intersection(*folders) if folders else set()
    lone = [names - common for names in folders]
    found: Counter[str] = Counter()
    for index, names in enumerate(lone):
        others = sorted(set().union(*lone[:index], *lone[index + 1 :]))
        for name in names:
            longer = [other[len(name) :] for other in others if other.startswith(name)]
            found.update({suffix for suffix in longer if suffix and not suffix[0].isdigit()})
    if not found:
        return None
    suffix, count = max(found.items(), key=lambda item: (item[1], -len(item[0])))
    fewest = min((len(names) for names in lone if names), default=0)
    if 2 * count < fewest:
        return None
    names = set().union(*folders)
    pairs = [(name + suffix, name) for name in sorted(names) if name + suffix in names]
    return Proposal(suffix, tuple(pairs))
