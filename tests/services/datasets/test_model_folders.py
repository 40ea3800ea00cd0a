"""Outputs of several models side by side, as DeSRA's test data has them: none is misread."""

import shutil
import unicodedata
from pathlib import Path

import pytest
from PIL import Image

from desra_studio.detection.detector import DetectorParams
from desra_studio.errors import CancelledError, InputError, SuffixError
from desra_studio.imaging.io import encode_png
from desra_studio.services.datasets.adding import add_to_dataset
from desra_studio.services.datasets.detecting import detect_imported
from desra_studio.services.datasets.importing import check_import, import_dataset
from desra_studio.services.datasets.sources import import_source
from desra_studio.storage import datasets
from desra_studio.vocabulary import State
from tests.factories.images import make_pair, write_dataset

MODELS = ("LDL", "Real-ESRGAN", "SwinIR")


@pytest.fixture
def root(tmp_path):
    """Three models' folders, each with a mask of its own image."""
    folder = tmp_path / "testset"
    for model, marked in zip(MODELS, "abc", strict=True):
        write_dataset(folder / model)
        write_mask(folder / model / "GT-Mask" / f"{marked}.png")
    return folder


def write_mask(path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    mask = Image.new("L", (96, 96))
    mask.paste(255, (20, 20, 60, 60))
    mask.save(path)


def list_names(studio):
    with studio.database.read() as session:
        return sorted(dataset.name for dataset in datasets.list_datasets(session))


def load_records(studio, name):
    with studio.database.read() as session:
        return datasets.list_records(session, datasets.find_dataset(session, name))


def tell(report):
    return "\n".join((*report.remarks, *report.lines))


def test_every_model_becomes_a_dataset_with_its_own_masks(studio, root):
    report = import_dataset(studio, root, "X")
    assert [(each.model, each.name) for each in report.models] == [
        (model, f"X {model}") for model in MODELS
    ]
    assert {(each.images, each.with_lr, each.labels) for each in report.models} == {(3, 3, 1)}
    assert (report.name, report.dataset_id) == ("X LDL", report.models[0].dataset_id)
    assert (report.images, report.labels, report.lines) == (3, 1, ())
    assert all(name in " ".join(report.remarks) for name in list_names(studio))
    lr = set()
    for model, marked in zip(MODELS, "abc", strict=True):
        records = load_records(studio, f"X {model}")
        assert [record.image.name for record in records if record.label] == [marked]
        assert {record.state for record in records} == {State.ACCEPTED, State.UNREVIEWED}
        lr.add(tuple(record.image.lr_sha for record in records))
    assert len(lr) == 1, "the files of LR images are there once"
    with studio.database.read() as session:
        found = datasets.find_dataset(session, "X SwinIR")
        assert found.source == str(root / "SwinIR")


def test_artifacts_are_detected_in_every_model(studio, root):
    report = import_dataset(studio, root, "X")
    seen = []
    params = DetectorParams(area_threshold=400)
    found = detect_imported(
        studio, report, params, lambda done, total, _: seen.append((done, total))
    )
    assert found["marked"] == 3
    assert [(each["model"], each["marked"]) for each in found["models"]] == [
        (model, 3) for model in MODELS
    ]
    assert {total for _, total in seen} == {9}
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    for model in MODELS:
        assert all(record.detection for record in load_records(studio, f"X {model}"))


def test_names_that_are_taken_stop_all_of_it_before_anything_is_read(studio, root, dataset_folder):
    import_dataset(studio, dataset_folder, "X SwinIR")

    def refuse(*_):
        raise AssertionError("something was read")

    with pytest.raises(InputError, match="'X SwinIR' exists already"):
        import_dataset(studio, root, "X", refuse)
    with pytest.raises(InputError, match="'X SwinIR' exists already"):
        check_import(studio, root, "X", DetectorParams())
    assert list_names(studio) == ["X SwinIR"]


def test_a_name_taken_while_files_are_read_leaves_nothing(studio, root, dataset_folder):
    taken = []

    def take(*_):
        if not taken:
            taken.append(import_dataset(studio, dataset_folder, "X SwinIR"))

    with pytest.raises(InputError, match="'X SwinIR' exists already"):
        import_dataset(studio, root, "X", take)
    assert list_names(studio) == ["X SwinIR"]


def test_cancelling_leaves_none_of_the_models(studio, root):
    def cancel(done, total, _):
        assert total == 9
        if done == 7:
            raise CancelledError("stop")

    with pytest.raises(CancelledError):
        import_dataset(studio, root, "X", cancel)
    assert list_names(studio) == []
    with pytest.raises(InputError, match="printable letters"):
        import_dataset(studio, root, " ")


def test_lr_images_beside_the_models_are_those_of_each(studio, root):
    (root / "LDL" / "LR").rename(root / "LR-bicubic-x2")
    for path in (root / "LR-bicubic-x2").iterdir():
        with Image.open(path) as lr:
            lr.resize((96, 96)).save(path)
    shutil.copy(root / "LR-bicubic-x2" / "a.png", root / "LR-bicubic-x2" / "lone.png")
    (root / "LR-bicubic-x2" / "notes.txt").write_text("notes")
    shutil.rmtree(root / "SwinIR" / "LR")
    report = import_dataset(studio, root, "X")
    assert {each.model: each.with_lr for each in report.models} == dict.fromkeys(MODELS, 3)
    scales = {model: load_records(studio, f"X {model}")[0].image.scale for model in MODELS}
    assert scales == {"LDL": 2, "Real-ESRGAN": 4, "SwinIR": 2}
    assert "LR-bicubic-x2/a.png: for LDL, reduced 2 times" in tell(report)
    for told in ("lone.png: left out, no GAN-SR and MSE-SR", "notes.txt: left out, a file of type"):
        assert tell(report).count(told) == 1
    assert "enlarge differently: LDL 2 times, Real-ESRGAN 4 times, SwinIR 2 times" in tell(report)


def test_masks_beside_the_models_are_nobodys(studio, root):
    (root / "SwinIR" / "GT-Mask").rename(root / "GT-Mask")
    report = import_dataset(studio, root, "X")
    assert [each.labels for each in report.models] == [1, 1, 0]
    assert "testset/GT-Mask: left out, a mask marks the artifacts of one model" in tell(report)


def test_a_model_that_lacks_a_folder_is_named_and_the_others_come_in(studio, root):
    shutil.rmtree(root / "LDL" / "MSE-SR")
    (root / "SwinIR" / "GAN-SR").rename(root / "SwinIR" / "GANSR")
    (root / "private").mkdir()
    (root / "more").mkdir()
    Image.new("RGB", (9, 9)).save(root / "more" / "a.png")
    Image.new("RGB", (9, 9)).save(root / "flat.png")
    report = import_dataset(studio, root, "X")
    assert [each.name for each in report.models] == ["X Real-ESRGAN"] == list_names(studio)
    for told in (
        "testset/LDL: left out, it has no MSE-SR folder (found: images in GAN-SR, GT-Mask, LR)",
        "testset/SwinIR: left out, it has no GAN-SR folder (found: images in GANSR (is GAN-SR mean",
        "testset/more: left out, not read, it has neither GAN-SR nor MSE-SR",
        "testset: left out, 1 image lies beside the folders",
    ):
        assert told in tell(report)
    assert "private" not in tell(report)
    (root / "Real-ESRGAN" / "GAN-SR").rename(root / "Real-ESRGAN" / "GAN")
    (root / "flat.png").unlink()
    with pytest.raises(InputError, match="LDL has no MSE-SR folder") as raised:
        import_dataset(studio, root, "Y")
    assert "private" not in str(raised.value)


def test_a_model_without_a_usable_image_is_named(studio, root):
    for path in (root / "LDL" / "GAN-SR").iterdir():
        path.write_text("no image")
    report = import_dataset(studio, root, "X")
    assert [each.model for each in report.models] == ["Real-ESRGAN", "SwinIR"]
    assert "LDL/GAN-SR/a.png: left out, not a readable" in tell(report)
    assert "testset/LDL: left out, none of its images could be imported" in tell(report)
    for path in root.glob("*/GAN-SR/*"):
        path.write_text("no image")
    with pytest.raises(InputError, match=r"No image of .* could be imported"):
        import_dataset(studio, root, "Y")


def test_what_one_model_has_and_another_lacks_is_named(studio, root):
    for sub in ("GAN-SR", "MSE-SR", "LR"):
        (root / "LDL" / sub / "b.png").rename(root / "LDL" / sub / "other.png")
        with Image.open(root / "SwinIR" / sub / "c.png") as image:
            image.save(root / "SwinIR" / sub / "c.webp", lossless=True)
        (root / "SwinIR" / sub / "c.png").unlink()
    report = import_dataset(studio, root, "X")
    assert [each.images for each in report.models] == [3, 3, 3]
    assert "LDL: 1 image that other models have is missing: b" in report.lines
    assert "Real-ESRGAN: 1 image that other models have is missing: other" in report.lines
    assert [record.image.name for record in load_records(studio, "X SwinIR")] == ["a", "b", "c"]


def test_folders_that_differ_by_case_or_spelling_alone_are_told_apart(studio, tmp_path):
    root = tmp_path / "root"
    composed, apart = "Modèle é", unicodedata.normalize("NFD", "Modèle é")
    for name in ("LDL", "ldl", composed, apart):
        write_dataset(root / name, names="a")
    report = import_dataset(studio, root, "X")
    assert list_names(studio) == ["X LDL", "X Modèle é", "X Modèle é 2", "X ldl 2"]
    assert "the folder ldl is called 'ldl 2'" in tell(report)


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("模型 一", "模型 一"),
        ("مدل\u200cها", "مدلها"),
        ("a\tb\n", "a b"),
        ("caf\udce9", "caf\\xe9"),
        ("\u200f", "model"),
        ("=1+1", "=1+1"),
    ],
)
def test_folders_of_any_name_come_in(studio, root, folder, name):
    (root / "LDL").rename(root / folder)
    import_dataset(studio, root, "X")
    assert list_names(studio) == sorted((f"X {name}", "X Real-ESRGAN", "X SwinIR"))


