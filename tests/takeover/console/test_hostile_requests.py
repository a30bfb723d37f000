"""Hostile text and hostile requests: the console shows the one as text and rejects the other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import msgspec
import pytest

from frontrunner.gateway.feedback import Message
from frontrunner.gateway.shadow.tally import Example, RouteTally, Tally
from frontrunner.takeover.console.incoming import MAX_BODY
from frontrunner.takeover.records import Commanded, Noted, Record, Verb
from frontrunner.takeover.stages import Stage
from tests.takeover.console.clients import FORM, HOST, ORIGIN, PAGES, SCRIPT, Client, FakeDesk
from tests.takeover.console.conftest import OTHER
from tests.takeover.console.scene import looks, scene
from tests.takeover.makers import at, chain, decided

# --- scripts in what others wrote -----------------------------------------------------------------


def hostile() -> dict[str, object]:
    """A script wherever somebody else's words are shown."""
    example = Example(at=1.0, path=SCRIPT, differences=[SCRIPT], old=SCRIPT, new=SCRIPT)
    routes = {SCRIPT: RouteTally(different=1, examples=[example])}
    last = looks(2)
    readings = tuple(
        msgspec.structs.replace(one, gate=SCRIPT, text=SCRIPT) for one in last[-1].readings
    )
    bad = msgspec.structs.replace(last[-1], readings=readings, holding=SCRIPT)
    records: list[Record | tuple[str, Record]] = [
               ("console:" + SCRIPT, Commanded(verb=Verb.PAUSE, reason=SCRIPT, gate=SCRIPT)),
               decided(at(Stage.GUIDED), at(Stage.SHIFTING, 1), SCRIPT),
               Noted(topic=SCRIPT, text=SCRIPT)]  # fmt: skip
    return {
        "entries": tuple(chain(*records)),
        "looks": (*last[:-1], bad),
        "tally": Tally(routes=routes, rules={SCRIPT: 1}),
        "messages": (Message(at=1.0, side=SCRIPT, page=SCRIPT, text=SCRIPT),),
        "plan_text": SCRIPT,
        "problems": (SCRIPT,),
    }


@pytest.mark.parametrize("path", [*PAGES, "/ledger?q={}&kind={}", "/differences?route={}",
                                  "/?sent={}", "/do/advance"])  # fmt: skip
def test_a_script_in_anybodys_words_is_shown_and_not_run(
    ada: Client, desk: FakeDesk, path: str
) -> None:
    desk.now = scene(**hostile())
    body = ada.get(path.replace("{}", "%22%3E%3Cscript%3Ealert(1)%3C/script%3E")).body
    assert "<script>alert" not in body
    assert "<img" not in body
    assert all(tag.startswith('<script type="module" src="/_assets/console.')
               for tag in re.findall(r"<script[^>]*>", body))  # fmt: skip
    assert not re.search(r"<[^>]*\son\w+\s*=", re.sub(r'"[^"]*"', '""', body))
    assert "style=" not in re.sub(r'"[^"]*"', '""', body)


def test_a_script_in_a_code_or_a_name_is_shown_and_not_run(stranger: Client) -> None:
    body = stranger.get("/login?code=%22%3E%3Cscript%3Ealert(1)%3C/script%3E").body
    assert "<script>" not in body


def test_every_answer_forbids_frames_inline_scripts_sniffing_and_caches(
    ada: Client, stranger: Client
) -> None:
    answers = [ada.get(path) for path in PAGES]
    answers += [stranger.get("/login"), stranger.get("/"), stranger.post("/login", {}),
                stranger.ask("PUT", "/"), Client(ada.console, host="evil.example").get("/"),
                ada.post("/do/pause", {})]  # fmt: skip
    for answer in answers:
        policy = answer.header("content-security-policy")
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "form-action 'self'" in policy
        assert "unsafe" not in policy
        assert answer.header("x-frame-options") == "DENY"
        assert answer.header("x-content-type-options") == "nosniff"
        assert answer.header("cache-control") == "no-store"
        assert answer.header("referrer-policy") == "same-origin"
        assert not answer.header("access-control-allow-origin")


