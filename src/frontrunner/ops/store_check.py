"""What `frontrunner doctor` finds out about object storage."""

from __future__ import annotations

import time
from collections.abc import Iterator

from frontrunner.base.config import Settings
from frontrunner.base.errors import FrontrunnerError
from frontrunner.base.home import Home
from frontrunner.gateway.examine import Finding
from frontrunner.remote.bucket import Bucket
from frontrunner.remote.push import read_pointer
from frontrunner.remote.state import problem_of, read_following
from frontrunner.snapshot.store import Store


def examine_store(settings: Settings) -> list[Finding]:
    """What was found of the store that the home publishes to, and of the one that it follows."""
    return [*_published(settings), *_followed(settings)]


def _published(settings: Settings) -> Iterator[Finding]:
    address = settings.store.publish
    if not address:
        return
    what = "store (publish)"
    try:
        pointer, _ = read_pointer(Bucket(address))
    except FrontrunnerError as error:
        yield Finding(what, "wrong", str(error))
        return
    has = "nothing" if pointer is None else f"snapshot {pointer.current.snapshot}"
    current = Store(settings.home).current_id()
    if pointer is None or current != pointer.current.snapshot:
        here = "nothing is published" if current is None else f"snapshot {current} is current"
        text = f"{address} has {has}, but here {here}. Run: frontrunner store push"
        yield Finding(what, "wrong", text)
    else:
        yield Finding(what, "ok", f"{address} has {has}")


def _followed(settings: Settings) -> Iterator[Finding]:
    state = read_following(Home(settings.home))
    address = settings.store.follow
    if state is None:
        if address:
            text = f"no server of this home has followed {address} yet"
            yield Finding("store (follow)", "absent", text)
        return
    problem = problem_of(state, time.time())
    text = problem or f"{state.store} gave snapshot {state.snapshot}"
    yield Finding("store (follow)", "wrong" if problem else "ok", text)
