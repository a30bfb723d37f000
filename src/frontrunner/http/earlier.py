"""Answers from snapshots of the past: `?snapshot=` names one, or the day that it shows.

Few are open at once, since each takes tens of megabytes; a packed one lies in a temporary folder
for as long as it is open.
"""

from __future__ import annotations

import threading
import weakref
from collections import OrderedDict
from contextlib import ExitStack

from frontrunner.answers.bodies import Bodies
from frontrunner.answers.service import Service
from frontrunner.base.errors import UnknownNameError
from frontrunner.base.home import Home
from frontrunner.snapshot.moments import is_day, resolve
from frontrunner.snapshot.reader import Snapshot
from frontrunner.snapshot.store import Store

_OPEN = 2
PATHS = ("/v1/benchmarks", "/v1/models")
"""What is answered from the past; everything else is about what is served."""


class Earlier:
    """The snapshots of the past that were asked for last."""

    def __init__(self, current: Snapshot) -> None:
        self._current = current
        self._open: OrderedDict[str, Bodies] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, wanted: str) -> Bodies | None:
        """The answers of the snapshot that `wanted` names; None if it is the one that is served.

        Raises UnknownNameError if it is not kept, CorruptSnapshotError if it cannot be read.
        """
        store = Store(Home.of_snapshot(self._current.folder).path)
        try:
            name = resolve(store, wanted)
        except UnknownNameError as error:
            if is_day(wanted):
                raise
            raise UnknownNameError(
                f"Snapshot {wanted} is not kept. /history lists the snapshots; a day such as "
                "2025-01-31 gives what was shown at its end."
            ) from error
        if name == self._current.id:
            return None
        with self._lock:  # of several requests for one snapshot, the first opens it
            found = self._open.pop(name, None) or _opened(store, name)
            self._open[name] = found
            while len(self._open) > _OPEN:
                self._open.popitem(last=False)
        return found


def _opened(store: Store, name: str) -> Bodies:
    with ExitStack() as opening:
        bodies = Bodies(Service(opening.enter_context(store.reading(name))))
        # A request may go on after the snapshot was closed here: the last one removes the folder.
        weakref.finalize(bodies, opening.pop_all().close)
    return bodies
