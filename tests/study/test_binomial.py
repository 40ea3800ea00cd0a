import pytest

from desra_studio.study.binomial import bound_wilson, compare_with_half


def test_wilson_is_that_of_the_textbook():
    # 8 of 10: (0.4902, 0.9433) in Newcombe 1998's method 3.
    interval = bound_wilson(8, 10)
    assert (interval.low, interval.high) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert bound_wilson(0, 0) is None


def test_the_p_value_counts_both_tails():
    # 8 or more, or 2 or fewer, of 10 throws of a coin: 2 * (45 + 10 + 1) / 1024.
    assert compare_with_half(8, 10) == compare_with_half(2, 10) == pytest.approx(112 / 1024)
    assert compare_with_half(5, 10) == 1
    assert compare_with_half(0, 0) is None
