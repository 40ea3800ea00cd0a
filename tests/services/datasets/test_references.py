"""Datasets whose GAN-SR is compared with something else than MSE-SR."""

import json
import shutil

import numpy as np
import pytest

from desra_studio.detection.detector import DetectorParams
from desra_studio.errors import InputError, MissingReferenceError
from desra_studio.imaging.arrays import Size
from desra_studio.imaging.io import decode_png, encode_png, resize_bicubic
from desra_studio.references import parse_reference
from desra_studio.services.datasets.adding import add_to_dataset
from desra_studio.services.datasets.importing import (
    MAX_NAME,
    check_import,
    import_dataset,
    rename_dataset,
)
from desra_studio.services.datasets.sources import import_source
from desra_studio.services.detection.dataset import detect_dataset
from desra_studio.services.export.exporting import export_dataset
from desra_studio.services.review.documents import describe_image
from desra_studio.services.scores.dataset import score_dataset
from desra_studio.services.scores.making import BlindAgreement, describe_making
from desra_studio.storage import datasets, models
from desra_studio.vocabulary import ReferenceKind
from tests.factories.images import make_picture, write_dataset, write_diffusion
from tests.factories.studio import accept_detected, list_items

LR = parse_reference("lr")
SWINIR = parse_reference("other:SwinIR")
PARAMS = DetectorParams(area_threshold=400)
SIZE = Size(160, 128)


@pytest.fixture
def diffusion(tmp_path):
    return write_diffusion(tmp_path / "OSEDiff")


def load(studio, name="set"):
    with studio.database.read() as session:
        dataset = datasets.find_dataset(session, name)
        return dataset, datasets.list_records(session, dataset)


