"""The root of the command line: one Typer app, one module per group of commands."""

from __future__ import annotations

import typer

from frontrunner import __version__

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


@app.callback()
def root(
    version: bool = typer.Option(
        False, "--version", help="Print the version.", callback=_version, is_eager=True
    ),
) -> None:
    """Result files in, ranked boards out; and the take-over of the board before."""
