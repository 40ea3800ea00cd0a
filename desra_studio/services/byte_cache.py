"""What was used last stays in memory, up to a number of bytes."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, Protocol, TypeVar


class Measured(Protocol):
    """What knows its size in memory, as arrays do."""

    @property
    def nbytes(self) -> int:
        """Size in bytes."""


KeyT = TypeVar("KeyT", bound=Hashable)
ValueT = TypeVar("ValueT", bound=Measured)


class ByteCache(Generic[KeyT, ValueT]):
    """Keeps values until newer ones need their room; for any number of threads.

    The newest stays even where it alone is larger than the bound: whoever asked for it asks again.
    """

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self._values: OrderedDict[KeyT, ValueT] = OrderedDict()
        self._lock, self._loading = threading.Lock(), threading.Lock()

    def __len__(self) -> int:
        with self._lock:
            return len(self._values)

    def get(self, key: KeyT, load: Callable[[], ValueT]) -> ValueT:
        """Return a value, loading it where it is not here.

        Values are loaded one at a time, so that what is being loaded takes the room of one, too;
        those that are here are returned meanwhile. What `load` raises is raised, and nothing kept.
        """
        value = self._find(key)
        if value is not None:
            return value
        with self._loading:
            # Whoever had to wait finds it now.
            value = self._find(key)
            if value is None:
                value = load()
                self._keep(key, value)
            return value

    def _find(self, key: KeyT) -> ValueT | None:
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def _keep(self, key: KeyT, value: ValueT) -> None:
        with self._lock:
            self._values[key] = value
            while len(self._values) > 1 and self._count_bytes() > self.most_bytes:
                self._values.popitem(last=False)

    def _count_bytes(self) -> int:
        return sum(value.nbytes for value in self._values.values())
