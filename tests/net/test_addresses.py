"""Which addresses are of the public internet."""

from __future__ import annotations

import socket
import threading
from typing import Any

import pytest

from frontrunner.base.errors import NetworkError
from frontrunner.net.addresses import is_public, resolve

PUBLIC = ("1.1.1.1", "8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808")
PRIVATE = (
    "127.0.0.1", "127.255.255.254", "0.0.0.0",  # noqa: S104
    "10.0.0.1", "172.16.0.1", "192.168.1.1",
    "169.254.169.254", "100.64.0.1", "224.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1",
    "240.0.0.1", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::", "2002:a9fe:a9fe::", "2001:db8::1", "", "localhost",
)  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", PRIVATE)
def test_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.1", "0"])
def test_loopback_by_any_name_is_refused_unless_allowed(host: str) -> None:
    with pytest.raises(NetworkError, match="not a public address"):
        resolve(host, 80, 5, private=False)
    assert resolve(host, 80, 5, private=True)


def test_one_private_address_among_several_refuses_the_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def answers(*_: object, **__: object) -> list[Any]:
        return [(0, 0, 0, "", ("1.1.1.1", 80)), (0, 0, 0, "", ("10.0.0.1", 80))]

    monkeypatch.setattr(socket, "getaddrinfo", answers)
    with pytest.raises(NetworkError, match=r"a\.example is 10\.0\.0\.1"):
        resolve("a.example", 80, 5, private=False)
    assert resolve("a.example", 80, 5, private=True) == ["1.1.1.1", "10.0.0.1"]


def test_a_resolver_that_hangs_or_fails_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> list[Any]:
        raise socket.gaierror(-2, "Name or service not known")

    release = threading.Event()

    def hang(*_: object, **__: object) -> list[Any]:
        release.wait(60)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    with pytest.raises(NetworkError, match="took too long"):
        resolve("a.example", 80, 0.05, private=False)
    release.set()
    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(NetworkError, match="Name or service not known"):
        resolve("a.example", 80, 5, private=False)
