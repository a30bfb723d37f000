"""The settings of a rehearsal: the plan of a real take-over on a fast clock. Pure.

Steps take seconds, so gates see hundreds of users, not thousands; their limits are wider for that.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

SALT = "rehearsal"


class Ports(NamedTuple):
    """Where everything listens on 127.0.0.1."""

    old: int
    new: int
    """The new board itself."""
    before_new: int
    """The saboteur, which the gateway takes for the new board."""
    users: int


_SETTINGS = """# Written by `frontrunner takeover rehearse`.
[site]
name = "The new board"

[server]
port = {ports.new}

[gateway]
listen = "127.0.0.1:{ports.users}"
old = "http://127.0.0.1:{ports.old}"
new = "http://127.0.0.1:{ports.before_new}"
old_kind = "mteb"
old_paths = [
  "/config", "/gradio_api*", "/queue*", "/theme.css", "/manifest.json", "/static*", "/svelte*",
  "/custom_component*", "/login*",
]
salt = "{salt}"
trusted_hops = 1
metrics = ""
attempt_timeout = 2.0
drain = 20
log_megabytes = 512
"""
_TAKEOVER = """
[takeover]
shares = {shares}
shadow = 5
window = "1s"
tick = "300ms"
sick = "3s"
stale = "30s"
warm = "4s"
drain = "10s"
old_data = "http://127.0.0.1:{ports.old}/v1/benchmarks/{benchmark}/scores"

[[takeover.gate]]
name = "feedback"
kind = "feedback"
human = false
at_most = 0.5
minimum_sample = 20

[[takeover.gate]]
name = "success"
kind = "success"
margin = 0.1
at_most = 0.1
minimum_sample = 40

[[takeover.gate]]
name = "slowness"
kind = "slowness"
margin = 0.2
at_most = 0.3
minimum_sample = 30

[[takeover.gate]]
name = "shadow"
kind = "shadow"
at_most = 0.05
minimum_sample = 60

[takeover.parallel]
gates = ["shadow", "freshness"]
at_least = "2s"
evidence = 0
deadline = "2m"

[takeover.guided]
gates = ["shadow", "freshness"]
at_least = "1s"
deadline = "2m"

[takeover.shifting]
gates = ["share", "success", "slowness", "shadow", "freshness", "feedback"]
evidence = 0
at_least = "1s"
deadline = "2m"

[takeover.cutover]
gates = ["share", "freshness"]
at_least = "4s"
deadline = "3m"

[takeover.settled]
gates = ["freshness"]
at_least = "2s"
deadline = "2m"
"""
SHARES = (2, 5, 25, 50, 100)
EDITED = (2, 5, 20, 50, 100)
"""The shares of the plan after it was edited."""


def settings(ports: Ports, benchmark: str, shares: tuple[int, ...] = SHARES) -> str:
    """`frontrunner.toml` of a rehearsal; both boards have the table of the benchmark."""
    gateway = _SETTINGS.format(ports=ports, salt=SALT)
    return gateway + _TAKEOVER.format(ports=ports, benchmark=benchmark, shares=list(shares))


def ignore_rules(today: date) -> str:
    """`shadow.toml`: what differs between the pages of two programs, and is meant to."""
    rule = """[[ignore]]
name = "pages-{kind}"
kind = "{kind}"
owner = "rehearsal"
reason = "Pages of two programs; their numbers are compared by the table that both serve."
until = {until}
"""
    until = (today + timedelta(days=7)).isoformat()
    kinds = ("title", "links")
    return "\n".join(rule.format(kind=kind, until=until) for kind in kinds)
