"""`frontrunner snapshots`, `publish`, `rollback`, `verify`, `prune`: what is kept and current."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from frontrunner.base.config import load_settings
from frontrunner.base.errors import CorruptSnapshotError
from frontrunner.cli.app import app
from frontrunner.cli.options import Home, Json, PublishTo
from frontrunner.cli.output import counted, moment, print_json, say
from frontrunner.cli.progress import Terminal
from frontrunner.ops import pipeline
from frontrunner.ops.store_push import pushing
from frontrunner.snapshot.parts import is_packed
from frontrunner.snapshot.reader import Snapshot
from frontrunner.snapshot.retention import Retention
from frontrunner.snapshot.store import Event, Store, remedy, whole_damage

Name = Annotated[str, typer.Argument(metavar="ID", help="A snapshot, or the start of its name.")]


def _store(home: Home) -> Store:
    return pipeline.open_store(load_settings(home), Terminal())


@app.command()
def snapshots(home: Home = None, as_json: Json = False) -> None:
    """List the snapshots, oldest first; the current one is marked."""
    store = _store(home)
    current = store.current_id()
    found = list(_openable(store))
    if as_json:
        print_json([_row(snapshot, current) for snapshot in found])
        return
    if not store.ids():
        say(f"No snapshots in {store.home}. Build one: frontrunner build --results PATH")
    for snapshot in found:
        provenance = snapshot.manifest.provenance
        mark = "*" if snapshot.id == current else " "
        counts = provenance.counts
        typer.echo(
            f"{mark} {snapshot.id}  {moment(snapshot.moment)}  "
            f"{counted(counts.models, 'model')}, {counted(counts.rows, 'score')}  "
            f"{provenance.catalog}{_commits(snapshot)}"
            f"{'  packed' if is_packed(snapshot.folder) else ''}"
        )


def _openable(store: Store) -> Iterator[Snapshot]:
    """The snapshots that this version reads; of the others stderr says why not."""
    for name in store.ids():
        try:
            yield store.open(name)
        except CorruptSnapshotError as error:
            say(f"  {name}  cannot be read: {error}")


def _row(snapshot: Snapshot, current: str | None) -> dict[str, object]:
    return {
        "id": snapshot.id,
        "current": snapshot.id == current,
        "built_at": moment(snapshot.built_at),
        "moment": moment(snapshot.moment),
        "packed": is_packed(snapshot.folder),
        "provenance": snapshot.manifest.provenance,
    }


def _commits(snapshot: Snapshot) -> str:
    """The commits of the sources, shortened."""
    found = [one.commit for one in snapshot.manifest.provenance.sources if one.commit]
    return "".join(f"  {commit[:10]}{'+' if commit.endswith('+') else ''}" for commit in found)


@app.command()
def publish(name: Name, home: Home = None, store: PublishTo = None) -> None:
    """Make a snapshot current. Running servers follow within a second."""
    settings = load_settings(home, store={"publish": store})
    snapshots_of = pipeline.open_store(settings, Terminal())
    with pushing(settings, snapshots_of, Terminal()):
        event = pipeline.publish(snapshots_of, name, Terminal())
    if event is None:
        say(f"{name} is current already; nothing was done.")
        return
    _tell(event)


@app.command()
def rollback(home: Home = None, store: PublishTo = None) -> None:
    """Go back to the snapshot that was current before."""
    settings = load_settings(home, store={"publish": store})
    snapshots_of = pipeline.open_store(settings, Terminal())
    with pushing(settings, snapshots_of, Terminal()):
        event = pipeline.roll_back(snapshots_of, Terminal())
    _tell(event)


def _tell(event: Event) -> None:
    before = f", before it {event.previous}" if event.previous else ""
    say(f"Current is now {event.snapshot}{before}.")
    typer.echo(event.snapshot)


@app.command()
def verify(
    name: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="A snapshot; the current one if left out.")
    ] = None,
    home: Home = None,
) -> None:
    """Compare a snapshot's files with the checksums in its manifest."""
    store = _store(home)
    snapshot = store.open(name) if name else store.current()
    problems = whole_damage(snapshot)
    for problem in problems:
        typer.echo(f"{snapshot.id}: {problem}")
    if problems:
        raise CorruptSnapshotError(f"Snapshot {snapshot.id} is damaged. {remedy(problems)}")
    say(f"{snapshot.id} is intact: {len(snapshot.manifest.files)} files.")


@app.command()
def prune(
    home: Home = None,
    keep: Annotated[int | None, typer.Option(help="Keep only the newest N.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only print what would be removed.")
    ] = False,
) -> None:
    """Remove old snapshots; never the current one or the one before it.

    Without --keep, [snapshots] decides: by default all of a week, weekly for a year, then monthly.
    """
    settings = load_settings(home, build={"keep": keep})
    reporter = Terminal()
    store = pipeline.open_store(settings, reporter)
    rule = Retention.of(settings.snapshots) if keep is None else None
    removed = pipeline.prune(store, settings.build.keep, reporter, rule, dry_run=dry_run)
    if not removed:
        say(f"Nothing to remove from {store.home}.")
    for name in removed:
        typer.echo(name)
