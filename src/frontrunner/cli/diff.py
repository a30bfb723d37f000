"""`frontrunner diff`: what changed between two snapshots, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from frontrunner.base.config import load_settings
from frontrunner.base.errors import UnknownNameError
from frontrunner.base.near import near_names
from frontrunner.cli.app import app
from frontrunner.cli.options import Home, Json
from frontrunner.cli.output import counted, moment, print_json, visible
from frontrunner.cli.progress import Terminal
from frontrunner.ops import pipeline
from frontrunner.ops.source_history import commits_between
from frontrunner.results.git_history import Commit
from frontrunner.snapshot.comparison import BoardChange, Comparison, Move, RunChange, compare
from frontrunner.snapshot.moments import resolve
from frontrunner.snapshot.reader import Snapshot

_Which = Annotated[
    str, typer.Argument(metavar="A", help="A snapshot: its name, a day, a month, or `current`.")
]


@app.command()
def diff(
    old: _Which,
    new: Annotated[
        str, typer.Argument(metavar="[B]", help="The other snapshot. [default: current]")
    ] = "current",
    board: Annotated[str | None, typer.Option("--board", help="Only this board.")] = None,
    most: Annotated[
        int, typer.Option("--most", min=1, help="Most lines to print of each list.")
    ] = 10,
    git: Annotated[
        Path | None, typer.Option("--git", help="A clone of the results, to name commits.")
    ] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Compare two snapshots: models, boards and numbers, each with its cause.

    Commits are named if a git history is available: from --git, from [refresh] results, or from
    an earlier `refresh backfill`.
    """
    settings = load_settings(home)
    store = pipeline.open_store(settings, Terminal())
    with (
        store.reading(resolve(store, old)) as before,
        store.reading(resolve(store, new)) as after,
    ):
        found = compare(before, after)
        if board is not None:
            found = _only(found, board, before, after)
        commits = commits_between(settings, before, after, git)
        if as_json:
            print_json(_as_json(before, after, found, commits))
            return
        for line in _lines(before, after, found, commits, most):
            typer.echo(visible(line))


def _only(found: Comparison, board: str, *snapshots: Snapshot) -> Comparison:
    """The part of a comparison that is about one board. Raises UnknownNameError for none."""
    tasks = {
        scope.task
        for one in snapshots
        if (bench := one.catalog.benchmark_by_name.get(board))
        for scope in bench.scopes
    }
    if not tasks:
        known = {name for one in snapshots for name in one.catalog.benchmark_by_name}
        near = near_names(board, known, most=1)
        hint = f". Did you mean {near[0]}?" if near else ""
        raise UnknownNameError(f"Unknown benchmark: {board}{hint}")
    return msgspec.structs.replace(
        found,
        boards=tuple(one for one in found.boards if one.board == board),
        runs=tuple(one for one in found.runs if one.task in tasks),
    )


def _as_json(
    before: Snapshot, after: Snapshot, found: Comparison, commits: Mapping[str, Commit]
) -> dict[str, Any]:
    body: dict[str, Any] = {"from": _named(before), "to": _named(after)}
    body |= msgspec.to_builtins(found)
    for run in body["runs"]:
        commit = commits.get(run["file"])
        run["commit"] = None if commit is None else commit._asdict()
    return body


def _named(snapshot: Snapshot) -> dict[str, Any]:
    provenance = snapshot.manifest.provenance
    return {
        "id": snapshot.id,
        "moment": moment(snapshot.moment),
        "commits": [one.commit for one in provenance.sources if one.commit],
        "catalog": provenance.catalog,
        "revisions": provenance.revisions,
        "builder": provenance.builder,
    }


def _lines(
    before: Snapshot,
    after: Snapshot,
    found: Comparison,
    commits: Mapping[str, Commit],
    most: int,
) -> Iterator[str]:
    yield f"From {before.id} ({moment(before.moment)}) to {after.id} ({moment(after.moment)})"
    yield from _rules(before, after)
    yield from _names("New models", found.models_came, most)
    yield from _names("Removed models", found.models_went, most)
    yield from _names("New boards", found.boards_came, most)
    yield from _names("Removed boards", found.boards_went, most)
    yield from _names("Boards with other tasks", found.boards_redefined, most)
    yield (
        f"{counted(found.scores_added, 'score')} added, {found.scores_changed:,} changed, "
        f"{found.scores_gone:,} gone"
    )
    causes = Counter(str(run.cause) for run in found.runs)
    for cause, number in causes.most_common():
        yield f"  {cause}: {counted(number, 'result')}"
    for run in found.runs[:most]:
        yield f"  {_run(run, commits.get(run.file))}"
    yield from _rest(len(found.runs), most, "result")
    for one in found.boards[:most]:
        yield from _board(one, most)
    yield from _rest(len(found.boards), most, "board")


def _rules(before: Snapshot, after: Snapshot) -> Iterator[str]:
    one, other = before.manifest.provenance, after.manifest.provenance
    for what, was, now in (
        ("Catalog", one.catalog, other.catalog),
        ("Rule for several runs", one.revisions, other.revisions),
        ("Program", one.builder, other.builder),
    ):
        if was != now:
            yield f"{what}: {was}, now {now}"


def _names(what: str, names: Sequence[str], most: int) -> Iterator[str]:
    if names:
        more = f" and {len(names) - most:,} more" if len(names) > most else ""
        yield f"{what} ({len(names):,}): {', '.join(names[:most])}{more}"


def _rest(number: int, most: int, what: str) -> Iterator[str]:
    if number > most:
        yield f"  and {counted(number - most, f'more {what}')}; --most {number} shows all"


def _run(run: RunChange, commit: Commit | None) -> str:
    where = f"{run.task} ({run.split}, {run.subset})"
    name = f"{run.model} [{run.experiment}]" if run.experiment else run.model
    more = f", {counted(run.cells, 'score')}" if run.cells > 1 else ""
    made = f", commit {commit.id[:10]} of {moment(commit.at)[:10]}" if commit else ""
    return (
        f"{name}: {where} {_score(run.before)} -> {_score(run.after)}{more}: {run.cause} "
        f"{run.file}{made}"
    )


def _score(value: float | None) -> str:
    return "none" if value is None else f"{value * 100:.2f}"


def _board(one: BoardChange, most: int) -> Iterator[str]:
    yield f"{one.board}:"
    for what, moves in (
        ("came", one.came),
        ("went", one.went),
        ("rose", one.rose),
        ("fell", one.fell),
        ("other mean", one.rescored),
    ):
        if moves:
            more = f" and {len(moves) - most:,} more" if len(moves) > most else ""
            yield f"  {what}: {', '.join(map(_move, moves[:most]))}{more}"


def _move(one: Move) -> str:
    if one.before is None:
        return f"{one.model} ({one.after})"
    if one.after is None:
        return f"{one.model} (was {one.before})"
    return f"{one.model} ({one.before} -> {one.after})"
