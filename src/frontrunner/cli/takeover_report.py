"""`frontrunner takeover report`: the whole story, for people and programs."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from frontrunner.base.config import load_settings
from frontrunner.base.errors import UsageError
from frontrunner.cli.options import Home, Json
from frontrunner.cli.output import print_json, say, visible
from frontrunner.cli.takeover_app import takeover

if TYPE_CHECKING:
    from frontrunner.takeover.report import Report


@takeover.command()
def report(
    html: Annotated[
        Path | None,
        typer.Option(
            "--html", metavar="FILE", help="Also write the report as a self-contained HTML page."
        ),
    ] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Print the whole take-over: every decision with its evidence, every command, every alarm."""
    from frontrunner.takeover.report import report_of  # noqa: PLC0415
    from frontrunner.takeover.wiring import begun_ledger  # noqa: PLC0415

    with closing(begun_ledger(load_settings(home))) as ledger:
        found = report_of(ledger.entries(), ledger.verify())
    if html is not None:
        _write_page(html, found)
    if as_json:
        print_json(found)
    elif html is None:
        typer.echo("\n".join(map(visible, _lines(found))))


def _write_page(path: Path, found: Report) -> None:
    """Write the page, and its folder if there is none. Raises UsageError if that fails."""
    from frontrunner.base.atomic import write_file  # noqa: PLC0415
    from frontrunner.takeover.report_page import report_page  # noqa: PLC0415

    page = report_page(found).encode()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_file(path, page)
    except OSError as error:
        raise UsageError(
            f"The report could not be written to {path}: {error.strerror or error}. Give another "
            "file to --html."
        ) from error
    say(f"Wrote {path}")


def _lines(found: Report) -> list[str]:
    from frontrunner.takeover.console.phrases import moment  # noqa: PLC0415
    from frontrunner.takeover.notices import evidence_line  # noqa: PLC0415

    chain = "holds" if found.chain.holds else f"is broken: {found.chain.text}"
    lines = [
        f"The take-over is at {found.position}.",
        f"{found.entries:,} entries in the ledger, whose chain {chain}.",
        f"{found.writes:,} changes of the data plane.",
    ]
    for one in found.decisions:
        share = f"{one.share / 100:g}%"
        lines.append(f"{moment(one.at)}  {one.before} -> {one.after} ({share}): {one.why}")
        lines += [f"    {evidence_line(reading)}" for reading in one.readings]
    refused = sum(one.was_refused is True for one in found.commands)
    alarms = sum(one.kind == "alarm" for one in found.events)
    lines.append(f"{len(found.commands):,} commands, {refused:,} refused; {alarms:,} alarms")
    return lines
