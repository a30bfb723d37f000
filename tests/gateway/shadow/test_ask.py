"""A board is asked for what the request asked, and nobody else is."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest

from frontrunner.base.errors import NetworkError
from frontrunner.gateway.shadow.ask import Boards
from frontrunner.gateway.shadow.canon import Answer
from frontrunner.gateway.shadow.comparer import Shadow
from frontrunner.gateway.sides import Address, Side
from tests.net.hosts import host, ok, redirect


def boards(url: str) -> Boards:
    """Both boards at one address."""
    at = (Address("127.0.0.1", int(url.rpartition(":")[2])),)
    return Boards(Side("old", at, False, False, ""), Side("new", at, False, False, ""))


def in_turn(*answers: bytes) -> Callable[[socket.socket], None]:
    """Gives each answer once."""
    left = list(answers)
    return lambda link: link.sendall(left.pop(0))


@pytest.mark.parametrize("side", ["old", "new"])
@pytest.mark.parametrize("to", ["/there?b=1", "?b=1"])
def test_an_old_link_is_followed_on_the_same_board(side: str, to: str) -> None:
    asked: list[bytes] = []
    with host(in_turn(redirect(to), ok(b"here")), asked) as url:
        found = boards(url)(side, Shadow("/there?a=1", {}))
        assert found == Answer(200, "text/plain", b"here")
        assert [one.split()[1] for one in asked] == [b"/there?a=1", b"/there?b=1"]
        with host(in_turn(redirect(f"{url}/there"), ok(b"again"))) as other:
            assert boards(other)(side, Shadow("/", {})).status == 302


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:{port}/latest/meta-data",
        "//127.0.0.1:{port}/x",
        "http://localhost:{port}/",
    ],
)
def test_nobody_else_is_asked(address: str) -> None:
    secret: list[bytes] = []
    with host(ok(b"secret"), secret) as inner:
        to = address.format(port=inner.rpartition(":")[2])
        with host(redirect(to)) as url:
            assert boards(url)("new", Shadow("/", {})) == Answer(302, "", to.encode())
    assert secret == []


def test_another_scheme_is_another_address() -> None:
    asked: list[bytes] = []
    with host(lambda link: link.sendall(redirect(there[0])), asked) as url:
        there = [url.replace("http:", "https:")]
        assert boards(url)("old", Shadow("/", {})).status == 302
    assert len(asked) == 1


def test_redirects_without_end_are_not_followed() -> None:
    with host(redirect("/again")) as url, pytest.raises(NetworkError, match="more than 5"):
        boards(url)("old", Shadow("/", {}))
