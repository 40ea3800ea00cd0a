import json

import cv2
import numpy as np
import pytest

from desra_studio.detection.learned.choosing import Cut, list_cuts, try_cuts
from desra_studio.detection.learned.file import (
    LearnedDetector,
    make_detector,
    parse_detector_file,
    read_detector,
    render_detector,
)
from desra_studio.detection.learned.linear import fit_linear
from desra_studio.detection.learned.samples import draw_rows, measure_image
from desra_studio.detection.learned.training import LearningParams, learn, make_folds
from desra_studio.detection.signals.sources import Sources
from desra_studio.detection.signals.table import list_names
from desra_studio.errors import InputError
from desra_studio.metrics.mask_metrics import measure_iou, score_image
from tests.factories.labelled import make_labelled, measure_labelled

PARAMS = LearningParams(folds=3)


@pytest.fixture(scope="module")
def images():
    return [measure_labelled(seed, is_marked=seed < 5) for seed in range(6)]


@pytest.fixture(scope="module")
def detector(images) -> LearnedDetector:
    learned = learn(images, PARAMS)
    return make_detector(learned, list_names(with_lr=False), {"a": 0.5}, "sha", 1, PARAMS)


def test_it_finds_what_is_wrong_and_leaves_what_is_sharp(detector):
    gan, mse, mask = make_labelled(77)
    found = Cut(detector.threshold, 1, detector.area_threshold).mark(detector.compute_map(gan, mse))
    assert measure_iou(found, mask) > 0.6
    gan, mse, _ = make_labelled(78, is_marked=False)
    found = Cut(detector.threshold, 1, detector.area_threshold).mark(detector.compute_map(gan, mse))
    assert found.mean() < 0.02


def test_an_image_is_judged_by_a_fit_that_has_not_seen_it(images):
    """Its own label, turned over, must not change what is said of it."""
    learned = learn(images, PARAMS)
    fold = make_folds(len(images), PARAMS)[0]
    turned = [
        type(image)(image.name, image.cells, (~image.labels[0],)) if at in fold else image
        for at, image in enumerate(images)
    ]
    again = learn(turned, PARAMS)
    for at in range(len(images)):
        same = np.array_equal(learned.unseen[at], again.unseen[at])
        assert same == (at in fold)


def test_folds_share_images_out():
    folds = make_folds(11, LearningParams(folds=4))
    assert sorted(at for fold in folds for at in fold) == list(range(11))
    assert [len(fold) for fold in folds] == [3, 3, 3, 2]
    assert [len(fold) for fold in make_folds(3, LearningParams(folds=10))] == [1, 1, 1]


def test_each_image_counts_alike_and_people_who_differ_count_half(images):
    rows = draw_rows(images, seed=0)
    assert rows.counts.sum() == pytest.approx(len(images), rel=1e-4)
    gan, mse, mask = make_labelled(1)
    names = list_names(with_lr=False)
    two = measure_image("two", Sources(gan, mse), [mask, np.zeros_like(mask)], names)
    assert two.average_labels().max() == 0.5


def test_probabilities_are_the_shares_of_the_labels():
    random = np.random.default_rng(0)
    features = random.normal(size=(20000, 3)).astype(np.float32)
    truth = 1 / (1 + np.exp(-(features @ [1.5, -1, 0] - 1)))
    targets = (random.random(20000) < truth).astype(np.float32)
    linear = fit_linear(features, targets, np.ones(20000, np.float32), penalty=1e-6)
    assert linear.weights == pytest.approx([1.5, -1, 0], abs=0.1)
    likely = linear.predict(features)
    chosen = (likely > 0.6) & (likely < 0.8)
    assert targets[chosen].mean() == pytest.approx(likely[chosen].mean(), abs=0.03)


def test_the_cut_of_the_best_iou_is_chosen():
    mask = np.zeros((64, 64), bool)
    mask[10:40, 10:40] = True
    values = np.where(mask, 0.7, 0.3).astype(np.float32)
    table = try_cuts([values], [[mask]], list_cuts([0.2, 0.5, 0.8]))
    assert table.choose([0]).threshold == 0.5


def test_cuts_are_measured_as_scores_are(images):
    """By components for all area thresholds at once; `score_image` looks at each mask."""
    random = np.random.default_rng(3)
    values = np.asarray(cv2.GaussianBlur(random.random((128, 128)), (0, 0), 6), np.float32)
    labels = [image.labels[0] for image in images[-2:]]
    cuts = list_cuts([0.48, 0.5, 0.52], (1, -1))
    table = try_cuts([values], [labels], cuts)
    for cut, iou in zip(cuts, table.iou[0], strict=True):
        mask = cut.mark(values)
        assert iou == pytest.approx(np.mean([score_image(mask, label).iou for label in labels]))
    assert len(set(table.iou[0])) > 3


def test_too_few_labels_are_told_with_how_many_are_missing(images):
    with pytest.raises(InputError, match=r"3 labelled, 3 of them with artifacts.*1 more"):
        learn(images[:3], PARAMS)
    clean = [measure_labelled(seed, is_marked=False) for seed in range(4)]
    with pytest.raises(InputError, match=r"4 labelled, 0 of them with artifacts.*2 more"):
        learn(clean, PARAMS)


def test_labels_of_one_class_are_told(images):
    everywhere = [
        type(image)(image.name, image.cells, (np.ones_like(image.labels[0]),)) for image in images
    ]
    with pytest.raises(InputError, match="The labels mark everything"):
        learn(everywhere, PARAMS)


def test_a_label_of_another_size_is_told():
    gan, mse, mask = make_labelled(0)
    with pytest.raises(InputError, match="boat: GAN-SR is 128x128 px but its label is 64x64"):
        measure_image("boat", Sources(gan, mse), [mask[:64, :64]], ["ldl"])


def test_a_detector_is_the_same_from_its_file(detector, tmp_path):
    path = tmp_path / "ours.json"
    path.write_bytes(render_detector(detector))
    assert read_detector(path) == detector


def _damage(detector: LearnedDetector, **changes):
    return json.dumps(json.loads(render_detector(detector)) | changes).encode()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"signals": ["nothing"]}, "learned from the signal nothing"),
        ({"signals_version": 99}, "learned from signals 99"),
        ({"weights": [1.0]}, "1 values of weights for"),
        ({"weights": ["__import__('os')"]}, r"weights\.0"),
        ({"bias": None}, "bias"),
        ({"scale": [0.0]}, "scale"),
        ({"threshold": 2}, "threshold"),
        ({"format": "another"}, "format"),
        ({"more": 1}, "more"),
    ],
)
def test_a_file_that_does_not_fit_is_refused(detector, changes, said):
    with pytest.raises(InputError, match=said):
        parse_detector_file(_damage(detector, **changes), "ours.json")


def test_not_a_number_is_refused(detector):
    data = render_detector(detector).replace(b'"bias":', b'"bias": NaN, "was":')
    with pytest.raises(InputError, match="is no learned detector"):
        parse_detector_file(data, "ours.json")
    with pytest.raises(InputError, match="is no learned detector"):
        parse_detector_file(b"\x80\x04pickle", "ours.json")


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_detector(tmp_path / "none.json")
