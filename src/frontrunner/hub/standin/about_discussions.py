"""Answers about the discussions of a repository."""

from __future__ import annotations

import html
from typing import Any

from frontrunner.hub.standin.exchange import Ask, RefusedError, Reply, as_json, stamp
from frontrunner.hub.standin.permissions import may_write
from frontrunner.hub.standin.repos import Comment, Discussion, Repository
from frontrunner.hub.standin.stored import Stored

_PAGE = 10


def listed(stored: Stored, ask: Ask, repository: Repository) -> Reply:
    """One page of discussions, the latest first."""
    found = sorted(repository.discussions, key=lambda one: -one.num)
    if ask.one("status") in ("open", "closed"):
        found = [one for one in found if (one.status == "open") == (ask.one("status") == "open")]
    if ask.one("author"):
        found = [one for one in found if one.author == ask.one("author")]
    if ask.one("type") in ("discussion", "pull_request"):
        found = [one for one in found if one.pull_request == (ask.one("type") != "discussion")]
    start = ask.number("p", 0) * _PAGE
    shown = [_summary(repository, one) for one in found[start : start + _PAGE]]
    numbers = {"count": len(found), "start": start, "numClosedDiscussions": 0}
    return as_json({"discussions": shown, **numbers})


def opened(stored: Stored, ask: Ask, repository: Repository) -> Reply:
    """Begin a discussion."""
    fields = ask.fields
    num = max((one.num for one in repository.discussions), default=0) + 1
    first = _event(stored, ask, num, text=str(fields.get("description", "")))
    made = Discussion(num, str(fields.get("title", "")), ask.actor, first.at, [first])
    made.pull_request = bool(fields.get("pullRequest"))
    made.status = "draft" if made.pull_request else "open"
    repository.discussions.append(made)
    return as_json({"num": num, "url": f"{ask.base}/{repository.id}/discussions/{num}"})


def details(stored: Stored, ask: Ask, repository: Repository, num: str) -> Reply:
    """One discussion with all that happened in it."""
    found = _of(repository, num)
    facts = _summary(repository, found)
    events = [_shown(one) for one in found.events]
    if found.pull_request:
        facts |= {"changes": {"base": "refs/heads/main"}, "filesWithConflicts": [], "diff": ""}
    return as_json({**facts, "events": events})


def commented(stored: Stored, ask: Ask, repository: Repository, num: str) -> Reply:
    """Add a comment."""
    found = _of(repository, num)
    made = _event(stored, ask, found.num, text=str(ask.fields.get("comment", "")))
    found.events.append(made)
    return as_json({"newMessage": _shown(made)})


def status_changed(stored: Stored, ask: Ask, repository: Repository, num: str) -> Reply:
    """Close a discussion or open it again; its author may, and who may write."""
    found = _of(repository, num)
    if ask.actor != found.author and not may_write(ask, repository.id):
        raise RefusedError(403, "You cannot change the status of this discussion.")
    status = str(ask.fields.get("status", ""))
    if status not in ("open", "closed"):
        raise RefusedError(400, "Invalid status")
    found.status = status
    comment = str(ask.fields.get("comment") or "")
    if comment:
        found.events.append(_event(stored, ask, found.num, text=comment))
    made = _event(stored, ask, found.num, status=status)
    found.events.append(made)
    return as_json({"newStatus": _shown(made)})


def _of(repository: Repository, num: str) -> Discussion:
    for one in repository.discussions:
        if str(one.num) == num:
            return one
    raise RefusedError(404, "Discussion not found")


def _event(stored: Stored, ask: Ask, num: int, *, text: str = "", status: str = "") -> Comment:
    at = stored.now()
    return Comment(f"{num:08x}{int(at * 1000):016x}", ask.actor, at, text, status=status)


def _summary(repository: Repository, one: Discussion) -> dict[str, Any]:
    return {
        "num": one.num,
        "title": one.title,
        "author": _author(one.author),
        "createdAt": stamp(one.at),
        "status": one.status,
        "isPullRequest": one.pull_request,
        "pinned": False,
        "repo": {"name": repository.id, "type": repository.kind},
        "repoOwner": {
            "name": repository.owner,
            "isParticipating": True,
            "isDiscussionAuthor": False,
        },
        "numComments": sum(not event.status for event in one.events),
    }


def _shown(event: Comment) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": event.id,
        "author": _author(event.author),
        "createdAt": stamp(event.at),
    }
    if event.status:
        return {**found, "type": "status-change", "data": {"status": event.status}}
    latest = {
        "raw": event.text,
        "html": f"<p>{html.escape(event.text)}</p>",
        "updatedAt": stamp(event.at),
        "author": _author(event.author),
    }
    data = {"edited": False, "hidden": event.hidden, "latest": latest, "numEdits": 0, "history": []}
    return {**found, "type": "comment", "data": data}


def _author(name: str) -> dict[str, Any]:
    return {"name": name, "type": "user", "avatarUrl": "", "fullname": name, "isHf": False}
