"""A repository of results, and a home that follows it."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from frontrunner.results.fetch import LocalSource, fetch
from frontrunner.results.ingest import Ingested
from frontrunner.results.read import Options
from frontrunner.results.several import read_sources
from tests.factories import catalog
from tests.results.git_folder import git, repository_in
from tests.results.origin_lists import lists_of

KNOWN = catalog(models=["org/a", "org/b", "org/c"])


class Followed:
    """A repository, and a home that follows it."""

    def __init__(self, folder: Path) -> None:
        self.repository, self._folder = repository_in(folder / "repository"), folder
        self.looks = 0
        """How often each file was looked at."""

    def fetch(self) -> LocalSource:
        """Bring the clone up to date."""
        return fetch(self.repository.as_uri(), self._folder / "sources")

    def read(self, *, anew: bool = False, near: LocalSource | None = None) -> Ingested:
        """Read the clone, only what changed or all of it."""
        cache = None if anew else self._folder / "cache"
        options = Options(workers=1, cache=cache)
        return read_sources([near or self.fetch()], KNOWN, options)

    def commit_all(self) -> None:
        """Commit whatever is in the folder."""
        git(self.repository, "add", "-A")
        git(self.repository, "commit", "-qm", "results", "--allow-empty")


def facts(found: Ingested) -> list[str]:
    """All that reading gives."""
    others = [one.name for one in fields(found) if one.name not in ("table", "origins")]
    columns = [repr(list(getattr(found.table, one.name))) for one in fields(found.table)]
    columns.append(repr(lists_of(found.origins)))
    return [*columns, *(repr(getattr(found, name)) for name in others)]
