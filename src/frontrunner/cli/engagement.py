"""`frontrunner engagement`: likes, discussions and followers, before and after a move."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from frontrunner.base.atomic import write_file
from frontrunner.base.config import load_settings
from frontrunner.base.errors import UsageError
from frontrunner.base.home import Home as HomeFolder
from frontrunner.cli.app import app
from frontrunner.cli.hub import Space, opened_hub, space_of
from frontrunner.cli.options import Home, Json
from frontrunner.cli.output import counted, print_json, say, visible

engagement_app = typer.Typer(
    name="engagement",
    help="Export likes, discussions and followers of a Space, and compare them after a move.",
    no_args_is_help=True,
)
app.add_typer(engagement_app)
Names = Annotated[
    bool,
    typer.Option("--names/--no-names", help="Include the names of people."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Write nothing.")]


@engagement_app.command()
def export(
    out: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write the export.")],
    space: Space = None,
    names: Names = True,
    dry_run: DryRun = False,
    as_json: Json = False,
    home: Home = None,
) -> None:
    """Export the Space's likes and discussions, and the number of its owner's followers."""
    from frontrunner.hub.asking_engagement import engagement_of  # noqa: PLC0415
    from frontrunner.hub.engagement import without_names  # noqa: PLC0415

    settings = load_settings(home, hub={"space": space}).hub
    found = engagement_of(opened_hub(settings), space_of(settings))
    found = found if names else without_names(found)
    if not dry_run:
        text = msgspec.json.format(msgspec.json.encode(found), indent=2)
        try:
            write_file(out, text + b"\n", mode=0o600)
        except OSError as error:
            raise UsageError(f"{out} cannot be written: {error.strerror or error}.") from error
    if as_json:
        print_json(found)
    likes, threads = counted(found.likes, "like"), counted(len(found.threads), "discussion")
    say(f"{found.repo_id}: {likes}, {threads}.")


@engagement_app.command()
def verify(
    before: Annotated[Path, typer.Argument(metavar="FILE", help="An export made before.")],
    space: Space = None,
    as_json: Json = False,
    home: Home = None,
) -> None:
    """Compare an export with the Space today, and print every difference.

    Exits with 1 if likes, discussions or their entries are fewer than before.
    """
    from frontrunner.hub.asking_engagement import engagement_of  # noqa: PLC0415
    from frontrunner.hub.engagement import changes_between, is_kept, read_engagement  # noqa: PLC0415

    old = read_engagement(before)
    settings = load_settings(home, hub={"space": space}).hub
    new = engagement_of(opened_hub(settings), space_of(settings))
    changes, kept = changes_between(old, new), is_kept(old, new)
    if as_json:
        print_json({"kept": kept, "changes": changes})
    else:
        for one in changes:
            typer.echo(visible(f"{'lost' if one.lost else 'changed'}: {one.text}"))
        say("Kept." if kept else "Something was lost.")
    if not kept:
        sys.exit(1)


@engagement_app.command("import")
def import_export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An export.")],
    dry_run: DryRun = False,
    as_json: Json = False,
    home: Home = None,
) -> None:
    """Store an export, without names, as the starting count of a board outside the Hub."""
    from frontrunner.hub.engagement import read_engagement, without_names  # noqa: PLC0415

    place = HomeFolder(load_settings(home).home)
    found = without_names(read_engagement(file))
    if not dry_run:
        place.engagement.parent.mkdir(parents=True, exist_ok=True)
        write_file(place.engagement, msgspec.json.encode(found))
    if as_json:
        print_json(found)
    likes = counted(found.likes, "like")
    say(f"{'Would start' if dry_run else 'Starts'} with {likes} of {found.repo_id} ({found.at}).")
