import hashlib
import io
import json

import numpy as np
import pytest
from PIL import Image

from desra_studio.errors import CancelledError, InputError, NotFoundError
from desra_studio.imaging.io import decode_png, encode_even
from desra_studio.services.studies.items import spoil_image
from desra_studio.services.studies.lifecycle import (
    close_study,
    create_study,
    describe_study,
    find_study,
    list_studies,
    open_study,
)
from desra_studio.services.studies.manifests import export_manifest, read_rules
from desra_studio.storage.studies import list_items
from desra_studio.storage.study_tables import Study
from desra_studio.study.order import PROMINENCE_QUESTION, Rules, StudyOrder
from tests.factories.images import write_dataset
from tests.factories.studies import import_labelled, list_systems, make_order, open_new


@pytest.fixture
def dataset(studio, tmp_path):
    return import_labelled(studio, write_dataset(tmp_path / "source", size=(160, 160)))


def read_items(studio, study_id):
    with studio.database.read() as session:
        return list_items(session, study_id)


def test_a_choice_shows_windows_around_regions_and_checks(studio, dataset):
    study_id = create_study(studio, dataset, make_order(studio, dataset))
    items = read_items(studio, study_id)
    kinds = [item.kind for item in items]
    assert kinds.count("pair") == 3 + 1  # one region per image, and a clean window
    assert {"gold", "identical", "training"} <= set(kinds)
    for item in items:
        a, b = (decode_png(studio.blobs.get(sha)) for sha in (item.blob_a, item.blob_b))
        assert a.shape == b.shape == (48, 48, 3)
        if item.kind != "pair":  # a clean place may look the same in both
            assert (a == b).all() == (item.kind == "identical")
        assert item.blob_lr
    pair = items[0]
    gan = read_output(studio, pair.image_id, list_systems(studio, dataset)[0])
    shown = decode_png(studio.blobs.get(pair.blob_a))
    assert (shown == gan[pair.y : pair.y + 48, pair.x : pair.x + 48]).all()


def test_whether_voters_are_screened_is_told_before_the_study_opens(studio, dataset):
    few = create_study(studio, dataset, make_order(studio, dataset))
    told = describe_study(studio, few).screening
    # Four pairs and one question: three checks a voter, of nine that are needed.
    assert (told.checks, told.gold, told.missing) == (3, 1, 6)
    questions = ("Which?", "Why?", "Where?")
    many = create_study(
        studio, dataset, make_order(studio, dataset, name="many", questions=questions)
    )
    told = describe_study(studio, many).screening
    assert (told.checks, told.gold, told.missing, told.wrong) == (10, 9, 0, 3)


def test_a_study_of_before_the_rule_keeps_its_rules(studio, dataset):
    study_id = create_study(studio, dataset, make_order(studio, dataset))
    with studio.database.write() as session:
        study = session.get(Study, study_id)
        rules = {key: value for key, value in Rules().as_dict().items() if key != "min_gold"}
        study.manifest = {**study.manifest, "rules": rules | {"min_repeats": 0.5}}
    with studio.database.read() as session:
        assert read_rules(session.get(Study, study_id)) == Rules(min_gold=1, min_repeats=0.5)
    told = describe_study(studio, study_id).screening
    assert (told.needed, told.missing) == (1, 0)


def read_output(studio, image_id, model_id):
    from desra_studio.storage.datasets import find_rendition

    with studio.database.read() as session:
        return decode_png(studio.blobs.get(find_rendition(session, image_id, model_id).blob_sha))


def test_all_files_of_one_size_have_the_same_length_and_no_metadata(studio, dataset):
    study_id = create_study(studio, dataset, make_order(studio, dataset))
    lengths = set()
    for item in read_items(studio, study_id):
        for sha in (item.blob_a, item.blob_b, item.blob_lr):
            data = studio.blobs.get(sha)
            lengths.add(len(data))
            assert Image.open(io.BytesIO(data)).info == {}
    assert len(lengths) == 1


def test_the_even_encoder_tells_nothing_by_its_length():
    random = np.random.default_rng(0)
    flat = np.zeros((70, 90, 3), np.uint8)
    noisy = random.integers(0, 256, flat.shape, dtype=np.uint8)
    assert len(encode_even(flat)) == len(encode_even(noisy))
    assert (decode_png(encode_even(noisy)) == noisy).all()


def test_gold_is_degraded_so_that_anybody_sees_it(triplets):
    image = np.array(Image.open(next((triplets / "GAN-SR").glob("*.png"))).convert("RGB"))
    difference = spoil_image(image, 1).astype(int) - image
    assert np.sqrt((difference**2).mean()) > 20


def test_prominence_outlines_regions_and_the_same_outlines_on_clean_places(studio, dataset):
    gan = list_systems(studio, dataset)[:1]
    order = make_order(studio, dataset, kind="prominence", systems=gan, questions=())
    study_id = create_study(studio, dataset, order)
    items = read_items(studio, study_id)
    kinds = [item.kind for item in items]
    assert kinds.count("region") == 3
    assert kinds.count("decoy") == 1
    assert {item.better for item in items if item.kind == "gold"} == {"yes"}
    for item in items:
        assert item.blob_b is None
        points = np.array(item.outline["points"])
        assert points.min() >= 0
        assert (points.max(axis=0) < [item.width, item.height]).all()
    assert describe_study(studio, study_id).questions == [PROMINENCE_QUESTION]


