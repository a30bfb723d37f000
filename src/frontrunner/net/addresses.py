"""Which addresses may be asked: names are resolved once, and every address is checked."""

from __future__ import annotations

import ipaddress
import socket
import threading

from frontrunner.base.errors import NetworkError

_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
"""IPv4 addresses as IPv6 networks without IPv4 see them."""
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, by all the ways to write it."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return all(one.is_global and not one.is_multicast for one in _meanings(parsed))


def _meanings(address: _Address) -> list[_Address]:
    """The addresses that decide: the embedded IPv4 addresses, or else the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    inner: list[_Address] = [one for one in (address.ipv4_mapped, address.sixtofour) if one]
    if address in _TRANSLATED:
        inner.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    # A mapped address is not of the internet itself; the IPv4 address in it decides.
    return inner or [address]


def resolve(host: str, port: int, seconds: float, *, private: bool) -> list[str]:
    """The IP addresses of a host, all of which may be asked.

    With `private` False, raises NetworkError if one of them is of this machine or its network.
    Raises NetworkError as well if the host is unknown, or if that takes over `seconds`.
    """
    found = dict.fromkeys(_looked_up(host, port, seconds))
    refused = [] if private else [one for one in found if not is_public(one)]
    if refused:
        raise NetworkError(f"{host} is {refused[0]}, which is not a public address")
    return list(found)


def _looked_up(host: str, port: int, seconds: float) -> list[str]:
    """Look a name up in a thread, because nothing else can end a resolver that hangs."""
    found: list[str] = []
    problems: list[str] = []

    def look_up() -> None:
        try:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.extend(str(address[0]) for *_, address in answers)
        except (OSError, UnicodeError) as error:
            problems.append(str(error))

    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(max(seconds, 0))
    if thread.is_alive():
        raise NetworkError(f"looking up {host} took too long")
    if not found:
        raise NetworkError(f"{host} cannot be looked up: {problems[0] if problems else 'unknown'}")
    return found
