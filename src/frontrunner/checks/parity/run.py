"""Run a whole comparison: read, match, compare, explain, measure, judge."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from frontrunner.checks.gates import judge, load_gates
from frontrunner.checks.parity.absence import why_absent
from frontrunner.checks.parity.board_values import BoardValues
from frontrunner.checks.parity.causes import Gatherer, imported_numbers, needs_explaining
from frontrunner.checks.parity.compare import Comparer, all_targets
from frontrunner.checks.parity.evidence import FileRef, Numbers, Reader, Role, index_files
from frontrunner.checks.parity.explain import explain
from frontrunner.checks.parity.history import History
from frontrunner.checks.parity.honesty import DecoyRate, decoy_rate
from frontrunner.checks.parity.match import Alias, Match, Matcher, load_aliases
from frontrunner.checks.parity.onboard import why_on_board
from frontrunner.checks.parity.report import Report
from frontrunner.checks.parity.reruns import Reruns, StandingFile
from frontrunner.checks.parity.summary import board_summaries, measures, row_fates
from frontrunner.checks.parity.verdicts import Cause, Cell, Confidence, Explanation, Verdict
from frontrunner.legacy.boardmap import load_board_map
from frontrunner.legacy.files.cells import LegacyCell, numeric_cells
from frontrunner.legacy.files.markup import Anchor
from frontrunner.legacy.files.standing import standing_scores
from frontrunner.legacy.files.tree import Tree, read_tree
from frontrunner.results.layout import folder_name
from frontrunner.results.sources import results_root
from frontrunner.snapshot.reader import Snapshot

_DECOYS_EACH = 5
_NOTHING = Explanation(Cause.UNEXPLAINED, Confidence.NONE, "")


@dataclass(frozen=True)
class Asked:
    """What to compare, and by which rules."""

    legacy: Path
    snapshot: Snapshot
    results: Path | None = None
    """Where the snapshot's result files lie; without them fewer differences are explained."""
    aliases: Path | None = None
    gates: Path | None = None


def compare_boards(asked: Asked) -> Report:
    """Compare the old board with a snapshot."""
    started = time.perf_counter()
    gates = load_gates(asked.gates)
    tree = read_tree(asked.legacy)
    legacy_cells, problems = numeric_cells(tree.tables)
    matches = _match(tree, asked.snapshot, load_aliases(asked.aliases))
    values = BoardValues(asked.snapshot)
    history = _history(asked.results)
    bare, gatherer = _compare(tree, asked.snapshot, legacy_cells, matches, values, history)
    honesty = _gather(bare, gatherer, asked)
    cells = tuple(_explained(cell, gatherer, values) for cell in bare)
    boards = board_summaries(tree, load_board_map(), matches, cells, values)
    rows = row_fates(tree, legacy_cells, matches, cells)
    measured = measures(cells, rows, boards, honesty, tried=len(bare))
    return Report(
        snapshot=asked.snapshot.id,
        legacy=asked.legacy.name,
        results=asked.results.name if asked.results else None,
        seconds=time.perf_counter() - started,
        legacy_cells=len(legacy_cells),
        cells=cells,
        rows=rows,
        boards=boards,
        honesty=tuple(honesty),
        gates=tuple(judge(gate, measured) for gate in gates),
        problems=(*tree.problems, *problems),
    )


def _match(tree: Tree, snapshot: Snapshot, aliases: Sequence[Alias]) -> dict[Anchor, Match]:
    matcher = Matcher(snapshot.catalog, tree.model_meta, aliases)
    anchors = {anchor for table in tree.tables for anchor in table.anchors}
    return {anchor: matcher.match(anchor) for anchor in sorted(anchors, key=str)}


def _history(results: Path | None) -> History | None:
    return History.of(results_root(results)) if results and results.is_dir() else None


