"""Tell the user what the pipeline does: progress bars on a terminal, lines on a pipe."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

from frontrunner.base import logs
from frontrunner.base.traces import span
from frontrunner.cli.interrupts import began, ended
from frontrunner.cli.output import complain, is_quiet, log, say, say_more, stderr

if TYPE_CHECKING:
    from frontrunner.results.read import Progress


@contextmanager
def progress_bar(what: str) -> Iterator[Progress]:
    """Show how far a long piece of work is; on a pipe, say only what is being done."""
    start = time.monotonic()
    began(what)
    with span(what), _shown(what) as progress:
        yield progress
    ended()  # not if it was stopped: then the last line names it
    say_more(f"{what}: {time.monotonic() - start:.1f} s")


@contextmanager
def _shown(what: str) -> Iterator[Progress]:
    if logs.is_json() and not is_quiet():
        with _logged(what):
            yield lambda done, total: None
        return
    if is_quiet() or not stderr.is_terminal:
        say(f"{what} ...")
        yield lambda done, total: None
        return
    from rich.progress import BarColumn, Progress as Bars, TextColumn, TimeElapsedColumn  # noqa: I001, PLC0415

    columns = (TextColumn(what), BarColumn(), TextColumn("{task.percentage:>3.0f}%"))
    with Bars(*columns, TimeElapsedColumn(), console=stderr, transient=True) as bars:
        bar = bars.add_task(what, total=None)
        yield lambda done, total: bars.update(bar, completed=done, total=total)


@contextmanager
def _logged(what: str) -> Iterator[None]:
    """Log when a step begins, and when it ends with how long it took."""
    began = time.monotonic()
    log.info("%s", what, extra={"event": "step_began", "step": what})
    ended = False
    try:
        yield
        ended = True
    finally:
        seconds = round(time.monotonic() - began, 3)
        event = "step_ended" if ended else "step_failed"
        more = {"event": event, "step": what, "seconds": seconds}
        log.info("%s: %.3f s", what, seconds, extra=more)


class Terminal:
    """Tells the user on stderr; a `frontrunner.ops.reporting.Reporter`."""

    def step(self, what: str) -> AbstractContextManager[Progress]:
        """Show how far a step is while the block runs."""
        return progress_bar(what)

    def say(self, text: str) -> None:
        """Print a line."""
        say(text)

    def warn(self, error: Exception) -> None:
        """Print a warning."""
        complain("warning", error)