@pytest.mark.parametrize("shared", [True, False])
def test_one_model_below_a_level_is_read_as_if_it_were_given(studio, root, shared):
    for model in ("LDL", "SwinIR"):
        shutil.rmtree(root / model)
    if shared:
        for name in ("LR", "GT-Mask"):
            (root / "Real-ESRGAN" / name).rename(root / name)
    report = import_dataset(studio, root, "X")
    assert (report.name, report.images, report.with_lr, report.labels) == ("X", 3, 3, 1)
    assert (report.models, report.lines) == ((), ())
    assert "The folder Real-ESRGAN in it was read" in " ".join(report.remarks)
    assert list_names(studio) == ["X"]


def test_a_layout_of_its_own_goes_before_those_below(studio, root):
    write_dataset(root, names="z")
    report = import_dataset(studio, root, "X")
    assert (report.images, report.models, report.remarks) == (1, (), ())
    assert "testset/LDL: left out, not read, it is none of" in tell(report)
    shutil.rmtree(root / "GAN-SR")
    with pytest.raises(InputError, match="has no GAN-SR folder"):
        import_dataset(studio, root, "Y")


def test_lr_images_alone_stay_what_they_are(studio, tmp_path):
    root = write_dataset(tmp_path / "root")
    shutil.rmtree(root / "GAN-SR")
    (root / "MSE-SR").rename(root / "more")
    assert import_dataset(studio, root, "X").lr_only
    (root / "LDL" / "GAN-SR").mkdir(parents=True)
    assert import_dataset(studio, root, "Y").lr_only, "nothing to compare with"


