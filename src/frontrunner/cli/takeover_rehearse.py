"""`frontrunner takeover rehearse`: the whole take-over on this machine, with every fault."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from frontrunner.base.errors import TakeoverError, UsageError
from frontrunner.base.home import Home as HomePaths
from frontrunner.cli.interrupts import interruptible
from frontrunner.cli.options import Json
from frontrunner.cli.output import print_json, say
from frontrunner.cli.takeover_app import takeover

if TYPE_CHECKING:
    from frontrunner.takeover.rehearsal.faults import Fault
    from frontrunner.takeover.rehearsal.story import Report

_REQUESTS = 100_000


@takeover.command()
def rehearse(
    requests: Annotated[
        int,
        typer.Option("--requests", metavar="N", min=1, help="Minimum number of requests to send."),
    ] = _REQUESTS,
    fault: Annotated[
        list[str] | None,
        typer.Option("--fault", metavar="NAME", help="Only this fault; repeatable. [default: all]"),
    ] = None,
    home: Annotated[
        Path | None,
        typer.Option(
            "--home",
            metavar="DIR",
            help="An empty folder, or a home with a snapshot and no settings; kept afterwards. "
            "[default: a temporary folder]",
            show_default=False,
        ),
    ] = None,
    gradio: Annotated[
        Path | None,
        typer.Option(
            "--gradio",
            metavar="PYTHON",
            help="A Python with Gradio for the old board. [default: create one in the home]",
            show_default=False,
        ),
    ] = None,
    legacy: Annotated[
        Path | None,
        typer.Option(
            "--legacy", metavar="DIR", help="Files of an old board; its tables are shown too."
        ),
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write the report as a page.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Run the whole plan on a fast clock with injected faults. Exits with 0 if all checks pass."""
    with interruptible(lambda: _left(home)), ExitStack() as stack:
        folder = home or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rehearsal-")))
        report = _performed(requests, fault or [], folder, gradio, legacy)
    if html is not None:
        _write_page(html, report)
    if as_json:
        print_json(report)
    for one in report.findings:
        say(f"{'held    ' if one.held else 'NOT HELD'}  {one.name}: {one.text}")
    if not report.held:
        broken = [one.name for one in report.findings if not one.held]
        raise TakeoverError(f"Not everything held: {', '.join(broken)}.")


def _left(home: Path | None) -> str:
    kept = f"{home} keeps its files" if home else "its files are removed"
    return (
        f"The rehearsal did not end, so there is no report. Its processes are stopped; {kept}. "
        "Run the command again to start over."
    )


def _performed(
    requests: int, names: list[str], folder: Path, gradio: Path | None, legacy: Path | None
) -> Report:
    from frontrunner.takeover.rehearsal import gradio_home  # noqa: PLC0415
    from frontrunner.takeover.rehearsal.installation import Installation  # noqa: PLC0415
    from frontrunner.takeover.rehearsal.perform import rehearse as perform  # noqa: PLC0415
    from frontrunner.takeover.rehearsal.perform import wishes  # noqa: PLC0415

    wanted = wishes(requests, _faults(names))
    folder.mkdir(parents=True, exist_ok=True)
    if gradio is not None:
        python = gradio_home.checked(gradio)
    else:
        python = gradio_home.ensure(HomePaths(folder).gradio_environment, say)
    return perform(Installation(folder, python, legacy), wanted, say)


def _write_page(path: Path, report: Report) -> None:
    from frontrunner.base.atomic import write_file  # noqa: PLC0415
    from frontrunner.takeover.rehearsal.picture import rendered  # noqa: PLC0415

    write_file(path, rendered(report).encode())
    say(f"The report is in {path}.")


def _faults(names: list[str]) -> list[Fault]:
    """The faults of some names. Raises UsageError for a name that none has."""
    from frontrunner.takeover.rehearsal.faults import Fault as Known  # noqa: PLC0415

    try:
        return [Known(name) for name in names]
    except ValueError as error:
        raise UsageError(f"{error}. Faults: {', '.join(Known)}.") from error
