"""The gates of a plan on the evidence of a log, as the controller asks for them."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from frontrunner.base.config import load_settings
from frontrunner.base.errors import GatewayError
from frontrunner.base.gate_settings import LinksGate, ManualGate, SuccessGate, WebhookGate
from frontrunner.base.takeover_settings import StageSettings, TakeoverSettings
from frontrunner.checks.contract.record import Link, Record, write_record
from frontrunner.checks.gates import Verdict
from frontrunner.gateway.feedback import Feedback, Message
from frontrunner.gateway.logs import RequestLine
from frontrunner.gateway.render import Place
from frontrunner.takeover.evidence.collect import Collector
from frontrunner.takeover.fold import State
from frontrunner.takeover.gates.on_boards import Boards
from frontrunner.takeover.gates.outside import Checks
from frontrunner.takeover.judging import Judging, _counting, judging_of
from frontrunner.takeover.plan import least_evidence, plan_of
from frontrunner.takeover.plane import Reality, Side
from frontrunner.takeover.records import Reading
from frontrunner.takeover.stages import Position, Stage, World
from tests.takeover.evidence.lines import BEGIN, at_once, encoded, request

SETTINGS = TakeoverSettings(
    window="1m",
    gate=(
        WebhookGate(name="hook", url="http://host/"),
        ManualGate(name="person"),
        SuccessGate(name="success", minimum_sample=50, margin=0.2),
    ),
    shifting=StageSettings(gates=("share", "success", "freshness", "hook", "person")),
    parallel=StageSettings(gates=("share",)),
    guided=StageSettings(gates=("share",)),
)
PLAN = plan_of(SETTINGS)
STATE = State(position=Position(stage=Stage.SHIFTING, step=3), counts_at=BEGIN)
WELL = Side(healthy=True, data_at=BEGIN)
HALF = Reality(world=World(share=5000), old=WELL, new=WELL)
SAYS = """import json
print(json.dumps({"verdict": "passed", "text": "Asked.", "at": 1.0}))"""


class Room:
    def __init__(self, folder: Path) -> None:
        self.place, self.now = Place(folder), BEGIN
        self.checks = Checks(Boards(home=""), (sys.executable, "-c", SAYS))
        file = folder / "evidence.json"
        collector = Collector(self.place, file, clock=lambda: self.now, elapsed=at_once)
        self.judging = Judging(collector, self.checks)

    def log(self, *lines: RequestLine) -> None:
        with self.place.requests.open("ab") as file:
            file.write(encoded(*lines))

    def look(self, state: State = STATE, reality: Reality | None = HALF) -> dict[str, Reading]:
        return {one.gate: one for one in self.judging.readings(state, PLAN, reality)}


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    one = Room(tmp_path)
    yield one
    one.judging.close()


def test_before_the_start_no_gate_is_asked(room: Room) -> None:
    assert room.look(State()) == {}
    assert not (room.place.folder / "evidence.json").exists()


def test_all_guarding_gates_are_judged_on_the_log(room: Room) -> None:
    assert [*room.look()] == ["share", "success", "freshness", "hook", "person"]
    for minute in range(10):
        room.log(*(request(60 * minute + 2, 100 * n) for n in range(100)))
    room.now = BEGIN + 1000
    found = room.look()
    assert (found["share"].verdict, found["share"].sample) == (Verdict.PASSED, 100)
    assert (found["success"].verdict, found["success"].sample) == (Verdict.PASSED, 500)
    assert found["freshness"].verdict is Verdict.PASSED
    assert found["person"].verdict is Verdict.INCONCLUSIVE
    for _ in range(6000):
        if room.look()["hook"].verdict is Verdict.PASSED:
            break
        time.sleep(0.01)
    assert room.look()["hook"].text == "Asked."


def test_a_failing_side_fails_and_a_new_step_begins_with_no_counts(room: Room) -> None:
    room.look()
    room.log(*(request(2 + 60 * m, 100 * n, status=500 if n < 50 and n % 2 else 200)
               for m in range(3) for n in range(100)))  # fmt: skip
    room.now = BEGIN + 300
    assert room.look()["success"].verdict is Verdict.FAILED
    later = msgspec.structs.replace(STATE, counts_at=BEGIN + 300)
    assert room.look(later)["success"].verdict is Verdict.INCONCLUSIVE
    assert room.look(later)["success"].sample == 0


def test_a_share_that_is_not_the_plans_is_not_held_against_visitors(room: Room) -> None:
    """Somebody changed the share by hand: what was counted at another share does not count."""
    room.look()
    room.log(*(request(2, 100 * n) for n in range(100)))
    room.now = BEGIN + 100
    assert room.look()["share"].sample == 100
    other = msgspec.structs.replace(HALF, world=World(share=2500))
    assert room.look(reality=other)["share"].sample == 0
    room.look(reality=other)
    room.log(*(request(103, 100 * n, 2500) for n in range(100)))
    assert room.look(reality=other)["share"].verdict is not Verdict.FAILED


def test_without_the_data_plane_gates_are_judged_all_the_same(room: Room) -> None:
    room.look()
    room.log(*(request(2, 100 * n) for n in range(100)))
    room.now = BEGIN + 100
    found = room.look(reality=None)
    assert (found["share"].verdict, found["share"].sample) == (Verdict.PASSED, 100)
    assert "Not measured" in found["freshness"].text


def test_approvals_reach_their_gate(room: Room) -> None:
    for given, verdict in ((True, Verdict.PASSED), (False, Verdict.FAILED)):
        state = msgspec.structs.replace(STATE, approved={"person": given})
        assert room.look(state)["person"].verdict is verdict


def test_messages_of_visitors_are_counted_in_the_gateways_database(tmp_path: Path) -> None:
    settings = load_settings(tmp_path, {"FRONTRUNNER_GATEWAY_NEW": "http://new"})
    folder = tmp_path / "gateway"
    feedback = Feedback("", folder)
    for at in (1.0, time.time() + 60):
        feedback.add(Message(at=at, side="new", page="/", text="No."))
    feedback.close()
    judging = judging_of(settings)
    try:
        plan = plan_of(TakeoverSettings())
        for _ in range(6000):
            by_name = {one.gate: one for one in judging.readings(STATE, plan, HALF)}
            if "are being counted" not in by_name["feedback"].text:
                break
            time.sleep(0.01)
        assert by_name["feedback"].text.startswith("1 message of 0 visitors")
    finally:
        judging.close()


def test_a_board_that_does_not_answer_is_said(room: Room) -> None:
    reality = msgspec.structs.replace(HALF, new=Side(healthy=False))
    assert "the new board does not answer" in room.look(reality=reality)["freshness"].text


def test_a_full_store_of_feedback_is_no_evidence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What visitors would say is refused then, so few messages would pass for few complaints."""
    monkeypatch.setattr("frontrunner.gateway.feedback_room.MOST_MESSAGES", 1)
    feedback = Feedback("", tmp_path / "gateway")
    feedback.add(Message(at=1.0, side="new", page="/", text="No."))
    feedback.close()
    with pytest.raises(GatewayError, match="The store of feedback is full"):
        _counting(load_settings(tmp_path, {"FRONTRUNNER_GATEWAY_NEW": "http://new"}))(0.0)


