"""`frontrunner gateway status` and `feedback`: what reads and changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from frontrunner.base.errors import GatewayError, UsageError
from frontrunner.cli.gateway_app import gateway, settings_of, settings_of_way_back
from frontrunner.cli.options import Home, Json
from frontrunner.cli.output import counted, moment, print_json, say

if TYPE_CHECKING:
    from frontrunner.gateway.status import Status


@gateway.command()
def status(home: Home = None, as_json: Json = False) -> None:
    """Show shares, both boards' health, open streams and counts; exits with 6 if no Envoy runs."""
    from frontrunner.gateway.control import Gateway  # noqa: PLC0415
    from frontrunner.gateway.status import shown, status_of, summary  # noqa: PLC0415

    _, settings, folder = settings_of_way_back(home, to_change=False)
    found = status_of(Gateway(settings, folder))
    if as_json:
        print_json(shown(found))
    if not found.running:
        raise GatewayError(summary(found))
    if as_json:
        return
    stdout = Console()
    stdout.print(summary(found), highlight=False, soft_wrap=True)
    stdout.print(_hosts(found))
    stdout.print(_counts(found))
    fallbacks, failed = found.totals.fallbacks, found.totals.failed
    failures = f"{counted(failed, 'request')} failed"
    if found.drains_until is not None:
        text = f"The earlier Envoy drains until about {moment(found.drains_until)}."
        stdout.print(f"{text} A reload waits until then.", highlight=False, soft_wrap=True)
    stdout.print(f"{counted(fallbacks, 'fallback')}; {failures}", highlight=False)
    if found.feedback and found.feedback.is_full:
        stdout.print(str(found.feedback), highlight=False, soft_wrap=True)


def _hosts(found: Status) -> Table:
    table = Table("board", "address", "health", "under way", box=None)
    for host in found.hosts:
        table.add_row(host.side, host.address, host.health, f"{host.active:,}")
    return table


def _counts(found: Status) -> Table:
    table = Table("board", "requests", "attempts", "failed attempts", box=None)
    totals = found.totals
    for side in ("old", "new"):
        numbers = (totals.requests, totals.attempts, totals.failures)
        table.add_row(side, *(f"{one.get(side, 0):,}" for one in numbers))
    return table


@gateway.command()
def feedback(
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    last: Annotated[
        int | None,
        typer.Option(
            "--delete-through", metavar="ID", min=1, help="Delete the messages up to this one."
        ),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Delete. Without --yes, only print what would be deleted.")
    ] = False,
    as_json: Json = False,
    home: Home = None,
) -> None:
    """Print what users wrote, oldest first, or delete it."""
    from frontrunner.gateway import feedback as messages  # noqa: PLC0415

    chosen, settings, folder = settings_of(home)
    if last is not None and not yes:
        raise UsageError(
            f"This would delete the messages up to number {last}. Export them first: frontrunner "
            "gateway feedback --csv > feedback.csv. To delete them, add --yes."
        )
    if not (settings.feedback or folder.exists() or chosen.exists()):
        raise GatewayError(f"The folder {chosen} does not exist. Check --home.")
    store = messages.Feedback(settings.feedback, folder)
    if last is not None:
        _say_deleted(store.delete_through(last), as_json)
    elif as_csv:
        typer.echo(messages.as_csv(store.all()), nl=False)
    elif as_json:
        print_json(list(store.all()))
    else:
        found = list(store.all())
        if not found:
            say("Nobody has sent feedback yet.")
        for one in found:
            typer.echo(f"{one.id}\t{one.side}\t{one.page}\t{' '.join(one.text.split())}")
    store.close()


def _say_deleted(number: int, as_json: bool) -> None:
    if as_json:
        print_json({"deleted": number})
    say(f"{counted(number, 'message')} deleted.")
