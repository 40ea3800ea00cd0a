"""One bad input after the other, the same for the same seed and number."""

import random
from collections.abc import Sequence

from desra_studio.bench.mutations import format_changes as formats
from desra_studio.bench.mutations.changes import CHANGES, Change
from desra_studio.bench.mutations.seeds import KINDS, Seed
from desra_studio.bench.mutations.text_changes import change_json, nest_deeply, write_number

JSON_CHANGES: tuple[Change, ...] = (change_json, change_json, nest_deeply, write_number)
BY_ENDING: dict[str, tuple[Change, ...]] = {
    "png": (formats.change_png,),
    "jpg": (formats.change_jpeg,),
    "tif": (formats.change_tiff,),
    "safetensors": (formats.change_safetensors,),
    "pth": (formats.change_zip, formats.change_entry_list),
    "zip": (formats.change_zip, formats.change_zip, formats.change_entry_list),
    "json": JSON_CHANGES,
}
"""What is done beside `CHANGES` to files of an ending."""


def make_input(seeds: Sequence[Seed], seed: int, number: int) -> tuple[Seed, bytes, str]:
    """Return the seed of the bad input of a number, its bytes, and what was done to it.

    Kinds take turns, and so do the seeds of a kind.
    """
    kind = KINDS[number % len(KINDS)]
    own = [each for each in seeds if each.kind == kind]
    chosen = own[number // len(KINDS) % len(own)]
    chance = random.Random(f"{seed}:{number}")
    known = BY_ENDING.get(chosen.name.rpartition(".")[2], ())
    if chosen.name == "old.pth":  # PyTorch's format before it became a zip
        known = ()
    changes = [chance.choice(known if known and chance.random() < 0.6 else CHANGES)]
    if chance.random() < 0.2:
        changes.append(chance.choice(CHANGES))
    data = chosen.data
    for change in changes:
        data = change(data or b"\0", chance)
    return chosen, data, ", ".join(change.__name__ for change in changes)
