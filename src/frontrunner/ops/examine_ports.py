"""What `frontrunner doctor` says of ports: whether the program that should have one has it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from frontrunner.base.atomic import is_locked
from frontrunner.base.config import Settings
from frontrunner.base.errors import NetworkError
from frontrunner.base.home import Home
from frontrunner.gateway.examine import Finding
from frontrunner.http.listening import refusal_of
from frontrunner.net.client import Limits, get

_VERSION = "x-frontrunner-version"
_ONE_ANSWER = Limits(seconds=3, size=64 * 1024, private=True)
_FIND_IT = "Find it with: ss -ltnp"


def examine_ports(settings: Settings) -> Iterator[Finding]:
    """The ports of the server and of the gateway, as far as the settings need them."""
    server, gateway = settings.server, settings.gateway
    if server.port:
        change = 'change "port" under [server], or use --port'
        ours = _answers_as_board(server.host, server.port)
        yield _port("serve", server.host, server.port, change, ours=ours)
    if gateway.old or gateway.new:
        runs = _gateway_runs(Path(gateway.state or Home(settings.home).gateway))
        named = (("gateway", "listen", gateway.listen),
                 ("gateway metrics", "metrics", gateway.metrics))  # fmt: skip
        for what, key, address in named:
            host, _, port = address.rpartition(":")
            if port.isdecimal() and int(port):
                change = f'change "{key}" under [gateway]'
                yield _port(what, host.strip("[]"), int(port), change, ours=runs)


def _port(what: str, host: str, port: int, change: str, *, ours: bool) -> Finding:
    name = f"port of {what}"
    if ours:
        return Finding(name, "ok", f"{host or '*'} port {port} answers")
    why = refusal_of(host, port)
    if why:
        text = f"{host or '*'} port {port} cannot be used: {why}. Another program may have it. "
        return Finding(name, "wrong", f"{text}{_FIND_IT}. Stop that program, or {change}")
    return Finding(name, "ok", f"{host or '*'} port {port} is free")


def _answers_as_board(host: str, port: int) -> bool:
    asked = "127.0.0.1" if host in ("", "0.0.0.0") else "[::1]" if host == "::" else host  # noqa: S104
    shown = f"[{asked}]" if ":" in asked and not asked.startswith("[") else asked
    with suppress(NetworkError):
        return _VERSION in get(f"http://{shown}:{port}/health", _ONE_ANSWER).headers
    return False


def _gateway_runs(folder: Path) -> bool:
    """Whether a supervisor of the gateway runs: it holds the lock of its folder."""
    try:
        return is_locked(folder / "run.lock")
    except OSError:  # another user's, which this one may not lock
        return True
