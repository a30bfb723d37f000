"""`frontrunner refresh backfill`: snapshots of the past, out of the git history of the results."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from frontrunner.base.config import load_settings
from frontrunner.base.errors import UsageError
from frontrunner.cli.interrupts import interruptible
from frontrunner.cli.options import Home, OwnCatalog, WithoutMteb
from frontrunner.cli.output import complain, counted, say
from frontrunner.cli.progress import Terminal

if TYPE_CHECKING:
    from frontrunner.refresh.backfill import Every, Rebuilt


def backfill_past(
    bundle: Annotated[
        Path | None, typer.Option("--bundle", help="A git bundle of the results.")
    ] = None,
    git: Annotated[
        str | None, typer.Option("--git", help="A clone with its history, or a repository's URL.")
    ] = None,
    monthly: Annotated[
        bool, typer.Option("--monthly", help="One snapshot per month. This is the default.")
    ] = False,
    weekly: Annotated[bool, typer.Option("--weekly", help="One snapshot per week.")] = False,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="YYYY-MM-DD", help="Skip commits before this day."),
    ] = None,
    again: Annotated[
        bool,
        typer.Option("--again", help="Rebuild existing snapshots too, such as for a new catalog."),
    ] = False,
    catalog: OwnCatalog = None,
    without_mteb: WithoutMteb = False,
    home: Home = None,
) -> None:
    """Rebuild past snapshots: one for the last commit of each month. None is published.

    Prints one JSON line for each. Past boards are today's boards over the results of that time,
    because today's catalog defines them. To continue after a stop, run the command again.
    """
    if (bundle is None) == (git is None):
        raise UsageError("Name the history with --bundle FILE or --git SOURCE.")
    if monthly and weekly:
        raise UsageError("--monthly and --weekly cannot be combined.")
    given = {
        "catalog": tuple(map(str, catalog)) if catalog else None,
        "without_mteb": without_mteb or None,
    }
    from frontrunner.refresh.backfill import Plan, backfill  # noqa: PLC0415 -- as in `refresh`

    every: Every = "week" if weekly else "month"
    plan = Plan(str(bundle or git), every, _moment(since), again)
    done: list[Rebuilt] = []
    with interruptible(lambda: _left(done)):
        for one in backfill(load_settings(home, refresh=given), plan, Terminal()):
            typer.echo(msgspec.json.encode(one).decode())
            done.append(one)
    fresh = sum(one.snapshot is not None for one in done)
    say(f"Rebuilt {counted(fresh, 'snapshot')} of {len(done)}; /history shows them.")
    _say_unknown(done)


def _say_unknown(done: list[Rebuilt]) -> None:
    """Say that results are missing because the catalog does not know their models, if many are."""
    worst = max(done, key=lambda one: one.files_unknown, default=None)
    if worst is None or not worst.files_unknown:
        return
    empty = sum(bool(one.files_unknown) and one.snapshot is None for one in done)
    none = f"{counted(empty, 'snapshot')} could not be rebuilt at all. " if empty else ""
    complain(
        "warning",
        f"The catalog does not know the models of up to {counted(worst.files_unknown, 'file')} of "
        f"one snapshot, such as {', '.join(worst.models_unknown)}. {none}Models that have another "
        "name today need a [[renamed]] entry in catalog.toml, models that are gone a [[model]] "
        "entry. Then run the same command with --catalog FILE and --again.",
    )


def _left(done: list[Rebuilt]) -> str:
    """What an interrupted run did."""
    fresh = sum(one.snapshot is not None for one in done)
    return (
        f"{counted(fresh, 'snapshot')} rebuilt and kept; the others and the timeline were not "
        "written. Run the same command again to continue."
    )


def _moment(text: str | None) -> float:
    if text is None:
        return 0.0
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).timestamp()
    except ValueError:
        raise UsageError(f"--since must be a day such as 2025-01-31, got {text}") from None
