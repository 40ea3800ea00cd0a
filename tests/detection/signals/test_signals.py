import json
from pathlib import Path

import numpy as np
import pytest

from desra_studio.detection.signals.grid import (
    CELL_PX,
    compute_grid,
    enlarge_map,
    name_features,
    reduce_map,
)
from desra_studio.detection.signals.sources import Sources
from desra_studio.detection.signals.table import SIGNALS, VERSION, list_names
from desra_studio.errors import InputError
from tests.factories.images import make_pair, make_picture


@pytest.fixture
def sources():
    gan, mse = make_pair()
    return Sources(gan, mse, mse)


@pytest.mark.parametrize("name", SIGNALS)
def test_a_signal_is_finite_and_of_the_size_of_the_images(sources, name):
    values = SIGNALS[name].compute(sources)
    assert (values.shape, values.dtype) == (sources.gan_sr.shape[:2], np.float32)
    assert np.isfinite(values).all()
    assert SIGNALS[name].about


@pytest.mark.parametrize("name", SIGNALS)
def test_a_signal_is_finite_where_all_is_flat(name):
    flat = np.full((24, 30, 3), 255, np.uint8)
    black = np.zeros_like(flat)
    for gan, other in ((flat, flat), (flat, black), (black, flat)):
        assert np.isfinite(SIGNALS[name].compute(Sources(gan, other, other))).all()


COMPARING = [
    ("structure-reference-3", -1), ("likeness-reference-3", -1), ("contrast-reference-3", 1),
    ("residual-reference-3", 1), ("gradients-4", -1), ("band-reference-0", 1), ("d-reference", -1),
    ("ssim-reference", -1), ("ldl", 1), ("chroma", 1), ("inconsistency", 1), ("residual-lr-3", 1),
    ("finest", 1), ("band-0", 1), ("activity-gan-3", 1),
]  # fmt: skip


@pytest.mark.parametrize(("name", "side"), COMPARING)
def test_noise_that_the_reference_lacks_shows(sources, name, side):
    values = SIGNALS[name].compute(sources) * side
    noisy, quiet = values[25:55, 25:55].mean(), values[70:90, 70:90].mean()
    assert noisy > quiet + 0.05


def test_structure_is_one_for_the_same_picture_and_blind_to_contrast():
    picture = make_picture()
    pale = (picture // 2 + 60).astype(np.uint8)
    same = Sources(picture, pale)
    assert SIGNALS["structure-reference-3"].compute(same).mean() > 0.97
    assert SIGNALS["likeness-reference-3"].compute(same).mean() < 0.9


def test_a_turned_edge_shows_in_the_directions():
    stripes = np.zeros((64, 64, 3), np.uint8)
    stripes[:, ::8] = stripes[:, 1::8] = stripes[:, 2::8] = 200
    turned = np.ascontiguousarray(stripes.transpose(1, 0, 2))
    assert SIGNALS["turn-4"].compute(Sources(stripes, stripes)).mean() > 0.9
    assert SIGNALS["turn-4"].compute(Sources(stripes, turned)).mean() < -0.9


def test_what_needs_lr_says_so_without_it():
    gan, mse = make_pair()
    without = Sources(gan, mse)
    for name in set(list_names(with_lr=True)) - set(list_names(with_lr=False)):
        with pytest.raises(InputError, match="compares GAN-SR with LR"):
            SIGNALS[name].compute(without)
    for name in list_names(with_lr=False):
        SIGNALS[name].compute(without)


def test_images_that_do_not_fit_are_refused():
    gan, mse = make_pair()
    with pytest.raises(InputError, match="GAN-SR is 96x96 px but the enlarged LR is 48x48"):
        Sources(gan, mse, mse[:48, :48])
    with pytest.raises(InputError, match="smaller than the window"):
        Sources(gan[:8, :8], mse[:8, :8])


def test_values_are_those_of_their_version():
    """Files of learned detectors hold for these values: where they change, raise VERSION."""
    gan, mse = make_pair()
    grid = compute_grid(Sources(gan, mse, mse), list_names(with_lr=True))
    means = np.abs(grid).mean(axis=(0, 1))[: len(SIGNALS)].tolist()
    kept = json.loads((Path(__file__).parent / f"version_{VERSION}.json").read_text())
    assert dict(zip(SIGNALS, means, strict=True)) == pytest.approx(kept, rel=2e-3, abs=2e-3)


def test_a_grid_has_a_cell_for_each_4_px_and_its_surroundings():
    gan, mse = make_pair((70, 82))
    grid = compute_grid(Sources(gan, mse), ["ldl", "chroma"])
    assert grid.shape == (18, 21, 6)
    assert name_features(["ldl", "chroma"])[2:4] == ["ldl~8px", "chroma~8px"]
    assert grid[:, :, 4].std() < grid[:, :, 2].std() < grid[:, :, 0].std()


def test_a_map_is_reduced_and_enlarged_in_place():
    values = np.zeros((40, 40), np.float32)
    values[8:12, 20:24] = 1
    cells = reduce_map(values)
    assert (cells[2, 5], cells.sum()) == (1, 1)
    row, column = np.unravel_index(enlarge_map(cells, (40, 40)).argmax(), (40, 40))
    assert row // CELL_PX == 2
    assert column // CELL_PX == 5
