"""Checks on the boards of now, and the proof that they can fail."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from frontrunner.base.errors import ContractError, LegacyError, NetworkError
from frontrunner.base.gate_settings import ContractGate, GateSettings, LinksGate, ParityGate
from frontrunner.checks.contract.record import Answer, Link, Record, write_record
from frontrunner.checks.gates import Gate, GateResult, Verdict
from frontrunner.results.ingest import ingest
from frontrunner.snapshot.store import Store
from frontrunner.takeover.evidence.facts import Checked
from frontrunner.takeover.gates import on_boards
from frontrunner.takeover.gates.on_boards import (
    Boards,
    contract,
    judged_parity,
    parity,
    why_contract_cannot_fail,
    why_parity_cannot_fail,
)
from frontrunner.takeover.gates.prove import prove
from tests.checks.contract.made_up import Board, page
from tests.factories import catalog, result, snapshot_of, task, write
from tests.legacy.factory import row, write_board
from tests.net.hosts import host, ok

LIMITS = """[[gate]]
name = "equal"
measure = "equal_share"
at_least = {least}
minimum_sample = 1
reason = "r"
"""


@pytest.fixture
def record(tmp_path: Path) -> Path:
    folder = tmp_path / "record"
    found = Record(
        source="old",
        recorded_at="then",
        answers=(Answer("/v1", "/v1", 200, "text/html"),),
        links=(Link("/boards"), Link("/models")),
    )
    write_record(found, folder)
    return folder


def gates(record: Path) -> list[ContractGate | LinksGate]:
    return [
        ContractGate(name="contract", record=str(record)),
        LinksGate(name="links", record=str(record)),
    ]


def run(gate: ContractGate | LinksGate, board: Board, monkeypatch: pytest.MonkeyPatch) -> Checked:
    monkeypatch.setattr(on_boards, "fetcher", lambda url: board)
    return contract(gate, Boards(home="", new="http://new"))


# --- contract and links ---------------------------------------------------------------------------


def test_the_new_board_is_held_against_the_record(
    record: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Board({"/v1": page("v"), "/boards": page("1"), "/models": page("2"), "/": page("0")})
    found = [run(gate, whole, monkeypatch) for gate in gates(record)]
    assert [(one.verdict, one.sample, one.value) for one in found] == [
        (Verdict.PASSED, 3, 0.0),
        (Verdict.PASSED, 2, 0.0),
    ]
    without_answer = Board({"/boards": page("1"), "/models": page("2")})
    found = [run(gate, without_answer, monkeypatch) for gate in gates(record)]
    assert [one.verdict for one in found] == [Verdict.FAILED, Verdict.PASSED]
    assert "1 would break. 2 of 3 items hold." in found[0].text
    assert "answer /v1" in found[0].text


def test_a_board_that_cannot_be_asked_is_an_error(
    record: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(path: str) -> object:
        raise ContractError("no answer")

    for gate in gates(record):
        found = run(gate, silent, monkeypatch)  # type: ignore[arg-type]
        assert found.verdict is Verdict.ERROR
        assert "no answer" in found.text


def test_a_record_that_the_old_board_itself_no_longer_holds_proves_nothing(
    record: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pass on it would be about a board that is no more; a failure stays one."""
    whole = Board({"/v1": page("v"), "/boards": page("1"), "/models": page("2"), "/": page("0")})
    less = Board({"/boards": page("1"), "/": page("0")})

    def silent(path: str) -> object:
        raise ContractError("no answer")

    found = {}
    for name, old, new in (("same", whole, whole), ("changed", less, whole),
                           ("silent", silent, whole), ("worse", less, less)):  # fmt: skip
        there = {"http://old": old, "http://new": new}
        monkeypatch.setattr(on_boards, "fetcher", there.get)
        where = Boards(home="", new="http://new", old="http://old")
        found[name] = [contract(gate, where) for gate in gates(record)]
    assert [one.verdict for one in found["same"]] == [Verdict.PASSED] * 2
    assert [one.verdict for one in found["changed"]] == [Verdict.INCONCLUSIVE] * 2
    assert [one.verdict for one in found["silent"]] == [Verdict.PASSED] * 2
    assert [one.verdict for one in found["worse"]] == [Verdict.FAILED] * 2
    assert "the old board itself no longer holds 2 of 3" in found["changed"][0].text
    assert "Record it again. link /models" in found["changed"][1].text
    assert "could not be asked for 3 of them" in found["silent"][0].text


