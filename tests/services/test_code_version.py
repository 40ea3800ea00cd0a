"""Figures name the code that computed them, wherever its files lie."""

from pathlib import Path

import pytest

import desra_studio
from desra_studio.services.code_version import SCORING_PARTS, list_parts

PACKAGE = Path(desra_studio.__file__).parent


def test_every_part_is_found():
    found = {path.name for path in list_parts(PACKAGE, SCORING_PARTS)}
    assert {"artifact_map.py", "mask_metrics.py", "masks.py", "regions.py"} <= found


def test_a_part_that_was_moved_away_is_missed(tmp_path):
    (tmp_path / "metrics").mkdir()
    (tmp_path / "metrics" / "scores.py").write_text("")
    assert list_parts(tmp_path, ["metrics/*.py"]) == [tmp_path / "metrics" / "scores.py"]
    with pytest.raises(FileNotFoundError, match=r"'services/regions\.py'"):
        list_parts(tmp_path, ["metrics/*.py", "services/regions.py"])
