"""Gates that run a whole check on the boards of now: parity, contract, links."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from frontrunner.base.gate_settings import ContractGate, LinksGate, ParityGate
from frontrunner.checks.contract.check import check
from frontrunner.checks.contract.fetch import Fetch, Response, fetcher
from frontrunner.checks.contract.finding import Finding
from frontrunner.checks.contract.ignore_rules import apply, load_rules
from frontrunner.checks.contract.record import Record, read_record
from frontrunner.checks.contract.report import broken, printable, unchecked
from frontrunner.checks.gates import Gate, GateResult, Measured, Verdict, judge, load_gates
from frontrunner.takeover.both_boards import served_snapshot
from frontrunner.takeover.evidence.facts import Checked

_SHOWN = 3
"""Items that a text names."""
_EDGES = (0.0, 1.0)
"""The values at the ends of what the comparison of numbers measures; all are shares."""


class Boards(msgspec.Struct, frozen=True, kw_only=True):
    """Where the boards are."""

    home: str
    """Home of the new board; parity reads in it the snapshot that the board serves."""
    new: str = ""
    """URL of the new board."""
    old: str = ""
    """URL of the old board, which must still hold its own record; empty does not ask it."""
    old_data_at: float | None = None
    """When the old board's data was made, in seconds since the epoch; None if it is not known."""


# --- contract and links ---------------------------------------------------------------------------


def contract(gate: ContractGate | LinksGate, boards: Boards) -> Checked:
    """Check the new board against the record, and the record against the old board of now.

    Raises ContractError if nothing can be checked.
    """
    record = _record(gate)
    seconds = gate.seconds / 2 if boards.old else gate.seconds
    findings = _findings(gate, record, fetcher(boards.new), seconds)
    wrong, errors = broken(findings), unchecked(findings)
    text = f"{len(findings) - len(wrong) - len(errors):,} of {len(findings):,} items hold."
    verdict = Verdict.PASSED
    if errors:
        verdict, text = Verdict.ERROR, f"{len(errors):,} could not be checked. {text}"
    if wrong:
        verdict, text = Verdict.FAILED, f"{len(wrong):,} would break. {text}"
    text = f"{text} {_named((*wrong, *errors))}".strip()
    if boards.old and verdict is Verdict.PASSED:
        old = _findings(gate, record, fetcher(boards.old), seconds)
        verdict, about = _of_the_record(old, record)
        text = f"{text} {about}"
    return Checked(
        verdict=verdict,
        text=printable(text),
        at=time.time(),
        value=float(len(wrong)),
        limit=0.0,
        sample=len(findings),
    )


def _of_the_record(old: Sequence[Finding], record: Record) -> tuple[Verdict, str]:
    """Whether a pass counts: if the old board no longer holds the record, the record is of another
    board.

    An old board that cannot be asked changes nothing: it may be switched off by then.
    """
    gone, errors = broken(old), unchecked(old)
    if gone:
        text = (
            f"The record of {record.recorded_at} is out of date: the old board itself no longer "
            f"holds {len(gone):,} of {len(old):,}. Record it again. {_named(gone)}"
        )
        return Verdict.INCONCLUSIVE, text
    if errors:
        text = f"The old board could not be asked for {len(errors):,} of them. {_named(errors)}"
        return Verdict.PASSED, text
    return Verdict.PASSED, "The old board still holds its record."


def _named(findings: Sequence[Finding]) -> str:
    return "; ".join(f"{one.kind} {one.item}: {one.reason}" for one in findings[:_SHOWN])


def _record(gate: ContractGate | LinksGate) -> Record:
    record = read_record(Path(gate.record))
    if isinstance(gate, LinksGate):
        return Record(source=record.source, recorded_at=record.recorded_at, links=record.links)
    return record


def _findings(
    gate: ContractGate | LinksGate, record: Record, fetch: Fetch, seconds: float
) -> list[Finding]:
    rules = load_rules(Path(gate.ignore) if gate.ignore else None)
    return apply(check(record, fetch, seconds=seconds), rules, datetime.now(UTC).date())


def why_contract_cannot_fail(gate: ContractGate | LinksGate) -> str:
    """Check a board that has nothing: why that does not fail, or an empty text if it does.

    Raises ContractError if the record or the rules cannot be read, or the record is empty.
    """
    findings = _findings(gate, _record(gate), _nothing, gate.seconds)
    if not broken(findings):
        return f"A board that answers 404 to all {len(findings):,} items would not fail it."
    return ""


def _nothing(path: str) -> Response:
    return Response(404, "", "", b"")


# --- parity ---------------------------------------------------------------------------------------


