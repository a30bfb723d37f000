"""`frontrunner space`: the board in a Space of the Hub, or in a container of one's own."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from frontrunner.base.config import Settings, load_settings
from frontrunner.base.errors import UsageError
from frontrunner.base.near import near_names
from frontrunner.cli.app import app
from frontrunner.cli.options import Home, Json
from frontrunner.cli.output import counted, print_json, say, visible

if TYPE_CHECKING:
    from frontrunner.hub.session import Hub

space_app = typer.Typer(
    name="space",
    help="Run the board in a Space of the Hub, or in your own container.",
    no_args_is_help=True,
)
app.add_typer(space_app)
Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The folder of the Space.")]
SpaceName = Annotated[
    str | None,
    typer.Option(
        "--space",
        metavar="OWNER/NAME",
        help="The Space. [default: `demo` in the settings]",
        show_default=False,
    ),
]
KINDS = {"compose": "compose.yaml.j2", "systemd": "systemd.service.j2", "dockerfile": "Dockerfile"}


@space_app.command()
def init(
    folder: Folder,
    card: Annotated[
        Path | None,
        typer.Option(
            "--card",
            metavar="README.md",
            help="README.md of the old Space: its title, emoji, colours and licence are kept.",
        ),
    ] = None,
    dataset: Annotated[
        str,
        typer.Option(
            "--dataset",
            metavar="OWNER/NAME",
            help="Data set that stores the snapshot; the Space fetches it at its start.",
        ),
    ] = "",
    old_board: Annotated[
        str,
        typer.Option(
            "--old-board",
            metavar="URL",
            help="Put the gateway in front of the board and the old board at this URL.",
        ),
    ] = "",
    source: Annotated[
        str,
        typer.Option(
            "--source",
            metavar="URL",
            help="URL prefix, such as object storage, from which the Space fetches the snapshot.",
        ),
    ] = "",
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Write the folder of a Space that serves the published snapshot."""
    from frontrunner.hub.boxed import Box, check_source  # noqa: PLC0415
    from frontrunner.hub.shifting_space import shifting_of, write_shifting  # noqa: PLC0415
    from frontrunner.hub.space_card import is_repository_id  # noqa: PLC0415
    from frontrunner.hub.space_folder import write_space  # noqa: PLC0415

    if dataset and (source or not is_repository_id(dataset)):
        raise UsageError("Name a data set as OWNER/NAME, or a --source, but not both.")
    if source:
        check_source(source)
    place = f"{source.rstrip('/')}/" if source else ""
    box = Box(snapshot="", source=place, dataset=dataset, files={}) if source or dataset else None
    settings = load_settings(home)
    made = write_space(settings, folder, card=_text(card), box=box)
    if old_board:
        write_shifting(folder, shifting_of(settings, old_board))
    if as_json:
        print_json({"folder": str(folder), "snapshot": made.snapshot, "bytes": made.bytes})
    where = "fetched at the start" if box else "in the image"
    say(f"Snapshot {made.snapshot}: {counted(len(made.files), 'file')}, {made.bytes:,} bytes, "
        f"{where}. Try it with: docker build {folder}")  # fmt: skip


@space_app.command()
def check(
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="[DIR]", help="A folder. [default: check the Space instead]"),
    ] = None,
    space: SpaceName = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Check a Space's folder, or a running Space and the snapshot that it serves.

    Exits with 1 if something is wrong.
    """
    from frontrunner.hub.deploying import folder_problems, space_problems  # noqa: PLC0415

    if folder is not None:
        problems, name = folder_problems(folder), str(folder)
    else:
        settings = load_settings(home)
        name = _space(settings, space)
        problems = space_problems(_opened(settings), name)
    if as_json:
        print_json(problems)
    else:
        for one in problems:
            typer.echo(visible(f"{one.where}: {one.text}"))
        say(f"{name}: {counted(len(problems), 'problem')}")
    if problems:
        sys.exit(1)


@space_app.command()
def deploy(
    folder: Folder,
    space: SpaceName = None,
    replace: Annotated[
        bool,
        typer.Option(
            "--replace", help="If the Space runs another program, save it, then replace it."
        ),
    ] = False,
    seconds: Annotated[
        float,
        typer.Option(
            "--seconds", help="How long to wait until the Space serves the snapshot, in seconds."
        ),
    ] = 1800.0,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only print what would be committed.")
    ] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Commit a folder to a Space, and wait until its live address serves the snapshot."""
    from frontrunner.hub.asking_rights import check_rights, needs_of_spaces  # noqa: PLC0415
    from frontrunner.hub.boxed import read_box  # noqa: PLC0415
    from frontrunner.hub.deploying import deploy as run  # noqa: PLC0415
    from frontrunner.hub.deploying import folder_problems, upload_board  # noqa: PLC0415
    from frontrunner.hub.waiting import WaitTimes  # noqa: PLC0415

    settings = load_settings(home)
    name, hub = _space(settings, space), _opened(settings)
    if problems := folder_problems(folder):
        raise UsageError(
            f"{folder}/{problems[0].where}: {problems[0].text}. See them all with: "
            f"frontrunner space check {folder}"
        )
    target = [name, *([box.dataset] if (box := read_box(folder / "home")).dataset else [])]
    check_rights(hub, needs_of_spaces(target))
    _check_target(hub, name, settings, replace=replace, dry_run=dry_run)
    if dry_run:
        _tell_change(hub, name, folder)
        return
    if box.dataset:
        box = upload_board(hub, folder, settings.home)
        say(f"{box.dataset}: has snapshot {box.snapshot}")
    done = run(hub, folder, name, times=WaitTimes(total=seconds), tell=say)
    if as_json:
        print_json(done)
    else:
        typer.echo(done.live)
    say(f"{name} serves snapshot {done.snapshot} after {done.seconds:.0f} s.")


