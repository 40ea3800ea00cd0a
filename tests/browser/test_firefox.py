"""A walk in Firefox: painting, saving, undoing and voting, driven by WebDriver BiDi."""

import json
import os
import shutil
from pathlib import Path

import pytest

from desra_studio.services.review.documents import describe_image
from desra_studio.services.review.masks import load_detected_mask, load_revision_mask
from desra_studio.services.studies.lifecycle import create_study, open_study
from desra_studio.services.studies.links import make_links
from desra_studio.services.studies.votes import read_ballots
from desra_studio.storage import datasets, reviews
from tests.factories.images import write_dataset
from tests.factories.studies import import_labelled, make_order, make_rules
from tests.factories.studio import import_detected, list_items
from tests.npm import find_packages, run_command
from tests.patience import PATIENCE_MS

pytestmark = pytest.mark.browser

WALK = Path(__file__).parent / "firefox" / "walk.mjs"
BROWSERS = ("firefox-esr", "firefox")


@pytest.fixture(scope="module")
def firefox():
    """The browser's path, with what drives it."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        reason = "no Firefox: install firefox-esr"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    find_packages()
    return path


def test_a_mask_is_painted_saved_and_undone_and_a_vote_is_given(firefox, server, studio, tmp_path):
    folder = write_dataset(tmp_path / "source", size=(160, 160))
    labelled = import_labelled(studio, folder)
    order = make_order(studio, labelled, name="in Firefox", rules=make_rules(), training=0)
    study_id = create_study(studio, labelled, order)
    (link,) = make_links(studio, study_id, ["Fox"])
    open_study(studio, study_id)
    dataset = import_detected(studio, folder, "to label")
    run = run_command(
        "node", WALK, firefox, server.url, f"/review?dataset={dataset}", f"/vote/{link}",
        int(PATIENCE_MS),
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr
    seen = json.loads(run.stdout)
    assert seen["problems"] == []
    assert seen["saved"].startswith("Saved as revision 1 at ")
    image = list_items(studio, dataset)[0].id
    document = describe_image(studio, image)
    with studio.database.read() as session:
        model = datasets.get_record(session, image).gan.model_id
        painted, undone = reviews.list_revisions(session, image, model)
    detected = load_detected_mask(studio, document.detection.id)
    assert (load_revision_mask(studio, painted.id) & ~detected).any()
    assert (load_revision_mask(studio, undone.id) == detected).all()
    (ballot,) = read_ballots(studio, study_id)
    assert ballot.answer == "left"
