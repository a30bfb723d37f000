"""Gather the evidence for each cell that is not equal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any

from frontrunner.catalog import Catalog
from frontrunner.checks.parity.compared import CellOutcome, ComparedCell
from frontrunner.checks.parity.evidence import FileRef, Index, NumbersByFile, Role, refs_of
from frontrunner.checks.parity.explain import Candidate, PartsMean, Pool, candidates
from frontrunner.checks.parity.history import History
from frontrunner.checks.parity.matching import RowMatch
from frontrunner.checks.parity.parts import parts_of_tasks, past_means
from frontrunner.checks.parity.reruns import Imported, Reruns
from frontrunner.legacy.files.columns import AVERAGE, MODEL
from frontrunner.legacy.files.documents import Document
from frontrunner.legacy.files.markup import Anchor, parse_anchor
from frontrunner.legacy.files.rules import Target, split_order
from frontrunner.legacy.files.tables import number
from frontrunner.legacy.files.winning_scores import WinningScores, of_subset, pick
from frontrunner.results.layout import folder_name


def imported_numbers(external: Document) -> Imported:
    """The old board's external results, by model and column."""
    found: dict[tuple[Anchor, str], list[float]] = defaultdict(list)
    for row in _external_rows(external):
        model = parse_anchor(str(row.get(MODEL) or ""))
        for column, value in row.items():
            known = number(value) if column not in (MODEL, AVERAGE) else None
            if known is not None:
                found[model, column].append(known)
    return found


def _external_rows(external: Document) -> Iterator[dict[str, Any]]:
    for kinds in external.values():
        for metrics in kinds.values() if isinstance(kinds, dict) else ():
            for rows in metrics.values() if isinstance(metrics, dict) else ():
                listed = rows if isinstance(rows, list) else ()
                yield from (row for row in listed if isinstance(row, dict))


@dataclass
class Gatherer:
    """Gathers what could explain a cell."""

    catalog: Catalog
    config: Document
    matches: Mapping[Anchor, RowMatch]
    winning: WinningScores
    imported: Imported
    index: Index
    history: History | None = None
    numbers: NumbersByFile = field(default_factory=dict)
    """Empty if the result files were not read again."""
    reruns: Reruns | None = None

    def __post_init__(self) -> None:
        self._old_names: dict[str, list[str]] = defaultdict(list)
        for old, new in self.catalog.old_task_names.items():
            self._old_names[new].append(old)
        self._parts = parts_of_tasks(self.catalog)

    def refs(self, cell: ComparedCell) -> list[FileRef]:
        """The files that may have the old number."""
        return refs_of(self.index, self._folders(cell), self._task_names(cell.task))

    def part_refs(self, cell: ComparedCell) -> list[FileRef]:
        """The files of the task's parts that were removed."""
        names = [name for part in self._parts.get(cell.task, ()) for name in self._task_names(part)]
        found = refs_of(self.index, self._folders(cell), names)
        return [ref for ref in found if ref.role is Role.EARLIER]

    def _task_names(self, task: str) -> list[str]:
        return [task, *self._old_names[task]]

    def _folders(self, cell: ComparedCell) -> list[str]:
        match = self.matches[Anchor(cell.name, cell.link)]
        return model_folders(cell.model, match.formerly, self.history)

    def candidates(self, cell: ComparedCell) -> list[Candidate]:
        """All that could explain a cell."""
        return candidates(cell, self._pool(cell))

    def _pool(self, cell: ComparedCell) -> Pool:
        scores = of_subset(self.winning.get((cell.model, cell.task), ()), cell.subset)
        anchor = Anchor(cell.name, cell.link)
        return Pool(
            winning={one.split: one.value for one in scores},
            found=[one for ref in self.refs(cell) for one in self.numbers.get(ref, ())],
            imported=self.imported.get((anchor, cell.column), ()),
            parts=self._mean_of_parts(cell),
            past_parts=self._past_parts(cell),
            metric=self.metric(cell),
            rerun=self.reruns.of(cell, self.history) if self.reruns else None,
        )

    def metric(self, cell: ComparedCell) -> str | None:
        """The metric that the old board's configuration names for a cell."""
        board = str((self.config["boards"].get(cell.board) or {}).get("metric") or "")
        if "Recall@1" in board:
            return "recall_at_1"
        if cell.task in ("LEMBNeedleRetrieval", "LEMBPasskeyRetrieval"):
            return "ndcg_at_1"
        known = (self.config.get("tasks") or {}).get(cell.kind)
        return str(known["metric"]) if isinstance(known, dict) and "metric" in known else None

    def _mean_of_parts(self, cell: ComparedCell) -> float | None:
        parts = self._parts.get(cell.task, [])
        values = [self._part(cell.model, name) for name in parts]
        known = [value for value in values if value is not None]
        return fmean(known) if known and len(known) == len(parts) else None

    def _part(self, model: str, task: str) -> float | None:
        score = pick(self.winning.get((model, task), ()), Target(task, None, split_order(task)))
        return score.value if score else None

    def _past_parts(self, cell: ComparedCell) -> list[PartsMean]:
        if cell.task not in self._parts:
            return []
        found = [one for ref in self.part_refs(cell) for one in self.numbers.get(ref, ())]
        return past_means(found, len(self._parts[cell.task]), cell.split)


def model_folders(model: str, formerly: str | None, history: History | None) -> list[str]:
    """The folders of a model's results, today's first, then those of its former names."""
    folders = [folder_name(name) for name in (model, formerly) if name]
    known = history.former if history else {}
    return list(dict.fromkeys([*folders, *(old for one in folders for old in known.get(one, ()))]))


def needs_explaining(cells: Iterable[ComparedCell]) -> list[ComparedCell]:
    """Cells whose number on the same split differs or is absent."""
    wanted = (CellOutcome.DIFFERS, CellOutcome.ABSENT)
    return [cell for cell in cells if cell.same_split.outcome in wanted]
