"""The requests that a step of a plan makes, as plain data."""

from __future__ import annotations

import msgspec

from frontrunner.hub.space_facts import Kind


class Call(msgspec.Struct, frozen=True):
    """A request to the Hub; `{commit}`, `{path}`, `{num}` and `{storage}` are not known before."""

    method: str
    path: str


WHOAMI = Call("GET", "/api/whoami-v2")
"""What the token allows."""
MOVE = Call("POST", "/api/repos/move")
CREATE = Call("POST", "/api/repos/create")


def get(repo_id: str, *about: str, kind: Kind = "space") -> tuple[Call, ...]:
    """Reads of a repository; an empty text is the repository itself."""
    return tuple(Call("GET", f"/api/{kind}s/{repo_id}/{one}".rstrip("/")) for one in about)


def post(repo_id: str, what: str) -> Call:
    """A change of a Space."""
    return Call("POST", f"/api/spaces/{repo_id}/{what}")


def delete(repo_id: str, what: str) -> Call:
    """A deletion at a Space."""
    return Call("DELETE", f"/api/spaces/{repo_id}/{what}")


def guarded_commit(repo_id: str, kind: Kind = "space") -> tuple[Call, ...]:
    """What one commit sends; large files go to the storage that the Hub names."""
    base = f"/api/{kind}s/{repo_id}"
    return (
        Call("POST", "/api/validate-yaml"),
        Call("POST", f"{base}/preupload/main"),
        Call("POST", f"/{kind}s/{repo_id}.git/info/lfs/objects/batch"),
        Call("PUT", "{storage}"),
        Call("POST", f"{base}/lfs-verify"),
        Call("POST", f"{base}/commit/main"),
    )


def around_commit(repo_id: str, kind: Kind = "space") -> tuple[Call, ...]:
    """What is read before and after a commit: the head, its files, and who committed."""
    return get(repo_id, "", "commits/main", "commits/{commit}", "tree/{commit}", kind=kind)


def files_at(repo_id: str) -> tuple[Call, ...]:
    """The files of a Space at one commit."""
    return (
        *get(repo_id, "tree/{commit}"),
        Call("GET", f"/spaces/{repo_id}/resolve/{{commit}}/{{path}}"),
        Call("GET", f"/api/resolve-cache/spaces/{repo_id}/{{commit}}/{{path}}"),
    )


def people_of(repo_id: str) -> tuple[Call, ...]:
    """Likes, discussions, and the followers of the owner, who is an organisation or a user."""
    owner = repo_id.partition("/")[0]
    return (
        *get(repo_id, "likers", "discussions", "discussions/{num}"),
        Call("GET", f"/api/organizations/{owner}/overview"),
        Call("GET", f"/api/users/{owner}/overview"),
    )
