"""`frontrunner hub`: the Space of a board on the Hugging Face Hub."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from frontrunner.base.atomic import write_file
from frontrunner.base.config import HubSettings, load_settings
from frontrunner.base.errors import UsageError
from frontrunner.base.home import Home as HomeFolder
from frontrunner.cli.app import app
from frontrunner.cli.options import Home, Json
from frontrunner.cli.output import ask_to_go_on, complain, counted, print_json, say, visible
from frontrunner.cli.progress import progress_bar

if TYPE_CHECKING:
    from frontrunner.hub.rights import RightsReport
    from frontrunner.hub.saved_tree import SavedTree
    from frontrunner.hub.session import Hub

hub_app = typer.Typer(
    name="hub",
    help="Take over, save, restore or inspect a board's Space on the Hugging Face Hub.",
    no_args_is_help=True,
)
app.add_typer(hub_app)

Space = Annotated[
    str | None,
    typer.Option(
        "--space",
        metavar="OWNER/NAME",
        help="The Space of the live board. [default: `space` in the settings]",
        show_default=False,
    ),
]


@hub_app.command()
def rights(space: Space = None, as_json: Json = False, home: Home = None) -> None:
    """Check that the token has the rights that the Spaces in the settings need.

    If the settings name the live Space, these are the rights of a take-over; otherwise those of
    deploying. Exits with 1 if a right is missing or cannot be determined.
    """
    from frontrunner.hub.asking_rights import ask_rights, needs_of  # noqa: PLC0415

    settings = load_settings(home, hub={"space": space})
    needs = needs_of(settings)
    if settings.hub.space or not needs:
        space_of(settings.hub)
    hub = opened_hub(settings.hub)
    report = ask_rights(hub, needs)
    if as_json:
        print_json(report)
    else:
        _tell_rights(report, len(needs))
    if report.missing or report.unknown:
        sys.exit(1)


def _tell_rights(report: RightsReport, needs: int) -> None:
    for label, some in (("missing", report.missing), ("unknown", report.unknown)):
        for need in some:
            typer.echo(f"{label}: {need.right} on {need.on} ({need.why})")
    for more in report.more:
        say(f"Not needed: {more}. A fine-grained token is safer.")
    met = needs - len(report.missing) - len(report.unknown)
    say(f"{visible(report.account)}, {report.role} token: {met} of {counted(needs, 'right')}")


@hub_app.command()
def plan(
    accept: Annotated[
        list[str] | None,
        typer.Option(
            "--accept",
            metavar="NAME",
            help="Accept a loss that the plan names. Repeat it for more.",
        ),
    ] = None,
    as_json: Json = False,
    home: Home = None,
) -> None:
    """Print every step of the take-over on the Hub, with the calls that it makes.

    Sends no request to the Hub. Exits with 1 if the plan has a loss that you have not accepted.
    """
    from frontrunner.hub.steps import places_of, plan_steps, unaccepted  # noqa: PLC0415

    settings = load_settings(home).hub
    made = plan_steps(settings.strategy, places_of(settings))
    open_losses = unaccepted(made, (*settings.accept, *(accept or ())))
    if as_json:
        print_json(made)
    else:
        for number, step in enumerate(made.steps, start=1):
            typer.echo(f"{number}. {step.key} ({step.stage}): {step.title}")
            for label, calls in (("reads", step.reads), ("writes", step.writes)):
                for call in calls:
                    typer.echo(f"   {label}: {call.method} {call.path}")
            for label, text in (
                ("done when", step.done_when),
                ("taken back by", step.undo),
                ("needs", step.needs),
                ("no way back", step.no_way_back),
                ("if the Hub answers 402", step.if_unpaid),
            ):
                if text:
                    typer.echo(f"   {label}: {text}")
    for loss in open_losses:
        complain("warning", f"{loss.text} Accept it with --accept {loss.name}.")
    if open_losses:
        sys.exit(1)


@hub_app.command()
def save(
    space: Space = None,
    commit: Annotated[
        str | None,
        typer.Option("--commit", metavar="SHA", help="The commit to save. [default: the last one]"),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only print what would be saved.")
    ] = False,
    as_json: Json = False,
    home: Home = None,
) -> None:
    """Save the Space's settings and its files at one commit, and verify the copy."""
    import msgspec  # noqa: PLC0415

    from frontrunner.hub.reading import facts_of, settings_of  # noqa: PLC0415
    from frontrunner.hub.saved_tree import save_tree, tree_to_save  # noqa: PLC0415

    settings = load_settings(home, hub={"space": space})
    name, hub = space_of(settings.hub), opened_hub(settings.hub)
    sha = commit or facts_of(hub, name).sha
    about = tree_to_save(hub, name, sha, time.time())
    about = msgspec.structs.replace(about, settings=settings_of(hub, name))
    folder = HomeFolder(settings.home).saved_space(name, sha)
    if not dry_run:
        with progress_bar(f"Saving {name}") as progress:
            about = save_tree(hub, about, folder, progress)
    _tell_saved(about, folder, dry_run=dry_run, as_json=as_json)


