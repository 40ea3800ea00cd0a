"""What programs append to the names of their outputs: NAME_out.png, NAMEx4.png."""

from collections import Counter
from collections.abc import Iterable, Mapping

EXAMPLES = 3
"""Pairs that a proposal names."""


def propose_suffix(listed: Mapping[str, Iterable[str]]) -> str | None:
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
    return suffix if 2 * count >= fewest else None


def describe_proposal(listed: Mapping[str, Iterable[str]]) -> str:
    """Say with which --suffix names would match, and which; empty where with none."""
    suffix = propose_suffix(listed)
    if suffix is None:
        return ""
    names = set().union(*map(set, listed.values()))
    pairs = [name for name in sorted(names) if name + suffix in names][:EXAMPLES]
    shown = ", ".join(f"{name}{suffix} with {name}" for name in pairs)
    return f" With --suffix {suffix} these would match: {shown}."
