"""One cache for pages, answers and replies: bounded in bytes, evicting the least recently used
entry first.

Each value is made once, however many threads ask for it at the same time (single flight). A value
that was asked for once is probationary: such values share an eighth of the cache, so that requests
that are never repeated cannot push out those that are. Keys count as much as values.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, NamedTuple, TypeVar

Key = tuple[str, ...]
Value = TypeVar("Value")
_OVERHEAD = 256
"""Bytes that an entry takes beyond its key and its value."""


class _Entry(NamedTuple, Generic[Value]):
    value: Value
    weight: int


class _Segment(Generic[Value]):
    """Entries in the order of their last use, with the sum of their weights."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._entries: OrderedDict[Key, _Entry[Value]] = OrderedDict()
        self.weight = 0

    def find(self, key: Key) -> Value | None:
        """The value for `key`, which is now the most recently used."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        self._entries.move_to_end(key)
        return entry.value

    def take(self, key: Key) -> _Entry[Value] | None:
        """Remove and return an entry."""
        entry = self._entries.pop(key, None)
        if entry is not None:
            self.weight -= entry.weight
        return entry

    def put(self, key: Key, entry: _Entry[Value]) -> None:
        """Add an entry in place of an older one, and evict what no longer fits."""
        self.take(key)
        self._entries[key] = entry
        self.weight += entry.weight
        while self.weight > self._capacity and len(self._entries) > 1:
            self.weight -= self._entries.popitem(last=False)[1].weight


class _FlightEnd(Generic[Value]):
    """Passes an error on to the threads that wait for a value, and ends the flight either way."""

    def __init__(self, flight: Future[Value], end: Callable[[], None]) -> None:
        self._flight = flight
        self._end_flight = end

    def __enter__(self) -> None:
        """Nothing is to be done at the start."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: object
    ) -> None:
        self._end_flight()
        if error is not None:
            self._flight.set_exception(error)


class Cache(Generic[Value]):
    """Values by key. Threads may share it."""

    def __init__(self, capacity: int, weigh: Callable[[Value], int | None]) -> None:
        """`weigh` gives the bytes of a value; None for one that must not be cached."""
        self._capacity = capacity
        self._weigh = weigh
        self._trial: _Segment[Value] = _Segment(capacity // 8)
        self._kept: _Segment[Value] = _Segment(capacity * 5 // 8)
        self._flights: dict[Key, Future[Value]] = {}
        self._lock = threading.Lock()

    @property
    def weight(self) -> int:
        """Bytes of all keys and values; never more than the capacity."""
        return self._trial.weight + self._kept.weight

    def find(self, key: Key) -> Value | None:
        """The value for `key` if it is cached."""
        with self._lock:
            return self._find(key)

    def get(self, key: Key, make: Callable[[], Value]) -> Value:
        """The value for `key`; `make` makes it unless it is cached or another thread is making it.

        Raises what `make` raises, for every thread that waited for it.
        """
        with self._lock:
            found = self._find(key)
            if found is not None:
                return found
            flight = self._flights.get(key)
            leads = flight is None
            if flight is None:
                flight = self._flights[key] = Future()
        return self._make(key, make, flight) if leads else flight.result()

    def put(self, key: Key, value: Value) -> None:
        """Cache a value that was made elsewhere."""
        with self._lock:
            self._put(key, value)

    def _find(self, key: Key) -> Value | None:
        found = self._kept.find(key)
        if found is not None:
            return found
        entry = self._trial.take(key)
        if entry is None:
            return None
        self._kept.put(key, entry)
        return entry.value

    def _make(self, key: Key, make: Callable[[], Value], flight: Future[Value]) -> Value:
        with _FlightEnd(flight, lambda: self._end_flight(key)):
            value = make()
            with self._lock:
                self._put(key, value)
            flight.set_result(value)
        return value

    def _end_flight(self, key: Key) -> None:
        with self._lock:
            del self._flights[key]

    def _put(self, key: Key, value: Value) -> None:
        size = self._weigh(value)
        if size is None:
            return
        weight = size + _OVERHEAD + 2 * sum(map(len, key))
        if weight <= self._capacity // 4:
            self._kept.take(key)
            self._trial.put(key, _Entry(value, weight))
