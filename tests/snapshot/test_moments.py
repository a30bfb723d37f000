"""Snapshots by name, day and month."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from frontrunner.base.errors import UnknownNameError
from frontrunner.snapshot.manifest import BUILT, Built
from frontrunner.snapshot.moments import resolve
from frontrunner.snapshot.reader import Snapshot
from frontrunner.snapshot.store import Store
from tests.factories import small_snapshot


def of(snapshot: Snapshot, day: str) -> None:
    at = datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=UTC).timestamp()
    (snapshot.folder / BUILT).write_bytes(msgspec.json.encode(Built(at + 1e6, at)))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    for number, day in enumerate(("2025-01-31", "2025-02-01", "2025-12-31")):
        of(small_snapshot(tmp_path, number / 100), day)
    return Store(tmp_path / "home")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2025-01-31", 0), ("2025-01", 0), ("2025-02-01", 1), ("2025-11", 1), ("2025-12", 2),
        ("2026-05-05", 2), ("current", 2),
    ],
)  # fmt: skip
def test_a_day_is_what_was_shown_at_its_end(store: Store, text: str, number: int) -> None:
    assert resolve(store, text) == store.ids()[number]


def test_the_start_of_a_name(store: Store) -> None:
    assert resolve(store, store.ids()[1][:9]) == store.ids()[1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2025-01-30", "The oldest is of 2025-01-31"),
        ("2025-13", "is not a date"),
        ("2025-02-30", "is not a date"),
        ("zz", "No snapshot"),
        ("", "snapshot"),
    ],
)
def test_what_there_is_not_is_told(store: Store, text: str, said: str) -> None:
    with pytest.raises(UnknownNameError, match=said):
        resolve(store, text)


def test_a_snapshot_that_was_never_shown_has_no_day(tmp_path: Path) -> None:
    one = small_snapshot(tmp_path)
    Store(tmp_path / "home").at.history.unlink()
    with pytest.raises(UnknownNameError, match="is kept"):
        resolve(Store(tmp_path / "home"), "2100-01")
    assert resolve(Store(tmp_path / "home"), one.id) == one.id
