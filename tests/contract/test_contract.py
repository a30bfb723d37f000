"""Record a board, check another: a real server for the real thing, made-up answers for the rest."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import uvicorn
from typer.testing import CliRunner

from frontrunner.api.app import Application
from frontrunner.cli import load_commands
from frontrunner.cli.app import app
from frontrunner.contract.check import Finding, Verdict, check
from frontrunner.contract.fetch import Response, fetcher
from frontrunner.contract.record import Answer, Call, Link, Record, Route, read_record, write_record
from frontrunner.contract.report import broken, junit
from frontrunner.contract.rules import Rule, apply, load_rules
from frontrunner.contract.shape import shape_of
from frontrunner.contract.sources import record_folder, requests_in, template_of
from frontrunner.errors import ContractError
from frontrunner.web.site import Site
from tests.factories import small_snapshot

TODAY = date(2026, 11, 23)


class Board:
    """Answers from a table; everything else is 404."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers

    def __call__(self, path: str) -> Response:
        found = self.answers.get(path)
        if found is None:
            return Response(404, "application/json", "", b'{"detail": "Not Found"}')
        if isinstance(found, Response):
            return found
        return Response(200, "application/json", "", json.dumps(found).encode())


def record(**parts: Any) -> Record:
    return Record(source="old", recorded_at="then", **parts)


def verdicts(made: Record, answers: dict[str, Any]) -> dict[str, Verdict]:
    return {one.item: one.verdict for one in check(made, Board(answers))}


def test_each_kind_of_item_gets_a_verdict_and_a_reason() -> None:
    made = record(
        routes=(Route("/a", ("x",), ()), Route("/b", (), ()), Route("/c/{n}", ("n",), ("n",))),
        answers=(
            Answer("/same", "/same", 200, "application/json", shape_of({"k": 1})),
            Answer("/more", "/more", 200, "application/json", shape_of({"k": 1})),
            Answer("/less", "/less", 200, "application/json", shape_of({"k": 1})),
            Answer("/gone", "/gone", 200, "application/json", shape_of({"k": 1})),
            Answer("/error", "/error", 404, "application/json", shape_of({"detail": "x"})),
        ),
        calls=(Call("/f", 1, 2), Call("/g", 1, 1)),
        files=("boards/x.jsonl",),
    )
    paths = {"/a": {"get": {"parameters": [{"name": "x"}, {"name": "y"}]}},
             "/c/{n}": {"get": {"parameters": [{"name": "n", "required": True},
                                               {"name": "must", "required": True}]}}}  # fmt: skip
    info = {"named_endpoints": {"/f": {"parameters": [1], "returns": [1, 2]}}}
    answers = {"/openapi.json": {"paths": paths}, "/info": info, "/same": {"k": 2},
               "/more": {"k": 1, "l": 1}, "/less": {"l": 1}}  # fmt: skip
    assert verdicts(made, answers) == {
        "/a": Verdict.ADDITIONS,
        "/b": Verdict.MISSING,
        "/c/{n}": Verdict.CHANGED,
        "/same": Verdict.COMPATIBLE,
        "/more": Verdict.ADDITIONS,
        "/less": Verdict.CHANGED,
        "/gone": Verdict.MISSING,
        "/error": Verdict.COMPATIBLE,
        "/f": Verdict.COMPATIBLE,
        "/g": Verdict.MISSING,
        "boards/x.jsonl": Verdict.MISSING,
    }
    assert all(one.reason for one in check(made, Board(answers)))


def moved(to: str) -> Response:
    return Response(301, "text/plain", to, b"")


def test_a_link_may_move_but_not_to_the_front_page() -> None:
    made = record(
        links=tuple(Link(path) for path in ("/?task=a", "/?task=b", "/?task=c", "/?task=d", "/"))
    )
    answers = {
        "/?task=a": moved("/board"),
        "/?task=b": moved("/"),
        "/?task=c": moved("/nowhere"),
        "/board": Response(200, "text/html", "", b""),
        "/": Response(200, "text/html", "", b""),
    }
    assert verdicts(made, answers) == {
        "/?task=a": Verdict.COMPATIBLE,
        "/?task=b": Verdict.CHANGED,
        "/?task=c": Verdict.MISSING,
        "/?task=d": Verdict.MISSING,
        "/": Verdict.COMPATIBLE,
    }


