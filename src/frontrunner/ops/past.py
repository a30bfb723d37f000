"""Remember what a published snapshot shows, for the pages of the past."""

from __future__ import annotations

from collections.abc import Callable

from frontrunner.base.atomic import sweep
from frontrunner.base.errors import FrontrunnerError
from frontrunner.snapshot.store import Store


def keep_past(store: Store, warn: Callable[[Exception], None]) -> None:
    """Remember where every model stands in the published snapshot, unless it is known.

    Readers have the board already, so a failure is a warning.
    """
    from frontrunner.snapshot.past import is_in_past, remember, write_timeline  # noqa: PLC0415

    try:
        # Without the lock of the home: a rollback must not wait for it.
        snapshot = store.current()
        if remember(store.at, snapshot) or not is_in_past(store.at, snapshot.id):
            write_timeline(store.at)
        else:
            sweep(store.at.past)
    except FrontrunnerError as error:
        warn(error)