def _compare(
    tree: Tree,
    snapshot: Snapshot,
    legacy_cells: Sequence[LegacyCell],
    matches: Mapping[Anchor, Match],
    values: BoardValues,
    history: History | None,
) -> tuple[list[Cell], Gatherer]:
    catalog = snapshot.catalog
    targets = all_targets(legacy_cells, catalog)
    tasks = {one.task for one in targets.values()}
    parts = {one.name for one in catalog.tasks if one.name.startswith("CQADupstack")}
    standing = standing_scores(snapshot, tasks | parts)
    comparer = Comparer(catalog, load_board_map(), matches, targets, standing, values)
    names = {name for one in matches.values() for name in (one.model, one.formerly) if name}
    gatherer = Gatherer(
        catalog=catalog,
        config=tree.config,
        matches=matches,
        standing=standing,
        imported=imported_numbers(tree.external),
        index=index_files(snapshot, map(folder_name, names), history),
        history=history,
    )
    return comparer.compare(legacy_cells), gatherer


def _gather(cells: Sequence[Cell], gatherer: Gatherer, asked: Asked) -> list[DecoyRate]:
    """Read the evidence, and measure how often it would explain what is false."""
    equal = [cell for cell in cells if cell.same_split.verdict is Verdict.EQUAL]
    differing = [cell for cell in cells if cell.same_split.verdict is Verdict.DIFFERS]
    if asked.results is not None:
        wanted = [*needs_explaining(cells), *equal]
        refs = {ref for cell in wanted for ref in gatherer.refs(cell)}
        gatherer.numbers = _read(sorted(refs), gatherer, asked.results)
    gatherer.reruns = Reruns(cells, _standing_files(asked.snapshot), gatherer.imported)
    by_number = frozenset({Cause.RERUN})
    known = gatherer.candidates
    return [
        decoy_rate("equal", equal, known, each=1),
        decoy_rate("differing, by number", differing, known, each=_DECOYS_EACH, without=by_number),
        decoy_rate("differing, by any means", differing, known, each=_DECOYS_EACH),
    ]


def _read(refs: Sequence[FileRef], gatherer: Gatherer, results: Path) -> Numbers:
    reader = Reader(results, gatherer.catalog)
    numbers = reader.read(refs)
    if gatherer.history is None:
        return numbers
    return {**numbers, **reader.read_earlier(refs, gatherer.history)}


def _standing_files(snapshot: Snapshot) -> list[StandingFile]:
    frame = snapshot.frame("files").select(StandingFile._fields).collect()
    return [StandingFile(*row) for row in frame.iter_rows()]


def _explained(cell: Cell, gatherer: Gatherer, values: BoardValues) -> Cell:
    if cell.same_split.verdict in (Verdict.DIFFERS, Verdict.ABSENT):
        why = explain(cell.old, gatherer.candidates(cell)) or _otherwise(cell, gatherer)
        cell = msgspec.structs.replace(
            cell, same_split=msgspec.structs.replace(cell.same_split, why=why)
        )
    if cell.benchmark is None or cell.on_board.verdict in (Verdict.EQUAL, Verdict.NO_BOARD):
        return cell
    scope = values.scope(cell.benchmark, cell.task)
    why_board = why_on_board(cell, scope, gatherer.standing, gatherer.catalog)
    return msgspec.structs.replace(
        cell, on_board=msgspec.structs.replace(cell.on_board, why=why_board)
    )


def _otherwise(cell: Cell, gatherer: Gatherer) -> Explanation:
    """What there is to say where the old number was found nowhere."""
    if cell.same_split.verdict is Verdict.DIFFERS:
        return _NOTHING
    refs = [ref for ref in gatherer.refs(cell) if ref.role is not Role.EARLIER]
    found = [one for ref in refs for one in gatherer.numbers.get(ref, ())]
    match = gatherer.matches[Anchor(cell.name, cell.link)]
    return why_absent(cell, match, refs, found, gatherer.catalog)
