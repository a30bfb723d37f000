"""Say why the successor has no number where the old board had one: facts, not look-ups."""

from __future__ import annotations

from collections.abc import Sequence

from frontrunner.catalog import Catalog
from frontrunner.checks.parity.evidence import FileRef, Found, Role
from frontrunner.checks.parity.match import Match
from frontrunner.checks.parity.verdicts import Cause, Cell, Confidence, Explanation


def why_absent(
    cell: Cell, match: Match, refs: Sequence[FileRef], found: Sequence[Found], catalog: Catalog
) -> Explanation:
    """The reason why the task has no such number; there always is one."""
    roles = {ref.role for ref in refs}
    if cell.task not in catalog.task_by_name:
        kept = f"; its file {refs[0].path} is still there" if refs else ""
        return _sure(Cause.RETIRED_TASK, f"{cell.task} is no task of the registry{kept}")
    if Role.RENAMED in roles:
        text = (
            f"{match.formerly} is unknown to the registry, so {refs[0].path} is not read; "
            "[[renamed]] in a catalog.toml brings it back"
        )
        return _sure(Cause.RENAMED_MODEL, text)
    aside = next((one for one in found if _has(one, cell) and one.role is Role.SUPERSEDED), None)
    if aside is not None:
        return _sure(Cause.CHOSEN_FILE, f"{aside.path} has {aside.split} / {aside.subset}")
    subset = f" ({cell.subset})" if cell.subset else ""
    what = "its file lacks this subset" if Role.STANDS in roles else "there is no file at all"
    return _sure(Cause.NEVER_FILED, f"{cell.model} on {cell.task}{subset}: {what}")


def _has(one: Found, cell: Cell) -> bool:
    return cell.subset is None or one.subset == cell.subset


def _sure(cause: Cause, evidence: str) -> Explanation:
    return Explanation(cause, Confidence.CERTAIN, evidence)
