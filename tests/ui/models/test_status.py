"""The card of a model as the Models page shows it."""

from dataclasses import replace

import gradio as gr
import pytest

from desra_studio.services.models.listing import describe_model, list_models
from desra_studio.sr.catalog import find_entry
from desra_studio.storage import models as rows
from desra_studio.ui.models.status import describe_details, offer_exports
from desra_studio.vocabulary import ModelRole

FIGURES = {
    "images": 3, "held_out": True, "before_components": 12, "removed": 9, "added": 1,
    "removal_rate": 0.75, "addition_rate": 1 / 12, "psnr_outside": 34.2, "ssim_outside": 0.97,
    "variance_ratio_outside": None, "sharpness_kept": 0.91, "warnings": ["It makes some."],
}  # fmt: skip
TODAYS_FIGURES = FIGURES | {
    "before_components": 3, "removed": 2, "fainter": 1, "still_there": 0, "unseen": 0,
    "headline": "SSIM", "reviewed": True, "edges_kept": 0.7,
    "controls": {"components": 0, "changed": 0, "clean_images": 0},
    "witnesses": [
        {"name": "SSIM", "trained_on": False, "gone": 2, "seen": 3},
        {"name": "LDL-style", "trained_on": False, "gone": 2, "seen": 2},
        {"name": "D", "trained_on": True, "gone": 3, "seen": 3},
    ],
}  # fmt: skip


@pytest.fixture
def show(studio):
    """Add a model with a card, and return that card as the page shows it, without escapes."""

    def add(card):
        with studio.database.write() as session:
            made = rows.add_model(session, "tuned", ModelRole.GAN, file_sha="", card=card)
            model_id = made.id
        return describe_details(describe_model(studio, model_id)).replace("\\", "")

    return add


def test_a_fine_tuned_model_tells_where_it_comes_from_and_what_it_is_worth(show):
    card = {
        "source": "base, fine-tuned 400 iterations on 9 samples",
        "training_set_hash": "0123abcd",
        "settings": {"iterations": 400, "learning_rate": 0.0002},
        "notes": ["Trained without the perceptual loss."],
        "figures": FIGURES,
    }
    shown = show(card)
    assert "| Source | base, fine-tuned 400 iterations on 9 samples |" in shown
    assert "| Training set | 0123abcd |" in shown
    assert "| Settings | iterations 400, learning rate 0.0002 |" in shown
    assert "| Notes | Trained without the perceptual loss. |" in shown
    assert "on 3 held-out images: 9 of 12 components gone (removal rate 75.0 %), 1 new" in shown
    assert "local variance n/a of the original's, sharpness kept 91.0 %. It makes some. |" in shown


def test_a_proof_by_witnesses_says_who_says_what(show):
    shown = show({"figures": TODAYS_FIGURES})
    assert (
        "on 3 held-out images: 2 of 3 accepted artifacts gone by SSIM, the strictest untrained "
        "witness; LDL-style 2 of 2, D (trained on) 3 of 3; 1 fainter, 0 still there, 1 new "
        "(addition rate 8.3 %)"
    ) in shown
    assert "sharpness kept 91.0 %, edges kept 70.0 %." in shown
    assert "that no witness saw" not in shown


def test_what_no_witness_saw_is_on_the_card(show):
    shown = show({"figures": TODAYS_FIGURES | {"unseen": 2}})
    assert "0 still there, 2 that no witness saw, 1 new" in shown


def test_clean_images_are_told_apart_from_held_out_ones(show):
    controls = {"components": 9, "changed": 1, "clean_images": 2}
    shown = show({"figures": TODAYS_FIGURES | {"controls": controls}})
    assert "on 1 held-out image and 2 clean: 2 of 3" in shown
    assert "0 still there, 1 of 9 controls changed, 1 new" in shown


def test_a_proof_of_nothing_says_so(show):
    nothing = TODAYS_FIGURES | {"headline": "", "before_components": 0, "removed": 0}
    shown = show({"figures": nothing})
    assert "on 3 held-out images: no accepted artifact that a witness saw, 1 new" in shown


def test_where_nobody_reviewed_the_artifacts_are_detected_ones(show):
    shown = show({"figures": TODAYS_FIGURES | {"reviewed": False}})
    assert "2 of 3 detected artifacts gone" in shown


def test_a_witness_that_was_trained_on_is_no_untrained_one(show):
    alone = TODAYS_FIGURES | {"headline": "D", "witnesses": TODAYS_FIGURES["witnesses"][2:]}
    shown = show({"figures": alone})
    assert "gone by D, which a loss asked for; 1 fainter" in shown


def test_a_model_of_somebody_else_has_no_proof(show):
    assert "Proof" not in show({"source": "a file"})


def test_a_fine_tuned_model_tells_its_discriminator_and_what_the_average_kept(show):
    judge = "a fresh one in place of netD, as was asked for"
    card = {"settings": {"ema": 0.999}, "ema_at_end": 1000 / 1010, "discriminator": judge}
    shown = show(card)
    assert f"| Discriminator | {judge} |" in shown
    assert "| 0.990 of the average kept at the last step; 0.999 is reached after 9990 " in shown


def test_an_average_that_was_full_says_so(show):
    assert "| 0.9 of the average kept" in show({"settings": {"ema": 0.9}, "ema_at_end": 0.9})


def test_a_discriminator_makes_no_images(studio):
    entry = find_entry("RealESRGAN_x4plus_netD")
    details = next(one for one in list_models(studio) if one.name == entry.name)
    shown = describe_details(details).replace("\\", "")
    assert "| Judges | RealESRGAN_x4plus |" in shown
    assert "| Channels | RGB in, a score for each px out |" in shown
    assert "Partner" not in shown
    buttons = {form: gr.Button() for form in ("safetensors", "onnx", "ncnn")}
    offered = offer_exports(buttons, replace(details, id=1, state="ready"))
    assert [update["visible"] for update in offered.values()] == [True, False, False]


@pytest.mark.parametrize(
    ("card", "told"),
    [
        ({"minimum_px": 1, "multiple_px": 1}, "| Input size | any |"),
        (
            {"minimum_px": 16, "multiple_px": 8},
            "| Height and width must be multiples of 8 px, at least 16 px. The studio pads others",
        ),
        ({"minimum_px": 1, "multiple_px": 8, "square": True}, "8 px, at least 8 px, equal. The"),
    ],
)
def test_a_card_tells_the_size_rule(show, card, told):
    assert told in show(card)
