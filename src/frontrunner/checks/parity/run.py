"""Run a whole comparison: read, match, compare, explain, measure, judge."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import msgspec

from frontrunner.checks.gates import judge, load_gates
from frontrunner.checks.parity.absence import why_absent
from frontrunner.checks.parity.board_summaries import board_summaries
from frontrunner.checks.parity.board_values import BoardValues
from frontrunner.checks.parity.causes import (
    Gatherer,
    imported_numbers,
    model_folders,
    needs_explaining,
)
from frontrunner.checks.parity.compared import (
    Cause,
    CellOutcome,
    ComparedCell,
    Confidence,
    Explanation,
)
from frontrunner.checks.parity.comparing import Comparer, all_targets
from frontrunner.checks.parity.decoys import DecoyRate, decoy_rate
from frontrunner.checks.parity.evidence import EvidenceReader, FileRef, NumbersByFile, index_files
from frontrunner.checks.parity.explain import explain
from frontrunner.checks.parity.history import History
from frontrunner.checks.parity.matching import Alias, Matcher, RowMatch, load_aliases
from frontrunner.checks.parity.measures import measures
from frontrunner.checks.parity.on_benchmark import why_on_board
from frontrunner.checks.parity.parity_report import ParityReport
from frontrunner.checks.parity.reruns import Reruns, WinningFile
from frontrunner.checks.parity.row_fates import row_fates
from frontrunner.legacy.boardmap import load_board_map
from frontrunner.legacy.files.cells import LegacyCell, numeric_cells
from frontrunner.legacy.files.markup import Anchor
from frontrunner.legacy.files.tree import Tree, read_tree
from frontrunner.legacy.files.winning_scores import read_winning_scores
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
    """The source of the snapshot, best with its git history; without it little is explained."""
    aliases: Path | None = None
    gates: Path | None = None


def compare_boards(asked: Asked) -> ParityReport:
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
    rows = row_fates(tree, legacy_cells, matches, cells, history)
    measured = measures(cells, rows, boards, honesty, tried=len(bare))
    return ParityReport(
        snapshot=asked.snapshot.id,
        legacy=asked.legacy.name,
        results=asked.results.name if asked.results else None,
        history=history is not None,
        seconds=time.perf_counter() - started,
        legacy_cells=len(legacy_cells),
        cells=cells,
        rows=rows,
        boards=boards,
        honesty=tuple(honesty),
        gates=tuple(judge(gate, measured) for gate in gates),
        problems=(*tree.problems, *problems),
    )


def _match(tree: Tree, snapshot: Snapshot, aliases: Sequence[Alias]) -> dict[Anchor, RowMatch]:
    matcher = Matcher(snapshot.catalog, tree.model_meta, aliases)
    anchors = {anchor for table in tree.tables for anchor in table.anchors}
    return {anchor: matcher.match(anchor) for anchor in sorted(anchors, key=str)}


def _history(results: Path | None) -> History | None:
    return History.of(results_root(results)) if results and results.is_dir() else None


def _compare(
    tree: Tree,
    snapshot: Snapshot,
    legacy_cells: Sequence[LegacyCell],
    matches: Mapping[Anchor, RowMatch],
    values: BoardValues,
    history: History | None,
) -> tuple[list[ComparedCell], Gatherer]:
    catalog = snapshot.catalog
    targets = all_targets(legacy_cells, catalog)
    tasks = {one.task for one in targets.values()}
    parts = {one.name for one in catalog.tasks if one.name.startswith("CQADupstack")}
    winning = read_winning_scores(snapshot, tasks | parts)
    comparer = Comparer(catalog, load_board_map(), matches, targets, winning, values)
    folders = {
        folder
        for one in matches.values()
        if one.model is not None
        for folder in model_folders(one.model, one.formerly, history)
    }
    gatherer = Gatherer(
        catalog=catalog,
        config=tree.config,
        matches=matches,
        winning=winning,
        imported=imported_numbers(tree.external),
        index=index_files(snapshot, folders, history),
        history=history,
    )
    return comparer.compare(legacy_cells), gatherer


def _gather(cells: Sequence[ComparedCell], gatherer: Gatherer, asked: Asked) -> list[DecoyRate]:
    """Read the evidence, and measure how often it would explain what is false."""
    equal = [cell for cell in cells if cell.same_split.outcome is CellOutcome.EQUAL]
    differing = [cell for cell in cells if cell.same_split.outcome is CellOutcome.DIFFERS]
    if asked.results is not None:
        wanted = [*needs_explaining(cells), *equal]
        refs = {ref for cell in wanted for ref in gatherer.refs(cell)}
        refs |= {ref for cell in wanted for ref in gatherer.part_refs(cell)}
        gatherer.numbers = _read(sorted(refs), gatherer, asked.results)
    gatherer.reruns = Reruns(cells, _standing_files(asked.snapshot), gatherer.imported)
    return [
        decoy_rate("equal", equal, gatherer.candidates, each=1),
        decoy_rate("differing", differing, gatherer.candidates, each=_DECOYS_EACH),
    ]


def _read(refs: Sequence[FileRef], gatherer: Gatherer, results: Path) -> NumbersByFile:
    reader = EvidenceReader(results, gatherer.catalog)
    numbers = reader.read(refs, gatherer.history)
    if gatherer.history is None:
        return numbers
    return {**numbers, **reader.read_earlier(refs, gatherer.history)}


def _standing_files(snapshot: Snapshot) -> list[WinningFile]:
    frame = snapshot.frame("files").select(WinningFile._fields).collect()
    return [WinningFile(*row) for row in frame.iter_rows()]


def _explained(cell: ComparedCell, gatherer: Gatherer, values: BoardValues) -> ComparedCell:
    if cell.same_split.outcome in (CellOutcome.DIFFERS, CellOutcome.ABSENT):
        side = msgspec.structs.replace(cell.same_split, why=_why(cell, gatherer))
        cell = msgspec.structs.replace(cell, same_split=side)
    if cell.benchmark is None or cell.on_board.outcome in (CellOutcome.EQUAL, CellOutcome.NO_BOARD):
        return cell
    why = why_on_board(
        cell, gatherer.winning, gatherer.catalog, partial(values.scope, cell.benchmark)
    )
    return msgspec.structs.replace(cell, on_board=msgspec.structs.replace(cell.on_board, why=why))


def _why(cell: ComparedCell, gatherer: Gatherer) -> Explanation:
    """The explanation of a cell that differs or is absent."""
    number = explain(cell.old, gatherer.candidates(cell))
    if cell.same_split.outcome is CellOutcome.DIFFERS:
        return number or _NOTHING
    if number is not None and number.explains:
        return number
    absence = _absence(cell, gatherer)
    return absence if absence.explains or number is None else number


def _absence(cell: ComparedCell, gatherer: Gatherer) -> Explanation:
    """Why there is no number, if the old one is in no result file."""
    refs = gatherer.refs(cell)
    found = [one for ref in refs for one in gatherer.numbers.get(ref, ())]
    match = gatherer.matches[Anchor(cell.name, cell.link)]
    known = gatherer.history is not None
    return why_absent(cell, match, refs, found, gatherer.catalog, history=known)
