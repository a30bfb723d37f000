"""The log of a home: appended, typed, and read as far as it goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontrunner.base.home import Home
from frontrunner.ops import events


def test_events_are_read_in_the_order_they_were_recorded(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert list(events.read_events(home)) == []
    told: list[events.Event] = [
        events.Built(snapshot="a", rows=3, files_rejected=1, at=1.0),
        events.Published(snapshot="a", previous=None, at=2.0),
        events.RolledBack(snapshot="b", previous="a", at=3.0),
        events.Pruned(snapshots=("a", "c"), at=4.0),
        events.BuildFailed(reason="no file", at=5.0),
    ]
    for event in told:
        events.record(home, event)
    assert list(events.read_events(home)) == told
    first = home.events.read_bytes().splitlines()[0]
    assert first == b'{"event":"built","snapshot":"a","rows":3,"files_rejected":1,"at":1.0}'


@pytest.mark.parametrize(
    "line",
    [
        b'{"event":"built","at":',
        b'{"event":"of-tomorrow","at":1.0}',
        b'{"event":"held","at":1e300,"snapshot":"a"}',
        b'{"event":"held","at":1.0,"snapshot":"\xff"}',
        b"[" * 100_000,
        b"\x00" * 50,
        b"",
    ],
)
def test_a_line_that_cannot_be_read_costs_no_other(tmp_path: Path, line: bytes) -> None:
    home = Home(tmp_path)
    held = events.Held(snapshot="a", at=1.0)
    events.record(home, held)
    with home.events.open("ab") as file:
        file.write(line)
    events.record(home, held)
    assert list(events.read_events(home)) == [held, held]
