"""Files appear whole or not at all."""

import pytest

from desra_studio.errors import InputError
from desra_studio.imaging.staging import stage_folder, write_atomically


def test_stage_folder_moves_on_success(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "kept").write_text("old")
    (out / "a").write_text("old")
    with stage_folder(out) as staged:
        (staged / "sub").mkdir()
        (staged / "a").write_text("new")
        (staged / "sub" / "b").write_text("b")
        assert (out / "a").read_text() == "old"
    assert (out / "a").read_text() == "new"
    assert (out / "sub" / "b").read_text() == "b"
    assert (out / "kept").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_stage_folder_leaves_nothing_on_failure(tmp_path):
    def write_half():
        with stage_folder(tmp_path / "out") as staged:
            (staged / "a").write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_half()
    assert list(tmp_path.iterdir()) == []


def test_refuses_a_file(tmp_path):
    (tmp_path / "out").write_text("")
    with pytest.raises(InputError, match="is a file"), stage_folder(tmp_path / "out"):
        pass


def test_write_atomically(tmp_path):
    path = tmp_path / "deep" / "a"
    write_atomically(path, b"one")
    write_atomically(path, b"two")
    assert path.read_bytes() == b"two"
    assert [entry.name for entry in path.parent.iterdir()] == ["a"]
