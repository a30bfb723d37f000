"""What a command would do, without doing it."""

from __future__ import annotations

import pytest

from frontrunner.takeover.plane import Side
from frontrunner.takeover.preview import preview
from frontrunner.takeover.records import Acted, Commanded, Intended, Verb
from frontrunner.takeover.stages import Stage
from tests.takeover.sim import Sim


def said(sim: Sim, verb: Verb) -> str:
    entries, writes = len(sim.book.stored), sim.plane.writes
    text = preview(sim.controller.parts, sim.state, Commanded(verb=verb))
    assert (len(sim.book.stored), sim.plane.writes) == (entries, writes)
    return text


def test_before_the_start(sim: Sim) -> None:
    text = said(sim, Verb.START)
    assert "20% of the reads compared" in text
    assert "banner off, the old board's paths with the old board" in text
    assert "It would be refused: Nothing is in progress" in said(sim, Verb.ROLLBACK)


def test_in_the_middle(sim: Sim) -> None:
    sim.go_to(Stage.SHIFTING, 1)
    assert "0% of the visitors on the new board" in said(sim, Verb.ROLLBACK)
    assert "25% of the visitors on the new board" in said(sim, Verb.ADVANCE)
    assert "shifting, step 2 (paused), and the data plane stays as it is" in said(sim, Verb.PAUSE)
    assert "It would be refused: It is running, not paused" in said(sim, Verb.RESUME)
    sim.plane.old = Side(healthy=False, code="old-1", data="data-1")
    assert "It would wait: The old board is not healthy" in said(sim, Verb.ROLLBACK)


def test_a_decision_that_a_killed_controller_did_not_write_down_comes_first(sim: Sim) -> None:
    """It is no answer to the command; the preview took it for one."""
    sim.go_to(Stage.SHIFTING, 1)
    last = max(n for n, one in enumerate(sim.book.stored) if isinstance(one.record, Acted))
    for kept in (last + 1, last):  # killed after the outcome was written, and before
        sim.unwrite(kept)
        assert isinstance(sim.book.stored[-1].record, Acted if kept > last else Intended)
        assert "0% of the visitors on the new board" in said(sim, Verb.ROLLBACK)
        assert "shifting, step 2 (paused), and the data plane stays" in said(sim, Verb.PAUSE)


def test_with_a_silent_data_plane(sim: Sim) -> None:
    sim.go_to(Stage.SHIFTING, 1)
    sim.plane.can_be_read = False
    assert "does not answer" in said(sim, Verb.ADVANCE)
    assert "0% of the visitors" in said(sim, Verb.ROLLBACK)


def test_what_the_controller_has_just_measured_counts(
    sim: Sim, monkeypatch: pytest.MonkeyPatch
) -> None:
    sim.go_to(Stage.SHIFTING, 1)
    sim.tick()
    monkeypatch.setattr(sim.judge, "readings", lambda *_: [])
    assert "25% of the visitors on the new board" in said(sim, Verb.ADVANCE)
    sim.time.mono += 3600
    assert "It would be refused" in said(sim, Verb.ADVANCE)
