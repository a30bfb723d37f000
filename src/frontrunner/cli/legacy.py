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
    help="The older board's files, for programs that read them.",
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
    """Read the old board's folder, and say what is wrong with it."""
    tree = read_tree(folder)
    for problem in tree.problems:
        stderr.print(f"{problem.where}: {problem.what}", highlight=False, markup=False)
    return tree


def _refuse_what_is_there(folder: Path) -> None:
    """Nothing that is there is written over."""
    try:
        taken = any(folder.iterdir()) if folder.is_dir() else folder.exists()
    except OSError as error:
        raise UsageError(f"{folder} cannot be read: {error.strerror or error}.") from error
    if taken:
        raise UsageError(f"{folder} is there and not empty. Give a new one: nothing is replaced.")


@legacy_app.command()
def adopt(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The old board's folder, as for --legacy.")
    ],
    home: Home = None,
) -> None:
    """Answer the old board's Gradio calls from now on, in its shape and with fresh numbers.

    Keeps the old board's configuration and its lists in the home; its folder is not needed after,
    not for `legacy write` either. A server that runs takes it up at once. Give a folder again to
    replace it.
    """
    settings = load_settings(home)
    tree = _read(folder)
    reporter = Terminal()
    typer.echo(str(take_over(pipeline.open_store(settings, reporter), tree, reporter)))


@legacy_app.command()
def write(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where to write; new or empty.")],
    legacy: LegacyFolder = None,
    snapshot: SnapshotName = None,
    home: Home = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say how many rows each table would have.")
    ] = False,
) -> None:
    """Write the old board's tree from a snapshot: same files, same columns, fresh numbers.

    Which boards and columns there are is taken from the old board's configuration. The folder
    appears whole or not at all.
    """
    _refuse_what_is_there(folder)
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
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where to write; new or empty.")],
    home: Home = None,
) -> None:
    """Turn the second board's dump of results (Parquet) into result files.

    What it writes is what `build --results` and `parity --results` read.
    """
    load_settings(home)  # nothing of it is used here; a mistake in it is told all the same
    _refuse_what_is_there(folder)
    made = write_results(read_dump(dump), folder)
    if made.left:
        stderr.print(f"{made.left:,} scores are left out: no file could bear their names.")
    scores, files = counted(made.scores, "score"), counted(made.files, "result file")
    stderr.print(f"{scores} in {files}.", highlight=False)
    typer.echo(str(folder))
