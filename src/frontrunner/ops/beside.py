"""What works beside the main thread of a build: another process, and a thread for the disk."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from contextlib import suppress

from frontrunner.base.config import Settings
from frontrunner.base.errors import FrontrunnerError
from frontrunner.base.home import Home
from frontrunner.results.fetch import fetch
from frontrunner.results.git import is_git
from frontrunner.results.several import begin_stamping_all
from frontrunner.results.stamping import Stamping
from frontrunner.snapshot.tables import get_ready_for_parquet


class Beside:
    """The helpers of one build, and what they have begun."""

    def __init__(self, settings: Settings, helper: Executor, aside: Executor) -> None:
        """`helper` is another process, `aside` a thread."""
        self.helper, self.aside = helper, aside
        self.stampings: dict[str, Stamping] = {}
        """By folder: the looks for changes that have begun."""
        self._home = Home(settings.home)

    def begin(self, sources: Sequence[str], *, fresh: bool) -> None:
        """Look for changes, unless everything is read or sources are fetched first; then import
        what writing Parquet needs.
        """
        if not fresh and not any(map(is_git, sources)):
            # What is wrong with a source is said when it is read.
            with suppress(FrontrunnerError, OSError):
                local = [fetch(one, self._home.sources) for one in sources]
                self.stampings = begin_stamping_all(local, self._home.cache, self.helper)
        self.helper.submit(get_ready_for_parquet)