def test_a_rule_ignores_until_it_expires() -> None:
    finding = Finding(kind="link", item="/?task=x", verdict=Verdict.MISSING, reason="answers 404")
    rule = Rule(kind="link", item="/?task=*", owner="ada", reason="agreed", expires=TODAY)
    [ignored] = apply([finding], [rule], TODAY)
    assert "ada" in ignored.ignored
    assert broken([ignored]) == []
    [expired] = apply([finding], [rule], date(2026, 11, 24))
    assert not expired.ignored
    assert "expired" in expired.reason
    assert broken([expired]) == [expired]
    other = Rule(kind="call", item="*", owner="ada", reason="agreed", expires=TODAY)
    assert apply([finding], [other], TODAY) == [finding]


@pytest.mark.parametrize(
    "text",
    [
        "[[ignore]]\nitem = 'x'\n",
        "[[ignore]]\nitem='x'\nowner=' '\nreason='r'\nexpires=2027-01-01\n",
        "[[ignore]]\nitem='x'\nowner='o'\nreason='r'\nexpires='soon'\n",
        "= =",
    ],
)
def test_a_rule_that_leaves_something_out_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(text)
    with pytest.raises(ContractError):
        load_rules(path)


def test_requests_come_from_a_log_or_a_list() -> None:
    log = """
    10.0.0.1 - - [23/Nov/2026] "GET /v1/benchmarks HTTP/1.1" 200 5
    10.0.0.1 - - [23/Nov/2026] "GET /v1/benchmarks HTTP/1.1" 200 5
    10.0.0.1 - - [23/Nov/2026] "POST /run/predict HTTP/1.1" 200 5
"""
    assert requests_in(log) == ["/v1/benchmarks"]
    assert requests_in("/a\n/b?x=1\nnonsense\n") == ["/a", "/b?x=1"]


def test_a_path_is_of_the_most_literal_template() -> None:
    routes = [Route(t, (), ()) for t in ("/v1/{kind}", "/v1/menu", "/v1/{kind}/scores")]
    assert template_of("/v1/menu?x=1", routes) == "/v1/menu"
    assert template_of("/v1/other", routes) == "/v1/{kind}"
    assert template_of("/elsewhere", routes) == "/elsewhere"


def test_what_an_older_board_left_is_a_record(tmp_path: Path) -> None:
    (tmp_path / "urls.json").write_text(
        json.dumps({"pairs": [{"url": "/?task=sts", "heading": "STS"}]})
    )
    (tmp_path / "raw_files.json").write_text(json.dumps({"files": [{"path": "config.yaml"}]}))
    made = record_folder(tmp_path)
    assert made.links == (Link("/?task=sts", "STS"),)
    assert made.files == ("config.yaml",)
    with pytest.raises(ContractError, match="holds none of"):
        record_folder(tmp_path / "empty")
    (tmp_path / "urls.json").write_text("{")
    with pytest.raises(ContractError, match="cannot be read"):
        record_folder(tmp_path)


def test_a_record_comes_back_as_it_was(tmp_path: Path) -> None:
    made = record(
        routes=(Route("/a", ("x",), ()),),
        answers=(Answer("/a", "/a", 200, "application/json", shape_of({"k": [1, None]})),),
        links=(Link("/"),),
        calls=(Call("/f", 1, 1),),
        files=("x",),
    )
    write_record(made, tmp_path / "record")
    assert read_record(tmp_path / "record") == made
    (tmp_path / "record/answers.json").write_text("[{}]")
    with pytest.raises(ContractError, match=r"answers\.json"):
        read_record(tmp_path / "record")


def test_junit_counts_what_is_broken() -> None:
    findings = [
        Finding(kind="link", item="/a", verdict=Verdict.COMPATIBLE, reason="answers"),
        Finding(kind="link", item="/<b>\x01", verdict=Verdict.MISSING, reason='answers "404"'),
        Finding(kind="link", item="/c", verdict=Verdict.MISSING, reason="r", ignored="agreed"),
    ]
    suite = ElementTree.fromstring(junit(findings))  # noqa: S314 -- our own
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("3", "1", "1")


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A running board."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    application = Application(small_snapshot(tmp_path), pages=Site())
    server = uvicorn.Server(uvicorn.Config(application, port=port, log_level="error", ws="none"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(5)


def run(*words: str) -> Any:
    load_commands(["contract"])
    return CliRunner().invoke(app, ["contract", *words])


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


def test_a_board_that_does_not_answer_is_an_error_that_says_so() -> None:
    with pytest.raises(ContractError, match="cannot be asked"):
        fetcher("http://127.0.0.1:1")("/")
    with pytest.raises(ContractError, match="no address"):
        fetcher("board.example")
