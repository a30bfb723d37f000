"""What `frontrunner doctor` says of the databases of likes and feedback: whether they answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from frontrunner.base.config import Settings
from frontrunner.base.errors import MissingExtraError
from frontrunner.base.home import Home
from frontrunner.gateway.examine import Finding

if TYPE_CHECKING:
    from frontrunner.base.sql import Database


class _Kept(NamedTuple):
    """A database that the settings ask for."""

    what: str
    setting: str
    """What names its URL."""
    url: str
    file: Path
    """Where it is if the URL is empty."""
    user: str
    """The command that creates and uses it."""
    lost: str
    """What is lost while it does not answer."""

    def finding(self, state: Literal["ok", "absent", "wrong"], text: str) -> Finding:
        """What was found of it."""
        return Finding(f"database of {self.what}", state, text)


def examine_databases(settings: Settings) -> Iterator[Finding]:
    """The database of likes if visitors can like the board, that of feedback with a gateway."""
    home, site, gateway = Home(settings.home), settings.site, settings.gateway
    if site.likes:
        yield _examined(_Kept(
            "likes", "site.likes_database", site.likes_database, home.likes, "serve",
            "likes are not counted",
        ))  # fmt: skip
    if gateway.old or gateway.new:
        file = Path(gateway.state or home.gateway) / "feedback.db"
        yield _examined(_Kept(
            "feedback", "gateway.feedback", gateway.feedback, file, "gateway run",
            "feedback is not stored",
        ))  # fmt: skip


def _examined(kept: _Kept) -> Finding:
    try:
        from frontrunner.base.sql import Database  # noqa: PLC0415 -- an extra

        database = Database(kept.url, kept.file)
    except MissingExtraError as error:
        return kept.finding("wrong", str(error))
    except ValueError as error:
        return kept.finding("wrong", f"{kept.setting} cannot be used: {error}")
    with closing(database):
        if database.is_sqlite and _is_missing(Path(str(database))):
            return _not_there(Path(str(database)), kept)
        return _asked(database, kept)


def _is_missing(file: Path) -> bool:
    """Whether there is no file; not if that cannot be seen, which SQLite says of it."""
    try:
        file.stat()
    except (OSError, ValueError) as error:
        return isinstance(error, FileNotFoundError | NotADirectoryError)
    return False


def _not_there(file: Path, kept: _Kept) -> Finding:
    """`serve` and `gateway run` create the file, but not the folder that a URL names."""
    if kept.url and not file.parent.is_dir():
        text = f"the folder {file.parent} does not exist. Create it, or correct {kept.setting}"
        return kept.finding("wrong", text)
    text = f"{file} does not exist yet; frontrunner {kept.user} creates it when it starts"
    return kept.finding("absent", text)


def _asked(database: Database, kept: _Kept) -> Finding:
    """Whether it can be written; nothing is."""
    from frontrunner.base.sql import REFUSALS  # noqa: PLC0415 -- an extra

    try:
        is_read_only = database.is_read_only()
    except REFUSALS as error:
        mend = (
            "Fix the permissions of the file, or restore it from a backup"
            if database.is_sqlite
            else f"Start the database, or correct {kept.setting}"
        )
        text = f"{database} does not answer ({database.cause(error)}), so {kept.lost}. {mend}"
        return kept.finding("wrong", text)
    if is_read_only:
        text = f"{database} is read-only, so {kept.lost}. Name the primary in {kept.setting}"
        return kept.finding("wrong", text)
    return kept.finding("ok", f"{database} answers")