def test_a_gate_that_is_not_armed_is_proved_again_later(room: Room, tmp_path: Path) -> None:
    clock = [0.0]
    collector = Collector(room.place, tmp_path / "evidence.json")
    judging = Judging(collector, room.checks, clock=lambda: clock[0])
    record = tmp_path / "record"
    settings = TakeoverSettings(gate=(LinksGate(name="links", record=str(record)),))
    state = msgspec.structs.replace(STATE, position=Position(stage=Stage.PARALLEL))

    def armed() -> bool:
        readings = judging.readings(state, plan_of(settings), HALF)
        return {one.gate: one.armed for one in readings}["links"]

    assert not armed()
    write_record(Record(source="old", recorded_at="then", links=(Link("/boards"),)), record)
    assert not armed()
    clock[0] = 60.0
    assert armed()


@pytest.mark.parametrize("evidence", [0, 700])
def test_a_reading_wants_what_the_stage_and_the_gate_need(room: Room, evidence: int) -> None:
    """The plan, `status` and what holds the take-over name the same number."""
    stage = StageSettings(gates=("share", "success", "freshness"), evidence=evidence)
    plan = plan_of(msgspec.structs.replace(SETTINGS, shifting=stage))
    by_name = {one.gate: one.wanted for one in room.judging.readings(STATE, plan, HALF)}
    assert by_name == {"share": 100, "success": max(50, evidence), "freshness": 1}
    assert least_evidence(plan, Stage.SHIFTING, "success") == by_name["success"]
