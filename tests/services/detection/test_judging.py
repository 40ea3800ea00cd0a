"""One image judged by every witness: the same before and after, replaced, and made worse."""

import numpy as np
import pytest

from desra_studio.detection.detector import DetectorParams
from desra_studio.errors import InputError
from desra_studio.metrics.fates import Fate
from desra_studio.services.detection.judging import Case
from desra_studio.services.detection.witnesses import WITNESSES, Scene
from tests.factories.images import make_pair

PLACE = (slice(20, 60), slice(20, 60))
ALL = set(WITNESSES)


@pytest.fixture
def case():
    """One artifact of 40 px, accepted."""
    gan, mse = make_pair(size=(96, 160))
    accepted = np.zeros((96, 160), bool)
    accepted[PLACE] = True
    scene = Scene(mse=mse, params=DetectorParams(area_threshold=400))
    return Case(gan=gan, scene=scene, accepted=accepted, rejected=accepted & False)


def test_what_did_not_change_is_still_there(case):
    judged = case.judge(case.gan)
    (spot,) = judged.accepted
    assert spot.judgements.keys() == ALL
    for said in spot.judgements.values():
        assert said.fate is Fate.STILL_THERE
        assert (said.area_left, said.depth_left) == (1, pytest.approx(1))
    assert (judged.added, judged.controls) == ((), ())


def test_what_is_mse_sr_is_gone(case):
    (spot,) = case.judge(case.scene.mse).accepted
    assert {said.fate for said in spot.judgements.values()} == {Fate.GONE}


def test_what_the_eye_sees_repaired_is_fainter(case):
    """Two fifths of the grain are left, a sixth of its variance."""
    paler = case.scene.mse + (case.gan.astype(float) - case.scene.mse) * 0.4
    (spot,) = case.judge(np.rint(paler).astype(np.uint8)).accepted
    assert spot.judgements["SSIM"].fate is Fate.STILL_THERE
    assert spot.judgements["LDL-style"].fate in (Fate.FAINTER, Fate.GONE)
    assert 0 < spot.judgements["LDL-style"].depth_left < 0.5


def test_a_painted_artifact_that_no_witness_saw(case):
    accepted = np.zeros((96, 160), bool)
    accepted[20:60, 100:140] = True
    painted = Case(gan=case.gan, scene=case.scene, accepted=accepted, rejected=case.accepted)
    judged = painted.judge(case.scene.mse)
    (spot,) = judged.accepted
    assert {said.fate for said in spot.judgements.values()} == {Fate.UNSEEN}
    (control,) = judged.controls
    assert control.changed
    assert painted.judge(case.gan).controls[0].likeness == pytest.approx(1, abs=1e-4)


def test_a_new_artifact_names_who_found_it(case):
    worse = case.gan.copy()
    worse[20:60, 100:140] = case.gan[PLACE]
    (new,) = case.judge(worse).added
    assert set(new.found_by) == ALL
    x, y = new.spot.centre
    assert 100 <= x < 140
    assert 20 <= y < 60


def test_an_output_of_another_size_is_refused(case):
    with pytest.raises(InputError, match=r"160x96 px .* 95x96 px|95x96 px .* 160x96 px"):
        case.judge(case.gan[:, :95])
