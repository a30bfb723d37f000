"""Differences that are meant: each rule has an owner, a reason and a day on which it ends."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import msgspec

from frontrunner.base.errors import GatewayError
from frontrunner.base.near import near_names
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
    """The rules of a file; none if there is no file.

    Raises GatewayError if it is wrong: with the line, and the key if it is TOML.
    """
    text = b""
    try:
        text = path.read_bytes()
        rules = msgspec.convert(parse_toml(text), _File).ignore
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise GatewayError(f"{path} cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise GatewayError(f"{path} cannot be used: {_placed(str(error), text)}") from error
    for number, rule in enumerate(rules):
        objection = _objection(rule)
        if objection:
            line = _line(text, number)
            raise GatewayError(f"{path}, line {line}: the rule {rule.name!r} {objection}")
    return rules


_KINDS = ("status", "form", "missing", "extra", "score", "rank", "shape", "title", "links")
"""What `compare` calls the differences that it finds."""
_TABLE = re.compile(rb"^[ \t]*\[\[[ \t]*ignore[ \t]*\]\]", re.MULTILINE)
_INDEX = re.compile(r"\$\.ignore\[(\d+)\](?:\.(\w+))?")


def _objection(rule: IgnoreRule) -> str:
    if not rule.owner.strip() or not rule.reason.strip():
        return "needs an owner and a reason."
    if not any(_fits(rule.kind, kind) for kind in _KINDS):
        near = near_names(rule.kind, _KINDS, most=1)
        meant = f"Did you mean {near[0]!r}?" if near else f"Kinds: {', '.join(_KINDS)}."
        return f"has the kind {rule.kind!r}, which no difference has. {meant}"
    return ""


def _placed(error: str, text: bytes) -> str:
    """An error of msgspec, with the line of the rule that it is about. TOML's own name one."""
    found = _INDEX.search(error)
    if found is None:
        return error
    key = f", key {found[2]}" if found[2] else ""
    return f"the rule at line {_line(text, int(found[1]))}{key}: {error.partition(' - at ')[0]}"


def _line(text: bytes, number: int) -> int:
    """The line on which a rule begins, counted from 1; the first without such a table."""
    tables = [one.start() for one in _TABLE.finditer(text)]
    return text.count(b"\n", 0, tables[number]) + 1 if number < len(tables) else 1


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
