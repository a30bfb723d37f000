"""What `frontrunner doctor` says of updates: held, failed, not prepared, not deployed, not seen."""

from __future__ import annotations

import time
from collections.abc import Iterator

from frontrunner.base.atomic import is_locked
from frontrunner.base.config import Settings
from frontrunner.base.errors import FrontrunnerError, NetworkError
from frontrunner.base.home import Home
from frontrunner.base.refresh_settings import RefreshSettings
from frontrunner.gateway.examine import Finding
from frontrunner.ops.completing import is_prepared
from frontrunner.refresh.live import shown_at
from frontrunner.refresh.record import Run, State, Waiting, damage_of_state, read_state
from frontrunner.snapshot.store import Store

_DELIVER = "frontrunner refresh deploy"


def examine_updates(settings: Settings, now: float | None = None) -> Iterator[Finding]:
    """What a person must decide or mend, however recent the published data is."""
    home = Home(settings.home)
    state, moment = read_state(home), time.time() if now is None else now
    damage = damage_of_state(home)
    if damage:
        yield Finding("last update", "wrong", f"how it ended is not known: {damage}")
    if state.waiting is not None:
        yield _held(state.waiting, home, moment)
    found = (
        _failed(state, moment),
        _unprepared(state, home, moment),
        _undelivered(settings.refresh, state, home, moment),
    )
    yield from (one for one in found if one is not None)


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


def _unprepared(state: State, home: Home, now: float) -> Finding | None:
    """Why answers of the published snapshot are missing, which the reason says how to prepare."""
    last = state.last
    if last is None or last.outcome != "unprepared" or last.snapshot != home.published:
        return None
    store = Store(home.path)
    try:
        if is_prepared(store, store.current()):
            return None
    except (FrontrunnerError, OSError):
        return None  # a snapshot that cannot be opened is said to be damaged
    text = f"it ended {_long(now - last.at)} ago before all answers were prepared. {last.reason}"
    return Finding("last update", "wrong", text)


def _undelivered(settings: RefreshSettings, state: State, home: Home, now: float) -> Finding | None:
    """What is published here and not known to be what readers have, where the settings name it."""
    place, published = settings.deploy.space or settings.live, home.published
    if not place or published is None or (state.last is None and state.delivered is None):
        return None
    missed = _missed(state, published)
    is_seen = missed is None and state.delivered == published
    if is_seen and not settings.live:
        return None
    what = "deployment" if settings.deploy.space and not is_seen else "live board"
    if _is_under_way(home):
        return Finding(what, "ok", "an update is under way, which sees to it at its end")
    now_there = _problem_at(settings.live, published) if settings.live else ""
    if settings.live and not now_there:
        return None
    here = f"snapshot {published} is published in {home.path}, but"
    if is_seen:
        text = f"{settings.live} served snapshot {published}, and no longer does: {now_there}. "
        text += "Correct that or [refresh] live"
    elif missed is None:
        before = f" The last one seen there was {state.delivered}." if state.delivered else ""
        before += f" {settings.live} now: {now_there}." if now_there else ""
        text = f"{here} {place} has not been seen to serve it.{before} Run: {_DELIVER}"
    else:
        text = f"{here} was {_not_reached(missed, place, now)}; then run: {_DELIVER}"
    return Finding(what, "wrong", text)


def _not_reached(run: Run, place: str, now: float) -> str:
    did = f"not deployed to {place}" if run.outcome == "undeployed" else "not seen by readers"
    return f"{did} when the last update ran, {_long(now - run.at)} ago: {run.reason.rstrip('.')}"


def _missed(state: State, published: str) -> Run | None:
    """The last update, if readers did not get from it what is published, nor since."""
    last = state.last
    if last is None or last.outcome not in ("unseen", "undeployed") or last.snapshot != published:
        return None
    is_mended = state.delivered == published and (state.delivered_at or 0) > last.at
    return None if is_mended else last


def _is_under_way(home: Home) -> bool:
    """Whether an update or a deployment of this home runs."""
    try:
        return is_locked(home.refresh_lock)
    except OSError:
        return False  # this user may not lock it


def _problem_at(url: str, snapshot: str) -> str:
    """Why the live board does not serve a snapshot now; empty if it does."""
    try:
        found = shown_at(url)
    except NetworkError as error:
        return str(error).rstrip(".")
    return "" if found == snapshot else f"it shows {found}"


def _long(duration: float) -> str:
    return f"{duration / 60:.0f} min" if duration < 3600 else f"{duration / 3600:.1f} h"
