"""Which of 10,000 buckets a visitor is in; the same arithmetic as `templates/split.lua.j2`.

A bucket below the share goes to the new board. A visitor's bucket never changes, so the users of a
small share are part of those of every larger one, and shares are exact. The cookie holds the
bucket and nothing about the visitor.
"""

from __future__ import annotations

import ipaddress

BUCKETS = 10_000
_MASK = 0xFFFFFFFF


def bucket(address: str, agent: str, salt: str) -> int:
    """The bucket, 0 to 9,999, of a visitor without a cookie.

    `address` is the client's address as text, with or without a port.
    """
    return _mixed(f"{salt}|{_network(address)}|{agent}".encode()) % BUCKETS


def basis_points(percent: float) -> int:
    """A share in buckets: 0 to 10,000. Raises ValueError outside 0 to 100, or for NaN."""
    if not 0 <= percent <= 100:
        raise ValueError(f"a share must be 0 to 100 percent, got {percent:g}")
    return round(percent * BUCKETS / 100)


def _mixed(data: bytes) -> int:
    """FNV-1a (32 bits), then the last step of MurmurHash3, which spreads the low bits."""
    value = 2166136261
    for byte in data:
        value = ((value ^ byte) * 16777619) & _MASK
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        value = ((value ^ (value >> shift)) * factor) & _MASK
    return value ^ (value >> 16)


def _network(address: str) -> str:
    """An IPv4 address, or the first four groups of an IPv6 address.

    A household or a server has a /64 of its own, and its programs change addresses within it.
    """
    host = address.partition("]")[0].removeprefix("[") if "[" in address else address
    if host.count(":") < 2:
        return host.partition(":")[0]
    value = int(ipaddress.IPv6Address(host.partition("%")[0]))
    return ":".join(f"{value >> shift & 0xFFFF:x}" for shift in (112, 96, 80, 64))
