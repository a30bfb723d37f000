"""Which requests may be sent twice, and which redirects are followed."""

from __future__ import annotations

import pytest

from frontrunner.base.errors import MovedError
from frontrunner.hub.answers_allowed import inspect, is_for_file, may_repeat, repository_in
from frontrunner.net.limited import Sent

HUB = "https://hub.example"


def sent(method: str, path: str) -> Sent:
    return Sent(method, f"{HUB}{path}", path)


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/api/spaces/a/b", True),
        ("HEAD", "/spaces/a/b/resolve/main/x", True),
        ("POST", "/api/validate-yaml", True),
        ("POST", "/api/spaces/a/b/preupload/main", True),
        ("POST", "/spaces/a/b.git/info/lfs/objects/batch", True),
        ("POST", "/api/spaces/a/b/paths-info/main", True),
        ("POST", "/api/spaces/a/b/commit/main", False),
        ("POST", "/api/spaces/a/b/duplicate", False),
        ("POST", "/api/repos/create", False),
        ("POST", "/api/repos/move", False),
        ("POST", "/api/spaces/a/b/hardware", False),
        ("POST", "/api/spaces/a/b/restart", False),
        ("POST", "/api/spaces/a/b/discussions", False),
        ("DELETE", "/api/repos/delete", False),
        ("PUT", "/api/spaces/a/b/settings", False),
    ],
)
def test_what_may_be_sent_twice(method: str, path: str, expected: bool) -> None:
    assert may_repeat(sent(method, path)) == expected


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/spaces/a/b/resolve/main/all.json", True),
        ("GET", "/api/resolve-cache/spaces/a/b/1234567/all.json", True),
        ("GET", "/repos/12/34/56", True),  # at the storage of large files
        ("GET", "/api/spaces/a/b/tree/main", False),
        ("GET", "/api/whoami-v2", False),
        ("POST", "/spaces/a/b.git/info/lfs/objects/batch", False),
    ],
)
def test_which_requests_are_for_files(method: str, path: str, expected: bool) -> None:
    assert is_for_file(sent(method, path)) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/api/spaces/a/b", "a/b"),
        ("/api/datasets/a/b/tree/main", "a/b"),
        ("/spaces/a/b/resolve/main/x", "a/b"),
        ("/a/b/resolve/main/x", "a/b"),
        ("/spaces/a/b.git/info/lfs/objects/batch", "a/b"),
        ("/api/resolve-cache/spaces/a/b/1234567/x", "a/b"),
        ("/api/spaces/a/b.c", "a/b.c"),
    ],
)
def test_which_repository_a_path_is_about(path: str, expected: str) -> None:
    assert repository_in(path) == expected


@pytest.mark.parametrize(
    ("method", "path", "to"),
    [
        ("GET", "/spaces/a/b/resolve/main/x", "/api/resolve-cache/spaces/a/b/1234567/x"),
        ("GET", "/spaces/a/b/resolve/main/x", "https://storage.example/1"),
        ("HEAD", "/spaces/a/b/resolve/main/x", "https://storage.example/1"),
        ("GET", "/api/spaces/a/b", "/api/spaces/a/b?x=1"),
    ],
)
def test_redirects_that_are_followed(method: str, path: str, to: str) -> None:
    inspect(sent(method, path), 307, {"location": to})
    inspect(sent(method, path), 200, {})


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    ("method", "path", "to", "moved_to"),
    [
        ("GET", "/api/spaces/a/b", "/api/spaces/a/c", "a/c"),
        ("GET", "/api/spaces/a/b", "https://other.example/api/spaces/a/b", "a/b"),
        ("GET", "/spaces/a/b/resolve/main/x", "/api/resolve-cache/spaces/a/c/12/x", "a/c"),
        ("POST", "/api/spaces/a/b/commit/main", "/api/spaces/a/c/commit/main", "a/c"),
        ("POST", "/api/spaces/a/b/commit/main", "https://other.example/api/spaces/a/b/x", "a/b"),
        ("POST", "/api/spaces/a/b/commit/main", "/api/spaces/a/b/commit/main?x=1", "a/b"),
        ("PUT", "/api/spaces/a/b/settings", "/api/spaces/a/c/settings", "a/c"),
    ],
)
def test_redirects_that_are_refused(
    status: int, method: str, path: str, to: str, moved_to: str
) -> None:
    with pytest.raises(MovedError, match="Nothing was written") as error:
        inspect(sent(method, path), status, {"location": to})
    assert error.value.to == moved_to
