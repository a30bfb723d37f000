"""The board of an image is the one that was listed: fetched, verified, or refused."""

from __future__ import annotations

import gzip
import hashlib
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec
import pytest
import trustme

from frontrunner.base.errors import NetworkError, SnapshotError, UsageError
from frontrunner.hub import boxed
from frontrunner.hub.boxed import BOX, Box, box_of, check_source, publish_boxed, read_box
from frontrunner.hub.space_folder import box_text
from frontrunner.snapshot.freshness import read_checked_at
from frontrunner.snapshot.manifest import FileEntry
from frontrunner.snapshot.store import Store
from tests.hub.made_board import made_home


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boxed, "_WAITS", (0.01, 0.01))


@contextmanager
def served(folder: Path, *first: int) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """A server of files; the first requests get these statuses. Its URL, and what was asked."""
    asked: list[tuple[str, str]] = []
    errors = list(first)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.path, self.headers.get("Authorization", "")))
            body = (folder / self.path.lstrip("/")).read_bytes()
            self.send_response(errors.pop(0) if errors else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", asked
    finally:
        server.shutdown()
        server.server_close()


def written(folder: Path, box: Box) -> Path:
    folder.mkdir()
    (folder / BOX).write_bytes(box_text(box))
    return folder


def test_a_board_is_fetched_and_published(tmp_path: Path) -> None:
    home = made_home(tmp_path / "home").home
    (home / "moved.json").write_text("{}")
    box = box_of(home)
    assert "moved.json" in box.files
    with served(home, 503, 429) as (url, asked):
        there = written(tmp_path / "there", msgspec.structs.replace(box, source=url))
        assert publish_boxed(there, token="secret") == box.snapshot  # noqa: S106
        assert {token for _, token in asked} == {""}, "only the Hub gets the token"
        assert publish_boxed(there) == box.snapshot
        assert len(asked) == len(box.files) + 2, "what is published is not fetched again"
    assert Store(there).current_id() == box.snapshot
    snapshot = Store(there).current()
    assert read_checked_at(Store(there).at, box.snapshot) == snapshot.built_at
    assert (there / "moved.json").read_text() == "{}"
    assert box_of(there).files == box.files


def test_the_token_goes_to_a_data_set(tmp_path: Path) -> None:
    home = made_home(tmp_path / "home").home
    box = box_of(home)
    with served(home) as (url, asked):
        box = msgspec.structs.replace(box, source=url, dataset="board/snapshots")
        publish_boxed(written(tmp_path / "there", box), token="secret")  # noqa: S106
        assert {token for _, token in asked} == {"Bearer secret"}


def test_a_store_that_changed_is_refused(tmp_path: Path) -> None:
    home = made_home(tmp_path / "home").home
    box = box_of(home)
    name = next(one for one in box.files if one.endswith("scores.parquet"))
    content = (home / name).read_bytes()
    (home / name).write_bytes(content[:-1] + b"?")
    with served(home) as (url, _):
        there = written(tmp_path / "there", msgspec.structs.replace(box, source=url))
        with pytest.raises(NetworkError, match="does not have the hash"):
            publish_boxed(there)
    assert Store(there).current_id() is None
    assert list((there / "snapshots").iterdir()) == [], "nothing is left half-way"


def test_a_private_data_set_says_what_to_do(tmp_path: Path) -> None:
    home = made_home(tmp_path / "home").home
    with served(home, 401) as (url, asked):
        box = msgspec.structs.replace(box_of(home), source=url, dataset="board/snapshots")
        with pytest.raises(NetworkError, match="board/snapshots is public, or that the secret"):
            publish_boxed(written(tmp_path / "there", box))
        assert len(asked) == 1, "a refusal does not pass"


def test_a_server_that_stays_away_is_an_error(tmp_path: Path) -> None:
    box = msgspec.structs.replace(
        box_of(made_home(tmp_path / "home").home), source="http://127.0.0.1:9/"
    )
    with pytest.raises(NetworkError, match="cannot be fetched"):
        publish_boxed(written(tmp_path / "there", box))


Answers = list[tuple[int, dict[str, str], bytes]]


@contextmanager
def answering(
    answers: Answers, secure: ssl.SSLContext | None = None
) -> Iterator[tuple[str, list[str]]]:
    """A server that gives these answers in turn, the last one again and again."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.headers.get("Authorization", ""))
            status, headers, body = answers.pop(0) if len(answers) > 1 else answers[0]
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(body))} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if secure is not None:
        server.socket = secure.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http{'s' if secure else ''}://127.0.0.1:{server.server_port}/", asked
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("is_known", [True, False])
def test_a_certificate_of_an_unknown_authority_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_known: bool
) -> None:
    authority = trustme.CA()
    known = authority if is_known else trustme.CA()
    known.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    secure = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(secure)
    with answering([(200, {}, b"the file")], secure) as (url, asked):
        there = one_file(tmp_path / "there", url, b"the file", "board/snapshots")
        with pytest.raises(SnapshotError if is_known else NetworkError):
            publish_boxed(there, token="secret")  # noqa: S106
        assert asked == (["Bearer secret"] if is_known else [])
        assert (there / "x").exists() is is_known


def one_file(folder: Path, url: str, content: bytes, dataset: str = "") -> Path:
    """A home whose board is one file elsewhere; it is no snapshot that can be opened."""
    entry = FileEntry(len(content), hashlib.sha256(content).hexdigest())
    return written(folder, Box(snapshot="a", source=url, dataset=dataset, files={"x": entry}))


@pytest.mark.parametrize(
    "broken",
    [
        (200, {"Content-Length": "9"}, b"half"),
        (200, {}, b"the file and more"),
        (200, {}, b""),
        (200, {"Content-Encoding": "gzip"}, gzip.compress(b"0" * 1_000_000)),
        (200, {"Content-Encoding": "gzip"}, b"no gzip"),
        (302, {"Location": "/again"}, b""),
        (302, {"Location": "file:///etc/passwd"}, b""),
        (302, {"Location": "http://169.254.169.254/"}, b""),
    ],
)
def test_a_download_that_goes_wrong_is_never_served(
    tmp_path: Path, broken: tuple[int, dict[str, str], bytes]
) -> None:
    with answering([broken]) as (url, _):
        there = one_file(tmp_path / "there", url, b"the file")
        with pytest.raises(NetworkError, match="cannot be fetched"):
            publish_boxed(there)
        assert not (there / "x").exists()


def test_half_a_download_is_fetched_again(tmp_path: Path) -> None:
    answers: Answers = [(200, {"Content-Length": "9"}, b"half"), (200, {}, b"the file")]
    with answering(answers) as (url, asked):
        there = one_file(tmp_path / "there", url, b"the file")
        with suppress(SnapshotError):
            publish_boxed(there)  # one file is no snapshot
        assert len(asked) == 2
        assert (there / "x").read_bytes() == b"the file"


def test_a_redirect_to_another_server_does_not_get_the_token(tmp_path: Path) -> None:
    with (
        answering([(200, {}, b"the file")]) as (other, asked),
        answering([(302, {"Location": f"{other}x"}, b"")]) as (url, first),
    ):
        there = one_file(tmp_path / "there", url, b"the file", "board/snapshots")
        with suppress(SnapshotError):
            publish_boxed(there, token="secret")  # noqa: S106
        assert (first, asked) == (["Bearer secret"], [""])


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://a/b", "http or https"), ("file:///etc", "http or https"), ("https://", "host"),
        ("https://me:password@a/b", "password"), ("https://a/b?token=x", "query"),
        ("https://a/b#c", "query"),
    ],
)  # fmt: skip
def test_a_source_that_everybody_would_read_has_no_secret(url: str, why: str) -> None:
    """It is written into the Space, which is public."""
    with pytest.raises(UsageError, match=why) as error:
        check_source(url)
    assert "me:password" not in str(error.value)


def test_a_source_is_a_url() -> None:
    check_source("https://objects.example/board")


def test_a_missing_or_damaged_file_of_an_image_is_named(tmp_path: Path) -> None:
    home = made_home(tmp_path / "home").home
    (home / BOX).write_bytes(box_text(box_of(home)))
    (home / "current").unlink()
    name = f"snapshots/{read_box(home).snapshot}/built.json"
    (home / name).write_text("{}")
    with pytest.raises(SnapshotError, match=r"built\.json does not match its hash"):
        publish_boxed(home)
    (home / name).unlink()
    with pytest.raises(SnapshotError, match=r"built\.json is missing"):
        publish_boxed(home)


@pytest.mark.parametrize("path", ["/etc/passwd", "a/../../b", "a\\b"])
def test_a_list_names_no_path_elsewhere(tmp_path: Path, path: str) -> None:
    box = Box(snapshot="a", files={path: FileEntry(1, "0")})
    with pytest.raises(SnapshotError, match="not below the home"):
        read_box(written(tmp_path / "there", box))


def test_a_board_without_prepared_answers_or_with_damage_is_not_packed(tmp_path: Path) -> None:
    import shutil

    home = made_home(tmp_path / "home").home
    folder = Store(home).current().folder
    shutil.rmtree(folder / "answers")
    with pytest.raises(SnapshotError, match="frontrunner prepare"):
        box_of(home)
    (folder / "catalog.json").unlink()
    with pytest.raises(SnapshotError, match=r"catalog\.json is missing"):
        box_of(home)
