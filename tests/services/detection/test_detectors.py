"""Detectors side by side: classes, calibration, baselines, live thresholds, curves, scores."""

import json
import struct
import zlib

import numpy as np
import pytest
import torch

from desra_studio.config import Settings
from desra_studio.detection.class_weights import load_released_intervals
from desra_studio.detection.detector import DetectorParams
from desra_studio.errors import DamagedError, InputError, NotFoundError
from desra_studio.imaging.arrays import Size
from desra_studio.imaging.io import encode_label_map
from desra_studio.imaging.masks import decode_mask_png, decode_mask_runs
from desra_studio.services.datasets.importing import import_dataset
from desra_studio.services.detection.calibrating import (
    CalibrationConfig,
    calibrate_dataset,
    calibrate_folders,
)
from desra_studio.services.detection.class_maps import open_class_source
from desra_studio.services.detection.dataset import detect_dataset, detect_pair
from desra_studio.services.detection.detectors import (
    list_detector_runs,
    parse_detector,
    read_params,
    run_detectors,
)
from desra_studio.services.detection.folders import FolderClasses
from desra_studio.services.detection.live import LiveDetector, pack_regions
from desra_studio.services.detection.weight_sets import list_weight_names, load_weights
from desra_studio.services.folders import FolderReader
from desra_studio.services.review import regions
from desra_studio.services.review.documents import describe_image
from desra_studio.services.review.masks import judge_image, save_mask
from desra_studio.services.review.regions import RegionFilter
from desra_studio.services.scores.agreement import compare_authors, list_annotators
from desra_studio.services.scores.attribution import attribute_verdict
from desra_studio.services.scores.curves import trace_detector
from desra_studio.services.scores.dataset import score_dataset
from desra_studio.services.scores.set_scorer import SetScorer
from desra_studio.services.studio import Studio
from desra_studio.storage import datasets, scores, weight_sets
from desra_studio.storage import regions as region_rows
from desra_studio.storage.region_label import RegionLabel
from desra_studio.vocabulary import State
from tests.factories.damage import flip_byte
from tests.factories.images import write_dataset
from tests.factories.segformers import save_tiny_segformer

PARAMS = DetectorParams(area_threshold=400)


@pytest.fixture(scope="session")
def segformer(tmp_path_factory):
    return save_tiny_segformer(tmp_path_factory.mktemp("segformer") / "tiny")


@pytest.fixture
def dataset(studio, dataset_folder):
    dataset = import_dataset(studio, dataset_folder, "set").dataset_id
    detect_dataset(studio, dataset, PARAMS)
    return dataset


def list_records(studio, dataset):
    with studio.database.read() as session:
        return datasets.list_records(session, datasets.get_dataset(session, dataset))


def label(studio, image, mask, author="tester"):
    """Save a mask under an annotator's name and accept it, or call it clean."""
    settings = Settings(data_dir=studio.settings.data_dir, database_url="", author=author)
    theirs = Studio(settings, studio.database, studio.blobs)
    version = describe_image(studio, image).version
    saved = save_mask(theirs, image, mask, version)
    judge_image(studio, image, State.ACCEPTED if mask.any() else State.CLEAN, saved.version)


def load_detected(studio, record):
    return decode_mask_png(studio.blobs.get(record.detection.mask_sha))


# Classes


def test_without_a_network_all_weights_are_1_and_it_says_so(studio, dataset):
    result = detect_dataset(studio, dataset, PARAMS)
    assert result.segmentation is None
    assert "nvidia/segformer-b0-finetuned-ade-512-512 is not on this machine" in result.notes[0]
    unweighted = DetectorParams(class_weights="none")
    for switched_off in ({"segmentation": "none"}, {"params": unweighted}):
        values = {"params": PARAMS} | switched_off
        assert "All class weights are 1" in detect_dataset(studio, dataset, **values).notes[0]


