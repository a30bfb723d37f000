"""Each finding can fail."""

from __future__ import annotations

import pytest

from frontrunner.takeover.records import Cause, Decided, Entry, Intended, Record
from frontrunner.takeover.rehearsal import findings
from frontrunner.takeover.rehearsal.book import Failure, Owner, Result
from frontrunner.takeover.rehearsal.flips import Window
from frontrunner.takeover.rehearsal.shares import Split
from frontrunner.takeover.stages import Mode, Position, Stage, World


def entry(seq: int, record: Record, plan: str = "p") -> Entry:
    return Entry(
        seq=seq, at=float(seq), actor="controller", plan=plan, token=1, record=record,
        previous="", hash="",
    )  # fmt: skip


def decided(seq: int, stage: Stage, mode: Mode = Mode.RUNNING, why: str = "so") -> Entry:
    after = Position(stage=stage, mode=mode)
    return entry(seq, Decided(before=Position(), after=after, why=why, cause=Cause.EVIDENCE))


def failure(**changes: object) -> Failure:
    values: dict[str, object] = {
        "at": 10.0, "took": 0.1, "result": Result.FAILED, "kind": "page", "request": "GET /",
        "owner": Owner.BUCKET, "choice": "", "side": "old", "status": 503, "cause": "503",
    } | changes  # fmt: skip
    return Failure(**values)  # type: ignore[arg-type]


def held(found: list[findings.Finding]) -> dict[str, bool]:
    return {one.name: one.held for one in found}


@pytest.mark.parametrize(
    ("changes", "excused"),
    [
        ({}, False),  # a bucket decides, and the new board could have answered
        ({"owner": Owner.OLD}, True),
        ({"choice": "old"}, True),
        ({"owner": Owner.OLD, "at": 99.0}, False),
        ({"choice": "new"}, False),
    ],
)
def test_only_what_the_old_board_alone_answers_may_fail_while_it_is_down(
    changes: dict[str, object], excused: bool
) -> None:
    down = findings.Down(old=[Window(9.0, 12.0)])
    found = findings.of_requests(5, 5, [failure(**changes)], 1, down)
    assert held(found) == {"enough requests": True, "no failed request": excused}


@pytest.mark.parametrize(
    ("changes", "excused"),
    [
        ({}, False),
        ({"owner": Owner.NEW}, True),
        ({"choice": "new"}, False),  # the old board could have answered
        ({"owner": Owner.NEW, "at": 99.0}, False),
    ],
)
def test_only_what_the_new_board_alone_answers_may_fail_while_it_is_down(
    changes: dict[str, object], excused: bool
) -> None:
    down = findings.Down(new=[Window(9.0, 12.0)])
    found = findings.of_requests(5, 5, [failure(**changes)], 1, down)
    assert held(found) == {"enough requests": True, "no failed request": excused}


def test_failures_of_which_nothing_is_kept_are_never_excused() -> None:
    down = findings.Down(old=[Window(9.0, 12.0)])
    found = findings.of_requests(5, 5, [failure(owner=Owner.OLD)], 2, down)
    assert not held(found)["no failed request"]


def test_too_few_requests_are_not_enough() -> None:
    assert not held(findings.of_requests(4, 5, [], 0, findings.Down()))["enough requests"]


def test_a_stream_may_only_be_cut_by_a_fault() -> None:
    cut = failure(result=Result.ONCE)
    assert findings.of_once([cut], [Window(9.9, 10.0)]).held
    assert not findings.of_once([cut], [Window(10.2, 11.0)]).held
    assert findings.of_once([failure()], []).held  # that one is counted elsewhere


def test_flips_and_slow_rollbacks() -> None:
    assert findings.of_flips(0, 9, 9).held
    assert not findings.of_flips(1, 9, 9).held
    assert findings.of_ways_back([0.1, 1.0]).held
    assert not findings.of_ways_back([0.1, 1.01]).held


def test_a_share_must_be_planned_and_intended() -> None:
    intended = [entry(1, Intended(before=None, after=World(share=500), why="so"))]
    seen = [(1.0, Split(0)), (2.0, Split(500))]
    assert findings.of_shares(seen, intended, {500}).held
    assert not findings.of_shares(seen, intended, {600}).held
    assert not findings.of_shares(seen, [], {500}).held


def test_the_whole_path_ends_with_the_end() -> None:
    stages = [Stage.PARALLEL, Stage.GUIDED, Stage.SHIFTING, Stage.CUTOVER, Stage.SETTLED]
    path = [decided(at, stage) for at, stage in enumerate(stages, 1)]
    end = decided(9, Stage.SETTLED, Mode.FINISHED)
    assert findings.of_path([*path, end]).held
    assert not findings.of_path(path).held
    assert not findings.of_path([*path[:2], *path[3:], end]).held


def test_a_decision_needs_its_reason() -> None:
    assert findings.of_ledger_tale([decided(1, Stage.PARALLEL)]).held
    assert not findings.of_ledger_tale([decided(1, Stage.PARALLEL, why="")]).held
    assert not findings.of_ledger_tale([]).held


def test_kills_are_counted() -> None:
    assert findings.of_kills(50, 50, 3, 3).held
    assert not findings.of_kills(49, 50, 3, 3).held
    assert not findings.of_kills(50, 50, 2, 3).held
