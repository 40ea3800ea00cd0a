import threading

import numpy as np
import pytest

from desra_studio.services.byte_cache import ByteCache
from tests.patience import PATIENCE_S, join_thread


class Source:
    """Counts what is loaded: ten bytes each, or as many as it is told."""

    def __init__(self, most_bytes):
        self.cache, self.loaded = ByteCache(most_bytes), []

    def get(self, key, size=10):
        return self.cache.get(key, lambda: self.load(key, size))

    def load(self, key, size):
        self.loaded.append(key)
        return np.full(size, ord(key), np.uint8)


def test_what_was_used_last_stays():
    source = Source(20)
    for key in "abacab":
        assert source.get(key)[0] == ord(key)
    assert source.loaded == ["a", "b", "c", "b"]
    assert len(source.cache) == 2


def test_a_large_value_takes_the_room_of_several():
    source = Source(30)
    for key in "abc":
        source.get(key)
    source.get("d", 20)
    source.get("c")
    assert source.loaded == ["a", "b", "c", "d"]
    assert len(source.cache) == 2


def test_the_newest_stays_whatever_its_size():
    source = Source(1)
    for key in "aabb":
        source.get(key)
    assert source.loaded == ["a", "b"]
    assert len(source.cache) == 1


def test_what_cannot_be_loaded_is_asked_for_again():
    source = Source(20)
    with pytest.raises(ZeroDivisionError):
        source.cache.get("a", lambda: 1 // 0)
    assert len(source.cache) == 0
    assert source.get("a")[0] == ord("a")


def test_what_is_here_waits_for_no_loading():
    source, started, go_on = Source(20), threading.Event(), threading.Event()
    source.get("a")

    def load_slowly():
        started.set()
        assert go_on.wait(PATIENCE_S)
        return np.zeros(10, np.uint8)

    thread = threading.Thread(target=source.cache.get, args=("b", load_slowly))
    thread.start()
    assert started.wait(PATIENCE_S)
    assert source.get("a")[0] == ord("a")
    go_on.set()
    join_thread(thread)
    assert len(source.cache) == 2


def test_many_threads_keep_the_bound_and_load_nothing_twice():
    """Eight ask for all of four that fit; then for eight of which three fit."""
    source = Source(40)
    _ask_at_once(source, "abcd")
    assert sorted(source.loaded) == list("abcd")
    narrow = Source(30)
    _ask_at_once(narrow, "abcdefgh")
    assert len(narrow.cache) == 3


def _ask_at_once(source, keys):
    ready, wrong = threading.Barrier(8), []

    def ask(turn):
        ready.wait(PATIENCE_S)
        wanted = keys[turn % len(keys) :] + keys
        wrong.extend(key for key in wanted if source.get(key)[0] != ord(key))

    threads = [threading.Thread(target=ask, args=(turn,)) for turn in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        join_thread(thread)
    assert wrong == []