def test_class_maps_are_made_once_and_weigh(studio, dataset, segformer, monkeypatch):
    before = [record.detection.area_px for record in list_records(studio, dataset)]
    result = detect_dataset(studio, dataset, PARAMS, segmentation=str(segformer))
    assert result.notes == []
    assert result.segmentation.startswith("tiny@")
    records = list_records(studio, dataset)
    assert all(record.detection.labels_sha for record in records)
    assert all(
        record.detection.area_px <= area for record, area in zip(records, before, strict=True)
    ), "weights of 1 and more never mark more"
    monkeypatch.setattr("desra_studio.services.detection.class_maps.ClassMapper.load", None)
    again = detect_dataset(studio, dataset, PARAMS, segmentation=str(segformer))
    assert again == result, "the second run reads what the first has kept"


def test_refuses_other_networks_and_weights(studio, dataset, tmp_path):
    other = save_tiny_segformer(tmp_path / "cityscapes", labels=19)
    with pytest.raises(InputError, match="knows 19 classes, but ADE20K has 150"):
        detect_dataset(studio, dataset, PARAMS, segmentation=str(other))
    with pytest.raises(NotFoundError, match=r"'mine'. There are: released, none"):
        detect_dataset(studio, dataset, DetectorParams(class_weights="mine"))


# Calibration


def test_calibrates_on_clean_images(studio, dataset, segformer):
    settings = CalibrationConfig(min_pixels=1, min_images=1)
    with pytest.raises(InputError, match="No image of set is marked clean"):
        calibrate_dataset(studio, dataset, "mine", settings, segmentation=str(segformer))
    first = list_records(studio, dataset)[0]
    label(studio, first.image.id, np.zeros((96, 96), bool))
    result = calibrate_dataset(studio, dataset, "mine", settings, segmentation=str(segformer))
    assert (result["images"], result["segmentation"][:5]) == (1, "tiny@")
    assert 0 < result["calibrated"] < 150
    released = load_released_intervals()
    for row in result["classes"]:
        assert row["calibrated"] == (row["pixels"] > 0)
        if not row["calibrated"]:
            assert row["interval"] == released[row["index"]], "too few: the released one stays"
    assert list_weight_names(studio) == ["released", "none", "mine"]
    weights = load_weights(studio, "mine")
    assert weights[0] == pytest.approx(20 / (20 - result["classes"][0]["interval"]))
    detect_dataset(
        studio,
        dataset,
        DetectorParams(area_threshold=400, class_weights="mine"),
        segmentation=str(segformer),
    )
    with pytest.raises(InputError, match="'mine' exists already"):
        calibrate_dataset(studio, dataset, "mine", settings, segmentation=str(segformer))
    with pytest.raises(InputError, match="needs the classes"):
        calibrate_dataset(studio, dataset, "other", settings)


def test_calibrates_folders(studio, dataset_folder, tmp_path):
    maps = tmp_path / "maps"
    maps.mkdir()
    for name in ("a", "b", "c"):
        (maps / f"{name}.png").write_bytes(encode_label_map(np.full((96, 96), 7, np.uint8)))
    classes = FolderClasses({path.stem: path for path in maps.iterdir()})
    gan, mse = dataset_folder / "GAN-SR", dataset_folder / "MSE-SR"
    result = calibrate_folders(studio, gan, gan, "same", classes, FolderReader())
    assert result["classes"][7]["interval"] == 0, "equal images: all of D is 1"
    assert result["classes"][7]["pixels"] == 3 * 86 * 86
    assert result["calibrated"] == 1
    other = calibrate_folders(studio, gan, mse, "different", classes, FolderReader())
    assert other["classes"][7]["interval"] > 0


# Live thresholds


def test_live_masks_are_the_detectors(studio, dataset, segformer):
    detect_dataset(studio, dataset, PARAMS, segmentation=str(segformer))
    before = list_records(studio, dataset)
    live = LiveDetector(studio)
    wanted = DetectorParams(contrast_threshold=0.55, area_threshold=100, kernel_px=3, dilations=1)
    found = [live.detect(record.detection.id, wanted) for record in before]
    detect_dataset(studio, dataset, wanted, segmentation=str(segformer))
    for record, live_one in zip(list_records(studio, dataset), found, strict=True):
        assert np.array_equal(load_detected(studio, record), live_one.mask)
        assert [region["area"] for region in record.detection.regions] == [
            region.area for region in live_one.regions
        ]


