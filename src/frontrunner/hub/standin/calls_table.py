"""Which call is answered by which function, and what a token has to allow."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal, NamedTuple
from urllib.parse import unquote

from frontrunner.hub.standin import (
    about_commits,
    about_discussions,
    about_files,
    about_people,
    about_repos,
    about_spaces,
    live_sites,
)
from frontrunner.hub.standin.exchange import Ask, RefusedError, Reply, as_json
from frontrunner.hub.standin.permissions import may_discuss, may_read_private, may_write
from frontrunner.hub.standin.repos import Kind, Repository
from frontrunner.hub.standin.stored import Stored

Need = Literal["nothing", "account", "read", "write", "discuss"]
KIND: dict[str, Kind] = {"models": "model", "datasets": "dataset", "spaces": "space"}
"""Kinds of repositories by their names in paths."""


class Call(NamedTuple):
    """One kind of request about the Hub as a whole, or about one repository."""

    methods: str
    pattern: str
    answer: Callable[..., Reply]
    need: Need = "read"


GENERAL = (
    Call("GET", r"/api/whoami-v2", about_people.whoami, "account"),
    Call("GET", r"/api/users/([^/]+)/overview", about_people.user, "nothing"),
    Call("GET", r"/api/users/([^/]+)/followers", about_people.user_followers, "nothing"),
    Call("GET", r"/api/organizations/([^/]+)/overview", about_people.organisation, "nothing"),
    Call(
        "GET",
        r"/api/organizations/([^/]+)/followers",
        about_people.organisation_followers,
        "nothing",
    ),
    Call("POST", r"/api/validate-yaml", about_commits.validate_yaml, "nothing"),
    Call("POST", r"/api/repos/create", about_repos.create, "account"),
    Call("POST", r"/api/repos/move", about_repos.move, "account"),
    Call("DELETE", r"/api/repos/delete", about_repos.delete, "account"),
    Call("GET", r"/api/spaces/hardware", about_spaces.flavors, "nothing"),
    Call("GET HEAD", r"/-/lfs/([0-9a-f]{64})", about_files.lfs_object, "nothing"),
    Call("PUT", r"/-/upload/([0-9a-f]{64})", about_files.lfs_upload, "nothing"),
)
"""Calls about no single repository."""

OF_API = (
    Call("GET", r"", about_repos.info),
    Call("GET", r"/revision/([^/]+)", about_repos.info),
    Call("GET", r"/tree/([^/]+)(?:/(.+))?", about_files.tree),
    Call("POST", r"/paths-info/([^/]+)", about_files.paths_info),
    Call("GET", r"/commits/([^/]+)", about_commits.listed),
    Call("GET", r"/refs", about_repos.refs),
    Call("POST", r"/preupload/([^/]+)", about_commits.preupload, "write"),
    Call("POST", r"/commit/([^/]+)", about_commits.commit, "write"),
    Call("POST", r"/lfs-verify", about_files.lfs_verify, "write"),
    Call("POST", r"/duplicate", about_repos.duplicate),
    Call("PUT", r"/settings", about_repos.settings, "write"),
    Call("GET", r"/auth-check", about_repos.allowed),
    Call("GET", r"/auth-check/write", about_repos.allowed, "write"),
    Call("GET", r"/runtime", about_spaces.runtime),
    Call("POST", r"/pause", about_spaces.pause, "write"),
    Call("POST", r"/restart", about_spaces.restart, "write"),
    Call("POST", r"/hardware", about_spaces.hardware, "write"),
    Call("POST", r"/sleeptime", about_spaces.sleep_time, "write"),
    Call("GET POST DELETE", r"/variables", about_spaces.variables, "write"),
    Call("GET POST DELETE", r"/secrets", about_spaces.secrets, "write"),
    Call("PUT DELETE", r"/volumes", about_spaces.volumes, "write"),
    Call("GET", r"/logs/(build|run)", about_spaces.logs, "write"),
    Call("GET", r"/likers", about_people.likers),
    Call("GET", r"/discussions", about_discussions.listed),
    Call("POST", r"/discussions", about_discussions.opened, "discuss"),
    Call("GET", r"/discussions/(\d+)", about_discussions.details),
    Call("POST", r"/discussions/(\d+)/comment", about_discussions.commented, "discuss"),
    Call("POST", r"/discussions/(\d+)/status", about_discussions.status_changed, "discuss"),
)
"""Calls below `/api/spaces/owner/name`, and the same for models and data sets."""

OF_PAGES = (
    Call("GET HEAD", r"", live_sites.space_page),
    Call("GET HEAD", r"/resolve/([^/]+)/(.+)", about_files.resolve),
    Call("GET HEAD", r"/raw/([^/]+)/(.+)", about_files.raw),
    Call("POST", r"\.git/info/lfs/objects/batch", about_files.lfs_batch, "write"),
)
"""Calls below `/spaces/owner/name`, `/datasets/owner/name` and `/owner/name`."""

CACHED = Call("GET HEAD", r"", about_files.cached)
_API = re.compile(r"(/api/)(models|datasets|spaces)/([^/]+/[^/]+)(/.*)?")
_CACHED = re.compile(
    r"(/api/resolve-cache/)(models|datasets|spaces)/([^/]+/[^/]+)(/([0-9a-f]+)/(.+))"
)
_PAGES = re.compile(r"(/)(?:(datasets|spaces)/)?([^/]+/[^/]+?)((?:/|\.git/).*)?")


def answer(stored: Stored, ask: Ask) -> Reply:
    """The answer to a request of the Hub itself. Raises RefusedError."""
    if ask.path == "/api/agent-harnesses":
        return as_json({"harnesses": []})
    for call in GENERAL:
        found = re.fullmatch(call.pattern, ask.path)
        if found and ask.method in call.methods.split():
            if call.need == "account" and ask.account is None:
                raise RefusedError(401, "Invalid username or password.")
            return call.answer(stored, ask, *map(unquote, found.groups()))
    cached = _CACHED.fullmatch(ask.path)
    if cached is not None:
        rest = (cached[5], cached[6])
        return _about(stored, ask, cached, CACHED, rest)
    for pattern, calls in ((_API, OF_API), (_PAGES, OF_PAGES)):
        parts = pattern.fullmatch(ask.path)
        if parts is not None:
            return _below(stored, ask, parts, calls)
    raise RefusedError(404, "Not Found")


def _below(stored: Stored, ask: Ask, parts: re.Match[str], calls: tuple[Call, ...]) -> Reply:
    for call in calls:
        found = re.fullmatch(call.pattern, parts[4] or "")
        if found and ask.method in call.methods.split():
            rest = tuple(one for one in found.groups() if one is not None)
            return _about(stored, ask, parts, call, rest)
    raise RefusedError(404, f"Cannot {ask.method} {ask.path}")


def _about(
    stored: Stored, ask: Ask, parts: re.Match[str], call: Call, rest: tuple[str, ...]
) -> Reply:
    kind, repo_id = KIND[parts[2] or "models"], unquote(parts[3])
    repository = stored.find(kind, repo_id)
    if repository is None:
        return _elsewhere(stored, ask, parts, kind, repo_id)
    _permit(ask, repository, call.need)
    return call.answer(stored, ask, repository, *map(unquote, rest))


def _elsewhere(stored: Stored, ask: Ask, parts: re.Match[str], kind: Kind, repo_id: str) -> Reply:
    """A relative redirect to the new name of a repository, which keeps method and body."""
    moved = stored.moved.get((kind, repo_id))
    if moved is None or (moved.private and not may_read_private(ask, moved.id)):
        raise _not_found(ask)
    start, end = parts.span(3)
    query = f"?{ask.query_text}" if ask.query_text else ""
    location = f"{ask.path[:start]}{moved.id}{ask.path[end:]}{query}"
    return Reply(307, b"", (("Location", location),))


def _permit(ask: Ask, repository: Repository, need: Need) -> None:
    if repository.private and not may_read_private(ask, repository.id):
        raise _not_found(ask)
    if need in ("write", "discuss"):
        if ask.account is None:
            raise RefusedError(401, "Invalid username or password.")
        permitted = may_write if need == "write" else may_discuss
        if not permitted(ask, repository.id):
            raise RefusedError(403, "You do not have the rights to do this with this repository.")


def _not_found(ask: Ask) -> RefusedError:
    if ask.account is None:
        return RefusedError(401, "Invalid username or password.", "RepoNotFound")
    return RefusedError(404, "Repository not found", "RepoNotFound")
