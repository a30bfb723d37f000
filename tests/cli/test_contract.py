"""`frontrunner contract` against real servers, good and hostile ones."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import uvicorn
from typer.testing import CliRunner

from frontrunner.base.errors import ContractError
from frontrunner.checks.contract.record import (
    Answer,
    Call,
    File,
    Link,
    Route,
    read_record,
    write_record,
)
from frontrunner.checks.contract.shape import shape_of
from frontrunner.cli import load_commands
from frontrunner.cli.app import app
from frontrunner.http.app import Application
from frontrunner.web.site import Site
from tests.checks.contract.made_up import record
from tests.factories import small_snapshot
from tests.ports import free_port

Asgi = Callable[..., Coroutine[Any, Any, None]]


@contextmanager
def served(application: Any) -> Iterator[str]:
    """The address of a server that runs an ASGI application."""
    port = free_port()
    config = uvicorn.Config(
        application, port=port, log_level="critical", ws="none", lifespan="off",
        timeout_graceful_shutdown=0,
    )  # fmt: skip
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(5)


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A board of ours."""
    with served(Application(small_snapshot(tmp_path), pages=Site())) as url:
        yield url


class Hostile:
    """A board whose answers are wrong in one way, and that keeps what it was asked."""

    def __init__(self, answer: Callable[[Any, str], Coroutine[Any, Any, None]]) -> None:
        self.answer = answer
        self.asked: list[str] = []
        self.headers: list[dict[bytes, bytes]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        path = scope["raw_path"].decode() + ("?" if scope["query_string"] else "")
        self.asked.append(f"{scope['method']} {path}{scope['query_string'].decode()}")
        self.headers.append(dict(scope["headers"]))
        await self.answer(send, scope["path"])


async def reply(
    send: Any, status: int, body: bytes, media_type: str = "application/json", **headers: str
) -> None:
    pairs = {"content-type": media_type, **headers}
    encoded = [(key.encode(), value.encode()) for key, value in pairs.items()]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": body})


async def hang(send: Any, path: str) -> None:
    await asyncio.sleep(3600)


async def drip(send: Any, path: str) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    while True:
        await send({"type": "http.response.body", "body": b" ", "more_body": True})
        await asyncio.sleep(0.02)


async def circle(send: Any, path: str) -> None:
    await reply(send, 302, b"", location=path + "x" if len(path) < 99 else "/")


async def huge(send: Any, path: str) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for _ in range(200):
        await send({"type": "http.response.body", "body": b" " * 2**20, "more_body": True})


async def wrong_type(send: Any, path: str) -> None:
    await reply(send, 200, b'{"paths": {"/a": {"get": {}}}}', "image/png")


async def not_json(send: Any, path: str) -> None:
    await reply(send, 200, b'{"paths": {"/a"', "application/json")


async def nothing(send: Any, path: str) -> None:
    await reply(send, 404, b"", "text/html")


def run(*words: str) -> Any:
    load_commands(["contract"])
    return CliRunner().invoke(app, ["contract", *words])


FULL = record(
    routes=(Route("/a", (), ()),),
    answers=(Answer("/a", "/a", 200, "application/json", shape_of({"k": 1})),),
    links=(Link("/?task=a"),),
    protocol="sse_v2",
    calls=(Call("/f", (), ()),),
    files=(File("config.yaml"),),
)


def test_a_board_keeps_its_own_contract(address: str, tmp_path: Path) -> None:
    asked = tmp_path / "paths.txt"
    asked.write_text("/v1/benchmarks/All/scores\n/v1/benchmarks/Nothing/scores\n")
    out = str(tmp_path / "record")
    recorded = run("record", address, "--out", out, "--requests", str(asked), "--crawl", "20")
    assert recorded.exit_code == 0, recorded.output
    made = read_record(Path(out))
    assert len(made.routes) > 15
    assert len(made.links) > 10
    assert {one.template for one in made.answers} >= {"/v1/benchmarks/{name}/scores"}
    checked = run("check", out, "--against", address, "--json", "--junit", str(tmp_path / "j.xml"))
    assert checked.exit_code == 0, checked.output
    assert json.loads(checked.stdout)["tally"].keys() <= {"compatible"}
    assert 'failures="0"' in (tmp_path / "j.xml").read_text()
    missing = record(links=(Link("/no/such/page"),))
    write_record(missing, tmp_path / "other")
    failed = run("check", str(tmp_path / "other"), "--against", address)
    assert failed.exit_code == 1
    assert "missing" in failed.stdout


@pytest.mark.parametrize(
    ("answer", "limits", "reason"),
    [
        (hang, ("--timeout", "0.2"), "did not answer 3 requests in a row"),
        (drip, ("--timeout", "0.2"), "did not answer 3 requests in a row"),
        (hang, ("--timeout", "1.2", "--deadline", "1"), "took longer than 1 seconds"),
        (huge, (), "did not answer 3 requests in a row"),
        (nothing, (), "no OpenAPI description, no Gradio functions and no pages"),
    ],
)
def test_a_board_that_cannot_be_recorded_is_an_error(
    answer: Any, limits: tuple[str, ...], reason: str, tmp_path: Path
) -> None:
    board = Hostile(answer)
    with served(board) as url:
        recorded = run("record", url, "--out", str(tmp_path / "out"), *limits)
    assert isinstance(recorded.exception, ContractError), recorded.output
    assert reason in str(recorded.exception)
    assert len(board.asked) <= 5
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("answer", "limits", "reason"),
    [
        (hang, ("--timeout", "0.2"), "did not answer 3 requests in a row"),
        (drip, ("--timeout", "0.2"), "did not answer 3 requests in a row"),
        (hang, ("--timeout", "1.2", "--deadline", "1"), "took longer than 1 seconds"),
        (huge, (), "did not answer 3 requests in a row"),
    ],
)
def test_a_board_that_cannot_be_checked_is_an_error_for_each_item(
    answer: Any, limits: tuple[str, ...], reason: str, tmp_path: Path
) -> None:
    write_record(FULL, tmp_path / "record")
    board = Hostile(answer)
    junit = tmp_path / "j.xml"
    words = ("check", str(tmp_path / "record"), "--json", "--junit", str(junit), *limits)
    with served(board) as url:
        checked = run(*words, "--against", url)
    assert checked.exit_code == 3
    assert json.loads(checked.stdout)["tally"] == {"error": 6}
    assert "6 items could not be checked" in checked.stderr
    assert reason in checked.stderr
    assert len(board.asked) <= 3
    suite = ElementTree.fromstring(junit.read_text())  # noqa: S314 -- our own
    assert (suite.get("errors"), suite.get("failures")) == ("6", "0")