def test_live_maps_stay_within_bounds(studio, dataset):
    records = list_records(studio, dataset)
    live = LiveDetector(studio, cache_bytes=1)
    for record in records:
        live.detect(record.detection.id, PARAMS)
    assert len(live._maps) == 1


def test_what_the_canvas_gets(studio, dataset):
    record = list_records(studio, dataset)[0]
    found = LiveDetector(studio).detect(record.detection.id, PARAMS)
    body = zlib.decompress(pack_regions(found), wbits=31)
    (length,) = struct.unpack_from("<I", body)
    figures = json.loads(body[4 : 4 + length])
    mask = decode_mask_runs(body[4 + length :], Size(96, 96))
    assert np.array_equal(mask, found.mask)
    assert figures["area_px"] == mask.sum() > 0
    assert figures["regions"][0]["busier"] > 0.9, "noise on a ramp is busier"


# Regions and attribution


def test_region_labels_follow_the_mask(studio, dataset):
    record = list_records(studio, dataset)[0]
    image, mask = record.image.id, load_detected(studio, record)
    y, x = np.argwhere(mask)[0].tolist()
    with pytest.raises(InputError, match="Save a mask"):
        regions.label_region(studio, image, RegionLabel(x, y, kind="blotch"))
    label(studio, image, mask)
    for values, says in (
        ({"kind": "moon"}, "Unknown kind 'moon'"),
        ({"severity": 6}, "0 to 5, got 6"),
    ):
        with pytest.raises(InputError, match=says):
            regions.label_region(studio, image, RegionLabel(x, y, **values))
    with pytest.raises(InputError, match="No component is marked at x 0, y 0"):
        regions.label_region(studio, image, RegionLabel(0, 0, kind="blotch"))
    regions.label_region(studio, image, RegionLabel(x, y, kind="blotch", severity=2))
    far_y, far_x = np.argwhere(mask)[-1].tolist()
    told = RegionLabel(far_x, far_y, kind="wrong texture", severity=4)
    assert regions.label_region(studio, image, told) == told
    assert regions.list_labels(studio, image) == [told], "one label per component, the last"
    label(studio, image, mask)
    assert regions.list_labels(studio, image) == [told], "carried to the next revision"
    trimmed = mask.copy()
    trimmed[far_y] = False
    label(studio, image, trimmed)
    (moved,) = regions.list_labels(studio, image)
    assert (moved.kind, moved.severity) == ("wrong texture", 4), "the rest keeps its label"
    assert trimmed[moved.y, moved.x]
    with studio.database.write() as session:
        revision = datasets.get_record(session, image).revision
        (row,) = region_rows.list_regions(session, [revision.id])
        row.prominence = 0.8
    regions.label_region(studio, image, RegionLabel(moved.x, moved.y, severity=1))
    with studio.database.read() as session:
        (row,) = region_rows.list_regions(session, [revision.id])
    assert (row.kind, row.severity, row.prominence) == (None, 1, 0.8), "votes stay"
    label(studio, image, np.zeros_like(mask))
    assert regions.list_labels(studio, image) == []


def test_attribution_is_what_a_verdict_does(studio, dataset):
    first, second, _ = list_records(studio, dataset)
    label(studio, second.image.id, np.zeros((96, 96), bool))
    mask = load_detected(studio, first)
    y, x = np.argwhere(mask)[0].tolist()
    scorer = SetScorer(studio)
    told = attribute_verdict(scorer, first.image.id, x, y)
    assert told.before.precision == 0
    assert told.images == 1
    assert (told.accepted.precision, told.accepted.recall) == (0.5, 1)
    assert (told.rejected.precision, told.rejected.recall) == (0, None)
    label(studio, first.image.id, mask)
    total = score_dataset(studio, dataset, scorer=scorer).detectors[0].total
    assert (total.precision, total.recall) == (0.5, 1), "as it was foretold"
    with pytest.raises(InputError, match="No component is marked"):
        attribute_verdict(scorer, first.image.id, 0, 0)


