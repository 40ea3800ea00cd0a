"""Pages of a dataset whose GAN-SR is compared with something else than MSE-SR."""

import pytest
from playwright.sync_api import expect

from desra_studio.detection.detector import DetectorParams
from desra_studio.references import parse_reference
from desra_studio.services.datasets.importing import import_dataset
from desra_studio.services.detection.dataset import detect_dataset
from tests.browser.pages import Panes
from tests.factories.images import write_dataset, write_diffusion
from tests.factories.studio import accept_detected, import_detected

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module", autouse=True)
def dataset(studio, tmp_path_factory):
    """A dataset of LR and SR alone, and a usual one."""
    folder = write_diffusion(tmp_path_factory.mktemp("OSEDiff"))
    made = import_dataset(studio, folder, "OSEDiff", reference=parse_reference("lr"))
    detect_dataset(studio, made.dataset_id, DetectorParams(area_threshold=400))
    import_detected(studio, write_dataset(tmp_path_factory.mktemp("usual")), "usual")


def test_review_names_what_gan_sr_is_compared_with(page, review):
    review.open("?dataset=1")
    review.choose("a")
    panes = Panes(page)
    assert panes.shown == ["gan", "mse", "mask"]
    menu = page.get_by_role("combobox", name="View of pane 2")
    expect(menu.locator("option:checked")).to_have_text("LR enlarged")
    expect(page.get_by_role("img", name="LR enlarged")).to_be_visible()
    panes.choose(2, "slider")
    expect(
        page.get_by_role("slider", name="Divider between GAN-SR and LR enlarged")
    ).to_be_visible()
    panes.choose(2, "signed")
    expect(page.get_by_role("img", name="GAN-SR − LR enlarged")).to_be_visible()
    panes.choose(2, "mse")
    page.keyboard.down("x")
    expect(page.locator(".panes .now").first).to_have_text("LR enlarged")
    page.keyboard.up("x")
    expect(page.locator(".studio-review")).not_to_contain_text("MSE-SR")
    review.open("?dataset=2")
    review.choose("a")
    expect(menu.locator("option:checked")).to_have_text("MSE-SR")


def test_fine_tune_names_it_and_warns_of_a_blurry_pseudo_gt(page, studio):
    accept_detected(studio, 1)
    page.goto("/fine-tune?dataset=1")
    page.wait_for_selector(".studio-finetune[data-ready=true]")
    panes = page.get_by_role("group", name="The sample from all sides")
    expect(panes.locator("figure.mse figcaption")).to_contain_text("LR enlarged")
    warning = "GAN-SR of this dataset is compared with LR enlarged, so that its pseudo-GT is blurry"
    expect(page.locator(".studio-finetune")).to_contain_text(warning)
    page.goto("/fine-tune?dataset=2")
    page.wait_for_selector(".studio-finetune[data-ready=true]")
    expect(page.locator(".studio-finetune")).not_to_contain_text("pseudo-GT is blurry")


def test_a_folder_without_mse_is_compared_with_the_enlarged_lr(nothing_yet, page, tmp_path):
    folder = write_diffusion(tmp_path / "StableSR")
    page.goto("/")
    page.wait_for_selector(".studio-uploads[data-ready=true]")
    page.locator(".studio-uploads input[webkitdirectory]").set_input_files(folder)
    page.locator(".studio-uploads").get_by_role("button", name="Import").click()
    question = page.get_by_role("dialog", name="What is GAN-SR compared with?")
    expect(question).to_contain_text("There is no MSE-SR")
    page.keyboard.press("Escape")
    expect(page.locator(".studio-problem")).to_contain_text("Nothing was imported.")
    page.locator(".studio-uploads").get_by_role("button", name="Import").last.click()
    question.get_by_role("button", name="Compare with LR enlarged").click()
    expect(page.locator(".studio-job .text")).to_contain_text(
        "3 images imported as StableSR, compared with LR enlarged"
    )
    row = page.get_by_role("row", name="StableSR")
    expect(row).to_contain_text("compared with LR enlarged")
