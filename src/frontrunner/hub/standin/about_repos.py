"""Answers about repositories as a whole: facts, creating, copying, moving, deleting."""

from __future__ import annotations

import base64
from typing import Any

from frontrunner.hub.front_matter import read_front_matter
from frontrunner.hub.space_card import is_repository_id
from frontrunner.hub.standin.about_spaces import FREE, runtime_facts
from frontrunner.hub.standin.exchange import JSON_TYPE, Ask, RefusedError, Reply, as_json, stamp
from frontrunner.hub.standin.permissions import may_write
from frontrunner.hub.standin.repos import KINDS, Commit, Kind, Repository
from frontrunner.hub.standin.stored import SDKS, Stored

_PAID_SDKS = ("gradio", "docker", "streamlit")
_PAYMENT = "A paid plan is needed to create a Space with this SDK. Static Spaces are free."


def info(stored: Stored, ask: Ask, repository: Repository, revision: str = "main") -> Reply:
    """The facts of a repository at a revision."""
    commit = commit_at(stored, repository, revision)
    found = _facts(stored, ask, repository, commit)
    wanted = ask.query.get("expand", []) + ask.query.get("expand[]", [])
    if wanted:
        found = {k: v for k, v in found.items() if k in {"_id", "id", *wanted}}
    return as_json(found)


def commit_at(stored: Stored, repository: Repository, revision: str) -> Commit:
    """The commit that a branch or the beginning of a name means, as readers see it."""
    if revision in ("main", "HEAD", "refs/heads/main"):
        return stored.visible(repository)
    found = [one for one in repository.commits if one.id.startswith(revision)]
    if len(revision) < 7 or not found:
        raise RefusedError(404, f"Invalid rev id: {revision}", "RevisionNotFound")
    return found[0]


def address(ask: Ask, repository: Repository) -> str:
    """The page of a repository."""
    prefix = "" if repository.kind == "model" else f"{repository.kind}s/"
    return f"{ask.base}/{prefix}{repository.id}"


def create(stored: Stored, ask: Ask) -> Reply:
    """Make an empty repository."""
    fields = ask.fields
    kind, owner = _kind(fields), fields.get("organization") or ask.actor
    repo_id, sdk = f"{owner}/{fields.get('name', '')}", str(fields.get("sdk") or "")
    _need_name(repo_id)
    _need_namespace(ask, str(owner))
    if (existing := stored.find(kind, repo_id)) is not None:
        return _exists(ask, existing)
    if kind == "space":
        _need_plan(stored, str(owner), sdk)
    private = bool(fields.get("private")) or fields.get("visibility") == "private"
    made = stored.create(kind, repo_id, author=ask.actor, sdk=sdk, private=private)
    _set_up(stored, made, fields)
    _add_files(stored, ask, made, fields.get("files") or [])
    return as_json({"url": address(ask, made), "name": repo_id, "id": made.key})


def duplicate(stored: Stored, ask: Ask, repository: Repository) -> Reply:
    """Copy a repository to another name."""
    fields = ask.fields
    to = _need_name(str(fields.get("repository", "")))
    _need_namespace(ask, to.partition("/")[0])
    if (existing := stored.find(repository.kind, to)) is not None:
        return _exists(ask, existing)
    if repository.space is not None:
        _need_plan(stored, to.partition("/")[0], repository.space.sdk)
    made = stored.duplicate(repository, to, author=ask.actor)
    if "visibility" in fields:
        made.private = fields["visibility"] == "private"
    _set_up(stored, made, fields)
    return as_json({"url": address(ask, made), "filesCopyPending": False})


def move(stored: Stored, ask: Ask) -> Reply:
    """Rename a repository, or give it to another account."""
    fields = ask.fields
    kind, source, to = _kind(fields), str(fields.get("fromRepo")), str(fields.get("toRepo"))
    repository = stored.find(kind, source)
    if repository is None:
        raise RefusedError(404, "Repository not found", "RepoNotFound")
    if not may_write(ask, repository.id):
        raise RefusedError(403, "You do not have the rights to move this repository.")
    _need_namespace(ask, _need_name(to).partition("/")[0])
    if stored.find(kind, to) is not None:
        raise RefusedError(409, f"A {kind} named {to} already exists.")
    stored.relocate(repository, to)
    return Reply(200, b"OK", (("Content-Type", "text/plain"),))


def delete(stored: Stored, ask: Ask) -> Reply:
    """Delete a repository permanently."""
    fields = ask.fields
    kind, owner = _kind(fields), fields.get("organization") or ask.actor
    repository = stored.find(kind, f"{owner}/{fields.get('name', '')}")
    if repository is None:
        raise RefusedError(404, "Repository not found", "RepoNotFound")
    if not may_write(ask, repository.id):
        raise RefusedError(403, "You do not have the rights to delete this repository.")
    stored.delete(repository)
    return Reply(200, b"OK", (("Content-Type", "text/plain"),))


