"""What a token allows."""

from __future__ import annotations

from frontrunner.hub.standin.exchange import Ask


def may_write(ask: Ask, repo_id: str) -> bool:
    """Whether the client may change a repository; `owner/*` stands for a new one."""
    return _may(ask, repo_id, "repo.write")


def may_read_private(ask: Ask, repo_id: str) -> bool:
    """Whether the client may read a repository that is not public."""
    return _may(ask, repo_id, "repo.content.read") or may_write(ask, repo_id)


def may_discuss(ask: Ask, repo_id: str) -> bool:
    """Whether the client may write into discussions of a public repository."""
    token = ask.token
    if token is None:
        return False
    if token.role != "fineGrained":
        return token.role == "write"
    return _may(ask, repo_id, "discussion.write") or may_write(ask, repo_id)


def _may(ask: Ask, repo_id: str, permission: str) -> bool:
    token, account = ask.token, ask.account
    if token is None or account is None:
        return False
    owner = repo_id.partition("/")[0]
    if token.role == "fineGrained":
        scopes = (token.scoped.get(repo_id, ()), token.scoped.get(owner, ()))
        return any(permission in allowed for allowed in scopes)
    if permission == "repo.write" and token.role != "write":
        return False
    return owner in ask.namespaces
