"""`frontrunner contract`: record what a board exposes, and check another board against it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from frontrunner.base.atomic import write_file
from frontrunner.base.config import load_settings
from frontrunner.base.errors import ContractError
from frontrunner.checks.contract.access_log import requests_in
from frontrunner.checks.contract.careful import TOTAL_SECONDS
from frontrunner.checks.contract.check import check as findings_of
from frontrunner.checks.contract.fetch import (
    ANSWER_SECONDS,
    fetcher,
    folder_fetcher,
    public_url,
)
from frontrunner.checks.contract.finding import Finding
from frontrunner.checks.contract.ignore_rules import apply, idle, load_rules
from frontrunner.checks.contract.record import Record, read_record, write_record
from frontrunner.checks.contract.record_folder import record_folder
from frontrunner.checks.contract.record_running import record_board
from frontrunner.checks.contract.report import broken, junit, lines, printable, tally, unchecked
from frontrunner.cli.app import app
from frontrunner.cli.options import Home, Json
from frontrunner.cli.output import complain, counted, print_json, stderr
from frontrunner.cli.progress import progress_bar

_INCOMPLETE = 3
"""Exit code if items could not be checked, as for a board that cannot be asked."""

Timeout = Annotated[
    float, typer.Option(metavar="SECONDS", help="Time limit of one request.", min=0.1)
]
Deadline = Annotated[
    float, typer.Option(metavar="SECONDS", help="Time limit of all requests together.", min=1)
]

contract_app = typer.Typer(
    name="contract",
    help="Record a board's routes, links and calls, and check another board against the record.",
    no_args_is_help=True,
)
app.add_typer(contract_app)


@contract_app.command()
def record(
    source: Annotated[
        str,
        typer.Argument(
            metavar="URL|DIR", help="URL of a running board, or a folder with its saved answers."
        ),
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where to write the record.")],
    requests: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Requests to record: an access log, or one path per line."
        ),
    ] = None,
    most: Annotated[
        int, typer.Option(help="How many of the requests to send, the most frequent first.", min=0)
    ] = 1000,
    crawl: Annotated[int, typer.Option(help="How many linked pages to follow.", min=0)] = 100,
    timeout: Timeout = ANSWER_SECONDS,
    deadline: Deadline = TOTAL_SECONDS,
    home: Home = None,
) -> None:
    """Record a board's routes, answer shapes, links, calls and raw files in a folder.

    Sends GET requests only, and never to a path that may change data, such as /logout.
    """
    load_settings(home)  # not used, but mistakes in it are reported
    if "://" in source:
        paths = _paths(requests, most)
        with progress_bar("Asking the board"):
            fetch = fetcher(source, timeout)
            made, notes = record_board(public_url(source), fetch, paths, crawl, deadline)
        for note in notes:
            stderr.print(printable(note), highlight=False, markup=False)
    else:
        made = record_folder(Path(source))
    write_record(made, out)
    stderr.print(_what(made), highlight=False, soft_wrap=True)
    typer.echo(str(out))


def _paths(requests: Path | None, most: int) -> list[str]:
    if requests is None:
        return []
    try:
        paths = requests_in(requests.read_text(encoding="utf-8", errors="replace"))
    except OSError as error:
        raise ContractError(f"{requests} cannot be read: {error.strerror or error}.") from error
    if not paths:
        raise ContractError(
            f"{requests} has no requests: it is neither an access log nor a list of paths."
        )
    if len(paths) > most:
        left = counted(len(paths) - most, "request")
        stderr.print(f"{left} of {requests} will not be sent (--most).", highlight=False)
    return paths[:most]


def _what(made: Record) -> str:
    parts = [
        counted(len(some), noun)
        for some, noun in (
            (made.routes, "route"),
            (made.answers, "answer"),
            (made.links, "link"),
            (made.calls, "call"),
            (made.files, "raw file"),
        )
    ]
    return f"Recorded {', '.join(parts)} of {made.source}."


@contract_app.command()
def check(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A record.")],
    against: Annotated[str, typer.Option("--against", metavar="URL", help="The board to check.")],
    files: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="The folder of the raw files, if they are not at the URL."
        ),
    ] = None,
    ignore: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Accepted differences, as TOML: owner, reason, expiry."),
    ] = None,
    junit_file: Annotated[
        Path | None, typer.Option("--junit", metavar="FILE", help="Also write JUnit XML.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also list items that are compatible.")
    ] = False,
    timeout: Timeout = ANSWER_SECONDS,
    deadline: Deadline = TOTAL_SECONDS,
    as_json: Json = False,
    home: Home = None,
) -> None:
    """Check another board against a record.

    Exits with 1 if a program would break, and with 3 if items could not be checked.
    """
    load_settings(home)  # not used, but mistakes in it are reported
    made, rules = read_record(folder), load_rules(ignore)
    raw = folder_fetcher(files) if files else None
    with progress_bar("Asking the board"):
        found = findings_of(made, fetcher(against, timeout), raw, deadline)
        findings = apply(found, rules, datetime.now(UTC).date())
    for rule in idle(findings, rules):
        text = f"The rule of {rule.owner} for {rule.item} ignores nothing and can be removed."
        stderr.print(text, highlight=False, markup=False)
    if junit_file is not None:
        _write(junit_file, junit(findings))
    if as_json:
        print_json({"tally": tally(findings), "findings": findings})
    else:
        _tell(findings, everything=everything)
    sys.exit(_exit_code(findings))


def _exit_code(findings: Sequence[Finding]) -> int:
    errors = unchecked(findings)
    if errors:
        items = counted(len(errors), "item")
        complain("error", f"{items} could not be checked. The last: {errors[-1].reason}")
        return _INCOMPLETE
    return 1 if broken(findings) else 0


def _write(path: Path, text: str) -> None:
    try:
        write_file(path, text.encode())
    except OSError as error:
        raise ContractError(f"{path} cannot be written: {error.strerror or error}.") from error


def _tell(findings: Sequence[Finding], *, everything: bool) -> None:
    for line in lines(findings, everything=everything):
        typer.echo(line)
    counts = ", ".join(f"{count:,} {verdict}" for verdict, count in tally(findings).items())
    stderr.print(
        f"{counted(len(findings), 'item')}: {counts or 'nothing to check'}", highlight=False
    )
