"""Record a board, check another: a real server for the real thing, made-up answers for the rest."""

from __future__ import annotations

import asyncio
import json
import re
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

from frontrunner.base.errors import ContractError
from frontrunner.checks.contract.check import check
from frontrunner.checks.contract.fetch import Response, fetcher, folder_fetcher
from frontrunner.checks.contract.finding import Finding, Verdict
from frontrunner.checks.contract.folders import record_folder
from frontrunner.checks.contract.record import (
    Answer,
    Call,
    File,
    Link,
    Record,
    Route,
    read_record,
    write_record,
)
from frontrunner.checks.contract.recorders import record_board, routes_of, template_of
from frontrunner.checks.contract.report import broken, junit, lines
from frontrunner.checks.contract.rules import Rule, apply, idle, load_rules
from frontrunner.checks.contract.shape import shape_of
from frontrunner.cli import load_commands
from frontrunner.cli.app import app
from frontrunner.http.app import Application
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
        protocol="sse_v2",
        calls=(
            Call("/f", ("Textbox",), ("Json", "Json")),
            Call("/g", ("Textbox",), ()),
            Call("/h", ("Textbox",), ()),
        ),
        files=(File("boards/x.jsonl"),),
    )
    paths = {"/a": {"get": {"parameters": [{"name": "x"}, {"name": "y"}]}},
             "/c/{n}": {"get": {"parameters": [{"name": "n", "required": True},
                                               {"name": "must", "required": True}]}}}  # fmt: skip
    text, value = {"component": "Textbox"}, {"component": "Json"}
    info = {
        "named_endpoints": {
            "/f": {"parameters": [text], "returns": [value, value]},
            "/h": {"parameters": [value], "returns": []},
        }
    }
    answers = {"/openapi.json": {"paths": paths}, "/info": info, "/config": {"protocol": "sse_v3"},
               "/same": {"k": 2},
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
        "/config": Verdict.CHANGED,
        "/f": Verdict.COMPATIBLE,
        "/g": Verdict.MISSING,
        "/h": Verdict.CHANGED,
        "boards/x.jsonl": Verdict.MISSING,
    }
    assert all(one.reason for one in check(made, Board(answers)))


def moved(to: str) -> Response:
    return Response(301, "text/plain", to, b"")


def page(text: str = "") -> Response:
    return Response(200, "text/html", "", text.encode())


def test_a_link_may_move_but_not_to_the_front_page() -> None:
    links = {
        "/?task=a": (moved("/board"), Verdict.COMPATIBLE),
        "/?task=two-steps": (moved("/?task=a"), Verdict.COMPATIBLE),
        "/?task=bare": (moved("/"), Verdict.CHANGED),
        "/?task=same": (page("front"), Verdict.CHANGED),
        "/?task=nowhere": (moved("/nowhere"), Verdict.MISSING),
        "/?task=gone": (None, Verdict.MISSING),
        "/?task=away": (moved("https://elsewhere.example/"), Verdict.CHANGED),
        "/?task=round": (moved("/?task=and-round"), Verdict.CHANGED),
        "/?task=and-round": (moved("/?task=round"), Verdict.CHANGED),
        "/?task=lost": (moved(""), Verdict.CHANGED),
        "/": (page("front"), Verdict.COMPATIBLE),
    }
    answers = {path: answer for path, (answer, _) in links.items()} | {"/board": page("board")}
    made = record(links=tuple(Link(path) for path in links))
    assert verdicts(made, answers) == {path: verdict for path, (_, verdict) in links.items()}


def test_a_redirect_without_an_end_is_noticed() -> None:
    class Endless(Board):
        def __call__(self, path: str) -> Response:
            return moved(f"{path}x") if path.startswith("/?") else super().__call__(path)

    [found] = check(record(links=(Link("/?task=a"),)), Endless({}))
    assert found.verdict is Verdict.CHANGED
    assert "without an end" in found.reason