@pytest.mark.parametrize("answer", [circle, wrong_type, not_json, nothing])
def test_wrong_answers_break_programs(answer: Any, tmp_path: Path) -> None:
    write_record(FULL, tmp_path / "record")
    with served(Hostile(answer)) as url:
        checked = run("check", str(tmp_path / "record"), "--against", url, "--json")
    assert checked.exit_code == 1, checked.output
    found = json.loads(checked.stdout)["findings"]
    by_kind = {one["kind"]: one["verdict"] for one in found if one["item"] != "/config"}
    assert by_kind["route"] == by_kind["call"] == "missing"
    assert by_kind["answer"] in ("changed", "missing")


@pytest.mark.parametrize("answer", [circle, wrong_type, not_json])
def test_wrong_answers_can_be_recorded(answer: Any, tmp_path: Path) -> None:
    asked = tmp_path / "paths.txt"
    asked.write_text("/a\n/b\n")
    with served(Hostile(answer)) as url:
        recorded = run("record", url, "--out", str(tmp_path / "out"), "--requests", str(asked))
    assert recorded.exit_code == 0, recorded.output
    assert len(read_record(tmp_path / "out")) >= 2


def test_an_empty_record_is_not_a_passed_check(tmp_path: Path) -> None:
    write_record(record(), tmp_path / "record")
    checked = run("check", str(tmp_path / "record"), "--against", "http://127.0.0.1:1")
    assert isinstance(checked.exception, ContractError)
    assert "nothing to check" in str(checked.exception)


