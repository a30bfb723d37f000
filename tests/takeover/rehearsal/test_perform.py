"""How much a rehearsal of some size has in it."""

from __future__ import annotations

import os
from typing import Any

import pytest

from frontrunner.takeover.rehearsal import perform
from frontrunner.takeover.rehearsal.faults import CASES, Fault
from frontrunner.takeover.rehearsal.perform import rate, wishes


@pytest.mark.parametrize(
    ("requests", "wanted"),
    [(1, 600.0), (20_000, 600.0), (400_000, 1000.0), (1_000_000, 2500.0), (9_000_000, 2500.0)],
)
def test_a_longer_rehearsal_sends_faster_within_limits(requests: int, wanted: float) -> None:
    assert rate(requests) == wanted


def test_without_names_every_fault_happens_and_kills_grow_with_the_requests() -> None:
    found = wishes(1_000_000, ())
    assert found.cases == CASES
    assert (found.controller_kills, found.envoy_kills) == (50, 3)


def test_with_names_only_these_happen() -> None:
    found = wishes(20_000, (Fault.EMPTY_BOARD,))
    assert [one.fault for one in found.cases] == [Fault.EMPTY_BOARD]
    assert (found.controller_kills, found.envoy_kills) == (0, 0)


def test_settings_of_a_real_board_are_not_those_of_a_rehearsal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FRONTRUNNER_TAKEOVER_DATABASE", "postgresql://real/ledger")
    seen = list[str | None]()
    looks: Any = lambda *_: seen.append(os.environ.get("FRONTRUNNER_TAKEOVER_DATABASE"))  # noqa: E731
    monkeypatch.setattr(perform, "_rehearsed", looks)
    nothing: Any = None
    perform.rehearse(nothing, nothing, print)
    assert seen == [None]
    assert os.environ["FRONTRUNNER_TAKEOVER_DATABASE"] == "postgresql://real/ledger"
