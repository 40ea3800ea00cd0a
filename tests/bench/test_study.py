import pytest

from desra_studio.bench.study import time_study

pytestmark = pytest.mark.slow


def test_a_few_voters_lose_and_double_nothing():
    result = time_study(voters=4, votes=5, pages=False)
    for part in (result, result["without_looking"]):
        assert (part["votes"], part["counted"]) == (20, 20)
        assert (part["lost"], part["doubled"], part["lock_errors"]) == (0, 0, 0)
        assert part["failures"] == []
        assert part["replays_refused"] > 0
        assert part["median_ms"] > 0