# Baselines


class Bright(torch.nn.Module):
    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(4 * image.mean(1, keepdim=True))


# torch still runs TorchScript, as such detectors are shipped, but warns of making it.
@pytest.mark.filterwarnings("ignore:.torch.jit:FutureWarning")
def test_baselines_beside_desra(studio, dataset, tmp_path):
    network = tmp_path / "bright.pt"
    torch.jit.script(Bright()).save(str(network))
    wanted = [
        parse_detector(text, studio)
        for text in ("ldl:0.01", "niqe", "ssim:0.5", "desra:0.5", f"{network}:0.9")
    ]
    assert run_detectors(studio, dataset, wanted)[0].startswith("All class weights are 1:")
    runs = list_detector_runs(studio, dataset)
    assert [run.as_dict()["method"] for run in runs] == [
        "desra", "network", "desra", "ssim", "niqe", "ldl",
    ]  # fmt: skip
    assert runs[0].params == PARAMS, "Review goes on with its own"
    assert list_records(studio, dataset)[0].detection.params["area_threshold"] == 400
    assert all(len(run.detections) == 3 for run in runs)
    assert runs[1].title.startswith("TorchScript network bright.pt above 0.9")
    counted = [len(run.detections) for run in runs]
    network.unlink()
    run_detectors(studio, dataset, wanted)
    assert [len(run.detections) for run in list_detector_runs(studio, dataset)] == counted
    assert [read_params(run.as_dict()) for run in runs] == [run.params for run in runs]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("moon", r"No detector named 'moon'. There are: desra, ldl, niqe, ssim"),
        ("ldl:many", "No detector named 'ldl:many'"),
        ("ssim:2", "must be -1 to 1, got 2"),
        ("gone.pt", "gone.pt"),
        ("desra:0", "contrast threshold must be above 0"),
    ],
)
def test_refuses_detectors(studio, text, says):
    with pytest.raises(InputError, match=says):
        parse_detector(text, studio)


def test_an_image_too_small_for_a_map(studio, tmp_path):
    folder = write_dataset(tmp_path / "small", names=["a"])
    dataset = import_dataset(studio, folder, "small").dataset_id
    for kind in ("ldl", "ssim"):
        run_detectors(studio, dataset, [parse_detector(kind)])
    assert len(list_detector_runs(studio, dataset)) == 2


# Scores


def test_scores_are_kept_with_what_made_them(studio, dataset):
    first, second, third = list_records(studio, dataset)
    mask = load_detected(studio, first)
    label(studio, first.image.id, mask)
    label(studio, second.image.id, np.zeros_like(mask))
    run_detectors(studio, dataset, [parse_detector("ldl", studio)])
    result = score_dataset(studio, dataset)
    assert (result.labelled, result.unlabelled, result.unchanged) == (2, 1, 1)
    assert [row.detector["method"] for row in result.detectors] == ["desra", "ldl"]
    assert result.detectors[0].total.precision == 0.5
    score_dataset(studio, dataset)
    with studio.database.read() as session:
        kept = scores.list_scores(session, dataset)
    assert len(kept) == 2, "the same figures are kept once"
    assert {row.mask_set for row in kept} == {result.mask_set}
    assert kept[0].code_version == result.code_version
    assert read_params(kept[1].detector) == PARAMS
    label(studio, third.image.id, mask)
    changed = score_dataset(studio, dataset)
    assert changed.mask_set != result.mask_set
    with studio.database.read() as session:
        assert len(scores.list_scores(session, dataset)) == 4


