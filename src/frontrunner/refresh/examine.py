"""What `frontrunner doctor` says of updates: a held one, and one that failed."""

from __future__ import annotations

import time
from collections.abc import Iterator

from frontrunner.base.config import Settings
from frontrunner.base.home import Home
from frontrunner.gateway.examine import Finding
from frontrunner.refresh.record import State, Waiting, read_state


def examine_updates(settings: Settings, now: float | None = None) -> Iterator[Finding]:
    """What a person must decide or mend, however recent the published data is."""
    home = Home(settings.home)
    state, moment = read_state(home), time.time() if now is None else now
    if state.waiting is not None:
        yield _held(state.waiting, home, moment)
    failed = _failed(state, moment)
    if failed is not None:
        yield failed


def _held(waiting: Waiting, home: Home, now: float) -> Finding:
    text = f"snapshot {waiting.snapshot} has waited for approval for {_long(now - waiting.at)}"
    obstacle = waiting.obstacle(home)
    if obstacle:
        return Finding("held update", "wrong", f"{text}. {obstacle}")
    why = " ".join(f"{one.sentence.rstrip('.')}." for one in waiting.breaches)
    text += f": {why} Check the sources. If the changes are correct, run: frontrunner refresh "
    text += f'accept {waiting.snapshot} --reason "...". Else correct the sources and run: '
    return Finding("held update", "wrong", f"{text}frontrunner refresh")


def _failed(state: State, now: float) -> Finding | None:
    last = state.last
    if last is None or last.outcome != "failed":
        return None
    text = f"it failed {_long(now - last.at)} ago: {last.reason.rstrip('.')}; then run: "
    return Finding("last update", "wrong", f"{text}frontrunner refresh")


def _long(duration: float) -> str:
    return f"{duration / 60:.0f} min" if duration < 3600 else f"{duration / 3600:.1f} h"
