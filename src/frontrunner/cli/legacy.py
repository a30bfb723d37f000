"""`frontrunner legacy`: the older board's files, written with fresh numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from frontrunner.base.config import load_settings
from frontrunner.base.errors import UsageError
from frontrunner.cli.app import app
from frontrunner.cli.options import Home
from frontrunner.cli.output import counted, stderr
from frontrunner.cli.progress import Terminal
from frontrunner.legacy.adopted import adopted_tree
from frontrunner.legacy.files.dump import read_dump, write_results
from frontrunner.legacy.files.fresh import fresh_tree
from frontrunner.legacy.files.tree import Tree, read_tree, write_tree
from frontrunner.ops import pipeline
from frontrunner.ops.adopt import adopt as take_over
from frontrunner.snapshot.store import Store

legacy_app = typer.Typer(
    name="legacy",
    help="Keep the files and calls of an older board working.",
    no_args_is_help=True,
)
app.add_typer(legacy_app)

LegacyFolder = Annotated[
    Path | None,
    typer.Option(
        "--legacy",
        metavar="DIR",
        help="The old board's folder: config.yaml and boards_data/. [default: as adopted]",
    ),
]
SnapshotName = Annotated[
    str | None,
    typer.Option("--snapshot", metavar="ID", help="A snapshot. [default: the current one]"),
]


def _read(folder: Path) -> Tree:
    """Read the old board's folder, and print the problems with it."""
    tree = read_tree(folder)
    for problem in tree.problems:
        stderr.print(f"{problem.where}: {problem.what}", highlight=False, markup=False)
    return tree


def _refuse_content(folder: Path) -> None:
    """Raise UsageError if the folder has content, so that nothing is overwritten."""
    try:
        taken = any(folder.iterdir()) if folder.is_dir() else folder.exists()
    except OSError as error:
        raise UsageError(f"{folder} cannot be read: {error.strerror or error}.") from error
    if taken:
        raise UsageError(
            f"{folder} exists and is not empty. Give a new folder: files are never overwritten."
        )


@legacy_app.command()
def adopt(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The old board's folder, as for --legacy.")
    ],
    home: Home = None,
) -> None:
    """Answer the old board's Gradio calls, in its shape and with fresh numbers.

    Copies the old board's configuration and lists into the home. Afterwards neither the server nor
    `legacy write` needs the folder. A running server answers the calls at once. Run it again to
    replace the copy.
    """
    settings = load_settings(home)
    tree = _read(folder)
    reporter = Terminal()
    typer.echo(str(take_over(pipeline.open_store(settings, reporter), tree, reporter)))


@legacy_app.command()
def write(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder to write to; new or empty.")
    ],
    legacy: LegacyFolder = None,
    snapshot: SnapshotName = None,
    home: Home = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only print how many rows each table would have.")
    ] = False,
) -> None:
    """Write the old board's files from a snapshot: same files, same columns, fresh numbers.

    Boards and columns come from the old board's configuration. The folder is written completely or
    not at all.
    """
    _refuse_content(folder)
    settings = load_settings(home)
    store = Store(settings.home)
    found = store.open(snapshot) if snapshot else store.current()
    old = _read(legacy) if legacy else adopted_tree(settings.home)
    fresh = fresh_tree(old, found)
    if dry_run:
        for table in fresh.tables:
            typer.echo(f"{len(table.rows):5d} rows  {table.path}")
        return
    for path in write_tree(fresh, folder):
        typer.echo(str(path))


@legacy_app.command()
def unpack(
    dump: Annotated[
        Path, typer.Argument(metavar="DUMP", help="A Parquet file, or a folder of them.")
    ],
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder to write to; new or empty.")
    ],
    home: Home = None,
) -> None:
    """Turn the second board's dump of results (Parquet) into result files.

    `build --results` and `parity --results` read what it writes.
    """
    load_settings(home)  # not used, but mistakes in it are reported
    _refuse_content(folder)
    made = write_results(read_dump(dump), folder)
    if made.left:
        stderr.print(
            f"{counted(made.left, 'score')} left out: the names cannot be part of a file name."
        )
    scores, files = counted(made.scores, "score"), counted(made.files, "result file")
    stderr.print(f"{scores} in {files}.", highlight=False)
    typer.echo(str(folder))
