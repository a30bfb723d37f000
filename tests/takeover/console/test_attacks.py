"""Ways to get into the console, or to press a button in somebody's name. None works."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable

import pytest

from frontrunner.takeover.console.access import Attempts, OneTimeCode, Tokens
from frontrunner.takeover.console.desk import Console, Rules
from frontrunner.takeover.console.sessions import IDLE_SECONDS, LONGEST_SECONDS, MOST_SESSIONS
from frontrunner.takeover.records import Noted
from frontrunner.takeover.stages import Mode, Stage
from tests.takeover.console.clients import HOST, PAGES, Client, FakeDesk
from tests.takeover.console.conftest import OTHER, TOKEN
from tests.takeover.console.scene import PLAN, entries, scene
from tests.takeover.makers import at, chain, decided, in_force

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
