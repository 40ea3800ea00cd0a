"""Bad inputs made by mutation: a few of each kind; `desra-studio bench mutations` makes many."""

import json

import pytest

from desra_studio.bench.mutations.changes import CHANGES
from desra_studio.bench.mutations.counting import MAX_MB, Inputs, count_mutations, judge
from desra_studio.bench.mutations.inputs import make_input
from desra_studio.bench.mutations.seeds import KINDS
from desra_studio.bench.mutations.text_changes import ODD_VALUES, change_json
from desra_studio.bench.mutations.worker import DIED, HUNG, MAX_SECONDS, Outcome
from desra_studio.errors import InputError

PER_KIND = 3


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    """Seeds of every kind, and a process that reads them."""
    made = Inputs(tmp_path_factory.mktemp("mutations"))
    with made.worker:
        yield made


def test_a_few_bad_inputs_are_accepted_or_refused_in_one_line(inputs):
    for number in range(PER_KIND * len(KINDS)):
        seed, changed, came = inputs.try_number(3, number)
        assert judge(came) in ("accepted", "refused"), (number, seed.name, changed, came.told)


def test_files_that_nobody_harmed_are_accepted(inputs):
    for seed in inputs.seeds:
        if seed.kind != "request":
            came = inputs.try_bytes(seed, seed.data)
            assert judge(came) == "accepted", (seed.name, came.told)


def test_the_same_number_is_the_same_input(inputs):
    for number in range(5 * len(KINDS)):
        first, again = (make_input(inputs.seeds, 0, number) for _ in range(2))
        assert first == again
    assert make_input(inputs.seeds, 1, 7) != make_input(inputs.seeds, 0, 7)


def test_what_is_put_into_json_stays_as_it_was():
    class First:
        """Chance that decides for nested lists."""

        def choice(self, values):
            return [None] if values is ODD_VALUES else values[0]

        def __getattr__(self, name):
            raise AssertionError(name)

    before = json.dumps(ODD_VALUES)
    assert json.loads(change_json(b'{"a": 1}', First())) == [None]
    assert json.dumps(ODD_VALUES) == before


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_change_takes_the_shortest_file(change):
    import random

    for number in range(50):
        assert isinstance(change(b"\0", random.Random(number)), bytes)


@pytest.mark.parametrize(
    ("came", "outcome"),
    [
        (Outcome("refused", "", 1.0, 100.0), "refused"),
        (Outcome("failed", "a trace", 1.0, 100.0), "failed"),
        (Outcome("accepted", "", MAX_SECONDS + 1, 100.0), HUNG),
        (Outcome("accepted", "", 1.0, MAX_MB + 1.0), "large"),
        (Outcome(DIED, "status -11", 1.0, 0.0), DIED),
    ],
)
def test_what_is_too_much_counts_as_a_failure(came, outcome):
    assert judge(came) == outcome


def test_a_process_that_fails_dies_or_hangs_is_told_and_replaced(inputs, tmp_path, monkeypatch):
    from desra_studio.bench.mutations import worker

    script = tmp_path / "doors.py"
    script.write_text(
        "import sys, json, os\n"
        "print(json.dumps({}), flush=True)\n"
        "for line in sys.stdin:\n"
        "    kind = open(json.loads(line)['path']).read()\n"
        "    if kind == 'die': os._exit(3)\n"
        "    while kind == 'hang': pass\n"
        "    print(json.dumps({'outcome': kind, 'told': ''}), flush=True)\n"
    )
    monkeypatch.setattr(worker, "MAX_SECONDS", 0.3)
    fake = worker.Worker(tmp_path, tmp_path, tmp_path / "log.txt")
    fake._command[1:3] = [str(script)]
    seed, told = inputs.seeds[0], []
    with fake:
        for kind in ("accepted", "die", "failed", "hang", "refused"):
            path = tmp_path / "input"
            path.write_text(kind)
            told.append(fake.try_input(seed, path).outcome)
    assert told == ["accepted", DIED, "failed", HUNG, "refused"]


def test_no_input_is_refused():
    with pytest.raises(InputError, match="at least one"):
        count_mutations(count=0)
