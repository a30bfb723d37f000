"""The controller's terminal: every event once, reasons when they change, evidence with a stop."""

from __future__ import annotations

from frontrunner.checks.gates import Verdict
from frontrunner.takeover.records import Decided, Intended, Verb
from frontrunner.takeover.stages import Stage
from frontrunner.takeover.terminal import Terminal, lines_of
from tests.takeover.sim import Sim


def shown(sim: Sim, seen: int = 0) -> tuple[Terminal, list[str]]:
    lines: list[str] = []
    return Terminal(sim.witness, lines.append, seen), lines


def test_a_stop_is_shown_with_its_evidence_and_what_to_do() -> None:
    sim = Sim()
    sim.go_to(Stage.SHIFTING)
    sim.judge.verdicts["success"] = Verdict.FAILED
    sim.tick()
    last = next(one for one in reversed(sim.book.stored) if isinstance(one.record, Decided))
    lines = lines_of(last)
    assert "(rolled back). success has failed." in lines[0]
    assert lines[1].startswith("  - success: failed [evidence 10,000]. success is failed.")
    assert "frontrunner takeover retry" in lines[-1]


def test_entries_are_shown_once_and_old_ones_not_at_all() -> None:
    sim = Sim()
    sim.go_to(Stage.GUIDED)
    terminal, lines = shown(sim, seen=len(sim.book.stored) - 1)
    for _ in range(2):
        for entry in sim.book.stored:
            terminal.entry(entry)
    assert lines == lines_of(sim.book.stored[-1])
    assert sim.witness.entries[-1] == sim.book.stored[-1], "the other witness gets it too"


def test_a_command_is_shown_with_its_actor() -> None:
    sim = Sim()
    sim.go_to(Stage.GUIDED)
    sim.do(Verb.PAUSE, actor="console:ada", reason="a drill")
    lines = [line for one in sim.book.stored for line in lines_of(one)]
    assert any(line.endswith("  console:ada: Pause. Reason: a drill") for line in lines)


def test_an_intent_is_not_shown_because_its_decision_is() -> None:
    sim = Sim()
    sim.go_to(Stage.GUIDED)
    intents = [one for one in sim.book.stored if isinstance(one.record, Intended)]
    assert intents
    assert all(lines_of(one) == [] for one in intents)


def test_reasons_are_shown_when_they_change_and_not_at_every_look() -> None:
    sim = Sim()
    sim.go_to(Stage.SHIFTING)
    sim.judge.verdicts |= {"success": Verdict.INCONCLUSIVE, "slowness": Verdict.INCONCLUSIVE}
    terminal, lines = shown(sim)
    for _ in range(3):
        look = sim.tick()
        assert look is not None
        terminal.look(look)
    assert len([line for line in lines if "Waits for:" in line]) == 1
    assert any("success: inconclusive" in line for line in lines)
    assert any("slowness: inconclusive" in line for line in lines)
    sim.judge.verdicts["success"] = Verdict.ERROR
    look = sim.tick()
    assert look is not None
    terminal.look(look)
    assert any("success: error" in line for line in lines)