def test_answers_of_a_route_have_one_shape() -> None:
    """What one answer happened to lack or to have is told from what programs rely on."""
    made = record(
        answers=(
            Answer("/a/1", "/a/{n}", 200, "application/json", shape_of({"k": 1, "l": None})),
            Answer("/a/2", "/a/{n}", 200, "application/json", shape_of({"k": 1, "l": "x"})),
        )
    )
    answers = {"/a/1": {"k": 1, "l": "y"}, "/a/2": {"l": None}}
    assert verdicts(made, answers) == {"/a/1": Verdict.COMPATIBLE, "/a/2": Verdict.CHANGED}


def test_raw_files_may_lie_elsewhere_and_keep_their_columns(tmp_path: Path) -> None:
    for name, row in (
        ("same", {"a": 1, "b": 2}),
        ("less", {"a": 1}),
        ("more", {"b": 1, "a": 1, "c": 1}),
    ):
        (tmp_path / f"{name}.jsonl").write_text(json.dumps(row) + "\n")
    (tmp_path / "empty.jsonl").touch()
    (tmp_path / "config.yaml").touch()
    names = ("same", "less", "more", "empty", "gone")
    files = [File(f"{name}.jsonl", ("a", "b")) for name in names]
    made = record(files=(*files, File("config.yaml"), File("../outside")))
    (tmp_path.parent / "outside").touch()
    found = list(check(made, Board({}), folder_fetcher(tmp_path)))
    assert {one.item.partition(".j")[0]: one.verdict for one in found} == {
        "same": Verdict.COMPATIBLE,
        "less": Verdict.CHANGED,
        "more": Verdict.ADDITIONS,
        "empty": Verdict.CHANGED,
        "gone": Verdict.MISSING,
        "config.yaml": Verdict.COMPATIBLE,
        "../outside": Verdict.MISSING,
    }
    with pytest.raises(ContractError, match="no folder"):
        folder_fetcher(tmp_path / "nowhere")


def test_a_record_of_a_board_asks_routes_with_the_names_that_it_tells() -> None:
    paths: dict[str, Any] = {
        template: {"get": {}}
        for template in ("/things", "/things/{thing_name}", "/icons/{name}", "/{a}/{b}")
    }
    answers = {
        "/openapi.json": {"paths": paths},
        "/things": [{"name": f"t {n}", "icon": f"/icons/{n}"} for n in range(5)],
        **{f"/things/t%20{n}": {"n": n} for n in range(5)},
        **{f"/icons/{n}": {"icon": n} for n in range(5)},
    }
    made, notes = record_board("old", Board(answers), [], 0)
    asked = {one.path for one in made.answers}
    assert asked >= {"/things/t%200", "/things/t%202", "/things/t%204", "/icons/2"}
    assert any("/{a}/{b}" in note for note in notes)


def test_what_fails_is_no_contract() -> None:
    answers = {
        "/openapi.json": {"paths": {}},
        "/broken": Response(500, "text/html", "", b"oops"),
        "/refused": Response(422, "application/json", "", b'{"detail": "no"}'),
    }
    asked = ["/broken", "/refused", "/moved", "/openapi.json"]
    made, notes = record_board("old", Board(answers), asked, 0)
    assert [one.path for one in made.answers] == ["/moved", "/refused"]  # 404 as JSON, and 422
    assert made.links == ()
    assert any(note.startswith("1 requests are left out") for note in notes)


def test_parameters_are_found_wherever_they_are_described() -> None:
    shared = {"name": "n", "required": True}
    told = {
        "components": {"parameters": {"n": shared}},
        "paths": {
            "/a/{n}": {
                "parameters": [{"$ref": "#/components/parameters/n"}, {"$ref": "#/nowhere"}],
                "get": {"parameters": [{"name": "x"}]},
            }
        },
    }
    assert routes_of(told) == [Route("/a/{n}", ("n", "x"), ("n",))]


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


def test_a_rule_that_fails_ignores_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(text: str, pattern: str) -> bool:
        raise re.error("bad pattern")

    monkeypatch.setattr("frontrunner.checks.contract.rules.fnmatchcase", failing)
    finding = Finding(kind="link", item="/x", verdict=Verdict.MISSING, reason="answers 404")
    rule = Rule(item="/*", owner="ada", reason="agreed", expires=TODAY)
    [found] = apply([finding], [rule], TODAY)
    assert not found.ignored
    assert "the rule of ada fails" in found.reason
    assert idle([finding], [rule]) == [rule]


