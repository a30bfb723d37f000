"""Rules that accept a difference until a day."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

import msgspec

from frontrunner.base.errors import ContractError
from frontrunner.checks.contract.finding import Finding


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One accepted difference."""

    kind: str = "*"
    item: str
    """The item itself, or a pattern in which `*` matches anything."""
    owner: str
    reason: str
    expires: date
    """The last day on which the rule applies."""


class _File(msgspec.Struct, forbid_unknown_fields=True):
    ignore: list[Rule] = []


def load_rules(path: Path | None) -> list[Rule]:
    """The rules in a TOML file; raises ContractError if it is invalid or a field is missing."""
    if path is None:
        return []
    try:
        rules = msgspec.toml.decode(path.read_bytes(), type=_File).ignore
    except (OSError, ValueError, msgspec.DecodeError) as error:
        raise ContractError(
            f"The rules in {path} cannot be read: {error}. Each [[ignore]] needs item, owner, "
            "reason and expires = 2027-01-31."
        ) from error
    for rule in rules:
        if not rule.owner.strip() or not rule.reason.strip():
            raise ContractError(f"The rule for {rule.item} in {path} has no owner or no reason.")
    return rules


def apply(findings: Iterable[Finding], rules: Sequence[Rule], today: date) -> list[Finding]:
    """The findings, marked where a rule ignores them.

    A rule that has expired or that fails ignores nothing; the reason of the finding says so.
    """
    return [_ruled(finding, rules, today) for finding in findings]


def _ruled(finding: Finding, rules: Sequence[Rule], today: date) -> Finding:
    if finding.verdict.holds:
        return finding
    for rule in rules:
        try:
            wanted = applies(rule, finding)
        except re.error as error:
            finding = _with_reason(finding, f"the rule of {rule.owner} fails: {error}")
            continue
        if wanted and rule.expires >= today:
            text = f"{rule.reason} ({rule.owner}, until {rule.expires})"
            return msgspec.structs.replace(finding, ignored=text)
        if wanted:
            finding = _with_reason(finding, f"the rule of {rule.owner} expired on {rule.expires}")
    return finding


def applies(rule: Rule, finding: Finding) -> bool:
    """Whether a rule is about a finding."""
    same = rule.item == finding.item or fnmatchcase(finding.item, rule.item)
    return same and fnmatchcase(finding.kind, rule.kind)


def _with_reason(finding: Finding, what: str) -> Finding:
    return msgspec.structs.replace(finding, reason=f"{finding.reason}; {what}")


def idle(findings: Sequence[Finding], rules: Sequence[Rule]) -> list[Rule]:
    """Rules that ignore nothing and can be removed: what they accepted holds again."""
    broken = [one for one in findings if not one.verdict.holds]
    return [rule for rule in rules if not any(_is_about(rule, one) for one in broken)]


def _is_about(rule: Rule, finding: Finding) -> bool:
    try:
        return applies(rule, finding)
    except re.error:
        return False
