"""What a token must allow, and what this one does. Pure: `whoami` gives the facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

import msgspec


class Right(StrEnum):
    """What can be done with a repository or below a name."""

    READ = "repo.content.read"
    WRITE = "repo.write"


class Need(msgspec.Struct, frozen=True):
    """A right that a step needs."""

    right: Right
    on: str
    """A repository, or an account below which a repository is made."""
    why: str


class RightsReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a token allows, compared with what is needed."""

    account: str
    token: str
    """The name that its owner gave it."""
    role: str
    missing: tuple[Need, ...] = ()
    unknown: tuple[Need, ...] = ()
    """Needs that the Hub's answer does not settle."""
    more: tuple[str, ...] = ()
    """What it allows beyond the needs; a token for this alone is safer."""


def report_of(whoami: Mapping[str, Any], needs: Sequence[Need]) -> RightsReport:
    """Compare the Hub's answer to `whoami` with what is needed."""
    access = (whoami.get("auth") or {}).get("accessToken") or {}
    role = str(access.get("role") or "")
    names = {str(whoami.get("name"))} | {
        str(one.get("name")) for one in whoami.get("orgs") or [] if one.get("roleInOrg") != "read"
    }
    scoped = _scopes(access)
    verdicts = [(need, _allows(role, names, scoped, need)) for need in needs]
    return RightsReport(
        account=str(whoami.get("name") or ""),
        token=str(access.get("displayName") or ""),
        role=role or "unknown",
        missing=tuple(need for need, allowed in verdicts if allowed is False),
        unknown=tuple(need for need, allowed in verdicts if allowed is None),
        more=_more(role, names, scoped, needs),
    )


def _scopes(access: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """Permissions of a fine-grained token by repository or account."""
    found: dict[str, frozenset[str]] = {}
    for one in (access.get("fineGrained") or {}).get("scoped") or []:
        name = str((one.get("entity") or {}).get("name") or "")
        found[name] = found.get(name, frozenset()) | frozenset(one.get("permissions") or ())
    return found


def _allows(
    role: str, names: set[str], scoped: Mapping[str, frozenset[str]], need: Need
) -> bool | None:
    owner = need.on.partition("/")[0]
    if role in ("read", "write"):
        allowed = need.right == Right.READ or role == "write"
        return allowed and owner in names
    if role == "fineGrained":
        given = scoped.get(need.on, frozenset()) | scoped.get(owner, frozenset())
        return need.right in given or (need.right == Right.READ and Right.WRITE in given)
    return None


def _more(
    role: str, names: set[str], scoped: Mapping[str, frozenset[str]], needs: Sequence[Need]
) -> tuple[str, ...]:
    writes = {need.on for need in needs if need.right == Right.WRITE}
    owners = {one.partition("/")[0] for one in writes}
    if role == "write":
        return tuple(sorted(f"write to everything of {name}" for name in names))
    if role != "fineGrained":
        return ()
    found = []
    for name, given in sorted(scoped.items()):
        needed = name in writes or name in owners
        others = sorted(given - {Right.READ, *({Right.WRITE} if needed else ())})
        found += [f"{permission} on {name}" for permission in others]
    return tuple(found)
