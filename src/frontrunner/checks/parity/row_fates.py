"""What became of each model of the old board."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from frontrunner.checks.parity.compared import CellOutcome, ComparedCell
from frontrunner.checks.parity.fates import RowFate
from frontrunner.checks.parity.folders import short_name
from frontrunner.checks.parity.history import History
from frontrunner.checks.parity.matching import How, RowMatch, hub_name
from frontrunner.legacy.files.cells import LegacyCell
from frontrunner.legacy.files.markup import Anchor
from frontrunner.legacy.files.tree import Tree
from frontrunner.results.layout import folder_name


def row_fates(
    tree: Tree,
    legacy_cells: Sequence[LegacyCell],
    matches: Mapping[Anchor, RowMatch],
    cells: Sequence[ComparedCell],
    history: History | None = None,
) -> tuple[RowFate, ...]:
    """What became of each model of the old board, in the order of their names.

    With the history of the results, a model whose results were removed says so.
    """
    tables = Counter(anchor for table in tree.tables for anchor in set(table.anchors))
    numbers = Counter(Anchor(cell.name, cell.link) for cell in legacy_cells)
    outcomes = Counter((Anchor(c.name, c.link), c.same_split.outcome) for c in cells)
    return tuple(
        RowFate(
            name=anchor.name,
            link=anchor.link,
            model=match.model,
            how=match.how,
            reason=f"{match.reason}; {removed}" if removed else match.reason,
            tables=tables[anchor],
            cells=numbers[anchor],
            equal=outcomes[anchor, CellOutcome.EQUAL],
            differs=outcomes[anchor, CellOutcome.DIFFERS],
            absent=outcomes[anchor, CellOutcome.ABSENT],
            removed=removed,
        )
        for anchor, match in sorted(matches.items(), key=_by_name)
        for removed in [_removed(anchor, match, history)]
    )


def _by_name(item: tuple[Anchor, RowMatch]) -> tuple[str, str]:
    return item[0].name.lower(), item[0].link or ""


def _removed(anchor: Anchor, match: RowMatch, history: History | None) -> str | None:
    """The commit that removed the last of a model's results; None if some are left."""
    if history is None:
        return None
    for folder in _folders(anchor, match, history):
        if folder in history.gone and folder not in history.renamed:
            return f"the results in {folder} were removed by commit {history.gone[folder]}"
    return None


def _folders(anchor: Anchor, match: RowMatch, history: History) -> list[str]:
    """The folder that a row's results were in, if there is evidence for one.

    A row with a link to the Hub is the linked model, or a variant of it in the same organisation.
    For any other row its printed name must be that of exactly one folder that is gone.
    """
    if match.model is not None:
        return [folder_name(match.model)]
    linked = hub_name(anchor.link)
    if linked is not None:
        variant = f"{linked.partition('/')[0]}/{anchor.name.rpartition('/')[2]}"
        return [folder_name(variant if match.how is How.VARIANT else linked)]
    wanted = anchor.name.rpartition("/")[2].lower()
    gone = history.gone.keys() - history.renamed
    alike = [folder for folder in gone if short_name(folder) == wanted]
    return alike if len(alike) == 1 else []
