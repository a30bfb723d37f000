"""The root of the command line: one Typer app, one module per group of commands."""

from __future__ import annotations

import typer

from frontrunner import __version__
from frontrunner.cli.output import set_volume

app = typer.Typer(
    name="frontrunner",
    help="A leaderboard for embedding models that can take over from an older one.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"frontrunner {__version__}")
        raise typer.Exit


def _quiet(context: typer.Context, asked: bool) -> bool:
    if asked or context.parent is None:
        set_volume(quiet=asked)
    return asked


def _verbose(context: typer.Context, asked: bool) -> bool:
    if asked or context.parent is None:
        set_volume(verbose=asked)
    return asked


@app.callback()
def root(
    quiet: bool = typer.Option(
        False,
        "--quiet",
        "-q",
        help="Print errors and warnings only, besides data.",
        callback=_quiet,
        expose_value=False,
    ),
    verbose: bool = typer.Option(
        False,
        "--verbose",
        "-v",
        help="Print how long each step took, and the traceback of an error.",
        callback=_verbose,
        expose_value=False,
    ),
    version: bool = typer.Option(
        False, "--version", help="Print the version.", callback=_version, is_eager=True
    ),
) -> None:
    """Read mteb result files, serve ranked boards, and take over from an older board."""