def test_an_empty_folder_is_not_recorded(tmp_path: Path) -> None:
    for name in ("urls.json", "info.json", "raw_files.json", "config.json"):
        (tmp_path / name).write_text("{}")
    recorded = run("record", str(tmp_path), "--out", str(tmp_path / "out"))
    assert isinstance(recorded.exception, ContractError)
    assert "to record" in str(recorded.exception)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("url", ["http://ho st:80", "http://host:80 80", "://", "http://"])
def test_a_malformed_url_is_an_error_of_both_commands(url: str, tmp_path: Path) -> None:
    write_record(FULL, tmp_path / "record")
    for words in (
        ("record", url, "--out", str(tmp_path / "out")),
        ("check", str(tmp_path / "record"), "--against", url),
    ):
        done = run(*words)
        assert isinstance(done.exception, ContractError), words
        assert "is not the URL of a board" in str(done.exception)


async def site(send: Any, path: str) -> None:
    """A board with links and routes that change something."""
    if path == "/openapi.json":
        routes = ("/a", "/logout", "/admin/restart", "/items/{item_id}/delete", "/items")
        await reply(send, 200, json.dumps({"paths": {r: {"get": {}} for r in routes}}).encode())
    elif path == "/":
        links = ("/page", "/logout", "/user/delete?id=1", "/page?token=pa55")
        page = "".join(f'<a href="{link}">x</a>' for link in links)
        await reply(send, 200, page.encode(), "text/html")
    elif path == "/items":
        await reply(send, 200, b'[{"id": "1"}]')
    else:
        await reply(send, 200, b"{}" if path == "/a" else b"page", "text/html")


def test_what_may_change_something_is_never_asked(tmp_path: Path) -> None:
    requests = tmp_path / "access.log"
    lines = ("GET /a", "GET /signout", "POST /a", "GET /x?action=delete", "GET /x?api_key=pa55")
    requests.write_text("".join(f'"{line} HTTP/1.1" 200\n' for line in lines))
    board = Hostile(site)
    with served(board) as url:
        words = ("record", url, "--out", str(tmp_path / "out"), "--requests", str(requests))
        recorded = run(*words)
        assert recorded.exit_code == 0, recorded.output
        made = read_record(tmp_path / "out")
        write_record(record(links=(Link("/logout"),)), tmp_path / "strange")
        assert run("check", str(tmp_path / "strange"), "--against", url).exit_code == 3
    assert {one.split(" ")[0] for one in board.asked} == {"GET"}
    for word in ("logout", "signout", "delete", "restart", "pa55"):
        assert not any(word in one for one in board.asked), word
    assert {one.path for one in made.links} == {"/", "/page", "/a"}
    notes = " ".join(recorded.stderr.split())
    assert "/logout" in notes
    assert "/admin/restart" in notes
    assert "pa55" not in recorded.output + recorded.stderr


def test_a_password_is_sent_and_written_nowhere(tmp_path: Path) -> None:
    board = Hostile(site)
    junit = tmp_path / "j.xml"
    with served(board) as url:
        private = url.replace("://", "://ada:pa55@")
        recorded = run("record", private, "--out", str(tmp_path / "out"))
        checked = run(
            "check", str(tmp_path / "out"), "--against", private, "--junit", str(junit), "--all"
        )
    assert recorded.exit_code == 0, recorded.output
    assert checked.exit_code == 0, checked.output
    assert all(b"authorization" in one for one in board.headers)
    assert read_record(tmp_path / "out").source == url
    written = [path.read_text() for path in [*(tmp_path / "out").iterdir(), junit]]
    told = [one.output + one.stderr for one in (recorded, checked)]
    assert not any("pa55" in text or "ada" in text for text in (*written, *told))