def _tell_saved(about: SavedTree, folder: Path, *, dry_run: bool, as_json: bool) -> None:
    size = sum(entry.size for entry in about.files.values())
    facts: dict[str, Any] = {
        "repo": about.repo_id,
        "commit": about.commit,
        "tree": about.tree,
        "files": len(about.files),
        "bytes": size,
        "folder": str(folder),
        "written": not dry_run,
        "secrets": about.settings.secrets if about.settings else (),
    }
    if as_json:
        print_json(facts)
        return
    verb = "Would save" if dry_run else "Saved and read back"
    say(f"{verb} {counted(len(about.files), 'file')}, {size:,} bytes, of {about.repo_id}.")
    if facts["secrets"]:
        say(
            "Secrets, whose values the Hub does not return; keep them elsewhere: "
            f"{', '.join(facts['secrets'])}"
        )
    typer.echo(str(folder))


@hub_app.command()
def restore(
    saved: Annotated[
        Path | None,
        typer.Argument(metavar="DIR", help="The folder of a saved Space."),
    ] = None,
    parent: Annotated[
        str,
        typer.Option("--parent", metavar="SHA", help="Restore only if this is the last commit."),
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only print what would be done.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    home: Home = None,
) -> None:
    """Restore a saved Space under its name by one commit, and wait until it runs.

    Use it if `takeover rollback` does not work. Variables, secrets and hardware are not changed.
    """
    from frontrunner.hub.restoring import restore as restored  # noqa: PLC0415
    from frontrunner.hub.restoring import to_restore  # noqa: PLC0415
    from frontrunner.takeover.way_back import way_back  # noqa: PLC0415

    settings = load_settings(home)
    if settings.hub.strategy == "rename":
        raise UsageError(
            f"With this strategy no files were replaced. Instead, {way_back(settings.hub)}."
        )
    folder = saved or _only_saved(HomeFolder(settings.home))
    hub = opened_hub(settings.hub)
    what = to_restore(hub, folder, parent)
    text = (
        f"Replace {what.parent.id[:8]} ({what.parent.title}) of {what.saved.repo_id} by the saved "
        f"{what.saved.commit[:8]}: {counted(what.added, 'file')} written, {what.deleted} deleted."
    )
    if dry_run:
        say(visible(text))
        return
    if not yes:
        ask_to_go_on(visible(text), UsageError)
    landed = restored(hub, folder, what, lambda text: say(visible(text)))
    say(f"{what.saved.repo_id} serves {landed.commit}, with the files of {what.saved.commit[:8]}.")


def _only_saved(home: HomeFolder) -> Path:
    """The Space that was saved in a home. Raises UsageError unless there is exactly one."""
    found = sorted(one for one in (home.hub / "saved").glob("*@*") if one.is_dir())
    if len(found) == 1:
        return found[0]
    if not found:
        raise UsageError(
            f"There is no saved Space in {home.hub / 'saved'}. Name the folder of one."
        )
    names = "\n".join(str(one) for one in found)
    raise UsageError(f"Name the folder of the saved Space. There are {len(found)}:\n{names}")


@hub_app.command()
def rehearse(
    strategy: Annotated[
        str, typer.Option("--strategy", metavar="NAME", help="overwrite or rename.")
    ] = "overwrite",
    shifting: Annotated[
        bool, typer.Option("--shifting", help="Move users in shares first, through a real gateway.")
    ] = False,
    fault: Annotated[
        list[str] | None,
        typer.Option(
            "--fault",
            metavar="NAME",
            help="A fault to inject, or `all`. Repeat it for more. [default: none]",
        ),
    ] = None,
    old: Annotated[
        Path | None, typer.Option("--old", metavar="DIR", help="The old board's files.")
    ] = None,
    new: Annotated[
        Path | None, typer.Option("--new", metavar="DIR", help="The new board's files.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="FILE", help="Write the report as HTML.")
    ] = None,
    home: Annotated[
        Path | None,
        typer.Option(
            "--home",
            metavar="DIR",
            help="Folder for the ledger and the saved files. [default: a temporary folder]",
            show_default=False,
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Rehearse the take-over of a made-up Space against a local stand-in for the Hub.

    Exits with 1 if a guarantee of the take-over was broken. Nothing leaves this machine.
    """
    from frontrunner.takeover.on_hub.rehearsal_report import rehearsals_page  # noqa: PLC0415
    from frontrunner.takeover.on_hub.rehearsed_faults import FAULTS, Order  # noqa: PLC0415
    from frontrunner.takeover.on_hub.rehearsing import rehearse as rehearsed  # noqa: PLC0415

    names = _faults(fault, strategy, shifting=shifting)
    found = []
    for name in names:
        say(f"{strategy}, {name}: {FAULTS[name].text}")
        with _folder(home, f"{strategy}-{name}") as folder:
            order = Order(strategy=strategy, shifting=shifting, fault=name, old=old, new=new)
            found.append(rehearsed(order, folder, tell=lambda text: say(f"  {text}")))
        for one in found[-1].held:
            say(visible(f"  {'held' if one.held else 'NOT HELD'}: {one.what} {one.text}"))
    if report is not None:
        write_file(report, rehearsals_page(found).encode())
    if as_json:
        print_json(found)
    if not all(one.all_held for one in found):
        sys.exit(1)


def _faults(fault: list[str] | None, strategy: str, *, shifting: bool) -> list[str]:
    """The faults to rehearse. Raises UsageError if one cannot be."""
    from frontrunner.takeover.on_hub.rehearsed_faults import FAULTS, faults_of  # noqa: PLC0415

    if strategy not in ("overwrite", "rename"):
        raise UsageError(f"--strategy must be overwrite or rename, got {strategy}")
    if shifting and strategy != "overwrite":
        raise UsageError("--shifting needs the strategy overwrite.")
    known = faults_of(shifting=shifting)
    names = known if fault == ["all"] else fault or ["none"]
    for unknown in (one for one in names if one not in known):
        more = " It needs --shifting." if unknown in FAULTS else ""
        raise UsageError(
            f"There is no fault {unknown!r}.{more} There are: {', '.join(known)}, all."
        )
    return names


@contextmanager
def _folder(home: Path | None, name: str) -> Iterator[Path]:
    """A new folder for one rehearsal, kept if it is in a home. Raises UsageError if it exists."""
    if home is None:
        with tempfile.TemporaryDirectory(prefix="frontrunner-rehearsal-") as folder:
            yield Path(folder)
        return
    kept = HomeFolder(home).rehearsal / name
    try:
        kept.mkdir(parents=True)
    except FileExistsError:
        raise UsageError(
            f"{kept} has an earlier rehearsal. Remove it, or give another --home."
        ) from None
    yield kept


@hub_app.command()
def jobs(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="A checkout of the repository with the jobs.")
    ],
    gone: Annotated[
        list[str] | None,
        typer.Option(
            "--gone",
            metavar="NAME[=WHY]",
            help="An image, a token or another name that must not occur. Repeat it for more.",
        ),
    ] = None,
    as_json: Json = False,
    home: Home = None,
) -> None:
    """Find scheduled jobs that name the demo Space or other names that no longer exist.

    Exits with 1 if a job does.
    """
    from frontrunner.hub.jobs import (  # noqa: PLC0415
        Gone,
        near_misses,
        parse_gone,
        read_jobs,
        stale_names,
    )

    settings = load_settings(home).hub
    watched = [parse_gone(one) for one in gone or []]
    if settings.demo:
        why = f"the board moved to {settings.space or 'its final name'}"
        watched.append(Gone(settings.demo, why, is_space=True))
    if not watched:
        raise UsageError("Nothing to look for. Set [hub] demo, or name it with --gone.")
    files = read_jobs(folder)
    report = stale_names(files, watched)
    for name, near in near_misses(files, watched).items():
        complain("warning", f"No job names {name}, but one has {near}. Is it misspelled?")
    if as_json:
        print_json(report)
    else:
        for one in report.findings:
            runs = f" (runs at {', '.join(one.schedule)})" if one.schedule else ""
            typer.echo(visible(f"{one.file}:{one.line}: {one.name}: {one.why}{runs}"))
        found = counted(len(report.findings), "line")
        say(f"{found} in {counted(len(report.workflows), 'workflow')}")
    if report.findings:
        sys.exit(1)


def space_of(settings: HubSettings) -> str:
    """The Space of the settings. Raises UsageError if none is named."""
    if settings.space.count("/") != 1:
        raise UsageError("Name the Space as OWNER/NAME: set [hub] space, or use --space.")
    return settings.space


def opened_hub(settings: HubSettings) -> Hub:
    """The Hub of the settings. Raises UsageError without a token."""
    from frontrunner.hub.session import hub_of  # noqa: PLC0415

    return hub_of(settings)
