"""Room on the disk, and sizes in words."""

import errno
import shutil
from collections import namedtuple

import pytest

from desra_studio.errors import InputError
from desra_studio.services.uploads import space

Usage = namedtuple("Usage", "total used free")


def test_a_full_disk_is_told_before_anything_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: Usage(9, 8, 1_200_000_000))
    space.check_space(tmp_path, 1_000_000_000, "RESULTS")
    with pytest.raises(InputError, match=r"RESULTS needs 2\.1 GB, 1\.0 GB is free"):
        space.check_space(tmp_path, 2_100_000_000, "RESULTS")


def test_a_disk_that_fills_up_is_told():
    with pytest.raises(InputError, match="the server's disk is full"), space.tell_full_disk("It"):
        raise OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(PermissionError), space.tell_full_disk("It"):
        raise PermissionError(errno.EACCES, "Permission denied")


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (6100, "6.1 kB"),
        (999_499, "999 kB"),
        (999_600, "1.0 MB"),
        (2_100_000_000, "2.1 GB"),
        (431_000_000, "431 MB"),
        (5 * 10**15, "5000 TB"),
    ],
)
def test_sizes_in_words(size, text):
    assert space.format_bytes(size) == text
