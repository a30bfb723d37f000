"""What changed in a folder since it was read: by git where the folder is a clone, otherwise by a
look at each file.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from frontrunner.results.cache import (
    Remembered,
    Stored,
    recall,
    remember,
    unchanged,
    unchanged_in,
)
from frontrunner.results.checkout import Checkout, difference, is_still, is_whole
from frontrunner.results.files import Files
from frontrunner.results.rejects import Reject
from frontrunner.results.sources import Stamps
from frontrunner.results.stamping import Stamping
from frontrunner.results.table import MANY_ROWS

Later = Callable[[Callable[[], None]], None]
"""Takes what is to be done after everything that readers wait for."""


class Memory(NamedTuple):
    """Where what is read from a folder is remembered, and what git says of the folder now."""

    path: Path
    knowledge: str
    """Digest of the catalog's part that reading depends on."""
    checkout: Checkout | None = None
    """Of the clone that the folder is in, if git knows each of its files."""
    tree: str = ""
    """Git's name of all that is in the folder; empty where there is no checkout."""
    begun: Future[Stored | None] | None = None
    """What is remembered, on its way from the disk."""


class Look(NamedTuple):
    """What is remembered of a folder, and what changed since."""

    before: Remembered
    kept: NDArray[np.bool_]
    """[files] Whether a file that is remembered is unchanged."""
    changed: list[str]
    """Paths of the files to read, sorted."""
    rejects: Sequence[Reject] = ()
    """What lay among the files and is none."""
    by_git: bool = False
    """Whether git said what changed, so that no file was looked for."""


def look(memory: Memory, begin_stamping: Callable[[], Stamping]) -> Look | None:
    """What changed since the folder was read; None if nothing is remembered, or other facts hold.

    `begin_stamping` is called where each file is looked at.
    """
    if memory.checkout is None:
        # Another process looks at the files while this one recalls what was read.
        stamping = begin_stamping()
        before = recall(memory.path, memory.knowledge, memory.begun)
        now = stamping.result()
        return _by_stamps(before, now) if before else None
    before = recall(memory.path, memory.knowledge, memory.begun)
    if before is None:
        return None
    return _by_git(before, memory.checkout, memory.tree) or _by_stamps(
        before, begin_stamping().result()
    )


def _by_git(before: Remembered, checkout: Checkout, tree: str) -> Look | None:
    found = difference(checkout.clone, before.tree, tree) if before.tree else None
    told = unchanged_in(before, found) if found else None
    return Look(before, *told, by_git=True) if told else None


def _by_stamps(before: Remembered, now: Sequence[Stamps]) -> Look:
    rejects = [reject for part in now for reject in part.rejects]
    return Look(before, *unchanged(before.files, now), rejects)


def remember_read(
    memory: Memory, read: Remembered, began: int, *, by_name: bool, later: Later | None
) -> None:
    """Store what was read, or have it stored `later`.

    `by_name` says that the next time git may say what changed: the checkout is still the one that
    was read. Otherwise git's name of the folder is not kept, and each file is looked at then.
    """
    if not by_name:
        read = read._replace(tree="", others=())
    store = partial(remember, memory.path, memory.knowledge, read, began)
    # Until it is stored all of it stays in memory, which large results have better uses for.
    if later is None or len(read.files.row_score) >= MANY_ROWS:
        store()
    else:
        later(store)


def is_as_named(memory: Memory, files: Files, *, by_git: bool) -> bool:
    """Whether what was read is what git's name of the folder stands for.

    `by_git` is as in `Look`.
    """
    if memory.checkout is None:
        return False
    newest = int(files.ctime_ns.max(initial=0))
    return (by_git or is_whole(memory.checkout, memory.tree)) and is_still(memory.checkout, newest)
