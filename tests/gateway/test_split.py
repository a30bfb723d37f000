"""Who is sent to which board, by the running gateway."""

from __future__ import annotations

import json
import random
import socket
from http.client import HTTPResponse
from typing import Any

import httpx
import msgspec
import pytest

from frontrunner.gateway.buckets import bucket
from frontrunner.gateway.logs import RequestLine
from tests.gateway.conftest import PLAIN, Running, until

NAVIGATION = {"accept": "text/html,application/xhtml+xml"}


def board_of(gateway: Running, number: int, **headers: str) -> str:
    """The board that answers a visitor whose cookie holds a bucket."""
    cookie = {"cookie": f"frontrunner_bucket={number}", **headers}
    return str(gateway.get("/x", headers=cookie).json()["board"])


@pytest.mark.parametrize(
    ("percent", "edge"), [(0, 0), (0.01, 1), (1, 100), (25, 2500), (99.99, 9999), (100, 10_000)]
)
def test_buckets_below_the_share_go_to_the_new_board(
    gateway: Running, percent: float, edge: int
) -> None:
    gateway.share(percent)
    assert gateway.control.get_share() == edge
    for number in {0, edge - 1, edge, edge + 1, 9999} & set(range(10_000)):
        assert board_of(gateway, number) == ("new" if number < edge else "old")


def test_the_script_hashes_as_python_does(gateway: Running) -> None:
    salt = gateway.control.kept().salt
    dice = random.Random(7)
    agents = ["", "curl/8.0", "Mozilla/5.0 (X11; Linux x86_64)", "ü€😀"]
    agents += ["".join(chr(dice.randrange(33, 127)) for _ in range(40)) for _ in range(20)]
    for agent in agents:
        raw = agent.encode()
        answer = gateway.get("/x", headers=[(b"user-agent", raw), (b"accept", b"text/html")])
        expected = bucket("127.0.0.1", raw.decode("latin-1").encode("latin-1").decode(), salt)
        assert f"frontrunner_bucket={expected};" in answer.headers["set-cookie"], agent


def test_a_first_visit_and_its_assets_go_to_one_board(gateway: Running) -> None:
    gateway.share(50)
    for number in range(30):
        agent = {"user-agent": f"agent {number}"}
        page = gateway.get("/", headers={**NAVIGATION, **agent})
        assets = {gateway.get(f"/x{i}", headers=agent).json()["board"] for i in range(3)}
        assert assets == {page.headers["x-frontrunner-side"]}


def test_the_cookie_holds_a_bucket_and_only_pages_set_it(gateway: Running) -> None:
    assert "set-cookie" not in gateway.get("/x").headers
    page = gateway.get("/", headers=NAVIGATION)
    cookie = page.headers["set-cookie"]
    assert cookie.startswith("frontrunner_bucket=")
    assert "Path=/;" in cookie
    assert "HttpOnly" in cookie
    assert page.headers["cache-control"] == "private, no-cache"
    kept = {"cookie": cookie.partition(";")[0]}
    assert "set-cookie" not in gateway.get("/", headers={**NAVIGATION, **kept}).headers


@pytest.mark.parametrize("value", ["10000", "-1", "1e3", "99999999999999999999", "abc", "", "0x10"])
def test_a_forged_bucket_is_replaced(gateway: Running, value: str) -> None:
    gateway.share(100)
    answer = gateway.get("/", headers={**NAVIGATION, "cookie": f"frontrunner_bucket={value}"})
    assert answer.status_code == 200
    assert answer.headers["x-frontrunner-side"] == "new"


def test_headers_of_a_visitor_do_not_decide(gateway: Running) -> None:
    forged = {"x-frontrunner-bucket": "0", "x-frontrunner-choice": "new"}
    gateway.share(1)
    answer = gateway.get("/x", headers={"cookie": "frontrunner_bucket=9999", **forged}).json()
    assert answer["board"] == "old"
    assert not [name for name in answer["headers"] if name.startswith("x-frontrunner")]


