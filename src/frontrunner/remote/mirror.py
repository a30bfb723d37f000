"""The process next to the servers of a home that downloads snapshots from a store.

It is a process of its own because obstore keeps threads, which a server that forks must not have,
and because downloads then cost the servers neither memory nor time.
"""

from __future__ import annotations

import os
import sys
import traceback

from frontrunner.base.config import Settings
from frontrunner.base.durations import seconds
from frontrunner.base.errors import FrontrunnerError, StoreError
from frontrunner.base.home import Home
from frontrunner.remote.bucket import Bucket
from frontrunner.remote.following import follow, step, until_closed
from frontrunner.remote.pull import Puller
from frontrunner.remote.state import Following, read_following
from frontrunner.snapshot.store import Store

_FAILED = 1


def mirror(settings: Settings, pipe: int) -> None:
    """Follow the store of the settings until `pipe` is closed at its other end."""
    address = settings.store.follow
    every = seconds(settings.store.every)
    follow(_puller(settings), Home(settings.home), address, every, until_closed(pipe))


def first_pull(settings: Settings) -> None:
    """Download the store's current snapshot before a server starts.

    If the store does not answer, the server starts with what the home has. Raises StoreError if the
    home is empty, UsageError or MissingExtraError if the store can never be asked.
    """
    Bucket(settings.store.follow)
    if _in_a_child(settings) == 0 or Store(settings.home).current_id() is not None:
        return
    state = read_following(Home(settings.home))
    why = state.problem if state is not None else "the process that asks it ended."
    raise StoreError(
        f"There is nothing to serve: {settings.home} is empty, and the store could not be used. "
        f"{why}"
    )


def _in_a_child(settings: Settings) -> int:
    """Pull once in a child process, so that this one stays without threads; its exit code."""
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    code = _FAILED
    try:
        state = Following(store=settings.store.follow)
        code = _FAILED if step(_puller(settings), Home(settings.home), state).problem else 0
    except FrontrunnerError as error:
        print(error, file=sys.stderr, flush=True)  # noqa: T201 -- the child of a command
    finally:
        if sys.exc_info()[0]:
            traceback.print_exc()
        os._exit(code)


def _puller(settings: Settings) -> Puller:
    return Puller(Bucket(settings.store.follow), Store(settings.home))
