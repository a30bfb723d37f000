"""Find a snapshot by its name, or by the day that it shows."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from frontrunner.base.errors import UnknownNameError
from frontrunner.base.json import read_as
from frontrunner.snapshot.manifest import BUILT, Built
from frontrunner.snapshot.reader import moment_of
from frontrunner.snapshot.store import Store

_DAY = re.compile(r"\d{4}-\d{2}(-\d{2})?")
CURRENT = "current"


def resolve(store: Store, text: str) -> str:
    """The snapshot that `text` names: `current`, the start of a name, a day or a month.

    Of a day or a month it is what was shown at its end. Raises UnknownNameError if there is none.
    """
    if text == CURRENT:
        return store.current().id
    if is_day(text):
        return _at(store, text, _end(text))
    return store.open(text).id


def is_day(text: str) -> bool:
    """Whether `text` is written like a day or a month."""
    return bool(_DAY.fullmatch(text))


def _end(text: str) -> float:
    """The first moment after a day or a month. Raises UnknownNameError for none of the calendar."""
    try:
        begin = datetime.strptime(text, "%Y-%m-%d" if len(text) > 7 else "%Y-%m")
        begin = begin.replace(tzinfo=UTC)
        if len(text) > 7:
            return (begin + timedelta(days=1)).timestamp()
        month = begin.year * 12 + begin.month
        return datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC).timestamp()
    except (ValueError, OverflowError):
        raise UnknownNameError(f"{text} is not a date. Write it as YYYY-MM-DD.") from None


def _at(store: Store, text: str, end: float) -> str:
    shown = {event.snapshot for event in store.history()}
    found = [
        (moment_of(store.folder / name), name)
        for name in store.ids()
        if name in shown or _is_rebuilt(store, name)
    ]
    before = [name for at, name in sorted(found) if at < end]
    if before:
        return before[-1]
    oldest = f" The oldest is of {_day(min(found)[0])}." if found else ""
    raise UnknownNameError(f"No snapshot of {text} or earlier is kept.{oldest}")


def _is_rebuilt(store: Store, name: str) -> bool:
    try:
        return read_as(store.folder / name / BUILT, Built).of is not None
    except (OSError, ValueError):
        return False


def _day(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d")
