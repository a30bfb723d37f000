"""A password in a repository's URL is used, and is neither stored nor shown."""

from __future__ import annotations

import base64
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from frontrunner.base.errors import SourceError
from frontrunner.results.credentials import environment_of, login, plain_url, without_password
from frontrunner.results.fetch import fetch
from tests.results.git_folder import commit, git


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        ("https://me:tok@host/a.git", "https://host/a.git"),
        ("https://tok@host/a.git", "https://host/a.git"),
        ("HTTPS://me:tok@host/a.git", "HTTPS://host/a.git"),
        ("http://me:a/b@host/a.git", "http://me:a/b@host/a.git"),
        ("https://me:p@ss@host/a.git", "https://host/a.git"),
        ("ssh://git@host/a.git", "ssh://git@host/a.git"),
        ("ssh://git:tok@host/a.git", "ssh://git@host/a.git"),
        ("git@host:a.git", "git@host:a.git"),
        ("https://host/a.git", "https://host/a.git"),
        ("file:///home/me/a@b", "file:///home/me/a@b"),
    ],
)
def test_plain_url(url: str, plain: str) -> None:
    assert plain_url(url) == plain


def test_a_login_is_a_header_for_its_host_alone() -> None:
    found = login("https://me:p%40ss@host:8443/a.git")
    assert found == {
        "http.https://host:8443/.extraHeader": "Authorization: Basic "
        + base64.b64encode(b"me:p@ss").decode()
    }
    assert login("https://host/a.git") == login("ssh://git:x@host/a") == {}


def test_settings_given_already_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_COUNT", "2")
    assert environment_of({"a.b": "c"}) == {
        "GIT_CONFIG_COUNT": "3", "GIT_CONFIG_KEY_2": "a.b", "GIT_CONFIG_VALUE_2": "c",
    }  # fmt: skip


def test_text_without_passwords() -> None:
    said = "fatal: https://me:tok@host/a and http://x@h/b; mail a@b.org"
    assert without_password(said) == "fatal: https://host/a and http://h/b; mail a@b.org"


TOKEN = "s3cr3t-t0ken"  # noqa: S105
GOOD = f"Basic {base64.b64encode(f'me:{TOKEN}'.encode()).decode()}"


@contextmanager
def guarded(root: Path) -> Iterator[int]:
    """A server of the repositories in `root` that wants a password."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.headers.get("Authorization") != GOOD:
                self.send_response(401)
                self.send_header("WWW-Authenticate", 'Basic realm="x"')
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            path, _, query = self.path.partition("?")
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            given = {
                "GIT_PROJECT_ROOT": str(root), "GIT_HTTP_EXPORT_ALL": "1", "PATH_INFO": path,
                "QUERY_STRING": query, "REQUEST_METHOD": self.command,
                "CONTENT_TYPE": self.headers.get("Content-Type") or "",
                "CONTENT_LENGTH": str(len(body)), "GIT_CONFIG_COUNT": "0",
                "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding") or "",
            }  # fmt: skip
            run = subprocess.run(
                ["git", "http-backend"],  # noqa: S607
                input=body, env=os.environ | given, capture_output=True, check=True,
            )  # fmt: skip
            head, _, content = run.stdout.partition(b"\r\n\r\n")
            self.send_response(200)
            for line in head.decode().splitlines():
                name, _, value = line.partition(": ")
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def guarded_port(tmp_path: Path) -> Iterator[int]:
    folder = tmp_path / "served" / "a"
    folder.mkdir(parents=True)
    git(folder, "init", "-q")
    commit(folder, 0.5)
    with guarded(tmp_path / "served") as port:
        yield port


def test_a_token_opens_the_repository_and_is_stored_nowhere(
    guarded_port: int, tmp_path: Path
) -> None:
    url = f"http://me:{TOKEN}@127.0.0.1:{guarded_port}/a"
    for _ in range(2):  # the clone, and the update
        near = fetch(url, tmp_path / "sources")
        assert (near.path / "results/org__a/r1/T1.json").is_file()
    assert near.repository == f"http://127.0.0.1:{guarded_port}/a"
    coded = GOOD.removeprefix("Basic ").encode()
    for path in (tmp_path / "sources").rglob("*"):
        assert TOKEN not in str(path)
        if path.is_file():
            assert TOKEN.encode() not in path.read_bytes()
            assert coded not in path.read_bytes()


def test_no_command_line_has_the_token(
    guarded_port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_TRACE", str(tmp_path / "trace"))
    fetch(f"http://me:{TOKEN}@127.0.0.1:{guarded_port}/a", tmp_path / "sources")
    trace = (tmp_path / "trace").read_text()
    assert "remote-http" in trace
    assert TOKEN not in trace


def test_a_wrong_token_is_told_without_it(guarded_port: int, tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        fetch(f"http://me:wrong-{TOKEN}@127.0.0.1:{guarded_port}/a", tmp_path / "sources")
    assert TOKEN not in str(caught.value)


def test_a_url_that_git_does_not_know_is_told_without_its_token(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="does not exist") as caught:
        fetch(f"gopher://me:{TOKEN}@host/a", tmp_path)
    assert TOKEN not in str(caught.value)
