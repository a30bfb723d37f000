"""`frontrunner store`: snapshots in object storage, for more than one machine."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from frontrunner.base.config import load_settings
from frontrunner.base.errors import StoreError, UsageError
from frontrunner.base.home import Home as HomePaths
from frontrunner.cli.app import app
from frontrunner.cli.options import Home, Json, PublishTo
from frontrunner.cli.output import moment, print_json, say
from frontrunner.cli.progress import Terminal
from frontrunner.ops import pipeline
from frontrunner.ops.store_push import push_published
from frontrunner.remote.state import problem_of, read_following

group = typer.Typer(
    help="Copy snapshots to object storage, and download them from it.", no_args_is_help=True
)
app.add_typer(group, name="store")


@group.command()
def push(home: Home = None, store: PublishTo = None) -> None:
    """Copy the current snapshot to the store, and make it current there."""
    settings = load_settings(home, store={"publish": store})
    if not settings.store.publish:
        raise UsageError(
            'No object storage is set. Use --store URL, or write [store] publish = "URL".'
        )
    snapshots = pipeline.open_store(settings, Terminal())
    name = snapshots.current().id
    push_published(settings, snapshots, Terminal())
    typer.echo(name)


@group.command()
def pull(
    home: Home = None,
    store: Annotated[
        str | None,
        typer.Option("--store", metavar="URL", help="Object storage to follow."),
    ] = None,
) -> None:
    """Download the store's current snapshot into the home once, as `serve --store` does."""
    from frontrunner.remote.bucket import Bucket  # noqa: PLC0415
    from frontrunner.remote.pull import Puller  # noqa: PLC0415

    settings = load_settings(home, store={"follow": store})
    snapshots = pipeline.open_store(settings, Terminal())
    with Terminal().step("Downloading the snapshot"):
        pulled = Puller(Bucket(settings.store.follow), snapshots).pull()
    if pulled is not None:
        say(f"{pulled.downloaded / 1e6:,.1f} MB downloaded.")
        typer.echo(pulled.snapshot)


@group.command()
def status(home: Home = None, store: PublishTo = None, as_json: Json = False) -> None:
    """Show what the store holds and whether a server here follows it; exits with 11 if not."""
    from frontrunner.remote.bucket import Bucket  # noqa: PLC0415
    from frontrunner.remote.push import read_pointer  # noqa: PLC0415

    settings = load_settings(home, store={"publish": store})
    address = settings.store.publish or settings.store.follow
    pointer, _ = read_pointer(Bucket(address))
    following = read_following(HomePaths(settings.home))
    if as_json:
        print_json({"store": address, "pointer": pointer, "following": following})
        return
    if pointer is None:
        raise StoreError(f"Nothing is published in {address}. Run: frontrunner store push")
    for place, one in enumerate(pointer.entries):
        typer.echo(f"{'*' if not place else ' '} {one.snapshot}  since {moment(one.since)}")
    if following is not None:
        problem = problem_of(following, following.asked_at)
        say(f"This home has {following.snapshot}. {problem}".strip())
        sys.exit(StoreError.code if problem else 0)
