"""Scenes with a known truth, and detectors on them: the truth is true, and the best is chosen."""

from dataclasses import replace

import numpy as np
import pytest

from desra_studio.bench.deletion import list_demo, load_pair
from desra_studio.bench.detectors.judging import (
    LEAST_PHOTOS,
    bound_difference,
    describe_kind,
    describe_verdicts,
    judge_mask,
)
from desra_studio.bench.detectors.kinds import GRADES, KINDS
from desra_studio.bench.detectors.measuring import (
    list_contestants,
    measure_detectors,
    split_photos,
)
from desra_studio.bench.detectors.scenes import (
    FEATHER_PX,
    Piece,
    list_cells,
    make_pieces,
    make_scenes,
)
from desra_studio.bench.detectors.tuning import (
    AREA_SHARES,
    Chosen,
    Signal,
    choose_thresholds,
    compute_map,
    mark_map,
)
from desra_studio.detection.detector import DetectorParams, detect_artifacts
from desra_studio.errors import InputError
from desra_studio.imaging.arrays import Size
from desra_studio.imaging.io import encode_png
from desra_studio.imaging.masks import find_components
from desra_studio.imaging.windows import SSIM_WINDOW_PX


def make_photo(number, height=160, width=208):
    """Return a seeded photograph of soft shapes and grain."""
    rng = np.random.default_rng(number)
    coarse = rng.integers(40, 216, (height // 8, width // 8, 3))
    grain = rng.normal(0, 8, (height, width, 3))
    return np.clip(coarse.repeat(8, axis=0).repeat(8, axis=1) + grain, 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def pieces():
    """Eight, of four photographs, in which GAN-SR is the photograph and MSE-SR is without grain."""
    made = []
    for number in range(8):
        hr = make_photo(number)
        soft = hr.reshape(20, 8, 26, 8, 3).mean(axis=(1, 3)).repeat(8, axis=0).repeat(8, axis=1)
        made.append(Piece(f"photo {number % 4}", hr, hr[::4, ::4], hr, soft.astype(np.uint8)))
    return made


@pytest.fixture
def folder(tmp_path):
    for number in range(4):
        (tmp_path / f"{number}.png").write_bytes(encode_png(make_photo(number, 112, 128)))
    return tmp_path


def fade(mask):
    """Return all that a mask's feather reaches."""
    side = 2 * FEATHER_PX + 1
    around = np.lib.stride_tricks.sliding_window_view(np.pad(mask, FEATHER_PX), (side, side))
    return around.any(axis=(2, 3))


def test_a_seed_repeats_the_scenes_and_another_one_does_not(pieces):
    first, again, other = (make_scenes(pieces, seed) for seed in (1, 1, 2))
    for one, same, different in zip(first, again, other, strict=True):
        assert (one.gan_sr == same.gan_sr).all()
        assert (one.truth == same.truth).all()
        assert one.artifacts == same.artifacts
        assert (one.truth != different.truth).any()


def test_truth_and_decoys_lie_apart_and_nothing_else_has_changed(pieces):
    for scene, piece in zip(make_scenes(pieces, 1), pieces, strict=True):
        truth, decoys = fade(scene.truth), fade(scene.decoys)
        assert scene.truth.any()
        assert scene.decoys.any()
        assert not (truth & decoys).any()
        changed = (scene.gan_sr != piece.gan_sr).any(axis=2)
        assert not (changed & ~truth & ~decoys).any()
        assert len(find_components(scene.truth)) == len(scene.artifacts)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_changes_its_mask_alone_and_more_by_grade(pieces, kind):
    changes = {grade: [] for grade in GRADES}
    for scene, piece in zip(make_scenes(pieces, 3, [kind]), pieces, strict=True):
        change = np.abs(scene.gan_sr.astype(float) - piece.gan_sr).mean(axis=2)
        assert not change[~fade(scene.truth)].any()
        for artifact in scene.artifacts:
            assert artifact.kind == kind
            inside = scene.truth[artifact.cell]
            changes[artifact.grade].append(change[artifact.cell][inside].mean())
    means = [np.mean(changes[grade]) for grade in sorted(GRADES)]
    assert 1 < means[0] < means[1] < means[2]


def test_decoys_are_the_photograph(pieces):
    blurred = [replace(piece, gan_sr=piece.mse_sr) for piece in pieces]
    for scene, piece in zip(make_scenes(blurred, 1), blurred, strict=True):
        inner = ~fade(~scene.decoys)
        assert inner.any()
        assert (scene.gan_sr[inner] == piece.hr[inner]).all()


def test_a_kind_that_is_left_out_is_not_there_and_the_places_stay(pieces):
    everything, without = make_scenes(pieces, 1), make_scenes(pieces, 1, set(KINDS) - {"lines"})
    assert "lines" in {each.kind for scene in everything for each in scene.artifacts}
    assert "lines" not in {each.kind for scene in without for each in scene.artifacts}
    for one, other in zip(everything, without, strict=True):
        assert (one.truth == other.truth).all()
        assert (one.decoys == other.decoys).all()


def test_kinds_and_grades_are_dealt_equally(pieces):
    dealt = [(each.kind, each.grade) for scene in make_scenes(pieces, 1)
             for each in scene.artifacts]  # fmt: skip
    counts = [dealt.count((kind, grade)) for kind in KINDS for grade in GRADES]
    assert max(counts) - min(counts) <= 1


@pytest.mark.parametrize("size", [Size(116, 176), Size(384, 384), Size(384, 112)])
def test_cells_cover_an_image_once(size):
    counts = np.zeros((size.height, size.width), int)
    for cell in list_cells(size):
        counts[cell] += 1
    assert (counts == 1).all()


def test_wrong_scenes_are_refused(pieces):
    with pytest.raises(InputError, match="Unknown kinds of artifacts: smoke"):
        make_scenes(pieces, 1, ["smoke"])
    with pytest.raises(InputError, match="Unknown kinds of artifacts: none"):
        make_scenes(pieces, 1, [])
    with pytest.raises(InputError, match="at least 2 photographs"):
        make_scenes(pieces[:1], 1)


def test_the_truth_itself_scores_all_and_marks_on_decoys_are_counted(pieces):
    scenes = make_scenes(pieces, 1)
    right = describe_verdicts([judge_mask(scene.truth, scene) for scene in scenes])
    assert (right["iou"], right["precision"], right["recall"]) == (1, 1, 1)
    assert (right["decoys_hit"], right["decoy_share"], right["photos"]) == (0, 0, 4)
    assert set(right["recall_by_kind"].values()) == {1}
    assert list(right["recall_by_grade"]) == ["1", "2", "3"]
    fooled = [judge_mask(scene.decoys, scene) for scene in scenes]
    wrong = describe_verdicts(fooled)
    assert (wrong["iou"], wrong["precision"], wrong["recall"]) == (0, 0, 0)
    assert wrong["decoys_hit"] == wrong["decoys"] == sum(each.decoys for each in fooled) > 0
    assert wrong["decoy_share"] == 1
    assert describe_kind(fooled, "lines")["recall"] == 0
    assert describe_kind(fooled, "smoke") == {"artifacts": 0, "iou": None, "recall": None}


def test_the_difference_of_two_detectors_has_an_interval_from_six_photographs_on(pieces):
    scenes = make_scenes(pieces, 1)
    good = [judge_mask(scene.truth, scene) for scene in scenes]
    bad = [judge_mask(scene.decoys, scene) for scene in scenes]
    assert bound_difference(good, bad) is None
    apart = [[replace(each, photo=str(number)) for number, each in enumerate(side)]
             for side in (good, bad)]  # fmt: skip
    few = [side[: LEAST_PHOTOS - 1] for side in apart]
    assert bound_difference(*few) is None
    interval = bound_difference(*apart)
    assert interval.low == interval.high == 1
    interval = bound_difference(apart[0][:4] + apart[1][4:], apart[1])
    assert 0 <= interval.low < 0.5 < interval.high <= 1


@pytest.mark.parametrize(("method", "sign"), [("ldl", 1), ("ssim", -1)])
def test_tuning_finds_the_best_on_a_made_up_map(method, sign):
    """A large square is the truth; a fainter one, and a small one as strong, are not."""
    values, truth = np.zeros((200, 200), np.float32), np.zeros((200, 200), np.bool_)
    values += np.random.default_rng(0).uniform(0, 0.01, values.shape).astype(np.float32)
    values[30:90, 30:90] = 0.5
    values[120:180, 120:180] = 0.2
    values[20:32, 150:162] = 0.5
    truth[28:92, 28:92] = True
    chosen = choose_thresholds(method, [sign * values], [truth])
    assert np.float32(0.2) <= sign * chosen.threshold < 0.5
    assert chosen.area_share > AREA_SHARES[0]
    mask = mark_map(method, sign * values, chosen.threshold, chosen.area_share)
    assert mask[60, 60]
    assert not mask[150, 150]
    assert not mask[26, 156]


def test_a_map_is_marked_as_detection_marks_it(pieces):
    scene = make_scenes(pieces, 1)[0]
    area = 0.004
    mask = mark_map("desra", compute_map("desra", scene), 0.7, area)
    found = detect_artifacts(scene.gan_sr, scene.mse_sr, DetectorParams(area_share=area))
    inner = np.s_[SSIM_WINDOW_PX:-SSIM_WINDOW_PX, SSIM_WINDOW_PX:-SSIM_WINDOW_PX]
    assert found.mask.any()
    assert (mask[inner] == found.mask[inner]).mean() > 0.99


def test_a_signal_marks_nothing_before_training_and_forgets_what_it_learned(pieces):
    scenes = make_scenes(pieces, 1)
    signal = Signal("desra")
    with pytest.raises(InputError, match="train it first"):
        signal.mark(scenes[0])
    signal.train(scenes[:4])
    signal.chosen = Chosen(0.0, 0.0, 1.0)
    signal.train(scenes[:4])
    assert signal.chosen.threshold > 0
    assert signal.mark(scenes[5]).shape == scenes[5].truth.shape


def test_photographs_are_trained_on_or_tested_on():
    photos = list(list_demo().items())
    shown, unseen = split_photos(photos, 1)
    assert sorted(shown + unseen) == sorted(photos)
    assert not set(shown) & set(unseen)
    assert split_photos(photos, 1) == (shown, unseen)
    assert split_photos(photos, 2) != (shown, unseen)


def test_photographs_become_pieces_of_one_size():
    pair = load_pair()
    (piece,) = make_pieces(list(list_demo().items())[:1], 1, 0, pair)
    assert piece.hr.shape == piece.gan_sr.shape == piece.mse_sr.shape
    assert piece.hr.shape[0] == pair[0].scale * piece.lr.shape[0]
    with pytest.raises(InputError, match="there is none"):
        make_pieces([], 1, 0, pair)


class Oracle:
    """Knows the truth."""

    name = "oracle"

    def train(self, scenes):
        """Learn nothing."""

    def mark(self, scene):
        """Look."""
        return scene.truth


@pytest.mark.slow
def test_a_whole_run(folder):
    told = []
    figures = measure_detectors(
        folder,
        seed=1,
        count=8,
        report=lambda *values: told.append(values),
        enter=lambda: [*list_contestants(), Oracle()],
    )
    assert list(figures["detectors"]) == [
        "desra",
        "ldl",
        "niqe",
        "ssim",
        "desra at 0.7",
        "learned",
        "oracle",
    ]
    assert figures["scenes"] == {"training": 4, "test": 4}
    assert figures["photographs"] == {"training": 2, "test": 2}
    assert list(figures["chosen"]) == ["desra", "ldl", "niqe", "ssim"]
    assert figures["detectors"]["oracle"]["iou"] == 1
    assert all(list(rows) == list(KINDS) for rows in figures["left_out"].values())
    compared = figures["against_best"]["oracle"]
    assert 0 < compared["iou_difference"] <= 1
    assert compared["low"] is None
    assert "says little" in figures["not_proved"]
    assert told[-1] == (48, 49, "oracle, without checker")


def test_what_cannot_be_measured_is_refused(folder, tmp_path):
    with pytest.raises(InputError, match="at least 8 scenes, got 7"):
        measure_detectors(folder, count=7)
    with pytest.raises(InputError, match="seed must be 0 or more, got -1"):
        measure_detectors(folder, seed=-1)
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(InputError, match=r"at least 4 photographs.*got 0"):
        measure_detectors(empty)
    (folder / "3.png").write_bytes(encode_png(make_photo(3, 104, 208)))
    with pytest.raises(InputError, match="photograph 3 is 208x104 px: scenes need 112 px"):
        measure_detectors(folder, count=8)