def settings(stored: Stored, ask: Ask, repository: Repository) -> Reply:
    """Change who can see a repository."""
    fields = ask.fields
    if "visibility" in fields:
        repository.private = fields["visibility"] == "private"
    return as_json({"private": repository.private})


def allowed(stored: Stored, ask: Ask, repository: Repository) -> Reply:
    """That the client may do what it asked about; the table of routes refuses the others."""
    return Reply(200, b"OK", (("Content-Type", "text/plain"),))


def refs(stored: Stored, ask: Ask, repository: Repository) -> Reply:
    """Branches and tags."""
    commit = stored.visible(repository).id
    main = {"name": "main", "ref": "refs/heads/main", "targetCommit": commit}
    return as_json({"branches": [main], "converts": [], "tags": [], "pullRequests": []})


def _facts(stored: Stored, ask: Ask, repository: Repository, commit: Commit) -> dict[str, Any]:
    card = _card(stored, commit)
    with_sizes = ask.is_on("blobs")
    found: dict[str, Any] = {
        "_id": repository.key,
        "id": repository.id,
        "author": repository.owner,
        "sha": commit.id,
        "lastModified": stamp(commit.at),
        "createdAt": stamp(repository.created),
        "private": repository.private,
        "gated": False,
        "disabled": False,
        "likes": len(repository.likes),
        "tags": [*card.get("tags", []), "region:us"],
        "cardData": card,
        "siblings": [_sibling(path, commit, with_sizes) for path in sorted(commit.files)],
    }
    space = repository.space
    if space is None:
        return {**found, "downloads": 0}
    return {
        **found,
        "sdk": space.sdk,
        "subdomain": space.subdomain,
        "host": f"{ask.base}/-/live/{space.subdomain}",
        "models": card.get("models", []),
        "datasets": card.get("datasets", []),
        "runtime": runtime_facts(stored, ask, repository),
    }


def _sibling(path: str, commit: Commit, with_sizes: bool) -> dict[str, Any]:
    if not with_sizes:
        return {"rfilename": path}
    entry = commit.files[path]
    found: dict[str, Any] = {"rfilename": path, "size": entry.size, "blobId": entry.oid}
    if entry.sha256:
        found["lfs"] = {"sha256": entry.sha256, "size": entry.size, "pointerSize": 130}
    return found


def _card(stored: Stored, commit: Commit) -> dict[str, Any]:
    readme = commit.files.get("README.md")
    try:
        return read_front_matter(stored.content(readme).decode()) if readme else {}
    except ValueError:
        return {}


def _kind(fields: dict[str, Any]) -> Kind:
    asked = fields.get("type") or "model"
    for kind in KINDS:
        if asked == kind:
            return kind
    raise RefusedError(400, f"Invalid repository type: {asked}")


def _need_name(repo_id: str) -> str:
    """The name, which the Hub takes. Raises RefusedError if it does not."""
    if not is_repository_id(repo_id):
        raise RefusedError(400, f"Invalid repository name: {repo_id}")
    return repo_id


def _need_namespace(ask: Ask, owner: str) -> None:
    if not may_write(ask, f"{owner}/*"):
        raise RefusedError(
            403, f"You don't have the rights to create a repository under the namespace {owner!r}"
        )


def _need_plan(stored: Stored, owner: str, sdk: str) -> None:
    if sdk not in SDKS:
        raise RefusedError(400, "Invalid Space SDK")
    account = stored.accounts.get(owner)
    if sdk in _PAID_SDKS and (account is None or not account.paid):
        raise RefusedError(402, _PAYMENT)


def _exists(ask: Ask, existing: Repository) -> Reply:
    error = f"You already created this {existing.kind} repo"
    body = {"error": error, "url": address(ask, existing)}
    return as_json(body, ("X-Error-Message", error), status=409)._replace(
        headers=(("Content-Type", JSON_TYPE),)
    )


def _set_up(stored: Stored, made: Repository, fields: dict[str, Any]) -> None:
    if made.space is None:
        return
    for name, kept in (("variables", made.space.variables), ("secrets", made.space.secrets)):
        for one in fields.get(name) or []:
            kept[one["key"]] = {"value": one["value"], "updatedAt": stamp(stored.now())}
    flavor = fields.get("hardware")
    if flavor:
        account = stored.accounts.get(made.owner)
        coming = flavor == FREE or bool(account and account.paid)
        stored.request_hardware(made, flavor, coming=coming)


def _add_files(stored: Stored, ask: Ask, made: Repository, files: list[dict[str, Any]]) -> None:
    if files:
        tree = dict(made.head.files)
        for one in files:
            tree[one["path"]] = stored.store(base64.b64decode(one["content"]))
        stored.commit(made, tree, author=ask.actor, title="Add files")