def parity(gate: ParityGate, boards: Boards) -> Checked:
    """Compare every number of the old board with the snapshot that the new board serves.

    The published one may be another: a board may serve another home, or not follow. Raises
    NetworkError if the board cannot be asked, LegacyError or SnapshotError if either cannot be
    read.
    """
    from frontrunner.checks.parity.run import Asked, compare_boards  # noqa: PLC0415 -- slow
    from frontrunner.snapshot.store import Store  # noqa: PLC0415

    paths = {name: Path(text) for name in ("results", "aliases") if (text := getattr(gate, name))}
    limits = Path(gate.limits) if gate.limits else None
    served, store = served_snapshot(boards.new), Store(Path(boards.home))
    if served not in store.ids():
        return _not_here(boards, served, store.current_id())
    snapshot = store.open(served)
    report = compare_boards(Asked(Path(gate.legacy), snapshot, gates=limits, **paths))
    found = judged_parity(report.gates, report.legacy_cells, snapshot.id)
    return _if_current(found, Path(gate.legacy), boards.old_data_at)


_CLOCKS_DIFFER = 300.0
"""Seconds by which the clocks of two machines may differ."""


def _if_current(found: Checked, legacy: Path, data_at: float | None) -> Checked:
    """A pass does not count on files that are older than what the old board shows now."""
    files_at = max((one.stat().st_mtime for one in _data_files(legacy)), default=0.0)
    is_old = data_at is not None and files_at + _CLOCKS_DIFFER < data_at
    if not is_old or data_at is None or found.verdict is not Verdict.PASSED:
        return found
    text = (
        f"The old board shows data of {_moment(data_at)}, and the newest file in {legacy} is of "
        f"{_moment(files_at)}. Copy the old board's files there again. {found.text}"
    )
    return msgspec.structs.replace(found, verdict=Verdict.INCONCLUSIVE, text=text)


def _data_files(folder: Path) -> Iterator[Path]:
    """Its files without those of git, which change with each fetch."""
    for parent, folders, names in os.walk(folder):
        folders[:] = [one for one in folders if one != ".git"]
        yield from (Path(parent, name) for name in names if Path(parent, name).is_file())


def _moment(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M} UTC"


def _not_here(boards: Boards, served: str, published: str | None) -> Checked:
    text = (
        f"The new board at {boards.new} serves snapshot {served}, which {boards.home} does not "
        f"have; published there: {published or 'none'}. Nothing was compared. Let the board serve "
        "this home, or run the controller with the home of the board."
    )
    return Checked(verdict=Verdict.ERROR, text=text, at=time.time())


def judged_parity(results: Sequence[GateResult], numbers: int, snapshot: str) -> Checked:
    """One verdict of the gates of a comparison: the worst."""
    order = (Verdict.FAILED, Verdict.ERROR, Verdict.INCONCLUSIVE, Verdict.PASSED)
    by_verdict = {verdict: [one for one in results if one.verdict is verdict] for verdict in order}
    worst = next((verdict for verdict in order if by_verdict[verdict]), Verdict.ERROR)
    text = f"{numbers:,} numbers of the old board compared with snapshot {snapshot}, "
    text += "which the new board serves: "
    text += f"{len(by_verdict[Verdict.PASSED])} of {len(results)} limits hold."
    if worst is not Verdict.PASSED:
        named = "; ".join(_result(one) for one in by_verdict[worst][:_SHOWN])
        text += f" {worst.capitalize()}: {named}."
    first = by_verdict[worst][0] if by_verdict[worst] else None
    return Checked(
        verdict=worst,
        text=text,
        at=time.time(),
        value=first.value if first and worst is Verdict.FAILED else None,
        limit=_limit(first.gate) if first and worst is Verdict.FAILED else None,
        sample=numbers,
    )


def _result(result: GateResult) -> str:
    value = "no value" if result.value is None else f"{result.value:.4f}"
    return f"{result.gate.name} is {value}, {result.gate.limit} wanted"


def _limit(gate: Gate) -> float | None:
    return gate.at_least if gate.at_least is not None else gate.at_most


def why_parity_cannot_fail(gate: ParityGate) -> str:
    """Limits that no value can break, by name; empty if there are none.

    Raises LegacyError if the limits cannot be read.
    """
    lax = [
        one.name
        for one in load_gates(Path(gate.limits) if gate.limits else None)
        if not any(
            judge(one, {one.measure: Measured(edge, one.minimum_sample)}).verdict is Verdict.FAILED
            for edge in _EDGES
        )
    ]
    return f"No share can break its limits {', '.join(lax)}." if lax else ""


WHY_NOT: dict[type, Callable[..., str]] = {
    ContractGate: why_contract_cannot_fail,
    LinksGate: why_contract_cannot_fail,
    ParityGate: why_parity_cannot_fail,
}
"""By kind: why its check cannot fail, or an empty text if a fault was seen to fail it."""