# --- requests that are not what they seem ---------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8090", "127.0.0.1.evil.example", "127.0.0.1@evil.example",
     "localhost.", "", "2130706433", "10.0.0.1", "[::ffff:127.0.0.1]", "127.0.0.1:8090:8090",
     "127.0.0.1,evil.example"],
)  # fmt: skip
def test_a_name_that_is_not_ours_is_refused(ada: Client, desk: FakeDesk, host: str) -> None:
    """DNS rebinding: another site's name means this address, so its pages are of our origin."""
    page = ada.get("/do/rollback")
    fields = {"csrf": page.field("csrf"), "ticket": page.field("ticket")}
    ada.host = host
    assert ada.get("/").status == 421
    own = {"origin": f"http://{host}", "sec-fetch-site": "same-origin"}
    assert ada.post("/do/rollback", fields, own).status == 421
    assert desk.commands == []


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:9", "localhost:8090", "LOCALHOST", "[::1]:80"]
)
def test_a_name_of_ours_is_answered_whatever_the_port_of_a_tunnel(ada: Client, host: str) -> None:
    ada.host = host
    assert ada.get("/").status == 200


def test_two_hosts_or_none_are_refused(ada: Client) -> None:
    cookie = ("cookie", ada.cookie)
    two = [("host", HOST), ("host", "evil.example"), cookie]
    assert ada.raw("GET", "/", two, b"").status == 421
    assert ada.raw("GET", "/", [cookie], b"").status == 421


@pytest.mark.parametrize(
    "method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "get", "X"]
)
def test_other_methods_are_refused(ada: Client, desk: FakeDesk, method: str) -> None:
    page = ada.get("/do/rollback")
    body = f"csrf={page.field('csrf')}&ticket={page.field('ticket')}".encode()
    headers = {**ORIGIN, "content-type": FORM}
    assert ada.ask(method, "/do/rollback", body, headers).status == 405
    assert desk.commands == []


