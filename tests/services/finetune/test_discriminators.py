"""Which discriminator a run starts from, and what is said where it is a fresh one."""

from dataclasses import replace

import pytest

from desra_studio.errors import InputError, ModelError
from desra_studio.services import jobs
from desra_studio.services.finetune.candidates import list_candidates
from desra_studio.services.finetune.discriminators import (
    find_released,
    list_choices,
    use_named,
    use_stored,
)
from desra_studio.services.finetune.ordering import start_finetune
from desra_studio.services.models.listing import describe_model
from desra_studio.services.models.registry import add_model_file
from desra_studio.sr.catalog import find_entry
from desra_studio.storage import models, runs
from desra_studio.vocabulary import ModelRole
from tests.factories.jobs import run_jobs_here, view_done
from tests.factories.networks import make_discriminator, make_rrdbnet
from tests.factories.training import TINY
from tests.factories.weights import encode_pth

NET_D = "RealESRGAN_x4plus_netD"
PULL = f"which is not in the registry: desra-studio models pull {NET_D}"
UNHEARD = replace(TINY, discriminator_warm_up=0)
SILENT = replace(TINY, adversarial_weight=0.0)


@pytest.fixture
def x4plus(studio, tmp_path):
    """A small network under the name of the released generator."""
    path = tmp_path / "RealESRGAN_x4plus.pth"
    path.write_bytes(encode_pth(make_rrdbnet()))
    return get(studio, add_model_file(studio, path))


@pytest.fixture
def net_d(studio, tmp_path):
    """Adds a small discriminator under a name; returns its id."""

    def add(name=NET_D):
        path = tmp_path / f"{name}.pth"
        path.write_bytes(encode_pth(make_discriminator(seed=5), "params"))
        return add_model_file(studio, path, role="discriminator")

    return add


def get(studio, model_id):
    with studio.database.read() as session:
        return models.get_model(session, model_id)


def fine_tune(studio, base, name):
    """A model as a fine-tuning of another leaves it."""
    with studio.database.write() as session:
        run = runs.add_run(session, "finetune", {"model_id": base.id})
        return models.add_model(
            session, name, ModelRole.GAN, architecture=base.architecture, scale=base.scale,
            file_sha=base.file_sha, parent_run_id=run.id,
        )  # fmt: skip


def name_released(studio, model):
    with studio.database.read() as session:
        found = find_released(session, model)
    return found.name if found else None


def test_the_released_one_goes_with_what_descends_from_its_generator(studio, x4plus, tmp_path):
    second = fine_tune(studio, fine_tune(studio, x4plus, "once"), "twice")
    assert name_released(studio, second) == NET_D
    with studio.database.write() as session:
        sha256 = find_entry("RealESRGAN_x4plus").sha256
        renamed = models.add_model(session, "mine", ModelRole.GAN, card={"sha256": sha256})
        namesake = models.add_model(session, "other", ModelRole.GAN, architecture="ESRGAN", scale=4)
    assert (name_released(studio, renamed), name_released(studio, namesake)) == (NET_D, None)


def test_what_can_be_chosen(studio, x4plus, net_d):
    [bundled] = [id_ for id_ in list_choices(studio) if id_ != x4plus.id]
    choice = list_choices(studio)[x4plus.id]
    assert (choice.fitting, choice.released) == ([], None)
    assert choice.missing == f"RealESRGAN_x4plus came with {NET_D}, {PULL}."
    mine, released = net_d("mine"), net_d()
    choice = list_choices(studio)[x4plus.id]
    assert choice.fitting == [(released, NET_D), (mine, "mine")]
    assert (choice.released, choice.missing) == (released, "")
    other = list_choices(studio)[bundled]
    assert (len(other.fitting), other.released, other.missing) == (2, None, "")
    with studio.database.write() as session:
        models.get_model(session, mine).scale = 2
    assert list_choices(studio)[x4plus.id].fitting == [(released, NET_D)]


