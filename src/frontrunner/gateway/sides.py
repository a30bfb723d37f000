"""The two boards behind the gateway: where each listens, and how it wants to be asked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from frontrunner.base.errors import WrongSettingError
from frontrunner.base.gateway_settings import GatewaySettings

SideName = Literal["old", "new"]


@dataclass(frozen=True)
class Address:
    """A host and a port."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True)
class Side:
    """One board: the same application at one address or several."""

    name: SideName
    addresses: tuple[Address, ...]
    tls: bool
    rewrites_host: bool
    """Whether it gets its own name as Host instead of the one that the user asked for."""
    health: str
    """The path that says whether it is healthy; empty if only a connection can tell."""

    @property
    def server_name(self) -> str:
        """The name that its certificate is verified against."""
        return self.addresses[0].host


def sides(settings: GatewaySettings) -> tuple[Side, Side]:
    """The old side and the new one. Raises WrongSettingError if either cannot be asked."""
    old = _side("old", settings.old, settings.old_host, settings.old_health)
    new = _side("new", settings.new, settings.new_host, settings.new_health)
    shared = set(old.addresses) & set(new.addresses)
    if shared:
        raise WrongSettingError(
            "new",
            f"is {min(map(str, shared))}, like gateway.old. Give each board its own address.",
        )
    if listen_address(settings) in old.addresses + new.addresses:
        raise WrongSettingError(
            "listen",
            f"is {settings.listen}, which is also the address of a board. The gateway takes the "
            "address that users know; the boards listen elsewhere.",
        )
    if new.rewrites_host and not old.rewrites_host:
        raise WrongSettingError(
            "new",
            "rewrites the Host header and gateway.old keeps it. A request that the new board fails "
            'would reach the old board under the wrong name. Set old_host = "rewrite", or new_host '
            '= "keep".',
        )
    return old, new


def _side(name: SideName, given: tuple[str, ...] | str, host: str, health: str) -> Side:
    urls = (given,) if isinstance(given, str) else given
    if not urls or not urls[0]:
        port = 7860 if name == "old" else 8000
        raise WrongSettingError(
            name,
            f'is not set. Write under [gateway], for example: {name} = "http://127.0.0.1:{port}".',
        )
    parts = [_parsed(name, url) for url in urls]
    schemes = {scheme for scheme, _ in parts}
    if len(schemes) > 1:
        raise WrongSettingError(name, "mixes http and https. Use one for all its addresses.")
    tls = schemes == {"https"}
    names = {address.host for _, address in parts}
    if tls and len(names) > 1:
        raise WrongSettingError(
            name,
            f"has several https hosts ({', '.join(sorted(names))}), but one certificate name is "
            "verified. Use several ports of one host, or plain http.",
        )
    if health and not re.fullmatch(r"/[!-~]*", health):
        raise WrongSettingError(
            f"{name}_health",
            f"must be a path without spaces that begins with /, such as /health; got {health!r}.",
        )
    rewrites = host == "rewrite" or (host == "auto" and tls)
    return Side(name, tuple(address for _, address in parts), tls, rewrites, health)


def _parsed(name: str, url: str) -> tuple[str, Address]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise WrongSettingError(name, f"is not a URL: {_shown(url)!r} ({error}).") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise WrongSettingError(
            name, f"must be http://host:port or https://host, got {_shown(url)!r}."
        )
    if parts.username or parts.password:
        raise WrongSettingError(name, "has a password in its URL. Remove it: Envoy shows it.")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise WrongSettingError(
            name, f"must end after the host, got {url!r}: both boards are served from /."
        )
    if not set(parts.hostname) <= _HOST:
        raise WrongSettingError(name, f"has an invalid host: {parts.hostname!r}.")
    if port == 0:
        raise WrongSettingError(name, f"must have a port from 1 to 65535, got {url!r}.")
    return parts.scheme, Address(parts.hostname, port or (443 if parts.scheme == "https" else 80))


_HOST = frozenset("abcdefghijklmnopqrstuvwxyz0123456789.-:_")


def _shown(url: str) -> str:
    """A URL without the password that it may have."""
    return url.rpartition("@")[-1] if "@" in url else url


def listen_address(settings: GatewaySettings) -> Address:
    """Where users reach the gateway. Raises WrongSettingError if it is not an address."""
    return parse_address("listen", settings.listen)


def parse_address(key: str, text: str) -> Address:
    """`host:port` or `[v6]:port`. Raises WrongSettingError, naming the key, if it is neither."""
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    is_port = port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65536
    if not colon or not is_port or not host or not set(host.lower()) <= _HOST:
        raise WrongSettingError(
            key,
            "must be host:port with a port from 1 to 65535, such as 127.0.0.1:8080 or [::1]:8080; "
            f"got {text!r}.",
        )
    return Address(host, int(port))