def test_severe_regions_alone(studio, dataset):
    first, second, _ = list_records(studio, dataset)
    for record, severity in ((first, 4), (second, 1)):
        mask = load_detected(studio, record)
        label(studio, record.image.id, mask)
        y, x = np.argwhere(mask)[0].tolist()
        regions.label_region(
            studio, record.image.id, RegionLabel(x, y, severity=severity, kind="blotch")
        )
    severe = score_dataset(studio, dataset, RegionFilter("severe"))
    rows = {row.name: row.score for row in severe.detectors[0].rows}
    assert (rows["a"].manual, rows["b"].manual) == (1, 0)
    assert (rows["b"].detected, rows["b"].detected_hits) == (0, 0), "not blamed for a mild one"
    assert severe.unknown_regions == 0
    assert score_dataset(studio, dataset, RegionFilter("prominent")).unknown_regions == 2
    blotches = score_dataset(studio, dataset, RegionFilter("blotch")).detectors[0].total
    assert blotches == score_dataset(studio, dataset).detectors[0].total
    with pytest.raises(InputError, match="'mild'"):
        score_dataset(studio, dataset, RegionFilter("mild"))


def test_a_curve_passes_through_the_score(studio, dataset):
    first, second, _ = list_records(studio, dataset)
    with pytest.raises(InputError, match="no curve"):
        trace_detector(studio, dataset)
    label(studio, first.image.id, load_detected(studio, first))
    label(studio, second.image.id, np.zeros((96, 96), bool))
    run_detectors(studio, dataset, [parse_detector("ssim", studio)])
    result = score_dataset(studio, dataset)
    for row in result.detectors:
        curve = trace_detector(studio, dataset, row.detector)
        chosen = curve.points[curve.chosen]
        assert (chosen.iou, chosen.precision, chosen.recall) == (
            row.total.iou, row.total.precision, row.total.recall,
        )  # fmt: skip
        assert curve.mask_set == result.mask_set
    points = trace_detector(studio, dataset).points
    assert points[0].detected <= points[-1].detected


def test_two_annotators(studio, dataset):
    first, second, third = list_records(studio, dataset)
    scorer = SetScorer(studio)
    mask, empty = load_detected(studio, first), np.zeros((96, 96), bool)
    for author, masks in (("ada", (mask, empty, mask)), ("bo", (mask, empty, None))):
        for record, painted in zip((first, second, third), masks, strict=True):
            if painted is not None:
                label(studio, record.image.id, painted, author)
    assert list_annotators(scorer, dataset) == {"ada": 3, "bo": 2}
    told = compare_authors(scorer, dataset, "ada", "bo")
    assert (told.images, told.empty_both, told.only_first) == (2, 1, 1)
    assert (told.iou, told.alpha, told.both, told.neither) == (1, 1, 1, 1)
    for names, says in ((("ada", "ada"), "themselves"), (("ada", "eve"), "eve saved no mask")):
        with pytest.raises(InputError, match=says):
            compare_authors(scorer, dataset, *names)


def test_class_maps_are_named_by_content(studio, dataset, segformer):
    mapper = open_class_source(studio, "released", str(segformer)).mapper
    record = list_records(studio, dataset)[0]
    address = mapper.map_image(record.gan.blob_sha)
    with studio.database.read() as session:
        assert weight_sets.find_class_map(session, record.gan.blob_sha, mapper.identity) == address


def test_review_counts_whole_where_images_were_detected_otherwise(studio, dataset, segformer):
    records = list_records(studio, dataset)
    for record in records:
        label(studio, record.image.id, load_detected(studio, record))
    before = score_dataset(studio, dataset).detectors[0].total
    classes = open_class_source(studio, "released", str(segformer))
    row = detect_pair(studio, records[0].gan, records[0].mse, PARAMS, classes)
    with studio.database.write() as session:
        session.add(row)
    first = score_dataset(studio, dataset).detectors[0]
    assert first.missing_predictions == 0
    assert first.title.endswith("2 images with other settings")
    assert first.total.images == before.images == 3
    assert [run.otherwise for run in list_detector_runs(studio, dataset)] == [2, 0]


def test_classes_that_came_later_are_used_by_comparisons(studio, dataset, segformer):
    wanted = [parse_detector("desra:0.6")]
    run_detectors(studio, dataset, wanted)
    settings = studio.settings.model_copy(update={"segmentation": str(segformer)})
    run_detectors(Studio(settings, studio.database, studio.blobs), dataset, wanted)
    titles = [run.title for run in list_detector_runs(studio, dataset)]
    assert len(titles) == 3
    assert "by tiny@" in titles[1], "networks are told apart"