def test_folders_of_a_layout_that_differ_by_case_alone_are_told(studio, dataset_folder):
    shutil.copytree(dataset_folder / "MSE-SR", dataset_folder / "gan-sr")
    report = import_dataset(studio, dataset_folder, "X")
    assert "gan-sr: left out, not read, GAN-SR has the same name but for its case" in tell(report)
    gan = load_records(studio, "X")[0].gan.blob_sha
    assert studio.blobs.get(gan) == encode_png(make_pair(seed=0)[0])


@pytest.mark.parametrize("inside", ["", "testset"])
def test_a_zip_of_models_is_its_folder(studio, root, inside):
    base = root.parent if inside else root
    path = Path(shutil.make_archive(str(root), "zip", base, inside or None))
    report = import_source(studio, path, "X")
    assert [each.name for each in report.models] == [f"X {model}" for model in MODELS]
    with studio.database.read() as session:
        assert datasets.find_dataset(session, "X LDL").source == f"{path}/LDL"


def test_endings_of_names_are_asked_for_and_left_away_in_all(studio, root):
    for path in [*root.glob("*/GAN-SR/*")]:
        path.rename(path.with_stem(f"{path.stem}_out"))
    with pytest.raises(SuffixError):
        check_import(studio, root, "X", DetectorParams())
    config = check_import(studio, root, "X", DetectorParams(), "_out")
    assert (config.name, config.suffix) == ("X", "_out")
    report = import_dataset(studio, root, "X", suffixes=["_out"])
    assert [each.images for each in report.models] == [3, 3, 3]
    (root / "LDL" / "LR").rename(root / "LR")
    for model in ("Real-ESRGAN", "SwinIR"):
        shutil.rmtree(root / model / "LR")
    for path in [*root.glob("*/MSE-SR/*"), *root.glob("*/GT-Mask/*")]:
        path.rename(path.with_stem(f"{path.stem}_out"))
    with pytest.raises(SuffixError):
        check_import(studio, root, "Y", DetectorParams())
    report = import_dataset(studio, root, "Y", suffixes=["_out"])
    assert [each.with_lr for each in report.models] == [3, 3, 3]


def test_one_model_at_a_time_is_added_to_a_dataset(studio, root, dataset_folder):
    dataset_id = import_dataset(studio, dataset_folder, "set").dataset_id
    with pytest.raises(InputError, match="outputs of 3 models: LDL, Real-ESRGAN, SwinIR"):
        add_to_dataset(studio, dataset_id, root)
    for model in ("LDL", "SwinIR"):
        shutil.rmtree(root / model)
    added = add_to_dataset(studio, dataset_id, root)
    assert (added.images, added.unchanged, added.labels) == (0, 3, 1)
    assert "The folder Real-ESRGAN in it was read" in " ".join(added.remarks)
