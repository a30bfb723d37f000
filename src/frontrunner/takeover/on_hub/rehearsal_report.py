"""What a rehearsal on the Hub found: what held, and the whole story, as data and as a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from frontrunner.checks.gates import Verdict
from frontrunner.hub.standin.repos import Repository
from frontrunner.hub.standin.stored import Stored
from frontrunner.takeover.fold import fold
from frontrunner.takeover.ledger.ledger import Ledger
from frontrunner.takeover.on_hub.made_up import ARCHIVE, SPACE
from frontrunner.takeover.on_hub.name_observer import Observed
from frontrunner.takeover.on_hub.rehearsed_faults import Order, Rehearsed
from frontrunner.takeover.on_hub.step_journal import BACK, SHARE, TRAILING
from frontrunner.takeover.records import Intended, Record, StepBegun, StepEnded
from frontrunner.takeover.report import Report, report_of
from frontrunner.takeover.report_page import rendered
from frontrunner.takeover.stages import Mode, Position

"""Steps that the end does not wait for."""


class Held(msgspec.Struct, frozen=True):
    """One promise, and whether it held."""

    what: str
    held: bool
    text: str


class StepTold(msgspec.Struct, frozen=True, kw_only=True):
    """One step of the journal."""

    seq: int
    at: float
    key: str
    title: str
    seconds: float | None
    """Until its outcome; None without one."""
    error: str
    commit: str


class CommitTold(msgspec.Struct, frozen=True, kw_only=True):
    """One commit at the name, the oldest first."""

    at: float
    id: str
    title: str
    author: str
    files: int


class Rehearsal(msgspec.Struct, frozen=True, kw_only=True):
    """A rehearsal from its start to its end."""

    strategy: str
    shifting: bool
    """Whether users moved in shares first."""
    fault: str
    text: str
    """What went wrong."""
    held: tuple[Held, ...]
    observed: Observed
    steps: tuple[StepTold, ...]
    commits: tuple[CommitTold, ...]
    calls: int
    """Requests that the Hub answered."""
    killed: int
    """How often the controller was killed."""
    report: Report

    @property
    def all_held(self) -> bool:
        """Whether every promise held."""
        return all(one.held for one in self.held)


class Ended(NamedTuple):
    """What there is at the end of a rehearsal."""

    stored: Stored
    observed: Observed
    ledger: Ledger
    before: dict[str, bytes]
    """The old board's files."""
    new: dict[str, bytes]
    killed: int


def rehearsal_of(order: Order, fault: Rehearsed, ended: Ended) -> Rehearsal:
    """Hold what was seen against what was promised."""
    stored, observed, ledger, before, new, killed = ended
    entries, chain = list(ledger.entries()), ledger.verify()
    held = [
        _end(fault, fold(entries).position),
        *_observed(order, fault, stored, observed),
        _tree(fault, stored, before, new),
        _archive(order, fault, stored, before),
        Held("The ledger's chain of hashes holds.", chain.holds, chain.text),
    ]
    steps = _steps([(one.seq, one.at, one.record) for one in entries])
    open_ = [one.key for one in steps if one.seconds is None and one.key not in TRAILING]
    held.append(Held("Each step has an outcome.", not open_, ", ".join(open_) or "all of them"))
    if order.shifting and not (fault.shifts and fault.ends_back):  # it may end at once
        held.append(_shared(observed))
    if fault.gate:
        held.append(_caught(fault.gate, [one.record for one in entries], steps))
    if order.fault == "kill":
        held.append(Held("The controller was killed at every point.", killed > 0, f"{killed}"))
    return Rehearsal(
        strategy=order.strategy,
        shifting=order.shifting,
        fault=order.fault,
        text=fault.text,
        held=tuple(held),
        observed=observed,
        steps=steps,
        commits=_commits(stored.space(SPACE)),
        calls=len(stored.asked),
        killed=killed,
        report=report_of(entries, chain),
    )


def rehearsals_page(rehearsals: list[Rehearsal]) -> str:
    """One page that needs no other file; every text is escaped."""
    return rendered("hub_rehearsal.html", rehearsals=rehearsals)


# --- what is promised -----------------------------------------------------------------------------


def _end(fault: Rehearsed, end: Position) -> Held:
    wanted = Mode.ROLLED_BACK if fault.ends_back else Mode.FINISHED
    what = "Users are back on the old board." if fault.ends_back else "The take-over is finished."
    return Held(what, end.mode is wanted, f"It is at {end}.")


