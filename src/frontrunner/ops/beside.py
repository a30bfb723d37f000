"""What works beside the main thread of a build: another process, and another thread.

Nothing here imports what a build needs: an update starts its helpers before it imports that, so
that they work meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from frontrunner.base.config import Settings
from frontrunner.base.errors import FrontrunnerError
from frontrunner.base.home import Home
from frontrunner.results.fetch import clone_of, fetch
from frontrunner.results.git import is_git
from frontrunner.results.sources import parts_of
from frontrunner.results.stamping import Stamping, begin_stamping_all, cache_path
from frontrunner.results.workers import helpers

if TYPE_CHECKING:
    from frontrunner.catalog import Catalog
    from frontrunner.results.cache import Known, Stored


class Beside:
    """The helpers of one build, and what they have begun. They end with its block."""

    def __init__(self, settings: Settings, helper: Executor, aside: Executor) -> None:
        """`helper` is another process, `aside` a thread."""
        self.helper, self.aside = helper, aside
        self.stampings: dict[str, Stamping] = {}
        """By folder: the looks for changes that have begun."""
        self._recalled: dict[Path, Future[Stored | None]] = {}
        """By file of the cache: what is on its way from there."""
        self.known: Future[Known] | None = None
        """What reading must know of the catalog, on its way."""
        self.later: list[Callable[[], None]] = []
        """What is left to do when the snapshot is written."""
        self._home = Home(settings.home)
        self._ends = ExitStack()

    @classmethod
    def started(cls, settings: Settings) -> Beside:
        """With helpers of its own. Raises FrontrunnerError if the system has no room for them."""
        with ExitStack() as ends:
            helper = ends.enter_context(helpers(1))
            beside = cls(settings, helper, ends.enter_context(ThreadPoolExecutor(1)))
            beside._ends = ends.pop_all()
            return beside

    def __enter__(self) -> Beside:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ends.__exit__(kind, error, trace)

    def begin(self, sources: Sequence[str], *, fresh: bool = False) -> None:
        """Look for changes, unless that has begun, everything is read, or sources are fetched
        first.
        """
        if self.stampings or fresh or any(map(is_git, sources)):
            return
        # What is wrong with a source or a helper is said when it is needed.
        with suppress(FrontrunnerError, OSError, BrokenExecutor):
            local = [fetch(one, self._home.sources) for one in sources]
            self.stampings = begin_stamping_all(local, self._home.cache, self.helper)

    def prepare(self, sources: Sequence[str], catalog: Catalog, *, fresh: bool = False) -> None:
        """Begin what needs no new result, while git fetches them: what reading must know of the
        catalog, and what was read of repositories before.
        """
        from frontrunner.results.cache import known_of, load  # noqa: PLC0415 -- NumPy, when needed

        self.known = self.aside.submit(known_of, catalog)
        if fresh:
            return
        for clone in (clone_of(one, self._home.sources) for one in sources if is_git(one)):
            for name in parts_of(clone):
                path = cache_path(self._home.cache, clone / name)
                self._recalled[path] = self.aside.submit(load, path)

    def recalled(self, path: Path) -> Future[Stored | None] | None:
        """What is on its way from a file of the cache, if anything is: the first time it is asked
        for, so that it does not stay in memory until the helpers end.
        """
        return self._recalled.pop(path, None)

    def do_what_is_left(self) -> None:
        """Do all that nobody waits for."""
        while self.later:
            self.later.pop(0)()


def head_start(settings: Settings) -> Beside | None:
    """The helpers of an update, which look for changes already; None if they cannot be started.

    Then the update tries again, and records why it failed.
    """
    given = settings.refresh.results
    try:
        with ExitStack() as ends:
            beside = ends.enter_context(Beside.started(settings))
            beside.begin((given,) if isinstance(given, str) else given)
            ends.pop_all()
            return beside
    except FrontrunnerError:
        return None