def test_what_nobody_labelled_is_no_perfect_score(studio, dataset):
    first, second, _ = list_records(studio, dataset)
    for record in (first, second):
        label(studio, record.image.id, load_detected(studio, record))
    mask = load_detected(studio, first)
    y, x = np.argwhere(mask)[0].tolist()
    regions.label_region(studio, first.image.id, RegionLabel(x, y, severity=5))
    severe = score_dataset(studio, dataset, RegionFilter("severe"))
    assert severe.unknown_regions == 1
    assert [row.name for row in severe.detectors[0].rows] == ["a"]
    prominent = score_dataset(studio, dataset, RegionFilter("prominent")).detectors[0].total
    assert (prominent.images, prominent.iou) == (0, None)


@pytest.mark.parametrize("name", ["niqe:900", "ldl:0", "ldl:9", "ssim:-0.5"])
def test_curves_of_extreme_thresholds(studio, dataset, name):
    first = list_records(studio, dataset)[0]
    label(studio, first.image.id, load_detected(studio, first))
    params = parse_detector(name)
    run_detectors(studio, dataset, [params])
    row = score_dataset(studio, dataset).detectors[1]
    curve = trace_detector(studio, dataset, row.detector)
    assert curve.points[curve.chosen].threshold == params.limit
    assert len(curve.points) > 2


def test_a_baseline_has_no_sliders(studio, dataset):
    run_detectors(studio, dataset, [parse_detector("ldl")])
    run = list_detector_runs(studio, dataset)[1]
    detection = next(iter(run.detections.values()))
    with pytest.raises(InputError, match="has no map D"):
        LiveDetector(studio).detect(detection.id, PARAMS)


class Flat(torch.nn.Module):
    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return image.mean()


@pytest.mark.filterwarnings("ignore:.torch.jit:FutureWarning")
def test_a_network_that_fails_names_itself_and_the_image(studio, dataset, tmp_path):
    network = tmp_path / "flat.pt"
    torch.jit.script(Flat()).save(str(network))
    params = parse_detector(str(network), studio)
    network.unlink()
    with pytest.raises(InputError, match=r"^a: flat.pt"):
        run_detectors(studio, dataset, [params])


class OwnSize(torch.nn.Module):
    """Marks all of an image if it sees it at its own size, nothing at another."""

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        ones = torch.ones_like(image[:, :1])
        return ones if image.shape[-1] == 96 else 0 * ones


@pytest.mark.filterwarnings("ignore:.torch.jit:FutureWarning")
def test_a_network_that_was_changed_on_disk_is_not_loaded(studio, dataset, tmp_path):
    network = tmp_path / "bright.pt"
    torch.jit.script(Bright()).save(str(network))
    params = parse_detector(str(network), studio)
    flip_byte(studio.blobs, params.network)
    with pytest.raises(DamagedError, match=r"is damaged.*desra-studio db check"):
        run_detectors(studio, dataset, [params])
    assert len(list_detector_runs(studio, dataset)) == 1


@pytest.mark.filterwarnings("ignore:.torch.jit:FutureWarning")
def test_networks_that_see_the_images_own_size(studio, dataset, tmp_path):
    network = tmp_path / "a:b@c.pt"
    torch.jit.script(OwnSize()).save(str(network))
    wanted = [parse_detector(f"{network}{size}", studio) for size in ("", "@0:0.9", "@96")]
    assert [(params.input_px, params.limit) for params in wanted] == [
        (512, 0.5), (0, 0.9), (96, 0.5),
    ]  # fmt: skip
    run_detectors(studio, dataset, wanted)
    seen, own, scaled = reversed(list_detector_runs(studio, dataset)[1:])
    areas = [
        {detection.area_px for detection in run.detections.values()} for run in (scaled, own, seen)
    ]
    assert areas == [{96 * 96}, {96 * 96}, {0}]
