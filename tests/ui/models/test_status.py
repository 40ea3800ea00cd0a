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
    assert "on 3 held-out images 9 of 12 components gone (removal rate 75.0 %), 1 new" in shown
    assert "local variance n/a of the original's, sharpness kept 91.0 %. It makes some. |" in shown


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
    buttons = {form: gr.Button() for form in ("safetensors", "onnx")}
    offered = offer_exports(buttons, replace(details, id=1, state="ready"))
    assert [update["visible"] for update in offered.values()] == [True, False]
