"""The control path of a gateway, through Envoy: what it changes, and what it refuses."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import uvicorn

from frontrunner.base.errors import GatewayError
from frontrunner.base.gateway_settings import GatewaySettings
from frontrunner.gateway.companion import Companion
from frontrunner.gateway.control import Gateway
from frontrunner.gateway.feedback import Feedback
from frontrunner.gateway.remote_control import RemoteControl, remote_control
from frontrunner.gateway.remote_state import CONTROL_HEADER, CONTROL_PATH
from frontrunner.gateway.render import render_routes
from frontrunner.gateway.state import GatewayState
from frontrunner.gateway.traffic_rows import Traffic
from tests.gateway.conftest import Running, ask, start_gateway, stop_gateway, until

TOKEN = "a-token-for-tests-that-is-long-enough-0123"  # noqa: S105


@pytest.fixture(scope="module")
def remote(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A gateway with a control path, and its companion in a thread."""
    folder = tmp_path_factory.mktemp("gw")
    file = folder / "token"
    file.write_text(TOKEN)
    file.chmod(0o600)
    running, thread = start_gateway(folder, control_file=str(file), control_window=1)
    control = remote_control(running.settings, folder)
    application = Companion(Feedback("", folder), folder, control=control)
    place = running.control.place.socket("companion")
    config = uvicorn.Config(application, uds=str(place), log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    served = threading.Thread(target=server.run, daemon=True)
    served.start()
    try:
        until(lambda: server.started)
        yield running
    finally:
        server.should_exit = True
        served.join(30)
        stop_gateway(running, thread)


def asked(
    remote: Running, method: str = "GET", token: str | None = TOKEN, **more: Any
) -> httpx.Response:
    headers = {CONTROL_HEADER: token} if token is not None else {}
    return ask(method, f"{remote.url}{more.pop('path', CONTROL_PATH)}", headers=headers, **more)


def change(remote: Running, **more: Any) -> httpx.Response:
    """Change the share on the version of now, unless another is named."""
    now = asked(remote).json()
    wanted = {"version": now["version"], "token": max(now["token"], 1), "share": 0, "banner": False}
    return asked(remote, "POST", json=wanted | more)


def test_the_share_is_set_and_read_back_from_envoy(remote: Running) -> None:
    done = change(remote, share=2500, banner=True)
    assert done.status_code == 200
    assert done.json()["share"] == 2500
    assert remote.control.seen().share == 2500
    assert asked(remote).json() == done.json()
    assert done.json()["new"] is True
    assert change(remote).json()["share"] == 0
    assert "no-store" in done.headers["cache-control"]


@pytest.mark.parametrize("token", [None, "", "wrong", TOKEN[:-1], TOKEN + "x", "é"])
def test_without_the_token_nothing_is_told_or_changed(remote: Running, token: str | None) -> None:
    before = remote.control.kept()
    sent = {CONTROL_HEADER: token.encode()} if token is not None else {}
    for method in ("GET", "POST", "PUT", "DELETE"):
        found = ask(method, f"{remote.url}{CONTROL_PATH}", headers=sent)
        assert found.status_code == 401
        assert "share" not in found.json()
    assert remote.control.kept() == before


def test_wrong_tokens_are_limited_and_the_right_one_is_not(tmp_path: Path) -> None:
    """An attacker cannot lock the controller out."""
    control = RemoteControl(Gateway(GatewaySettings(), tmp_path), lambda: TOKEN)

    async def receive() -> dict[str, Any]:
        raise AssertionError("the body of a stranger was read")

    def status(token: str) -> int:
        sent = {CONTROL_HEADER: token, "x-frontrunner-client": "1.2.3.4"}
        return asyncio.run(control.answer("POST" if token != TOKEN else "PUT", sent, receive))[0]

    assert [status("wrong") for _ in range(61)][-2:] == [401, 429]
    assert status(TOKEN) == 405


def test_a_network_of_strangers_is_one_stranger(tmp_path: Path) -> None:
    """One client has all addresses of its /64, so each address was one more client."""
    control = RemoteControl(Gateway(GatewaySettings(), tmp_path), lambda: TOKEN)

    async def receive() -> dict[str, Any]:
        raise AssertionError("the body of a stranger was read")

    def status(address: str) -> int:
        sent = {CONTROL_HEADER: "wrong", "x-frontrunner-client": address}
        return asyncio.run(control.answer("GET", sent, receive))[0]

    assert {status(f"2001:db8::{one:x}") for one in range(60)} == {401}
    assert status("2001:db8::ffff:1") == 429
    assert status("2001:db8:0:1::1") == 401


def test_strangers_with_many_addresses_do_not_fill_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    control = RemoteControl(Gateway(GatewaySettings(), tmp_path), lambda: TOKEN)

    async def receive() -> dict[str, Any]:
        raise AssertionError("the body of a stranger was read")

    async def ask_from_many() -> set[int]:
        clients = ({"x-frontrunner-client": f"2001:db8:0:{one:x}::1"} for one in range(100))
        return {(await control.answer("GET", one, receive))[0] for one in clients}

    assert asyncio.run(ask_from_many()) == {401}
    assert caplog.text.count("no token") == 60


def test_a_token_that_was_replaced_is_not_heard_any_more(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It was until the gateway was started again: a reload leaves this process as it is."""
    file = tmp_path / "token"
    file.write_text(TOKEN)
    file.chmod(0o600)
    settings = msgspec.structs.replace(GatewaySettings(), control_file=str(file))
    control = remote_control(settings, tmp_path / "gw")
    assert control is not None

    async def receive() -> dict[str, Any]:
        raise AssertionError("the body of a PUT was read")

    def status(token: str) -> int:
        return asyncio.run(control.answer("PUT", {CONTROL_HEADER: token}, receive))[0]

    assert status(TOKEN) == 405
    file.write_text(TOKEN[::-1])
    assert [status(TOKEN), status(TOKEN[::-1])] == [401, 405]
    for spoiled in ("short", ""):
        file.write_text(spoiled)
        assert [status(spoiled), status(TOKEN[::-1])] == [401, 401]
    file.unlink()
    assert [status(""), status(TOKEN[::-1])] == [401, 401]
    assert caplog.text.count("is closed") == 3
    file.write_text(TOKEN)
    file.chmod(0o600)
    with caplog.at_level(logging.INFO):
        assert status(TOKEN) == 405
    levels = {one.getMessage()[:29]: one.levelname for one in caplog.records}
    assert levels["the control path is open agai"] == "INFO"
    assert levels["the control path is closed: T"] == "ERROR"
    assert TOKEN not in caplog.text


def test_a_change_of_an_earlier_version_is_refused(remote: Running) -> None:
    """Whoever repeats a request, or decided on what is no more, changes nothing."""
    now = asked(remote).json()
    token = max(now["token"], 1)  # of whoever changed it last
    sent = {"version": now["version"], "token": token, "share": 100, "banner": False}
    assert asked(remote, "POST", json=sent).status_code == 200
    assert change(remote).status_code == 200
    replayed = asked(remote, "POST", json=sent)
    assert replayed.status_code == 409
    assert not replayed.json()["stale"]
    assert remote.control.kept().share == 0


def test_a_version_of_another_container_is_refused(remote: Running) -> None:
    """After a restart the changes are counted from 0 again; the name of the gateway is new."""
    generation = asked(remote).json()["version"].partition("-")[2]
    assert change(remote, version=f"{'0' * 16}-{generation}", share=100).status_code == 409
    assert remote.control.kept().share == 0


def test_a_controller_whose_lease_is_over_is_refused(remote: Running) -> None:
    assert change(remote, token=7).status_code == 200
    refused = change(remote, token=6, share=100)
    assert refused.status_code == 409
    assert refused.json()["stale"]
    assert remote.control.kept().share == 0


@pytest.mark.parametrize(
    "wrong",
    [{"share": 10_001}, {"share": -1}, {"share": True}, {"share": "1"}, {"token": 0}, {"salt": "x"},
     {"settled": True}, {"shadow": 5}, {"banner": 1}, {"version": None}],
)  # fmt: skip
def test_only_share_and_banner_can_be_changed(remote: Running, wrong: dict[str, Any]) -> None:
    before = remote.control.kept()
    assert change(remote, **wrong).status_code == 400
    assert remote.control.kept() == before


def test_a_huge_body_is_not_read(remote: Running) -> None:
    body = b'{"version": "' + b"x" * 200_000 + b'"}'
    assert asked(remote, "POST", content=body).status_code == 413
    assert asked(remote, "POST", token="wrong", content=body).status_code in (401, 429)  # noqa: S106
    assert asked(remote, "POST", content=b"\xff\xfe").status_code == 400
    assert asked(remote, "POST", content=b"[" * 4000).status_code == 400


@pytest.mark.parametrize(
    "path",
    ["/__frontrunner/%63ontrol", "/%5f%5ffrontrunner/control", "/__frontrunner%2fcontrol",
     "//__frontrunner/control", "/x/../__frontrunner/control", "/__frontrunner/./control",
     "/__frontrunner/control/", "/__FRONTRUNNER/control", "/__frontrunner/feedback/../control",
     "/__frontrunner/control;x", "/__frontrunner//control", "/__frontrunner\\control",
     "/transition/../__frontrunner/control", "/__frontrunner/control%00",
     "/__frontrunner/control%20"],
)  # fmt: skip
def test_another_form_of_the_path_leads_to_no_control(remote: Running, path: str) -> None:
    """Even with the token: there is one form, so nothing in front of it can be walked around."""
    head = (
        f"GET {path} HTTP/1.1\r\nHost: x\r\n{CONTROL_HEADER}: {TOKEN}\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", remote.port), timeout=30) as one:
        one.sendall(head.encode())
        answer = b"".join(iter(lambda: one.recv(65536), b""))
    assert b'"version"' not in answer


def test_a_query_or_a_method_in_a_header_changes_nothing(remote: Running) -> None:
    assert asked(remote, path=f"{CONTROL_PATH}?token={TOKEN}", token=None).status_code in (401, 429)
    headers = {CONTROL_HEADER: TOKEN, "X-HTTP-Method-Override": "POST"}
    assert ask("GET", f"{remote.url}{CONTROL_PATH}", headers=headers).status_code == 200
    assert remote.control.kept().share == 0


def test_the_token_is_in_no_file_and_in_no_log(
    remote: Running, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        assert change(remote).status_code == 200
        asked(remote, token=TOKEN + "x")
    assert TOKEN not in caplog.text
    folder = remote.control.place.folder
    found = [
        one.name
        for one in folder.iterdir()
        if one.is_file() and TOKEN in one.read_text("utf-8", "replace")
    ]
    assert found == ["token"]


@pytest.mark.parametrize("cut", [False, True])
def test_a_gateway_keeps_its_name_and_is_never_without_one(tmp_path: Path, cut: bool) -> None:
    """A kill while the name was written left an empty one, and no restart was noticed then."""
    if cut:
        (tmp_path / "name").write_bytes(b"")
    first, again = (
        RemoteControl(Gateway(GatewaySettings(), tmp_path), lambda: TOKEN) for _ in range(2)
    )
    assert len(first._name) == 16
    assert again._name == first._name


def test_without_a_file_there_is_no_path(gateway: Running) -> None:
    assert asked(gateway).status_code == 404
    assert CONTROL_PATH not in render_routes(gateway.settings, GatewayState())


@pytest.mark.parametrize(("content", "mode"), [("short", 0o600), (TOKEN, 0o644), (None, 0)])
def test_a_token_that_cannot_be_used_leaves_the_board_running(
    tmp_path: Path, content: str | None, mode: int, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "token"
    if content is not None:
        file.write_text(content)
        file.chmod(mode)
    settings = msgspec.structs.replace(GatewaySettings(), control_file=str(file))
    assert remote_control(settings, tmp_path / "gw") is None
    assert "there is no control path" in caplog.text
    with pytest.raises(GatewayError, match="32"):
        RemoteControl(Gateway(settings, tmp_path / "gw"), lambda: "short")


# --- what was counted -----------------------------------------------------------------------------


def told(remote: Running, cursor: str = ".0") -> Traffic:
    found = asked(remote, path=f"{CONTROL_PATH}?after={cursor}")
    assert found.status_code == 200, found.text
    return msgspec.json.decode(found.content, type=Traffic)


def test_traffic_is_counted_and_told_to_who_has_the_token(remote: Running) -> None:
    """Through Envoy, whose log is read: visitors of both boards, at one share."""

    def visited() -> bool:
        for number in range(20):
            ask("GET", f"{remote.url}/", headers={"User-Agent": f"browser {number}"})
        found = [row for row in told(remote).rows if row.share == 5000]
        return any(row.old.units for row in found) and any(row.new.units for row in found)

    assert change(remote, share=5000).status_code == 200
    until(visited)
    first = told(remote)
    assert sum(row.wrong for row in first.rows) == 0
    number = first.rows[0].number
    later = told(remote, f"{first.epoch}.{number}")
    assert [row.number for row in later.rows] == list(range(number + 1, later.last + 1))
    assert change(remote).status_code == 200


@pytest.mark.parametrize("cursor", ["x", "a.-1", "a.1e3", "a." + "9" * 40])
def test_a_cursor_that_is_none_is_refused(remote: Running, cursor: str) -> None:
    assert asked(remote, path=f"{CONTROL_PATH}?after={cursor}").status_code == 400


def test_counts_are_told_to_nobody_else(remote: Running) -> None:
    found = asked(remote, path=f"{CONTROL_PATH}?after=.0", token=None)
    assert found.status_code in (401, 429)
    assert "rows" not in found.json()
