"""Give every cell that is not equal its cause: gather the evidence, then look it up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any

from frontrunner.catalog import Catalog
from frontrunner.checks.parity.evidence import FileRef, Index, Numbers, refs_of
from frontrunner.checks.parity.explain import Candidate, Pool, candidates
from frontrunner.checks.parity.history import History
from frontrunner.checks.parity.match import Match
from frontrunner.checks.parity.reruns import Imported, Reruns
from frontrunner.checks.parity.verdicts import Cell, Verdict
from frontrunner.legacy.files.columns import AVERAGE, MODEL
from frontrunner.legacy.files.documents import Document
from frontrunner.legacy.files.markup import Anchor, parse_anchor
from frontrunner.legacy.files.rules import Target, split_order
from frontrunner.legacy.files.standing import Standing, of_subset, pick
from frontrunner.legacy.files.tables import number

PARTS = {"CQADupstackRetrieval": ("CQADupstack", "Retrieval")}
"""Tasks whose score was the mean over other tasks, with how the names of those begin and end."""


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
    matches: Mapping[Anchor, Match]
    standing: Standing
    imported: Imported
    index: Index
    history: History | None = None
    numbers: Numbers = field(default_factory=dict)
    """Empty where the result files were not read again."""
    reruns: Reruns | None = None

    def __post_init__(self) -> None:
        self._old_names: dict[str, list[str]] = defaultdict(list)
        for old, new in self.catalog.old_task_names.items():
            self._old_names[new].append(old)
        self._parts = {
            task: [one.name for one in self.catalog.tasks if _is_part(one.name, task, ends)]
            for task, ends in PARTS.items()
        }

    def refs(self, cell: Cell) -> list[FileRef]:
        """The files that may hold the old number."""
        formerly = self.matches[Anchor(cell.name, cell.link)].formerly
        models = [cell.model, formerly] if formerly else [cell.model]
        return refs_of(self.index, models, [cell.task, *self._old_names[cell.task]])

    def candidates(self, cell: Cell) -> list[Candidate]:
        """All that could explain a cell."""
        return candidates(cell, self._pool(cell))

    def _pool(self, cell: Cell) -> Pool:
        scores = of_subset(self.standing.get((cell.model, cell.task), ()), cell.subset)
        anchor = Anchor(cell.name, cell.link)
        return Pool(
            standing={one.split: one.value for one in scores},
            found=[one for ref in self.refs(cell) for one in self.numbers.get(ref, ())],
            imported=self.imported.get((anchor, cell.column), ()),
            parts=self._mean_of_parts(cell),
            metric=self.metric(cell),
            rerun=self.reruns.of(cell, self.history) if self.reruns else None,
        )

    def metric(self, cell: Cell) -> str | None:
        """The metric that the old board's configuration names for a cell."""
        board = str((self.config["boards"].get(cell.board) or {}).get("metric") or "")
        if "Recall@1" in board:
            return "recall_at_1"
        if cell.task in ("LEMBNeedleRetrieval", "LEMBPasskeyRetrieval"):
            return "ndcg_at_1"
        told = (self.config.get("tasks") or {}).get(cell.kind)
        return str(told["metric"]) if isinstance(told, dict) and "metric" in told else None

    def _mean_of_parts(self, cell: Cell) -> float | None:
        parts = self._parts.get(cell.task, [])
        values = [self._part(cell.model, name) for name in parts]
        known = [value for value in values if value is not None]
        return fmean(known) if known and len(known) == len(parts) else None

    def _part(self, model: str, task: str) -> float | None:
        score = pick(self.standing.get((model, task), ()), Target(task, None, split_order(task)))
        return score.value if score else None


def _is_part(name: str, whole: str, ends: tuple[str, str]) -> bool:
    return name != whole and name.startswith(ends[0]) and name.endswith(ends[1])


def needs_explaining(cells: Iterable[Cell]) -> list[Cell]:
    """Cells whose number on the same split differs or is absent."""
    wanted = (Verdict.DIFFERS, Verdict.ABSENT)
    return [cell for cell in cells if cell.same_split.verdict in wanted]
