"""Progress bars on stderr, where it is a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from frontrunner.cli.output import say, stderr
from frontrunner.results.read import Progress


@contextmanager
def progress_bar(what: str) -> Iterator[Progress]:
    """Show how far a long piece of work is; on a pipe, say only what is being done."""
    if not stderr.is_terminal:
        say(f"{what} ...")
        yield lambda done, total: None
        return
    from rich.progress import BarColumn, Progress as Bars, TextColumn, TimeElapsedColumn  # noqa: I001, PLC0415

    columns = (TextColumn(what), BarColumn(), TextColumn("{task.percentage:>3.0f}%"))
    with Bars(*columns, TimeElapsedColumn(), console=stderr, transient=True) as bars:
        bar = bars.add_task(what, total=None)
        yield lambda done, total: bars.update(bar, completed=done, total=total)
