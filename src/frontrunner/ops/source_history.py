"""Which commit changed each file, if the git history of the results is on this machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from frontrunner.base.config import Settings
from frontrunner.base.home import Home
from frontrunner.results.git import ask_git
from frontrunner.results.git_history import Commit, touched
from frontrunner.results.git_tree import INSIDE
from frontrunner.snapshot.reader import Snapshot


def commits_between(
    settings: Settings, old: Snapshot, new: Snapshot, given: Path | None = None
) -> Mapping[str, Commit]:
    """Path -> the last commit that changed it between two snapshots; empty if none is known.

    Looks in the repository `given`, in folders that updates read, and in what was fetched.
    """
    found: dict[str, Commit] = {}
    places = list(_places(settings, given))
    for was in _commits(old):
        for now in _commits(new):
            for place in places:
                if was != now and ask_git(place, "cat-file", "-e", now) is not None:
                    found |= touched(place, was, now)
    return {path.removeprefix(INSIDE): commit for path, commit in found.items()}


def _commits(snapshot: Snapshot) -> list[str]:
    sources = snapshot.manifest.provenance.sources
    return [one.commit.rstrip("+") for one in sources if one.commit]


def _places(settings: Settings, given: Path | None) -> Iterator[Path]:
    if given is not None:
        yield given
    results = settings.refresh.results
    for source in (results,) if isinstance(results, str) else results:
        if source and Path(source).is_dir():
            yield Path(source)
    sources = Home(settings.home).sources
    if sources.is_dir():
        yield from (path for path in sorted(sources.iterdir()) if path.is_dir())