def test_whole_images_need_no_masks(studio, dataset_folder):
    from desra_studio.services.datasets.importing import import_dataset

    dataset = import_dataset(studio, dataset_folder, "plain").dataset_id
    order = make_order(studio, dataset, crops="whole", check_share=0.0, training=0)
    items = read_items(studio, create_study(studio, dataset, order))
    assert [(item.kind, item.width) for item in items] == [("pair", 96)] * 3
    with pytest.raises(InputError, match="accepted region"):
        create_study(studio, dataset, make_order(studio, dataset, name="other"))


def test_the_manifest_is_frozen_and_named_by_its_hash(studio, dataset):
    study_id, _ = open_new(studio, dataset)
    text = export_manifest(studio, study_id)
    told = describe_study(studio, study_id)
    assert hashlib.sha256(text.encode()).hexdigest() == told.manifest_sha
    manifest = json.loads(text)
    assert manifest["questions"] == ["Which has fewer artifacts?"]
    assert manifest["rules"] == Rules().as_dict()
    assert "2 votes" in manifest["stopping_rule"]
    assert all(image["mask"] for image in manifest["images"])
    assert all(len(sha) == 64 for image in manifest["images"] for sha in image["outputs"])
    assert {item["kind"] for item in manifest["items"]} >= {"pair", "gold", "identical"}


def test_a_changed_manifest_is_not_opened(studio, dataset):
    study_id = create_study(studio, dataset, make_order(studio, dataset))
    with studio.database.write() as session:
        study = session.get(Study, study_id)
        study.manifest = {**study.manifest, "seed": 99}
    with pytest.raises(InputError, match="was changed"):
        open_study(studio, study_id)


def test_a_study_is_a_draft_then_open_then_closed_for_good(studio, dataset):
    study_id = create_study(studio, dataset, make_order(studio, dataset))
    assert describe_study(studio, study_id).state == "draft"
    open_study(studio, study_id)
    assert describe_study(studio, study_id).state == "open"
    close_study(studio, study_id)
    assert list_studies(studio, dataset)[0].state == "closed"
    with pytest.raises(InputError, match="Make another study"):
        open_study(studio, study_id)


def test_a_study_is_found_by_name_or_number(studio, dataset):
    study_id = create_study(studio, dataset, make_order(studio, dataset))
    assert find_study(studio, "first") == study_id
    assert find_study(studio, str(study_id)) == study_id
    with pytest.raises(InputError, match=r"No study is named 'last'\. There are: first"):
        find_study(studio, "last")


def test_names_are_given_once(studio, dataset):
    create_study(studio, dataset, make_order(studio, dataset))
    with pytest.raises(InputError, match="a study named 'first' already"):
        create_study(studio, dataset, make_order(studio, dataset))


def test_chosen_images_must_be_of_the_dataset(studio, dataset):
    with pytest.raises(InputError, match="1 of the chosen images"):
        create_study(studio, dataset, make_order(studio, dataset, images=(999,)))
    with pytest.raises(NotFoundError, match="Model 99"):
        create_study(studio, dataset, make_order(studio, dataset, systems=(1, 99)))


@pytest.mark.parametrize(
    "values",
    [{}, {"kind": "prominence", "questions": ()}, {"images": (1, 2), "rules": Rules(min_votes=9)}],
    ids=["choice", "prominence", "images and rules"],
)
def test_an_order_comes_back_from_plain_values(studio, dataset, values):
    if values.get("kind"):
        values = {**values, "systems": list_systems(studio, dataset)[:1]}
    order = make_order(studio, dataset, **values)
    again = StudyOrder.from_dict(json.loads(json.dumps(order.as_dict())))
    assert again.as_dict() == order.as_dict()
    assert again.asked == order.asked


def test_a_study_that_is_cancelled_leaves_nothing_half_made(studio, dataset):
    def cancel(done, _total, _message):
        if done == 2:
            raise CancelledError("Cancelled at 2.")

    with pytest.raises(CancelledError):
        create_study(studio, dataset, make_order(studio, dataset), cancel)
    assert list_studies(studio) == []
    create_study(studio, dataset, make_order(studio, dataset))


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"systems": (1,)}, "2 to 8 systems, got 1"),
        ({"systems": (1, 1)}, "chosen twice"),
        ({"kind": "rating"}, "must be one of choice, prominence, got 'rating'"),
        ({"questions": ()}, "1 to 6 questions, got 0"),
        ({"questions": ("Which?", "which? ")}, "asked twice"),
        ({"check_share": 0.9}, "share of checks must be 0 to 0.5, got 0.9"),
        ({"window_px": 8}, "window must be 32 to 2048 px, got 8"),
        ({"min_seconds": float("nan")}, "got nan"),
        ({"kind": "prominence"}, "shows one system, got 2"),
        ({"kind": "prominence", "systems": (1,), "crops": "whole"}, "not of whole images"),
    ],
)
def test_an_order_that_cannot_be_meant_is_refused(values, told):
    with pytest.raises(InputError, match=told):
        StudyOrder(**{"name": "n", "systems": (1, 2), **values})