def _observed(order: Order, fault: Rehearsed, stored: Stored, seen: Observed) -> list[Held]:
    gaps = "; ".join(one.what for one in seen.gaps[:3]) or "no gap"
    found = [Held("The name always had a running board.", seen.always_ran,
                  f"{seen.looks:,} looks: {gaps}")]  # fmt: skip
    board = "old" if fault.ends_back else "new"
    last = seen.served[-1].board if seen.served else "nothing"
    found.append(Held(f"At the end the name shows the {board} board.", last == board, last))
    counts = (
        f"{seen.likes[0]} likes at first, {seen.likes[1]} at the fewest; "
        f"{seen.discussions[0]} and {seen.discussions[1]} discussions"
    )
    if order.strategy == "overwrite":
        kept = seen.kept_engagement or fault.takes_likes
        found.append(Held("Likes and discussions were never fewer.", kept, counts))
        places = {one.live for one in seen.served}
        text = ", ".join(sorted(places))
        found.append(Held("The URL stayed the same.", seen.kept_address, text))
    else:
        found.append(_agreed(fault, stored, seen))
    return found


def _shared(seen: Observed) -> Held:
    through, new = seen.visitors
    text = f"{new} of {through} that came through the gateway"
    return Held("Some visitors got each board.", 0 < new < through, text)


def _caught(gate: str, records: Sequence[Record], steps: Sequence[StepTold]) -> Held:
    """Whether this gate took users back, by the share first."""
    failed = [
        reading.text
        for one in records
        if isinstance(one, Intended) and one.to and one.to.mode is Mode.ROLLED_BACK
        for reading in one.readings
        if reading.gate == gate and reading.verdict is Verdict.FAILED
    ]
    by_share = [one.key for one in steps if not one.error][-2:] == [SHARE, BACK]
    text = failed[0] if failed else "It never failed."
    return Held(
        f"Gate {gate} took users back, by the share first.", bool(failed) and by_share, text
    )


def _agreed(fault: Rehearsed, stored: Stored, seen: Observed) -> Held:
    """A rename loses likes at the name, which was agreed to; the old Space has to have them."""
    place = SPACE if fault.ends_back else ARCHIVE
    repository = stored.find("space", place)
    likes = len(repository.likes) if repository else 0
    threads = len(repository.discussions) if repository else 0
    kept = (likes, threads) == (seen.likes[0], seen.discussions[0]) or fault.takes_likes
    text = f"{place} has {likes} likes and {threads} discussions."
    return Held("The old Space kept its likes and discussions.", kept, text)


def _tree(
    fault: Rehearsed, stored: Stored, before: dict[str, bytes], new: dict[str, bytes]
) -> Held:
    found = _files(stored, stored.space(SPACE))
    if fault.ends_back:
        same = found == before
        return Held("The old board's files are back, byte by byte.", same, f"{len(found)} files")
    same = found == new
    return Held("The name has the new board's files, and no other.", same, f"{len(found)} files")


def _archive(order: Order, fault: Rehearsed, stored: Stored, before: dict[str, bytes]) -> Held:
    what = "The old board lives on in the archive."
    repository = stored.find("space", ARCHIVE)
    if order.strategy == "rename" and fault.ends_back:
        return Held("The archive's name is free again.", repository is None, ARCHIVE)
    if repository is None:
        return Held(what, False, f"There is no {ARCHIVE}.")
    found, stage = _files(stored, repository), stored.run(repository).stage
    same = set(before) <= set(found)
    return Held(what, same and stage == "RUNNING", f"{len(found)} files, {stage}")


def _files(stored: Stored, repository: Repository) -> dict[str, bytes]:
    return {path: stored.content(entry) for path, entry in repository.head.files.items()}


# --- the story ------------------------------------------------------------------------------------


def _steps(records: list[tuple[int, float, object]]) -> tuple[StepTold, ...]:
    found: dict[int, StepTold] = {}
    for seq, at, record in records:
        if isinstance(record, StepBegun):
            found[seq] = StepTold(
                seq=seq, at=at, key=record.step, title=record.title, seconds=None, error="",
                commit="",
            )  # fmt: skip
        elif isinstance(record, StepEnded) and record.intent in found:
            begun = found[record.intent]
            commit = record.facts.get("commit", record.facts.get("at_name", ""))
            found[record.intent] = msgspec.structs.replace(
                begun, seconds=at - begun.at, error=record.error, commit=commit
            )
    return tuple(found.values())


def _commits(repository: Repository) -> tuple[CommitTold, ...]:
    return tuple(
        CommitTold(at=one.at, id=one.id, title=one.title, author=one.author, files=len(one.files))
        for one in repository.commits
    )
