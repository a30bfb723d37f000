"""`frontrunner backup` and `restore`: a home in one file, and back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from frontrunner.base.atomic import add_file, temporary_folder
from frontrunner.base.config import Settings, load_settings
from frontrunner.base.errors import BackupError
from frontrunner.base.home import Home as HomePaths
from frontrunner.cli.app import app
from frontrunner.cli.options import Home, Json
from frontrunner.cli.output import counted, print_json, say
from frontrunner.cli.progress import Terminal
from frontrunner.ops import pipeline
from frontrunner.ops.backup import Index, back_up
from frontrunner.ops.backup import restore as restored

_File = Annotated[Path, typer.Argument(metavar="FILE", help="The backup, a tar.")]


@app.command()
def backup(file: _File, home: Home = None, as_json: Json = False) -> None:
    """Write everything in a home that cannot be rebuilt into one file.

    These are the settings, the published snapshot, the update records, and the databases of the
    ledger, feedback and likes. The board can keep running. Secrets are left out and listed.
    """
    settings = load_settings(home)
    secrets = frozenset(Path(one) for one in _secret_files(settings) if one)
    made = back_up(pipeline.open_store(settings, Terminal()), file, secrets, _check_ledger)
    _tell(made, as_json=as_json)
    for what, url in _elsewhere(settings):
        say(
            f"Not in it: {what}, which is in another database ({url}). Back up that database "
            "separately."
        )
    say(f"Written: {file}, {file.stat().st_size:,} bytes")


@app.command()
def restore(file: _File, home: Home = None, as_json: Json = False) -> None:
    """Restore a backup into a new or empty home. Nothing is overwritten."""
    place = load_settings(home).home
    _tell(restored(file, place, _check_ledger), as_json=as_json)
    say(f"Restored: {place}. Check it with: frontrunner doctor")


def _tell(index: Index, *, as_json: bool) -> None:
    if as_json:
        print_json(index)
    for name in index.left_out:
        say(f"Not in it: {name}, a secret. Keep it elsewhere.")
    snapshot = f"snapshot {index.snapshot}" if index.snapshot else "no snapshot"
    say(f"{counted(len(index.files), 'file')}, {snapshot}")


def _secret_files(settings: Settings) -> tuple[str, ...]:
    notify = settings.notify
    return (settings.hub.token_file, notify.webhook_secret_file, notify.smtp_password_file,
            settings.gateway.tls_key, settings.gateway.control_file,
            str(HomePaths(settings.home).hub_control))  # fmt: skip


def _elsewhere(settings: Settings) -> Iterator[tuple[str, str]]:
    """Databases that are not in the home."""
    for what, url in (
        ("the ledger", settings.takeover.database),
        ("the feedback", settings.gateway.feedback),
        ("the likes", settings.site.likes_database),
    ):
        if url:
            from frontrunner.base.sql import Database  # noqa: PLC0415 -- SQLAlchemy is an extra

            yield what, str(Database(url, Path()))


def _check_ledger(name: Path, copied: Path) -> None:
    """Raises BackupError if `copied` is a ledger whose chain does not hold."""
    if name != HomePaths(Path()).takeover / "ledger.db":
        return
    from frontrunner.takeover.ledger.ledger import Ledger  # noqa: PLC0415 -- SQLAlchemy

    # Another copy: opening it writes files beside it.
    with temporary_folder("ledger") as folder:
        add_file(folder / "ledger.db", copied.read_bytes())
        with closing(Ledger("", folder)) as ledger:
            found = ledger.verify()
    if not found.holds:
        raise BackupError(f"The ledger is damaged: {found.text} Run: frontrunner takeover verify")
