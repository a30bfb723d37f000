"""Differences that are meant: each rule has an owner, a reason and a day on which it ends."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import msgspec

from frontrunner.base.errors import GatewayError
from frontrunner.base.toml import parse_toml
from frontrunner.gateway.shadow.compare import Difference

RULES = "shadow.toml"
"""The file of rules in the gateway's folder."""


class IgnoreRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One `[[ignore]]` of `shadow.toml` in the gateway's folder."""

    name: str
    route: str = "*"
    """A route template, such as `/v1/benchmarks/*/scores`; `*` is every route."""
    kind: str = "*"
    """A kind of difference: status, form, missing, extra, score, rank, shape, title, links."""
    where: str = "*"
    """A model or a place; `*` matches any text."""
    owner: str
    reason: str
    until: date
    """The last day on which the rule ignores anything."""

    def matches(self, route: str, difference: Difference) -> bool:
        """Whether a difference on a route is what this rule ignores."""
        pairs = ((self.route, route), (self.kind, difference.kind), (self.where, difference.where))
        return all(_fits(pattern, text) for pattern, text in pairs)


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    ignore: tuple[IgnoreRule, ...] = ()


def load_rules(path: Path) -> tuple[IgnoreRule, ...]:
    """The rules of a file; none if there is no file. Raises GatewayError if it is wrong."""
    try:
        rules = msgspec.convert(parse_toml(path.read_bytes()), _File).ignore
    except FileNotFoundError:
        return ()
    except (OSError, ValueError) as error:
        raise GatewayError(f"{path} cannot be used: {error}") from error
    for rule in rules:
        if not rule.owner.strip() or not rule.reason.strip():
            raise GatewayError(f"{path}: the rule {rule.name!r} needs an owner and a reason.")
    return rules


def ignored_by(
    rules: Sequence[IgnoreRule], route: str, found: Iterable[Difference], today: date
) -> tuple[list[Difference], list[str]]:
    """The differences that no living rule ignores, and the rules that ignored the others."""
    living = [rule for rule in rules if rule.until >= today]
    left, used = [], []
    for difference in found:
        rule = next((one for one in living if one.matches(route, difference)), None)
        if rule is None:
            left.append(difference)
        else:
            used.append(rule.name)
    return left, used


def _fits(pattern: str, text: str) -> bool:
    """Whether a text fits a pattern in which only `*` has a meaning."""
    if pattern == "*":
        return True
    return re.fullmatch(".*".join(re.escape(part) for part in pattern.split("*")), text) is not None
