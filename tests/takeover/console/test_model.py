"""What the pages show, from plain data."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.checks.gates import Verdict
from frontrunner.gateway.status import Status
from frontrunner.takeover.console.model import (
    PAGE_SIZE,
    Inputs,
    alerts,
    gates,
    headline,
    latest,
    ledger_page,
    not_run,
    number,
    share,
    steps,
    warnings,
)
from frontrunner.takeover.console.standing import standing
from frontrunner.takeover.looks import Look
from frontrunner.takeover.records import Cause, Commanded, Noted, PlanChanged, Verb
from frontrunner.takeover.stages import Mode, Stage, World
from tests.takeover.console.scene import NOW, PLAN, entries, looks, scene
from tests.takeover.makers import at, chain, decided, in_force, reading


def look(**changes: object) -> Look:
    return msgspec.structs.replace(looks(2)[-1], **changes)


def of(inputs: Inputs) -> tuple[Inputs, object]:
    return inputs, standing(inputs.entries, inputs.found)


def test_the_path_has_every_stage_and_share() -> None:
    found = steps(standing(entries(), PLAN))
    assert [one.name for one in found] == [
        "Planned", "Parallel", "Guided", "1%", "5%", "25%", "50%", "100%", "Cut-over", "Settled",
    ]  # fmt: skip
    assert [one.state for one in found] == ["done"] * 4 + ["now"] + ["later"] * 5
    assert len(steps(standing((), None))) == len(Stage)


def test_the_headline_says_where_it_is_since_when_and_why_it_holds() -> None:
    inputs = scene()
    found = headline(inputs, standing(inputs.entries, PLAN))
    assert found.title == "Shifting, step 2 of 5 (5%)"
    assert (found.mode, found.tone) == ("running", "good")
    assert found.since == "2 hours 15 minutes"
    assert found.deadline == "5 days 20 hours left"
    assert found.holding[0].startswith("success: inconclusive.")
    assert (found.stopped, found.next) == ("", ())
    empty = Inputs(at=NOW)
    assert headline(empty, standing((), None)).title == "Not started"


@pytest.mark.parametrize(
    ("mode", "words", "tone"),
    [
        (Mode.PAUSED, "paused", "held"),
        (Mode.ROLLED_BACK, "rolled back", "bad"),
        (Mode.FAILED, "failed", "bad"),
        (Mode.FINISHED, "finished", "good"),
    ],
)
def test_a_mode_has_words_and_a_tone(mode: Mode, words: str, tone: str) -> None:
    there = decided(at(Stage.SHIFTING, 1), at(Stage.SHIFTING, 1, mode))
    inputs = scene(entries=tuple(chain(in_force(PLAN), there)))
    found = headline(inputs, standing(inputs.entries, None))
    assert (found.mode, found.tone) == (words, tone)


@pytest.mark.parametrize(
    ("left", "at_", "text"),
    [(None, NOW, ""), (90.0, NOW, "1 minute 30 seconds left"), (90.0, NOW - 60, "30 seconds left"),
     (90.0, NOW - 99, "over"), (0.0, NOW, "over")],
)  # fmt: skip
def test_a_deadline_runs_on_after_the_last_look(left: float | None, at_: float, text: str) -> None:
    inputs = scene(looks=(look(deadline=left, at=at_),))
    assert headline(inputs, standing(inputs.entries, None)).deadline == text


def test_the_headline_says_why_it_stopped_on_which_evidence_and_what_to_do() -> None:
    failed = reading("success", Verdict.FAILED, value=0.031, limit=0.02, sample=412, wanted=200)
    there = decided(
        at(Stage.SHIFTING, 1), at(Stage.SHIFTING, 1, Mode.PAUSED), "success has failed.",
        None, failed, reading("share"), cause=Cause.GATE,
    )  # fmt: skip
    inputs = scene(entries=tuple(chain(in_force(PLAN), there)))
    found = headline(inputs, standing(inputs.entries, None))
    assert found.stopped == "success has failed. (Entry 2.)"
    assert found.evidence == (
        "success: failed [reading 0.031, limit 0.02, evidence 412 of 200 wanted]. success said so.",
    )
    assert any("takeover resume" in one for one in found.next)


# --- alerts ---------------------------------------------------------------------------------------


def said(inputs: Inputs) -> str:
    return " ".join(alerts(inputs, standing(inputs.entries, inputs.found)))


def test_a_take_over_that_is_well_has_no_alert() -> None:
    assert said(scene(outboxes=())) == ""
    assert said(Inputs(at=NOW, found=PLAN)) == ""


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"looks": ()}, "has not reported yet"),
        ({"looks": (look(at=NOW - 300),)}, "has not reported for 5 minutes"),
        ({"looks": (look(reality=None),)}, "did not answer at the last check"),
        ({"looks": (look(wanted=World()),)}, "has not applied the last change"),
        ({"problems": ("The disk is full.",)}, "The disk is full."),
    ],
)
def test_what_is_wrong_comes_first(changes: dict[str, object], text: str) -> None:
    assert text in said(scene(**changes, outboxes=()))


def test_a_board_that_is_not_healthy_is_said() -> None:
    last = look()
    assert last.reality is not None
    sick = msgspec.structs.replace(last.reality.new, healthy=False)
    reality = msgspec.structs.replace(last.reality, new=sick)
    assert "The new board is not healthy." in said(scene(looks=(look(reality=reality),)))


def test_an_edited_plan_is_said() -> None:
    edited = PlanChanged(found="f" * 64, accepted=False)
    made = tuple(chain(*[one.record for one in entries()], edited))
    assert "was edited (ffffffffffff)" in said(scene(entries=made))


def test_a_dead_channel_is_said_but_not_where_a_button_is_pressed() -> None:
    inputs = scene()
    now = standing(inputs.entries, None)
    assert "The channel mail is dead after 4 attempts" in " ".join(alerts(inputs, now))
    assert warnings(inputs, now) == []


def test_a_finished_take_over_needs_no_controller() -> None:
    over = decided(at(Stage.SETTLED), at(Stage.SETTLED, 0, Mode.FINISHED))
    made = tuple(chain(in_force(PLAN), over))
    assert said(scene(entries=made, looks=(look(at=NOW - 9000),), outboxes=())) == ""


# --- the share ------------------------------------------------------------------------------------


def test_the_share_as_asked_and_as_envoy_says_now() -> None:
    found = share(scene())
    assert (found.asked, found.seen, found.agrees) == ("5%", "5%", True)
    assert found.streams == "14"
    status = scene().status
    assert status is not None
    assert status.seen is not None
    other = msgspec.structs.replace(status, seen=type(status.seen)(8, 100, 0, True, False))
    found = share(scene(status=other))
    assert (found.asked, found.seen, found.agrees) == ("5%", "1%", False)


def test_what_is_not_known_is_not_zero() -> None:
    found = share(Inputs(at=NOW))
    assert {found.asked, found.seen, found.banner, found.streams} == {"not known"}
    assert not found.agrees
    stopped = share(scene(status=None, looks=(look(reality=None),)))
    assert (stopped.asked, stopped.seen) == ("5%", "not known")


# --- gates ----------------------------------------------------------------------------------------


def test_gates_that_are_needed_come_first_then_the_worst() -> None:
    inputs = scene()
    found = gates(inputs, standing(inputs.entries, PLAN))
    assert [one.name for one in found][:2] == ["success", "slowness"]
    assert found[0].evidence == "2,400 of 3,000; 600 still wanted"
    assert (found[0].done, found[0].limit) == (80, "0.005")
    assert "needed now" in found[0].marks
    assert found[-1].name == "prometheus: memory"
    assert found[-1].marks == ("dry run",)
    assert "<path" in found[0].chart
    assert not_run(inputs, standing(inputs.entries, PLAN)) == ["feedback"]


def test_the_evidence_that_the_stage_asks_for_counts() -> None:
    from frontrunner.base.takeover_settings import StageSettings, TakeoverSettings
    from frontrunner.takeover.plan import plan_of

    more = plan_of(TakeoverSettings(shifting=StageSettings(gates=("success",), evidence=9000)))
    made = tuple(chain(in_force(more), decided(at(Stage.GUIDED), at(Stage.SHIFTING))))
    passing = look(readings=(reading("success", sample=4000, wanted=3000),))
    inputs = scene(entries=made, looks=(passing,))
    [found] = gates(inputs, standing(made, None))
    assert found.evidence == "4,000 of 9,000; 5,000 still wanted"


def test_the_evidence_that_the_stage_asks_for_is_not_asked_of_a_gate_without_traffic() -> None:
    passing = look(readings=(reading("freshness", sample=1, wanted=1),))
    inputs = scene(looks=(passing,))
    [found] = gates(inputs, standing(inputs.entries, PLAN))
    assert "needed now" in found.marks
    assert (found.evidence, found.done) == ("1 of 1", 100)


def test_a_gate_that_is_not_armed_says_so() -> None:
    inputs = scene(looks=(look(readings=(reading("share", Verdict.ERROR, armed=False),)),))
    [found] = gates(inputs, standing(inputs.entries, PLAN))
    assert found.verdict == "error"
    assert "not armed" in found.marks


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (0.0, "0"), (0.000123456, "0.0001235"), (123456.7, "123,457"), (-3.5, "-3.5")],
)
def test_numbers_are_short(value: float | None, text: str) -> None:
    assert number(value) == text


def test_a_gateway_that_is_not_known_gives_no_counts() -> None:
    from frontrunner.takeover.console.side_counts import both_sides

    assert both_sides(None) == []
    old, new = both_sides(scene().status)
    assert (old.requests, new.failures, new.failing) == (182_400, 7, "0.0728%")
    assert new.health == "1 of 1 healthy"
    assert both_sides(Status(running=False, asked=scene().status.asked))[0].failing == ""  # type: ignore[union-attr]


# --- the ledger -----------------------------------------------------------------------------------


@given(st.integers(0, 230))
def test_the_pages_of_the_ledger_together_are_the_ledger(size: int) -> None:
    made = chain(*[Noted(topic="lease", text=str(n)) for n in range(size)])
    seen, before = [], 0
    while True:
        page = ledger_page(made, before)
        assert len(page.rows) <= PAGE_SIZE
        assert page.found == size
        seen += [one.entry.seq for one in page.rows]
        before = page.older
        if not before:
            break
    assert seen == list(range(size, 0, -1))


def test_the_ledger_can_be_searched() -> None:
    made = chain(
        ("console:Ada", Commanded(verb=Verb.PAUSE, reason="Slow page")),
        Noted(topic="alarm", text="slow"),
        Noted(topic="lease", text="x"),
    )
    assert [one.entry.seq for one in ledger_page(made, words="SLOW").rows] == [2, 1]
    assert [one.entry.seq for one in ledger_page(made, words="ada").rows] == [1]
    assert [one.entry.seq for one in ledger_page(made, kinds="note").rows] == [3, 2]
    assert ledger_page(made, kinds="note", words="slow").found == 1
    assert ledger_page(made, kinds="nonsense").rows == []


def test_the_latest_come_first() -> None:
    assert [one.entry.seq for one in latest(entries(), 3)] == [16, 15, 14]
