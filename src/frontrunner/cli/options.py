"""Options that several commands share, and what they mean."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from frontrunner.base.errors import UsageError
from frontrunner.base.logs import note_format
from frontrunner.base.setting_values import variable
from frontrunner.cli.hints import note_home


def from_env(section: str, key: str) -> str:
    """What the help of an option says of its environment variable."""
    return f"[env: {variable(section, key)}]"


Home = Annotated[
    Path | None,
    typer.Option(
        "--home",
        metavar="DIR",
        callback=note_home,
        help="Folder with snapshots and state. [env: FRONTRUNNER_HOME] [default: .frontrunner]",
        show_default=False,
    ),
]
Host = Annotated[
    str | None,
    typer.Option(
        help=f"Address to listen on. {from_env('server', 'host')} [default: 127.0.0.1]",
    ),
]
Port = Annotated[
    int | None,
    typer.Option(
        help=f"Port to listen on; 0 is any free port. {from_env('server', 'port')} [default: 8000]",
    ),
]
Open = Annotated[bool, typer.Option("--open", help="Open the board in a browser.")]
PublishTo = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="URL",
        help="Object storage for published snapshots: s3://BUCKET/PREFIX, az://, gs:// or "
        f"file://. Keys are read from the environment. {from_env('store', 'publish')}",
        show_default=False,
    ),
]
LogFormat = Annotated[
    str | None,
    typer.Option(
        "--log-format",
        metavar="text|json",
        callback=note_format,
        is_eager=True,
        help="Format of stderr: text for people, or one JSON object per line. [default: text]",
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON to stdout.")]
OwnCatalog = Annotated[
    list[Path] | None,
    typer.Option(
        "--catalog",
        metavar="FILE",
        help="A catalog.toml with your own tasks, benchmarks and models. Repeat it to merge "
        "several; if two have the same entry, the later one wins.",
        show_default=False,
    ),
]
WithoutMteb = Annotated[bool, typer.Option("--without-mteb", help="Use the --catalog file alone.")]
Results = Annotated[
    list[str],
    typer.Option(
        "--results",
        metavar="SOURCE",
        help="A folder, a .zip, .tar.zst or .tar.gz, a git repository or its URL. Repeat it to "
        "merge several; if two have the same file, the later one wins.",
    ),
]
Readers = Annotated[
    int | None,
    typer.Option(
        "--readers",
        help=f"Processes that read files. {from_env('build', 'readers')} [default: one per core]",
        show_default=False,
    ),
]
Fresh = Annotated[
    bool, typer.Option("--fresh", help="Read every file, also those that seem unchanged.")
]


def check_range(option: str, value: int | None, low: int, high: int) -> None:
    """Raises UsageError if an option was given a number out of its range."""
    if value is not None and not low <= value <= high:
        raise UsageError(f"{option} must be {low}-{high}, got {value}")