def test_a_stored_run(studio, x4plus, net_d):
    missing = use_stored(studio, TINY, x4plus, None)
    assert missing.network is None
    assert missing.about == f"a fresh one in place of {NET_D}, {PULL}"
    assert missing.note == f"The discriminator was {missing.about}."
    released = net_d()
    assert use_stored(studio, TINY, x4plus, None).about.endswith("as was asked for")
    used = use_stored(studio, TINY, x4plus, released)
    assert (used.network.features, used.about, used.note) == (2, NET_D, "")
    assert use_stored(studio, SILENT, x4plus, released).about == ""
    with pytest.raises(ModelError, match="is not a U-Net discriminator"):
        use_stored(studio, TINY, x4plus, x4plus.id)


def test_no_warm_up_is_told_where_the_discriminator_is_fresh(studio, x4plus, net_d):
    released = net_d()
    assert "warm-up of 100 lets it learn" in use_stored(studio, UNHEARD, x4plus, None).note
    assert use_stored(studio, UNHEARD, x4plus, released).note == ""


def test_a_command_takes_a_name_a_file_or_a_fresh_one(
    studio, x4plus, net_d, tmp_path, generator_file
):
    assert use_named(studio, TINY, x4plus.name, None).about.startswith("a fresh one in place of")
    net_d("mine")
    net_d()
    for generator, wanted, about in (
        (x4plus.name, None, NET_D),
        (x4plus.name, "mine", "mine"),
        (x4plus.name, str(tmp_path / "mine.pth"), str(tmp_path / "mine.pth")),
        (x4plus.name, "fresh", f"a fresh one in place of {NET_D}, as was asked for"),
        (str(generator_file), None, "a fresh one"),
        ("nobody", None, "a fresh one"),
    ):
        used = use_named(studio, TINY, generator, wanted)
        assert used.about == about
        assert (used.network is None) == about.startswith("a fresh one")
    unused = use_named(studio, SILENT, x4plus.name, "mine")
    assert (unused.network, unused.about) == (None, "")
    assert unused.note.startswith("mine was not used")


def test_a_run_starts_from_it_and_its_card_says_so(studio, accepted, generator_file, net_d):
    model, judge = add_model_file(studio, generator_file), net_d("mine")
    chosen = [candidate.revision_id for candidate in list_candidates(studio, accepted)]
    with run_jobs_here():
        given = start_finetune(studio, accepted, chosen, model, UNHEARD, discriminator_id=judge)
        fresh = start_finetune(studio, accepted, chosen, model, UNHEARD)
        silent = start_finetune(studio, accepted, chosen, model, SILENT, discriminator_id=judge)
    cards = [
        describe_model(studio, view_done(studio, run).result["model_id"]).card
        for run in (given, fresh, silent)
    ]
    assert [card.get("discriminator") for card in cards] == ["mine", "a fresh one", None]
    assert [len(card["notes"]) for card in cards] == [0, 1, 0]
    assert {card["ema_at_end"] for card in cards} == {6 / 16}
    configs = [jobs.view_job(studio, run).config for run in (given, fresh, silent)]
    assert [config["discriminator_id"] for config in configs] == [judge, None, None]
    first = [jobs.list_job_metrics(studio, run, "discriminator")[0] for run in (given, fresh)]
    assert first[0] != first[1]


def test_a_run_refuses_what_does_not_fit(studio, accepted, generator_file, net_d):
    model, judge = add_model_file(studio, generator_file), net_d("mine")
    chosen = [candidate.revision_id for candidate in list_candidates(studio, accepted)]
    with studio.database.write() as session:
        models.get_model(session, judge).scale = 2
    for given, says in ((model, "small is no discriminator"), (judge, "mine judges x2, but")):
        with pytest.raises(InputError, match=says):
            start_finetune(studio, accepted, chosen, model, TINY, discriminator_id=given)
    assert jobs.list_jobs(studio, "finetune") == []
