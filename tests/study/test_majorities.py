import pytest

from desra_studio.study.majorities import compare_signs, share_by_image
from tests.study.ballots import make_grid


def test_images_are_won_lost_or_tied_and_ties_do_not_test():
    # Image 0 is tied, 1 lost, all others won by three to one.
    def choose(voter, image):
        return "ab"[voter % 2] if image == 0 else "ab"[(voter == 0) != (image == 1)]

    images = share_by_image(make_grid(4, 8, choose), 0, 1)
    assert [one.share for one in images] == [0.5, 0.25] + [0.75] * 6
    signs = compare_signs(images)
    assert (signs.won, signs.lost, signs.tied) == (6, 1, 1)
    assert signs.p_value == pytest.approx(2 * (7 + 1) / 2**7)


def test_the_interval_of_an_image_is_that_of_its_votes():
    image = share_by_image(make_grid(10, 1, lambda voter, _: "ab"[voter >= 8]), 0, 1)[0]
    assert (image.wilson.low, image.wilson.high) == pytest.approx((0.4902, 0.9433), abs=1e-4)


def test_images_without_an_answer_are_absent():
    ballots = make_grid(3, 2, lambda _, image: "unsure" if image else "a")
    assert [one.image for one in share_by_image(ballots, 0, 1)] == [0]
    assert compare_signs([]).p_value is None
