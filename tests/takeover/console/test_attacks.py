"""Ways to get into the console, or to press a button in somebody's name. None works."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator

import msgspec
import pytest

from frontrunner.gateway.feedback import Message
from frontrunner.gateway.shadow.tally import Example, RouteTally, Tally
from frontrunner.takeover.console.access import Attempts, OneTimeCode, Tokens
from frontrunner.takeover.console.desk import Console, Rules
from frontrunner.takeover.console.incoming import MAX_BODY
from frontrunner.takeover.console.sessions import IDLE_SECONDS, LONGEST_SECONDS, MOST_SESSIONS
from frontrunner.takeover.records import Commanded, Noted, Record, Verb
from frontrunner.takeover.stages import Mode, Stage
from tests.takeover.console.clients import HOST, ORIGIN, Client, FakeDesk
from tests.takeover.console.conftest import OTHER, TOKEN
from tests.takeover.console.scene import PLAN, entries, looks, scene
from tests.takeover.makers import at, chain, decided, in_force

PAGES = ["/", "/ledger", "/differences", "/feedback", "/plan", "/do/rollback", "/no-such-page"]
FORM = "application/x-www-form-urlencoded"
SCRIPT = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>"


# --- without a session ----------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(
    "cookie",
    ["", "frontrunner-console-8090=", "frontrunner-console-8090=" + "A" * 43,
     "frontrunner-console-8090=../../etc", "frontrunner-console-8090=\xff", "; ;=;x",
     "__Host-frontrunner-console=" + "A" * 43],
)  # fmt: skip
def test_without_a_session_there_is_only_the_login(
    stranger: Client, desk: FakeDesk, path: str, cookie: str
) -> None:
    stranger.cookie = cookie
    answer = stranger.get(path)
    assert (answer.status, answer.header("location"), answer.body) == (303, "/login", "")
    refused = stranger.post(path, {"csrf": "x", "ticket": "x"})
    assert refused.status == 403
    assert desk.commands == []


def test_a_page_that_refreshes_itself_learns_that_its_session_is_over(stranger: Client) -> None:
    assert stranger.get("/", x_live="1").status == 401


@pytest.mark.parametrize("token", ["", "t", TOKEN[:-1], TOKEN + "t", OTHER.upper(), "# comment",
                                   "ada", f"ada {TOKEN}", "\ud800", "é" * 43])  # fmt: skip
def test_a_wrong_token_does_not_log_in(stranger: Client, token: str) -> None:
    answer = stranger.post("/login", {"token": token.encode("utf-8", "replace").decode()})
    assert answer.status == 403
    assert answer.cookie == ""


def test_a_removed_token_does_not_log_in_any_more(stranger: Client, tokens: Tokens) -> None:
    tokens.path.write_text(f"bob {OTHER}\n")
    assert stranger.post("/login", {"token": TOKEN}).status == 403
    assert stranger.post("/login", {"token": OTHER}).status == 303


def test_tokens_that_others_can_read_are_refused_without_naming_their_file(
    stranger: Client, tokens: Tokens, caplog: pytest.LogCaptureFixture
) -> None:
    tokens.path.chmod(0o644)
    answer = stranger.post("/login", {"token": TOKEN})
    assert (answer.status, answer.cookie) == (503, "")
    assert str(tokens.path) not in answer.body
    assert str(tokens.path) in caplog.text


def test_brute_force_is_slowed_down_for_that_client_alone(console: Console) -> None:
    attacker = Client(console, address="10.6.6.6")
    statuses = [attacker.post("/login", {"token": f"{n:043}"}).status for n in range(12)]
    assert statuses == [403] * Attempts.MOST + [429] * 2
    answer = attacker.post("/login", {"token": TOKEN})
    assert answer.status == 429
    assert answer.cookie == ""
    assert 0 < int(answer.header("retry-after")) <= Attempts.SECONDS + 1
    assert Client(console, address="10.0.0.1").post("/login", {"token": TOKEN}).status == 303


def test_a_code_works_once(desk: FakeDesk, tokens: Tokens) -> None:
    code = OneTimeCode("ada")
    console = Console(desk, tokens, Rules(("127.0.0.1",), 8090), code)
    page = Client(console).get(f"/login?code={code.code}")
    assert page.cookie == "", "looking at the link, as a chat's preview does, uses nothing up"
    assert Client(console).post("/login", {"code": code.code + "x"}).status == 403
    assert Client(console).post("/login", {"code": page.field("code")}).status == 303
    assert Client(console).post("/login", {"code": code.code}).status == 403


def test_a_code_ends_after_ten_minutes(desk: FakeDesk, tokens: Tokens) -> None:
    clock = [0.0]
    code = OneTimeCode("ada", lambda: clock[0])
    console = Console(desk, tokens, Rules(("127.0.0.1",), 8090), code)
    clock[0] = OneTimeCode.SECONDS
    assert Client(console).post("/login", {"code": code.code}).status == 403


# --- cookies --------------------------------------------------------------------------------------


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    desk: FakeDesk, tokens: Tokens
) -> None:
    for is_secure, name, ends in ((False, "frontrunner-console-8090", ""),
                                  (True, "__Host-frontrunner-console", "; Secure")):  # fmt: skip
        console = Console(desk, tokens, Rules(("127.0.0.1",), 8090, is_secure=is_secure))
        answer = Client(console).post("/login", {"token": TOKEN})
        [(_, cookie)] = [pair for pair in answer.headers if pair[0] == "set-cookie"]
        found = re.fullmatch(
            rf"{name}=[\w-]{{43}}; Path=/; HttpOnly; SameSite=Strict{ends}", cookie
        )
        assert found, cookie


def test_a_forged_cookie_is_none(ada: Client) -> None:
    name, _, value = ada.cookie.partition("=")
    for forged in (value[:-1], value + "A", value.lower(), value[::-1], ""):
        assert Client(ada.console, f"{name}={forged}").get("/").status == 303
    assert Client(ada.console, f"other={value}").get("/").status == 303


def test_a_cookie_of_another_console_is_none(ada: Client, desk: FakeDesk, tokens: Tokens) -> None:
    other = Console(desk, tokens, Rules(("127.0.0.1",), 8090))
    assert Client(other, ada.cookie).get("/").status == 303


def test_cookies_of_others_on_this_host_neither_harm_nor_help(ada: Client) -> None:
    name = ada.cookie.partition("=")[0]
    ada.cookie = f'broken"=[]{{}}; {name}=forged; a="b;c"; {ada.cookie}'
    assert ada.get("/").status == 200


@pytest.mark.parametrize("seconds", [IDLE_SECONDS + 1, LONGEST_SECONDS + 1])
def test_a_session_ends(ada: Client, seconds: float) -> None:
    clock = [0.0]
    ada.console.sessions._now = lambda: clock[0]
    ada.log_in(TOKEN)
    steps = 1 if seconds < LONGEST_SECONDS else 60
    for _ in range(steps):
        assert ada.get("/").status == 200
        clock[0] += seconds / steps
    assert ada.get("/").status == 303


def test_a_page_that_refreshes_itself_does_not_keep_a_session_alive(ada: Client) -> None:
    clock = [0.0]
    ada.console.sessions._now = lambda: clock[0]
    ada.log_in(TOKEN)
    for _ in range(10):
        clock[0] += IDLE_SECONDS / 9
        last = ada.get("/", x_live="1").status
    assert last == 401


def test_a_session_is_over_when_its_holder_says_so(ada: Client) -> None:
    page = ada.get("/")
    answer = ada.post("/logout", {"csrf": page.field("csrf")})
    assert answer.status == 303
    assert "Max-Age=0" in answer.header("set-cookie")
    assert ada.get("/").status == 303


def test_a_session_cannot_be_fixed_beforehand(console: Console) -> None:
    """Somebody who gives a victim a cookie does not share the session that begins with it."""
    victim = Client(console, "frontrunner-console-8090=" + "A" * 43)
    given = victim.cookie
    victim.log_in(TOKEN)
    assert victim.cookie != given
    assert Client(console, given).get("/").status == 303
    before = victim.cookie
    victim.log_in(OTHER)
    assert Client(console, before).get("/").status == 303, "the session before is over"


def test_sessions_are_bounded(console: Console) -> None:
    first = Client(console).log_in(TOKEN)
    for _ in range(MOST_SESSIONS):
        last = Client(console).log_in(OTHER)
    assert first.get("/").status == 303
    assert last.get("/").status == 200


# --- other origins --------------------------------------------------------------------------------

FOREIGN = [
    {"origin": "https://evil.example", "sec-fetch-site": "cross-site"},
    {"origin": "https://evil.example", "sec-fetch-site": "(none)"},
    {"origin": "(none)", "sec-fetch-site": "cross-site"},
    {"origin": "(none)", "sec-fetch-site": "same-site"},
    {"origin": "http://127.0.0.1:7860", "sec-fetch-site": "same-site"},
    {"origin": "http://127.0.0.1:7860", "sec-fetch-site": "(none)"},
    {"origin": f"http://{HOST}.evil.example", "sec-fetch-site": "(none)"},
    {"origin": f"http://evil.example/{HOST}", "sec-fetch-site": "(none)"},
    {"origin": f"http://evil@{HOST}", "sec-fetch-site": "(none)"},
    {"origin": "null", "sec-fetch-site": "(none)"},
    {"origin": "null", "sec-fetch-site": "same-origin"},
    {"origin": "", "sec-fetch-site": "(none)"},
    {"origin": "(none)", "sec-fetch-site": "none"},
    {"origin": "(none)", "sec-fetch-site": "(none)"},
]


@pytest.mark.parametrize("headers", FOREIGN)
@pytest.mark.parametrize("path", ["/do/rollback", "/login", "/logout"])
def test_a_form_of_another_origin_is_refused(
    ada: Client, desk: FakeDesk, path: str, headers: dict[str, str]
) -> None:
    page = ada.get("/do/rollback")
    fields = {"csrf": page.field("csrf"), "ticket": page.field("ticket"), "token": TOKEN}
    answer = ada.post(path, fields, headers)
    assert answer.status == 403
    assert answer.cookie == ""
    assert desk.commands == []
    assert ada.get("/").status == 200, "and nobody was logged out"


@pytest.mark.parametrize("csrf", ["", "x", "\xff", None])
def test_a_form_without_the_token_of_its_session_is_refused(
    ada: Client, desk: FakeDesk, csrf: str | None
) -> None:
    ticket = ada.get("/do/rollback").field("ticket")
    fields = {"ticket": ticket} | ({} if csrf is None else {"csrf": csrf})
    assert ada.post("/do/rollback", fields).status == 403
    assert ada.post("/logout", fields).status == 403
    assert desk.commands == []


def test_the_token_and_the_ticket_of_another_session_are_refused(
    ada: Client, log_in: Callable[[str], Client], desk: FakeDesk
) -> None:
    bob = log_in(OTHER)
    his, hers = bob.get("/do/rollback"), ada.get("/do/rollback")
    both = {"csrf": his.field("csrf"), "ticket": his.field("ticket")}
    assert ada.post("/do/rollback", both).status == 403
    mixed = {"csrf": hers.field("csrf"), "ticket": his.field("ticket")}
    assert ada.post("/do/rollback", mixed).status == 409
    assert desk.commands == []


# --- the same press twice, and a page that is stale -----------------------------------------------


@pytest.mark.parametrize("verb", ["rollback", "pause", "advance"])
def test_a_replayed_press_does_nothing(ada: Client, desk: FakeDesk, verb: str) -> None:
    page = ada.get(f"/do/{verb}")
    fields = {"csrf": page.field("csrf"), "ticket": page.field("ticket"), "reason": "once"}
    statuses = [ada.post(f"/do/{verb}", fields).status for _ in range(3)]
    assert statuses == [303, 409, 409]
    assert len(desk.commands) == 1


def test_presses_at_the_same_time_count_once(ada: Client, desk: FakeDesk) -> None:
    page = ada.get("/do/rollback")
    fields = {"csrf": page.field("csrf"), "ticket": page.field("ticket")}
    statuses: list[int] = []
    work = [
        threading.Thread(target=lambda: statuses.append(ada.post("/do/rollback", fields).status))
        for _ in range(8)
    ]
    for one in work:
        one.start()
    for one in work:
        one.join()
    assert sorted(statuses) == [303] + [409] * 7
    assert len(desk.commands) == 1


def test_a_ticket_is_good_for_its_button_alone(ada: Client, desk: FakeDesk) -> None:
    page = ada.get("/do/pause")
    fields = {"csrf": page.field("csrf"), "ticket": page.field("ticket")}
    assert ada.post("/do/advance", fields).status == 409
    assert desk.commands == []


def test_a_forged_ticket_is_none(ada: Client, desk: FakeDesk) -> None:
    page = ada.get("/do/advance")
    csrf, ticket = page.field("csrf"), page.field("ticket")
    number, moment, digest = ticket.split(".")
    for forged in ("", ".", "..", f"{number}x.{moment}.{digest}", f"{number}.{moment}9.{digest}",
                   f"{number}.{moment}", f"{number}.-1.{digest}", f"{number}.²³.{digest}",
                   f"{number}.{'9' * 5000}.{digest}", "\ud7ff.1.x"):  # fmt: skip
        assert ada.post("/do/advance", {"csrf": csrf, "ticket": forged}).status == 409
    assert desk.commands == []
    assert ada.post("/do/advance", {"csrf": csrf, "ticket": ticket}).status == 303


@pytest.mark.parametrize(("verb", "status"), [("advance", 409), ("pause", 303), ("rollback", 303)])
def test_a_stale_page_stops_or_goes_back_but_never_forward(
    ada: Client, desk: FakeDesk, verb: str, status: int
) -> None:
    page = ada.get(f"/do/{verb}")
    moved = decided(at(Stage.SHIFTING, 1), at(Stage.SHIFTING, 2))
    more = chain(*[one.record for one in entries()], moved)
    desk.now = scene(entries=tuple(more))
    answer = ada.post(f"/do/{verb}", {"csrf": page.field("csrf"), "ticket": page.field("ticket")})
    assert answer.status == status
    assert len(desk.commands) == (status == 303)
    if status == 409:
        assert "Something changed since you loaded the page." in answer.body
        assert "step 3 of 5" in answer.body, "and it shows what is true now"


def test_what_is_only_noted_does_not_make_a_page_stale(ada: Client, desk: FakeDesk) -> None:
    page = ada.get("/do/advance")
    more = chain(*[one.record for one in entries()], Noted(topic="lease", text="renewed"))
    desk.now = scene(entries=tuple(more))
    fields = {"csrf": page.field("csrf"), "ticket": page.field("ticket")}
    assert ada.post("/do/advance", fields).status == 303


def test_what_has_no_way_back_is_not_done_without_the_confirmation(
    ada: Client, desk: FakeDesk
) -> None:
    settled = decided(at(Stage.CUTOVER), at(Stage.SETTLED))
    desk.now = scene(entries=tuple(chain(in_force(PLAN), settled)))
    forced = {"force": "yes", "reason": "It is Friday."}
    assert ada.press("finish", **forced).status == 409
    assert ada.press("finish", **forced, confirm="no").status == 409
    assert desk.commands == []
    assert ada.press("finish", **forced, confirm="yes").status == 303


def test_a_step_without_a_way_back_is_confirmed_too(ada: Client, desk: FakeDesk) -> None:
    cutover = decided(at(Stage.SHIFTING, 4), at(Stage.CUTOVER))
    desk.now = scene(entries=tuple(chain(in_force(PLAN), cutover)))
    forced = {"force": "yes", "reason": "It is Friday."}
    assert "are still open stop working" in ada.get("/do/advance").body.replace("\n", " ")
    assert ada.press("advance", **forced).status == 409
    assert ada.press("advance", **forced, confirm="yes").status == 303
    assert len(desk.commands) == 1


def test_a_forced_step_needs_a_reason(ada: Client, desk: FakeDesk) -> None:
    assert ada.press("advance", force="yes").status == 409
    assert ada.press("advance", force="yes", reason=" \n").status == 409
    assert desk.commands == []
    assert ada.press("advance", force="yes", reason="It is Friday.").status == 303


def test_a_button_that_makes_no_sense_now_is_refused(ada: Client, desk: FakeDesk) -> None:
    page = ada.get("/do/pause")
    fields = {"csrf": page.field("csrf"), "ticket": page.field("ticket")}
    paused = decided(at(Stage.SHIFTING, 1), at(Stage.SHIFTING, 1, Mode.PAUSED))
    desk.now = scene(entries=tuple(chain(*[one.record for one in entries()], paused)))
    assert ada.post("/do/pause", fields).status == 409
    assert desk.commands == []
    for verb in ("no-such-verb", "", "../login", "start", "accept"):
        assert ada.get(f"/do/{verb}").status == 404
        assert ada.post(f"/do/{verb}", fields).status == 404


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
