"""kill -9 of the server while saves are being answered: every acknowledged save is there.

A few times; `desra-studio bench kills` does it as often as one likes.
"""

from desra_studio.services.kill_benchmark import count_kills


def test_acknowledged_saves_survive_kills():
    told = count_kills(kills=3)
    assert told["acknowledged"] >= 3
    assert (told["lost"], told["refused"], told["faults"]) == (0, [], [])
