"""The import's benchmark on a small scale: all figures are there, and the cut is one."""

import os

import pytest

from desra_studio.bench.importing import PARTS, time_import
from desra_studio.bench.memory import read_memory
from desra_studio.bench.triplets import FOLDERS, write_triplets
from desra_studio.bench.uploading import time_upload
from desra_studio.errors import InputError, StudioError
from desra_studio.services.studio import ignore_progress

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def told():
    return []


@pytest.fixture(scope="module")
def figures(told):
    return time_import(40, 20, lambda *values: told.append(values))


def test_all_is_imported_at_a_rate(figures):
    assert (figures["images"], figures["told"]) == (40, 41)
    assert len(figures["rates"]) == PARTS
    assert 0 < figures["slowest_rate"] == min(figures["rates"])
    assert 0 < figures["rate"] <= max(figures["rates"])
    assert (
        min(figures["steady"], figures["cpu_steady"], figures["ratio"], figures["copying_rate"]) > 0
    )
    # Of rounded values.
    assert 0 < figures["listing_seconds"] + figures["writing_seconds"] < figures["seconds"] + 0.1


def test_memory_is_that_of_the_import_alone(figures):
    assert 0 < figures["first_mb"] <= figures["peak_mb"]
    assert 0 < figures["last_mb"] <= figures["peak_mb"] < figures["target_mb"]


def test_a_cut_loses_no_piece_that_arrived(figures):
    upload = figures["upload"]
    assert upload["same"] is True
    assert upload["megabytes"] == 20
    # One piece of 8 MB had arrived; of the next one, half was sent.
    assert 8 <= upload["kept_mb"] <= upload["naive_again_mb"] == 12
    assert upload["again_mb"] >= 0
    assert min(upload["rate_before"], upload["rate_after"], upload["copying_rate"]) > 0


def test_the_server_s_memory_is_told(figures):
    upload = figures["upload"]
    assert 0 < upload["server_mb_before"] <= upload["server_mb_peak"]
    assert 0 < upload["server_mb_after"] <= upload["server_mb_peak"]


def test_progress_is_told(figures, told):
    assert {message for _, _, message in told} == {
        "Writing triplets", "Importing", "Copying the naive way", "Sending",
    }  # fmt: skip
    assert all(0 <= done <= total for done, total, _ in told)


def test_no_two_files_are_the_same(tmp_path):
    write_triplets(tmp_path, 30, ignore_progress)
    files = [path for folder in FOLDERS for path in (tmp_path / folder).iterdir()]
    assert len({path.read_bytes() for path in files}) == len(files) == 4 * 30


def test_too_few_or_too_little_is_refused(tmp_path):
    with pytest.raises(InputError, match="at least 10 triplets, got 9"):
        time_import(9)
    with pytest.raises(InputError, match="at least 16 MB, got 15"):
        time_upload(tmp_path, 15)


def test_memory_of_a_process_that_is_none():
    assert read_memory(os.getpid()).resident_mb > 0
    with pytest.raises(StudioError, match="cannot be read"):
        read_memory(-1)
