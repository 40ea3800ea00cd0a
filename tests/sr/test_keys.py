"""RRDBNet's weights get back the names they had before spandrel loaded them; no others do."""

import pytest
import torch
from spandrel.architectures.ESRGAN import ESRGAN

from desra_studio.sr.keys import restore_basicsr_keys
from desra_studio.sr.loader import build_generator
from tests.factories.networks import make_compact, make_rrdbnet, make_swinir


@pytest.mark.parametrize(("scale", "blocks"), [(4, 2), (2, 2), (1, 2), (4, 12)])
def test_restores_the_names_of_the_file(scale, blocks):
    weights = make_rrdbnet(scale, blocks)
    loaded = build_generator(weights, "model").module.state_dict()
    restored = restore_basicsr_keys(loaded)
    assert restored.keys() == weights.keys()
    assert all(torch.equal(restored[key], value) for key, value in weights.items())
    again = build_generator(restored, "model").module.state_dict()
    assert list(again) == list(loaded)
    assert all(torch.equal(again[key], value) for key, value in loaded.items())


@pytest.mark.parametrize(
    "weights",
    [
        make_compact(),
        make_swinir("pixelshuffle"),
        make_rrdbnet(),
        ESRGAN(num_filters=8, num_blocks=2, scale=2).state_dict(),
        ESRGAN(num_filters=8, num_blocks=2, scale=8).state_dict(),
        ESRGAN(num_filters=8, num_blocks=2, plus=True).state_dict(),
    ],
    ids=["compact", "swinir", "restored", "esrgan-x2", "esrgan-x8", "esrgan-plus"],
)
def test_leaves_others_alone(weights):
    kept = restore_basicsr_keys(weights)
    assert list(kept) == list(weights)
    assert all(kept[key] is value for key, value in weights.items())