def test_an_accepted_difference_does_not_fail(
    record: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text(
        '[[ignore]]\nitem = "/v1"\nowner = "me"\nreason = "gone"\nexpires = 2999-01-01\n'
    )
    board = Board({"/boards": page("1"), "/models": page("2")})
    gate = ContractGate(name="contract", record=str(record), ignore=str(rules))
    assert run(gate, board, monkeypatch).verdict is Verdict.PASSED
    assert why_contract_cannot_fail(gate) == ""
    rules.write_text(rules.read_text().replace("/v1", "*"))
    assert "all 3 items would not fail it" in why_contract_cannot_fail(gate)


def test_a_record_without_items_proves_nothing(tmp_path: Path) -> None:
    write_record(Record(source="old", recorded_at="then"), tmp_path / "empty")
    given: list[GateSettings] = [*gates(tmp_path / "empty"), *gates(tmp_path / "none")]
    for gate in given:
        assert prove([gate])[gate.name] != ""


def test_records_that_a_board_without_anything_breaks_are_armed(record: Path) -> None:
    assert prove(gates(record)) == {}


# --- parity ---------------------------------------------------------------------------------------


@pytest.fixture
def boards(tmp_path: Path) -> Iterator[tuple[ParityGate, Boards]]:
    """An old and a new board that agree on one number of two."""
    write(tmp_path / "results", "org__a/main/T1.json", result("T1", {"test": {"default": 0.5}}))
    write(tmp_path / "results", "org__b/main/T1.json", result("T1", {"test": {"default": 0.7}}))
    known = catalog([task("T1")], models=["org/a", "org/b"])
    snapshot_of(tmp_path / "home", ingest(tmp_path / "results", known, workers=1))
    rows = [row("a", {"T1": 50.0}), row("b", {"T1": 11.0})]
    old = write_board(tmp_path / "old", {"en/STS": rows})
    limits = tmp_path / "limits.toml"
    limits.write_text(LIMITS.format(least=0.5))
    made = Boards(home=str(tmp_path / "home"))
    published = Store(Path(made.home)).current_id()
    with host(ok(json.dumps({"id": published}).encode())) as url:
        made = msgspec.structs.replace(made, new=url)
        yield ParityGate(name="parity", legacy=str(old), limits=str(limits)), made


def test_numbers_are_compared_with_the_snapshot_that_the_board_serves(
    boards: tuple[ParityGate, Boards],
) -> None:
    gate, where = boards
    assert why_parity_cannot_fail(gate) == ""
    found = parity(gate, where)
    assert (found.verdict, found.sample) == (Verdict.PASSED, 2)
    Path(gate.limits).write_text(LIMITS.format(least=0.9))
    found = parity(gate, where)
    assert (found.verdict, found.value, found.limit) == (Verdict.FAILED, 0.5, 0.9)
    assert "equal is 0.5000, >= 0.9 wanted" in found.text


def test_files_that_are_older_than_what_the_old_board_shows_prove_nothing(
    boards: tuple[ParityGate, Boards],
) -> None:
    gate, where = boards
    newest = max(one.stat().st_mtime for one in Path(gate.legacy).rglob("*") if one.is_file())
    for later, verdict in ((-60.0, Verdict.PASSED), (3600.0, Verdict.INCONCLUSIVE)):
        found = parity(gate, msgspec.structs.replace(where, old_data_at=newest + later))
        assert found.verdict is verdict
    assert f"the newest file in {gate.legacy} is of 20" in found.text
    Path(gate.limits).write_text(LIMITS.format(least=0.9))
    found = parity(gate, msgspec.structs.replace(where, old_data_at=newest + 3600.0))
    assert found.verdict is Verdict.FAILED, "a failure on old files is one all the same"
    fetched = Path(gate.legacy, ".git", "FETCH_HEAD")
    fetched.parent.mkdir()
    fetched.write_text("")
    os.utime(fetched, (newest + 7200, newest + 7200))
    Path(gate.limits).write_text(LIMITS.format(least=0.5))
    found = parity(gate, msgspec.structs.replace(where, old_data_at=newest + 3600.0))
    assert found.verdict is Verdict.INCONCLUSIVE, "a fetch alone brings no new files"


def test_what_the_board_does_not_serve_is_not_compared(
    boards: tuple[ParityGate, Boards], tmp_path: Path
) -> None:
    """A board that follows another home, or no more, would pass on numbers that nobody sees."""
    gate, where = boards
    with host(ok(b'{"id": "another"}')) as url:
        found = parity(gate, msgspec.structs.replace(where, new=url))
    assert found.verdict is Verdict.ERROR
    assert "serves snapshot another" in found.text
    for answer in (b"{}", b"busy"):
        with host(ok(answer)) as url, pytest.raises(NetworkError, match="without a snapshot's id"):
            parity(gate, msgspec.structs.replace(where, new=url))


def test_a_board_that_serves_an_earlier_snapshot_is_compared_by_that_one(
    boards: tuple[ParityGate, Boards], tmp_path: Path
) -> None:
    gate, where = boards
    known = catalog([task("T1")], models=["org/c"])
    write(tmp_path / "later", "org__c/main/T1.json", result("T1", {"test": {"default": 0.1}}))
    snapshot_of(Path(where.home), ingest(tmp_path / "later", known, workers=1))
    assert parity(gate, where).verdict is Verdict.PASSED


def test_limits_that_nothing_breaks_are_not_armed(boards: tuple[ParityGate, Boards]) -> None:
    gate, _ = boards
    Path(gate.limits).write_text(LIMITS.format(least=0.0))
    assert prove([gate]) == {"parity": "No share can break its limits equal."}
    Path(gate.limits).write_text("")
    assert "no gate" in prove([gate])["parity"] or "cannot be read" in prove([gate])["parity"]
    with pytest.raises(LegacyError):
        why_parity_cannot_fail(gate)


@pytest.mark.parametrize(
    ("verdicts", "worst"),
    [
        ("passed passed", "passed"),
        ("passed inconclusive", "inconclusive"),
        ("error inconclusive", "error"),
        ("passed error failed inconclusive", "failed"),
        ("", "error"),
    ],
)
def test_the_worst_limit_decides(verdicts: str, worst: str) -> None:
    gate = Gate(name="one", measure="m", at_least=0.5, minimum_sample=1, reason="r")
    results = [GateResult(gate, Verdict(one), 0.25, 9) for one in verdicts.split()]
    found = judged_parity(results, 100, "abc")
    assert found.verdict == worst
    assert found.value == (0.25 if worst == "failed" else None)