@pytest.mark.parametrize("name", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_a_get_does_nothing_whatever_it_claims_to_be(
    ada: Client, desk: FakeDesk, name: str
) -> None:
    page = ada.get("/do/rollback")
    query = f"csrf={page.field('csrf')}&ticket={page.field('ticket')}&_method=POST&reason=x"
    assert ada.ask("GET", f"/do/rollback?{query}", headers={name.lower(): "POST"}).status == 200
    assert ada.ask("HEAD", f"/do/rollback?{query}").body == ""
    assert ada.ask("GET", f"/logout?{query}").status == 404
    assert desk.commands == []
    assert ada.get("/").status == 200


@pytest.mark.parametrize("path", ["/", "/ledger", "/no-such-page"])
def test_a_post_to_a_page_does_nothing(ada: Client, desk: FakeDesk, path: str) -> None:
    csrf = ada.get("/").field("csrf")
    assert ada.post(path, {"csrf": csrf}).status == 405
    assert desk.commands == []


@pytest.mark.parametrize(
    "kind", ["application/json", "text/plain", "multipart/form-data; boundary=x", "", "(none)"]
)
def test_only_a_form_is_read(ada: Client, desk: FakeDesk, kind: str) -> None:
    page = ada.get("/do/rollback")
    fields = {"csrf": page.field("csrf"), "ticket": page.field("ticket")}
    assert ada.post("/do/rollback", fields, {"content-type": kind}).status == 415
    assert desk.commands == []


@pytest.mark.parametrize(
    "path",
    ["/_assets/../desk.py", "/_assets/..%2f..%2fdesk.py", "/_assets//etc/passwd", "/_assets/",
     "/_assets/manifest.json", "/_assets/console.css", "/_assets/\x00", "/../console-tokens",
     "/console-tokens", "//etc/passwd", "/_assets/....//....//etc/passwd"],
)  # fmt: skip
def test_no_path_leads_to_another_file(ada: Client, stranger: Client, path: str) -> None:
    assert ada.get(path).status == 404
    assert stranger.get(path).status in (303, 404)


def test_a_path_that_is_too_long_is_refused(ada: Client) -> None:
    assert ada.get("/" + "a" * 5000).status == 414
    assert ada.get("/ledger?q=" + "a" * 100_000).status == 200, "a query is cut"


def test_an_oversized_form_is_refused_before_it_is_read(ada: Client, stranger: Client) -> None:
    headers = [
        ("host", HOST),
        *ORIGIN.items(),
        ("content-type", "application/x-www-form-urlencoded"),
    ]

    def endless() -> Iterator[bytes]:
        for _ in range(256):
            read.append(4096)
            yield b"a" * 4096

    for more, most in (([("content-length", str(10**9))], 0), ([], MAX_BODY + 4096)):
        for who in (stranger, ada):
            read: list[int] = []
            sent = [*headers, *more, ("cookie", who.cookie)]
            assert who.raw("POST", "/login", sent, endless()).status == 413
            assert sum(read) <= most
    assert ada.post("/login", {f"f{n}": "x" for n in range(50)}).status == 413


def test_a_slow_form_is_refused(ada: Client, stranger: Client) -> None:
    headers = [
        ("host", HOST),
        *ORIGIN.items(),
        ("content-type", "application/x-www-form-urlencoded"),
    ]
    for who in (stranger, ada):
        sent = [*headers, ("cookie", who.cookie)]
        assert who.raw("POST", "/login", sent, iter([b"tok"])).status == 408


def test_a_field_that_comes_twice_is_refused(ada: Client, desk: FakeDesk) -> None:
    page = ada.get("/do/rollback")
    body = f"csrf={page.field('csrf')}&ticket=x&ticket={page.field('ticket')}".encode()
    headers = {**ORIGIN, "content-type": FORM}
    assert ada.ask("POST", "/do/rollback", body, headers).status == 400
    assert desk.commands == []


@pytest.mark.parametrize(
    "reason",
    ["a\r\nSet-Cookie: x=y", "a\nLocation: https://evil.example", "a\x00b\x1b[2J", "\u202egnp.exe",
     "\u2028x", "x" * 9000, SCRIPT],
)  # fmt: skip
def test_a_reason_is_one_line_of_text_in_the_ledger_and_nowhere_else(
    ada: Client, desk: FakeDesk, reason: str
) -> None:
    answer = ada.press("rollback", reason=reason)
    assert answer.status == 303
    assert answer.header("location") == "/?sent=1"
    assert answer.cookie == ""
    [(actor, command)] = desk.commands
    assert actor == "console:ada"
    assert command.reason.isprintable()
    assert len(command.reason) <= 500


def test_the_name_in_the_ledger_is_that_of_the_token(
    log_in: Callable[[str], Client], desk: FakeDesk
) -> None:
    log_in(OTHER).press("rollback", name="ada", user="ada", actor="controller")
    assert [actor for actor, _ in desk.commands] == ["console:bob"]


def test_only_what_can_be_forced_is_forced(ada: Client, desk: FakeDesk) -> None:
    ada.press("pause", force="yes", reason="x")
    ada.press("rollback", force="yes", reason="x")
    ada.press("rollback", force="no", reason="x")
    assert [(one.verb, one.force) for _, one in desk.commands] == [
        (Verb.PAUSE, False),
        (Verb.ROLLBACK, True),
        (Verb.ROLLBACK, False),
    ]


def test_a_gate_that_does_not_wait_is_refused(ada: Client, desk: FakeDesk) -> None:
    assert ada.press("advance", gate="parity").status == 409
    assert desk.commands == []


def test_a_fault_of_the_console_is_a_page_and_in_the_log(
    ada: Client, desk: FakeDesk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fault() -> None:
        raise ZeroDivisionError("a secret detail")

    monkeypatch.setattr(desk, "inputs", fault)
    for answer in (ada.get("/"), ada.get("/do/rollback")):
        assert answer.status == 500
        assert "frontrunner takeover status" in answer.body
        assert "secret" not in answer.body
        assert answer.header("x-frame-options") == "DENY"
    assert "ZeroDivisionError: a secret detail" in caplog.text


def test_a_command_that_is_not_written_is_said(ada: Client, desk: FakeDesk) -> None:
    desk.fails = True
    answer = ada.press("rollback")
    assert answer.status == 503
    assert "The command was not written. The disk is full." in answer.body