def test_lr_and_sr_alone_are_a_dataset(studio, diffusion):
    report = import_dataset(studio, diffusion, "set", reference=LR)
    assert (report.images, report.with_lr, report.lr_only, report.lines) == (3, 3, False, ())
    assert report.reference == "LR enlarged"
    assert detect_dataset(studio, report.dataset_id, PARAMS).marked == 3
    dataset, records = load(studio)
    assert (dataset.reference, dataset.reference_name) == (ReferenceKind.LR, "")
    for seed, record in enumerate(records):
        lr = make_picture(SIZE.height // 4, SIZE.width // 4, seed)
        enlarged = decode_png(studio.blobs.get(record.mse.blob_sha))
        assert np.array_equal(enlarged, resize_bicubic(lr, SIZE))
        assert (record.image.width, record.image.height, record.image.scale) == (*SIZE, 4)
        assert len(record.detection.regions) == 1
    (first, *_) = list_items(studio, report.dataset_id)
    assert describe_image(studio, first.id).reference == "LR enlarged"
    accept_detected(studio, report.dataset_id)
    score = score_dataset(studio, report.dataset_id)
    assert score.detectors[0].total.iou == 1
    told = describe_making(score, BlindAgreement(0, None))
    assert any("GAN-SR is compared with LR enlarged" in line for line in told)


def test_its_model_of_outputs_is_called_after_it(studio, diffusion):
    name = "x" * MAX_NAME
    made = import_dataset(studio, diffusion, name, reference=LR).dataset_id
    with studio.database.read() as session:
        model = models.get_model(session, datasets.get_dataset(session, made).mse_model_id)
    assert model.name.endswith("x LR enlarged")
    assert len(model.name) == MAX_NAME + len(" GAN-SR")
    rename_dataset(studio, made, "short")
    with studio.database.read() as session:
        assert models.get_model(session, model.id).name == "short LR enlarged"


def test_lr_that_does_not_fit_is_its_own_fault(studio, diffusion):
    def write(name, height, width):
        path = diffusion / "LR" / f"{name}.png"
        path.write_bytes(encode_png(make_picture(height, width, 1)))

    for extra in ("large", "odd", "lone", "tiny"):
        shutil.copy(diffusion / "GAN-SR" / "b.png", diffusion / "GAN-SR" / f"{extra}.png")
    write("large", 256, 320)
    write("odd", 33, 40)
    write("tiny", 8, 10)
    write("nobody", 32, 40)
    report = import_dataset(studio, diffusion, "set", reference=LR)
    assert report.images == 3
    told = "\n".join(report.lines)
    assert "LR/large.png: left out, 320x256 px times 1 to 8 is not the SR size 160x128" in told
    assert "LR/odd.png: left out, 40x33 px times 1 to 8 is not the SR size 160x128" in told
    assert "LR/tiny.png: left out, 10x8 px times 1 to 8 is not the SR size 160x128" in told
    assert "GAN-SR/lone.png: left out, LR has no image of this name" in told
    assert "LR/nobody.png: left out, no GAN-SR of this name" in told


def test_lr_as_large_as_sr_is_compared_as_it_is(studio, diffusion):
    for path in (diffusion / "GAN-SR").iterdir():
        shutil.copy(path, diffusion / "LR" / path.name)
    import_dataset(studio, diffusion, "set", reference=LR)
    _, records = load(studio)
    assert [record.image.scale for record in records] == [1, 1, 1]
    assert all(record.gan.blob_sha == record.mse.blob_sha for record in records)


def test_lr_that_was_enlarged_for_viewing_is_reduced_first(studio, diffusion):
    for path in (diffusion / "LR").iterdir():
        path.write_bytes(encode_png(resize_bicubic(decode_png(path.read_bytes()), SIZE)))
    (diffusion / "LR").rename(diffusion / "LR-bicubic-x4")
    report = import_dataset(studio, diffusion, "set", reference=LR)
    assert (report.images, report.with_lr) == (3, 3)
    assert {record.image.scale for record in load(studio)[1]} == {4}


@pytest.mark.parametrize("folder", ["SwinIR", "swinir", "MSE-SR"])
def test_another_models_output_lies_in_its_folder_or_that_of_mse(studio, tmp_path, folder):
    source = write_dataset(tmp_path / "source")
    (source / "MSE-SR").rename(source / folder)
    report = import_dataset(studio, source, "set", reference=SWINIR)
    assert (report.images, report.lines, report.reference) == (3, (), "SwinIR")
    dataset, _ = load(studio)
    assert datasets.get_reference(dataset) == SWINIR
    with studio.database.read() as session:
        assert models.get_model(session, dataset.mse_model_id).name == "set SwinIR"


def test_hr_is_compared_and_the_rest_told(studio, tmp_path):
    source = write_dataset(tmp_path / "source")
    shutil.copytree(source / "MSE-SR", source / "HR")
    (source / "HR" / "a.png").unlink()
    (source / "HR" / "b.png").write_bytes(encode_png(make_picture(90, 96)))
    report = import_dataset(studio, source, "set", reference=parse_reference("hr"))
    assert report.images == 1
    told = "\n".join(report.lines)
    assert "GAN-SR/a.png: left out, HR has no image of this name" in told
    assert "GAN-SR/b.png: left out, it is 96x96 px but HR is 96x90 px" in told
    assert "MSE-SR: left out, not read, it is none of GAN-SR, HR, LR, GT-Mask" in told


def test_what_is_missing_is_told(studio, diffusion, tmp_path):
    with pytest.raises(InputError, match=r"has no SwinIR folder .*has GAN-SR and SwinIR in it\.$"):
        import_dataset(studio, diffusion, "set", reference=SWINIR)
    alone = tmp_path / "alone"
    shutil.copytree(diffusion / "LR", alone / "LR")
    with pytest.raises(InputError, match=r"has no GAN-SR folder .*has GAN-SR and LR in it\.$"):
        import_dataset(studio, alone, "set", reference=LR)
    shutil.copytree(diffusion / "GAN-SR", alone / "GAN-SR")
    shutil.rmtree(alone / "LR")
    with pytest.raises(InputError, match=r"has no LR folder"):
        import_dataset(studio, alone, "set", reference=LR)
    (alone / "LR").mkdir()
    with pytest.raises(InputError, match=r"No image of .*LR has no image of this name"):
        import_dataset(studio, alone, "set", reference=LR)


def test_without_mse_what_there_is_is_offered(studio, diffusion):
    def offer():
        with pytest.raises(MissingReferenceError) as caught:
            check_import(studio, diffusion, "set", PARAMS)
        return str(caught.value), caught.value.references

    told, offered = offer()
    assert told.endswith("in it, or compare with LR enlarged (--reference lr).")
    assert offered == {"lr": "LR enlarged"}
    for name in ("HR", "SwinIR", "MSE_SR", "GT-Mask"):
        shutil.copytree(diffusion / "GAN-SR", diffusion / name)
    (diffusion / "notes").mkdir()
    told, offered = offer()
    assert offered == {"lr": "LR enlarged", "hr": "HR", "other:SwinIR": "SwinIR"}
    assert "or HR (--reference hr) or SwinIR (--reference other:SwinIR)." in told
    for spelling in offered:
        config = check_import(studio, diffusion, "set", PARAMS, reference=spelling)
        assert config.reference == spelling


def test_several_models_share_the_lr_images(studio, diffusion):
    root = diffusion.parent / "models"
    for model in ("SeeSR", "StableSR"):
        shutil.copytree(diffusion / "GAN-SR", root / model / "GAN-SR")
    with pytest.raises(InputError, match="no folder in it that has GAN-SR and MSE-SR") as caught:
        check_import(studio, root, "set", PARAMS)
    assert not isinstance(caught.value, MissingReferenceError)
    shutil.copytree(diffusion / "LR", root / "LR")
    with pytest.raises(MissingReferenceError) as offered:
        check_import(studio, root, "set", PARAMS)
    assert offered.value.references == {"lr": "LR enlarged"}
    report = import_dataset(studio, root, "set", reference=LR)
    assert [each.name for each in report.models] == ["set SeeSR", "set StableSR"]
    assert [(each.images, each.with_lr) for each in report.models] == [(3, 3), (3, 3)]
    assert report.lines == ()


def test_several_models_without_any_lr_say_what_each_lacks(studio, diffusion):
    for model in ("SeeSR", "StableSR"):
        shutil.copytree(diffusion / "GAN-SR", diffusion.parent / "models" / model / "GAN-SR")
    with pytest.raises(InputError, match=r"has GAN-SR and LR: SeeSR has no LR folder"):
        import_dataset(studio, diffusion.parent / "models", "set", reference=LR)


def test_more_images_are_compared_as_the_others(studio, diffusion):
    made = import_dataset(studio, diffusion, "set", reference=LR).dataset_id
    for folder in ("GAN-SR", "LR"):
        (diffusion / folder / "a.png").rename(diffusion / folder / "z.png")
        (diffusion / folder / "c.png").unlink()
    added = add_to_dataset(studio, made, diffusion)
    assert (added.images, added.unchanged, added.lines) == (1, 1, ())
    _, records = load(studio)
    assert [record.image.name for record in records] == ["a", "b", "c", "z"]
    assert records[0].mse.blob_sha == records[3].mse.blob_sha


@pytest.mark.parametrize("spelling", ["lr", "other:SwinIR"])
def test_folders_name_it_and_come_back(studio, diffusion, tmp_path, spelling):
    (diffusion / "SwinIR").mkdir()
    for path in (diffusion / "LR").iterdir():
        smooth = resize_bicubic(decode_png(path.read_bytes()), SIZE)
        (diffusion / "SwinIR" / path.name).write_bytes(encode_png(smooth))
    reference = parse_reference(spelling)
    made = import_dataset(studio, diffusion, "set", reference=reference).dataset_id
    detect_dataset(studio, made, PARAMS)
    exported = export_dataset(studio, "set", "desra", tmp_path / "desra")
    assert any(f"--reference {spelling}" in note for note in exported.notes)
    assert not (tmp_path / "desra" / "MSE-SR").exists()
    report = import_dataset(studio, tmp_path / "desra", "again", reference=reference)
    assert (report.images, report.lines) == (3, ())
    before, after = (load(studio, name)[1] for name in ("set", "again"))
    assert [row.mse.blob_sha for row in before] == [row.mse.blob_sha for row in after]
    accept_detected(studio, made)
    export_dataset(studio, "set", "hf", tmp_path / "hub")
    card = (tmp_path / "hub" / "README.md").read_text()
    assert "MSE" not in card
    assert f"compares GAN-SR with {reference.title}" in " ".join(card.split())
    lines = (tmp_path / "hub" / "train" / "metadata.jsonl").read_text().splitlines()
    assert {json.loads(line)["reference"] for line in lines} == {reference.title}


def test_an_archive_says_itself_what_it_is_compared_with(studio, diffusion, tmp_path):
    import_dataset(studio, diffusion, "set", reference=LR)
    export_dataset(studio, "set", "archive", tmp_path / "set.zip")
    with pytest.raises(InputError, match=r"is an archive.*Leave the reference hr out"):
        import_source(studio, tmp_path / "set.zip", "x", reference=parse_reference("hr"))
    again = import_source(studio, tmp_path / "set.zip", "again")
    assert again.reference == "LR enlarged"
    dataset, records = load(studio, "again")
    assert datasets.get_reference(dataset) == LR
    assert len(records) == 3