def test_a_rule_may_name_an_item_as_it_is_and_can_go_when_it_holds_again() -> None:
    item = "/v1/x?buckets=[[0,1]]"  # as a pattern, this would not match itself
    broke = Finding(kind="answer", item=item, verdict=Verdict.CHANGED, reason="r")
    rule = Rule(item=item, owner="ada", reason="agreed", expires=TODAY)
    assert apply([broke], [rule], TODAY)[0].ignored
    assert idle([broke], [rule]) == []
    holds = Finding(kind="answer", item=item, verdict=Verdict.COMPATIBLE, reason="r")
    assert idle([holds], [rule]) == [rule]


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


def test_a_path_is_of_the_most_literal_template() -> None:
    routes = [Route(t, (), ()) for t in ("/v1/{kind}", "/v1/menu", "/v1/{kind}/scores")]
    assert template_of("/v1/menu?x=1", routes) == "/v1/menu"
    assert template_of("/v1/other", routes) == "/v1/{kind}"
    assert template_of("/elsewhere", routes) == "/elsewhere"


def test_what_an_older_board_left_is_a_record(tmp_path: Path) -> None:
    (tmp_path / "urls.json").write_text(
        json.dumps({"pairs": [{"url": "/?task=sts", "heading": "STS"}]})
    )
    (tmp_path / "raw_files.json").write_text(
        json.dumps({"files": [{"path": "config.yaml"}, {"path": "x.jsonl", "columns": ["a"]}]})
    )
    made = record_folder(tmp_path)
    assert made.links == (Link("/?task=sts", "STS"),)
    assert made.files == (File("config.yaml"), File("x.jsonl", ("a",)))
    with pytest.raises(ContractError, match="holds none of"):
        record_folder(tmp_path / "empty")
    for wrong in ("{", "[]", '{"pairs": [{}]}', "[" * 100_000):
        (tmp_path / "urls.json").write_text(wrong)
        with pytest.raises(ContractError, match="cannot be read"):
            record_folder(tmp_path)


def test_the_repository_of_an_older_board_is_a_record(tmp_path: Path) -> None:
    table = tmp_path / "boards_data/en/data_overall/default.jsonl"
    table.parent.mkdir(parents=True)
    table.write_text('{"Rank": 1, "Model": "a"}\n{"Rank": 2}\n')
    (tmp_path / "config.yaml").touch()
    (tmp_path / "app.py").touch()
    made = record_folder(tmp_path)
    assert made.files == (
        File("boards_data/en/data_overall/default.jsonl", ("Rank", "Model")),
        File("config.yaml"),
    )


def test_a_record_comes_back_as_it_was(tmp_path: Path) -> None:
    made = record(
        routes=(Route("/a", ("x",), ()),),
        answers=(Answer("/a", "/a", 200, "application/json", shape_of({"k": [1, None]})),),
        links=(Link("/"),),
        protocol="sse_v2",
        calls=(Call("/f", ("Json",), ()),),
        files=(File("x", ("a",)),),
    )
    write_record(made, tmp_path / "record")
    assert read_record(tmp_path / "record") == made
    (tmp_path / "record/answers.json").write_text("[{}]")
    with pytest.raises(ContractError, match=r"answers\.json"):
        read_record(tmp_path / "record")


def test_junit_counts_what_is_broken() -> None:
    findings = [
        Finding(kind="link", item="/a", verdict=Verdict.COMPATIBLE, reason="answers"),
        Finding(kind="link", item="/<b>\x01", verdict=Verdict.MISSING, reason='answers "404"\x02'),
        Finding(kind="link", item="/c", verdict=Verdict.MISSING, reason="r", ignored="agreed"),
    ]
    suite = ElementTree.fromstring(junit(findings))  # noqa: S314 -- our own
    assert not any("\x01" in line for line in lines(findings, everything=True))
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
    for wrong in (
        "board.example",
        "http://host:port",
        "http://[::1",
        "ftp://host",
        "http://host:0",
    ):
        with pytest.raises(ContractError, match="no address"):
            fetcher(wrong)
    with pytest.raises(ContractError, match="cannot be asked"):
        fetcher("http://a..b")("/")
