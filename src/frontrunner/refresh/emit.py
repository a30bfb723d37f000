"""Files that run updates on a schedule, made from the settings."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from frontrunner.base.config import Settings
from frontrunner.base.durations import seconds
from frontrunner.base.errors import UsageError
from frontrunner.base.home import Home
from frontrunner.base.near import near_names
from frontrunner.gateway.emit import program
from frontrunner.gateway.jinja import unit_word
from frontrunner.hub.space_folder import HUB_PAGES

KINDS = ("systemd", "cron", "kubernetes", "github-actions", "space")
_WITHOUT_CRON = ("systemd", "space")
_MINUTE = 23
"""Most schedules begin at the full hour, and many machines are busy then."""
_PACKAGE = (
    "${FRONTRUNNER:?Set the variable FRONTRUNNER to what pip installs, such as "
    "frontrunner[catalog] @ git+https://...}"
)
"""For a shell: the package, or an error that says what to set."""
_HOUR, _DAY = 3600, 86400


def emitted(kind: str, settings: Settings) -> str:
    """One of the files. Raises UsageError for an unknown kind, or a time that it cannot express."""
    if kind not in KINDS:
        near = near_names(kind, KINDS, most=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise UsageError(f"{kind!r} cannot be emitted.{hint} Kinds: {', '.join(KINDS)}.")
    home, every = settings.home.absolute(), settings.refresh.every
    values = {
        "package": _PACKAGE,
        "home": home,
        "home_name": home.name,
        "program": program(),
        "folder": Home(home).refresh,
        "log": Home(home).refresh_log,
        "every": every,
        "cron": "" if kind in _WITHOUT_CRON else cron_of(every),
        "space": settings.refresh.deploy.space,
        "framed_by": ",".join(dict.fromkeys([*settings.site.framed_by, HUB_PAGES])),
    }
    return _environment().get_template(f"{kind}.j2").render(values)


def lacks(kind: str, settings: Settings) -> Iterator[str]:
    """What the file needs and the settings do not give, as sentences for a person."""
    if not settings.refresh.results:
        yield (
            "No source of results is set, so the update will stop at once. Write it into "
            f'{Home(settings.home).settings}: [refresh] results = "PATH or URL"'
        )
    if kind == "github-actions" and not (settings.refresh.deploy.space or settings.store.publish):
        yield (
            "No reader will see what this workflow publishes: it is not deployed. Set "
            "[refresh.deploy] space, or [store] publish, then run this command again."
        )


def cron_of(every: str) -> str:
    """When a schedule of cron runs. Raises UsageError for a time that does not divide a day."""
    length = round(seconds(every))
    if length % _HOUR == 0 and _DAY % length == 0:
        hours = length // _HOUR
        when = {1: "*", 24: "2"}.get(hours, f"*/{hours}")
        return f"{_MINUTE} {when} * * *"
    if length % 60 == 0 and _HOUR % length == 0:
        return f"*/{length // 60} * * * *"
    raise UsageError(
        f"A schedule of cron cannot run every {every}. Set [refresh] every to a time that divides "
        "an hour or a day, such as 30m, 6h or 1d, or use: frontrunner refresh emit systemd"
    )


def _environment() -> Environment:
    environment = Environment(  # noqa: S701 -- unit files, YAML and shell, in which texts are quoted
        loader=PackageLoader("frontrunner.refresh"),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    environment.filters["shell"] = _for_cron
    environment.filters["word"] = unit_word
    return environment


def _for_cron(path: Path) -> str:
    """A word of a command of cron, in which a percent sign ends the line."""
    return shlex.quote(str(path)).replace("%", "\\%")