@pytest.mark.parametrize("choice", ["new", "old"])
def test_a_choice_by_link_is_kept_and_leads_back_to_the_same_view(
    gateway: Running, choice: str
) -> None:
    gateway.share(0 if choice == "new" else 100)
    answer = gateway.get(f"/boards?a=1&board={choice}&b=%20x", headers=NAVIGATION)
    assert answer.status_code == 302
    assert answer.headers["location"] == "/boards?a=1&b=%20x"
    assert answer.headers["cache-control"] == "no-store"
    kept = answer.headers["set-cookie"].partition(";")[0]
    assert kept == f"frontrunner_choice={choice}"
    for number in (0, 9999):
        cookie = {"cookie": f"frontrunner_bucket={number}; {kept}"}
        assert gateway.get("/x", headers=cookie).json()["board"] == choice
    undone = gateway.get("/?board=auto", headers={**NAVIGATION, "cookie": kept})
    assert "Max-Age=0" in undone.headers["set-cookie"]
    assert undone.headers["location"] == "/"


def test_a_program_chooses_for_one_request(gateway: Running) -> None:
    answer = gateway.get("/x?board=new&a=1").json()
    assert (answer["board"], answer["target"]) == ("new", "/x?a=1")


def test_a_parameter_of_that_name_with_another_value_is_not_a_choice(gateway: Running) -> None:
    target = "/compare?board=MTEB(eng%2C%20v2)&x=board=new"
    assert gateway.get(target, headers=NAVIGATION).status_code == 200
    assert gateway.get(target).json()["target"] == target


@pytest.mark.parametrize("path", ["//evil.example/a", "/\\evil.example", "///evil.example", "//"])
def test_a_choice_never_leads_to_another_host(gateway: Running, path: str) -> None:
    with httpx.Client(base_url=gateway.url, **PLAIN) as client:
        request = client.build_request("GET", "/", headers=NAVIGATION)
        request.url = request.url.copy_with(raw_path=f"{path}?board=new".encode())
        location = client.send(request).headers["location"]
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))


OWNED = ["/config", "/queue/join", "/gradio_api/queue/data?session_hash=x", "/file=/tmp/a.png",
         "/run/predict", "/call/x/1", "/api/predict", "/assets/index.js", "/theme.css",
         "/heartbeat/abc", "/upload", "/login"]  # fmt: skip


@pytest.mark.parametrize("path", OWNED)
def test_paths_of_an_open_page_stay_with_the_old_board_until_settled(
    gateway: Running, path: str
) -> None:
    gateway.share(100)
    chosen = {"cookie": "frontrunner_choice=new"}
    assert gateway.get(path, headers=chosen).json()["board"] == "old"
    gateway.control.finalize()
    assert gateway.get(path).json()["board"] == "new"


NEW = [
    "/v1/benchmarks",
    "/_assets/board.js",
    "/benchmark/MTEB(eng%2C%20v2)?q=a",
    "/compare?models=a/b",
]


@pytest.mark.parametrize("path", NEW)
def test_paths_of_the_new_board_are_its_own_at_every_share(gateway: Running, path: str) -> None:
    chosen = {"cookie": "frontrunner_choice=old"}
    for share in (0, 50, 0):
        gateway.share(share)
        answer = gateway.get(path, headers=chosen).json()
        assert (answer["board"], answer["target"]) == ("new", path)
        page = gateway.get(path, headers={**NAVIGATION, **chosen})
        assert page.headers["x-frontrunner-side"] == "new"


@pytest.mark.parametrize("share", [0, 100])
def test_front_page_and_old_links_follow_the_bucket(gateway: Running, share: int) -> None:
    gateway.share(share)
    for path in ("/", "/?task=Retrieval", "/?benchmark_name=MTEB"):
        assert gateway.get(path).json()["board"] == ("new" if share else "old")


OTHER_FORMS = {
    "/%71ueue/join": "old",
    "//queue/join": "old",
    "/queue%2Fjoin": "old",
    "/%2e/queue/join": "old",
    "/boards/../queue/join": "old",
    "/boards/%2E%2e/queue/join": "old",
    "/.//%5Cqueue\\join": "old",
    "/\\queue/join": "old",
    "/%67radio_api/queue/join": "old",
    "/queue/%00%0d%0ax-a:%20b": "old",
    "/%76%31/benchmarks": "new",
    "//_assets/board.js": "new",
    "/models/org%2Fname": "new",
    "/queue/../v1/x": "new",
}