@space_app.command()
def emit(
    what: Annotated[str, typer.Argument(metavar="compose|systemd|dockerfile")],
    home: Home = None,
) -> None:
    """Print a file that runs the board outside the Hub."""
    from frontrunner.gateway.emit import program  # noqa: PLC0415
    from frontrunner.gateway.jinja import from_text  # noqa: PLC0415
    from frontrunner.hub.space_folder import space_file  # noqa: PLC0415

    if what not in KINDS:
        near = near_names(what, KINDS, most=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise UsageError(f"{what!r} cannot be emitted.{hint} Kinds: {', '.join(KINDS)}.")
    settings = load_settings(home)
    text = space_file(KINDS[what])
    if what != "dockerfile":
        server = settings.server
        values = {"host": server.host, "port": server.port, "home": settings.home.absolute()}
        text = from_text(text).render({**values, "program": program()})
    typer.echo(text, nl=False)


@space_app.command()
def unpack(home: Home = None) -> None:
    """Publish an image's board while the image is built; one stored elsewhere is fetched later."""
    from frontrunner.hub.boxed import publish_boxed, read_box  # noqa: PLC0415

    place = load_settings(home).home
    box = read_box(place)
    if box.source or box.dataset:
        say(f"Snapshot {box.snapshot} is fetched at the start.")
        return
    say(f"Published: snapshot {publish_boxed(place, say=say)}")


@space_app.command()
def start(home: Home = None) -> None:
    """Serve an image's board; this is the container's command."""
    from frontrunner.cli.serve import serve  # noqa: PLC0415
    from frontrunner.hub.shifting_space import read_shifting  # noqa: PLC0415

    place = load_settings(home).home
    shifting = read_shifting(place)
    if not (place / "current").exists() and not (shifting and shifting.new):
        from frontrunner.hub.boxed import publish_boxed  # noqa: PLC0415

        publish_boxed(place, token=os.environ.get("HF_TOKEN", "").strip(), say=say)
    if shifting is None:
        serve(home)
        return
    from frontrunner.cli.space_gateway import run_shifting  # noqa: PLC0415

    run_shifting(place, shifting)


def _check_target(hub: Hub, name: str, settings: Settings, *, replace: bool, dry_run: bool) -> None:
    """Raises UsageError if the Space has another program; saves that first with `replace`."""
    from frontrunner.base.home import Home as HomeFolder  # noqa: PLC0415
    from frontrunner.hub.deploying import has_another_program, replaceable  # noqa: PLC0415
    from frontrunner.hub.repositories import find_repository  # noqa: PLC0415
    from frontrunner.hub.saved_tree import save_tree, tree_to_save  # noqa: PLC0415

    if not replace:
        replaceable(hub, name)
        return
    facts = find_repository(hub, name)
    if facts is None or not has_another_program(hub, facts):
        return
    if not dry_run:
        folder = HomeFolder(settings.home).saved_space(name, facts.sha)
        save_tree(hub, tree_to_save(hub, name, facts.sha, time.time()), folder)
        say(f"Saved what was there: {folder}")


def _tell_change(hub: Hub, name: str, folder: Path) -> None:
    from frontrunner.hub.deploying import bytes_added, deploy_change, folder_files  # noqa: PLC0415
    from frontrunner.hub.repositories import find_repository  # noqa: PLC0415

    facts = find_repository(hub, name)
    if facts is None:
        say(f"Would create {name} with {counted(len(folder_files(folder)), 'file')}.")
        return
    change = deploy_change(hub, facts, folder)
    for path in sorted(change.added):
        typer.echo(f"add {path}")
    for path in sorted(change.deleted):
        typer.echo(f"delete {path}")
    added, deleted = counted(len(change.added), "file"), counted(len(change.deleted), "file")
    say(f"Would add {added}, {bytes_added(change):,} bytes, and delete {deleted} of {name}.")


def _space(settings: Settings, given: str | None) -> str:
    name = given or settings.hub.demo
    if name.count("/") != 1:
        raise UsageError("Name the Space as OWNER/NAME: use --space, or set [hub] demo.")
    return name


def _opened(settings: Settings) -> Hub:
    from frontrunner.cli.hub import opened_hub  # noqa: PLC0415

    return opened_hub(settings.hub)


def _text(path: Path | None) -> str:
    if path is None:
        return ""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}.") from error
