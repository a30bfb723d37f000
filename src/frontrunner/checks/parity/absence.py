"""Say why the successor has no number where the old board had one."""

from __future__ import annotations

from collections.abc import Sequence

from frontrunner.catalog import Catalog
from frontrunner.checks.parity.compared import Cause, ComparedCell, Confidence, Explanation
from frontrunner.checks.parity.evidence import FileRef, FoundNumber, Role
from frontrunner.checks.parity.matching import RowMatch


def why_absent(
    cell: ComparedCell,
    match: RowMatch,
    refs: Sequence[FileRef],
    found: Sequence[FoundNumber],
    catalog: Catalog,
    *,
    history: bool,
) -> Explanation:
    """The reason why the task has no such number; there always is one.

    Only with the history of the results is it a fact that no file ever had the cell.
    """
    fact = _fact(cell, match, refs, found, catalog)
    if fact is not None:
        return fact
    subset = f" ({cell.subset})" if cell.subset else ""
    text = f"{cell.model} on {cell.task}{subset}: {_today(refs)}"
    if not history:
        return Explanation(Cause.NOT_FILED, Confidence.INFERRED, text)
    return _sure(Cause.NEVER_FILED, f"{text}, and there never was one")


def _fact(
    cell: ComparedCell,
    match: RowMatch,
    refs: Sequence[FileRef],
    found: Sequence[FoundNumber],
    catalog: Catalog,
) -> Explanation | None:
    today = [ref for ref in refs if ref.role is not Role.EARLIER]
    if cell.task not in catalog.task_by_name:
        kept = f"; its file {today[0].path} is still there" if today else ""
        return _sure(Cause.RETIRED_TASK, f"the registry has no task {cell.task}{kept}")
    renamed = next((ref for ref in today if ref.role is Role.RENAMED), None)
    if renamed is not None:
        text = (
            f"the registry does not know {match.formerly}, so {renamed.path} is not read; "
            "[[renamed]] in a catalog.toml makes it count"
        )
        return _sure(Cause.RENAMED_MODEL, text)
    aside = _of_role(found, cell, Role.SUPERSEDED)
    if aside is not None:
        return _sure(Cause.CHOSEN_FILE, f"{aside.path} has {aside.split} / {aside.subset}")
    removed = _of_role(found, cell, Role.EARLIER)
    return _sure(Cause.REMOVED, str(removed)) if removed is not None else None


def _of_role(found: Sequence[FoundNumber], cell: ComparedCell, role: Role) -> FoundNumber | None:
    return next((one for one in found if one.role is role and _has(one, cell)), None)


def _has(one: FoundNumber, cell: ComparedCell) -> bool:
    return cell.subset is None or one.subset in (cell.subset, cell.old_subset)


def _today(refs: Sequence[FileRef]) -> str:
    winning = any(ref.role is Role.WINS for ref in refs)
    return "its file of today lacks this subset" if winning else "there is no file today"


def _sure(cause: Cause, evidence: str) -> Explanation:
    return Explanation(cause, Confidence.CERTAIN, evidence)