@pytest.mark.parametrize(("target", "side"), OTHER_FORMS.items())
@pytest.mark.parametrize("share", [0, 100])
def test_another_form_of_an_owned_path_reaches_the_same_board(
    gateway: Running, target: str, side: str, share: int
) -> None:
    """A board, or a proxy before it, may read what is written as the plain path."""
    gateway.share(share)
    for method in ("GET", "POST"):
        status, told = as_written(gateway, method, target)
        assert status == 200
        assert (told["board"], told["target"]) == (side, target)
        assert not [name for name in told["headers"] if name.startswith("x-frontrunner")]


def as_written(gateway: Running, method: str, target: str) -> tuple[int, dict[str, Any]]:
    """The answer to a target that no library puts into another form."""
    head = f"{method} {target} HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\nconnection: close\r\n"
    forged = "x-frontrunner-path: /v1/x\r\n\r\n"
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=30) as one:
        one.sendall((head + forged).encode("latin-1"))
        answer = HTTPResponse(one)
        answer.begin()
        return answer.status, json.loads(answer.read())


def test_other_forms_of_what_nobody_owns_follow_the_bucket(gateway: Running) -> None:
    for share, side in ((0, "old"), (100, "new")):
        gateway.share(share)
        for target in (
            "//",
            "/%78",
            "/queue/..",
            "/v1/../x",
            "/a%20b?c=%2Fv1",
            "/queue%3Fx",
            "/%E6%97",
        ):
            assert as_written(gateway, "GET", target)[1]["board"] == side, target


def test_other_forms_belong_to_the_new_board_once_settled(gateway: Running) -> None:
    gateway.control.finalize()
    for target in OTHER_FORMS:
        assert as_written(gateway, "GET", target)[1]["board"] == "new"


def test_a_choice_of_the_new_board_survives_a_rollback_and_its_failure(gateway: Running) -> None:
    """argo-rollouts#1838: after an abort, holders of a cookie stayed on the canary."""
    gateway.share(50)
    gateway.share(0)
    chosen = {"cookie": "frontrunner_choice=new; frontrunner_bucket=5"}
    assert gateway.get("/x", headers=chosen).json()["board"] == "new"
    assert board_of(gateway, 5) == "old"  # a cookie of a bucket does not
    gateway.new.mode = "500"
    assert gateway.get("/x", headers=chosen).json()["board"] == "old"


def test_the_old_board_is_told_the_public_address(gateway: Running) -> None:
    claimed = ("forwarded", "x-forwarded-port", "x-forwarded-prefix", "x-original-url", "x-real-ip")
    sent = {"x-forwarded-host": "evil.example", **dict.fromkeys(claimed, "6")}
    headers = gateway.get("/config", headers=sent).json()["headers"]
    assert not headers.keys() & set(claimed)
    assert headers["x-forwarded-host"] == headers["host"] == f"127.0.0.1:{gateway.port}"
    assert headers["x-forwarded-proto"] == "http"


def test_cookies_are_deleted_once_settled(gateway: Running) -> None:
    gateway.control.finalize()
    page = gateway.get("/", headers={**NAVIGATION, "cookie": "frontrunner_bucket=3"})
    gone = page.headers.get_list("set-cookie")
    assert {one.partition("=")[0] for one in gone} == {
        "frontrunner_bucket", "frontrunner_choice", "frontrunner_banner",
    }  # fmt: skip
    assert all("Max-Age=0" in one for one in gone)


def test_the_log_of_requests_has_the_bucket_and_the_choice(gateway: Running) -> None:
    """The headers that hold them are removed before a board is asked, and so before the log."""
    log = gateway.control.place.requests
    start = log.stat().st_size if log.exists() else 0
    gateway.get("/seen-by-the-log", headers={"cookie": "frontrunner_bucket=4321"})
    chosen = {"cookie": "frontrunner_bucket=1234; frontrunner_choice=old"}
    gateway.get("/chosen-by-a-visitor", headers=chosen)
    lines: dict[str | None, RequestLine] = {}

    def logged() -> bool:
        with log.open("rb") as file:
            file.seek(start)
            whole = [line for line in file if line.endswith(b"\n")]  # one may be half written
        found = [msgspec.json.decode(line, type=RequestLine) for line in whole]
        lines.update({one.path: one for one in found})
        return "/chosen-by-a-visitor" in lines

    until(logged)
    seen, by_choice = lines["/seen-by-the-log"], lines["/chosen-by-a-visitor"]
    assert (seen.bucket, seen.choice) == ("4321", None)
    assert (by_choice.bucket, by_choice.choice) == ("1234", "old")
