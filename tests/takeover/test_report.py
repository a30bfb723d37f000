"""The report that is made from the ledger alone."""

from __future__ import annotations

import pytest

from frontrunner.takeover.ledger.hashes import Fault, Verified
from frontrunner.takeover.records import Verb
from frontrunner.takeover.report import Report, report_of
from frontrunner.takeover.report_page import report_page
from frontrunner.takeover.stages import Mode, Stage
from tests.takeover.sim import Sim

HOLDS = Verified(entries=1, head="a" * 64)


@pytest.fixture
def told() -> Report:
    sim = Sim()
    sim.go_to(Stage.SHIFTING, 1)
    sim.plane.refuses = 1
    sim.tick(3601)
    sim.tick()
    sim.do(Verb.RESUME)
    sim.do(Verb.ROLLBACK, reason="<script>alert(1)</script>", actor="cli:ada")
    sim.command(Verb.RETRY)
    return report_of(sim.book.stored, HOLDS)


def test_every_decision_has_its_share_its_reason_and_its_evidence(told: Report) -> None:
    assert [one.share for one in told.decisions] == [0, 0, 100, 500, 2500, 0]
    assert told.decisions[0].actor == told.decisions[-1].actor == "cli:ada"
    assert told.decisions[2].actor == "controller"
    assert {one.gate for one in told.decisions[2].readings} >= {"shadow", "parity"}
    assert told.began == told.decisions[0].at
    assert told.position.mode is Mode.ROLLED_BACK
    assert told.writes == len(told.decisions)


def test_every_command_has_its_answer(told: Report) -> None:
    answers = {one.verb: one.was_refused for one in told.commands}
    assert answers == {"start": False, "resume": True, "rollback": False, "retry": None}


def test_the_report_has_what_went_wrong(told: Report) -> None:
    assert [one.text for one in told.events if one.kind == "refused-write"] == ["The disk is full."]
    assert any(one.kind == "analysis-restarted" for one in told.events)


def test_the_page_runs_no_text_of_the_ledger(told: Report) -> None:
    page = report_page(told)
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "Its chain is intact" in page
    broken = Verified(entries=1, head="a", fault=Fault.CUT, seq=2, text="Entry 2 is missing.")
    assert "is broken" in report_page(report_of([], broken))
    assert "<link" not in page
    assert "src=" not in page
