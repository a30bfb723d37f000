"""Read the results of one commit after another, and of each only what the one before had not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from frontrunner.results.chunk import Knowledge, read_chunk
from frontrunner.results.collecting import collector_paused
from frontrunner.results.files import files_of, merged
from frontrunner.results.git_history import Blob, contents
from frontrunner.results.origin import Origin
from frontrunner.results.read import RawResults
from frontrunner.results.rejects import Reason, Reject, printable
from frontrunner.results.sources import MAX_FILE_BYTES, Content, Item

_LINK, _SUBMODULE = "120000", "160000"
INSIDE = "results/"


def results_of(tree: Mapping[str, Blob]) -> tuple[str, dict[str, Blob]]:
    """The folder of the results, and its files by their path there.

    All files, and no name of a folder, if there is no folder `results`.
    """
    files = {path: blob for path, blob in tree.items() if blob.mode != _SUBMODULE}
    inside = {
        path.removeprefix(INSIDE): blob for path, blob in files.items() if path.startswith(INSIDE)
    }
    return (INSIDE.rstrip("/"), inside) if inside else ("", files)


class TreeReader:
    """Reads trees of one repository; a file whose content stays is read once.

    Like the cache of builds, it remembers the result files that could be used; the others are few
    and are read each time.
    """

    def __init__(self, folder: Path, known: Knowledge) -> None:
        self._folder = folder
        self._known = known
        self._before = files_of(read_chunk((), known))
        self._ids: dict[str, str] = {}
        """Path -> git's name of the content, as it was in the tree before."""
        self.files_read = 0
        """How many files of the last tree were not known from the one before."""

    def read(self, found: Mapping[str, Blob], origin: Origin) -> RawResults:
        """What a tree holds, as `read_source` gives it. Raises SourceError if a file is missing."""
        ids = {printable(path): blob.id for path, blob in found.items()}
        before = self._before
        same = [self._ids.get(path) == ids.get(path, "") for path in before.paths]
        kept = np.array(same, dtype=bool)
        stays = {path for path, stay in zip(before.paths, same, strict=True) if stay}
        wanted = {path: blob for path, blob in found.items() if printable(path) not in stays}
        with collector_paused():
            fresh = read_chunk(self._items(wanted), self._known)
            files = merged([before.keep(kept), files_of(fresh)])
        self.files_read = sum(self._ids.get(printable(path)) != b.id for path, b in wanted.items())
        self._before, self._ids = files, ids
        return RawResults(
            files=files,
            identities=fresh.identities,
            settings=fresh.settings,
            rejects=fresh.rejects,
            seen=len(found),
            origin=origin,
            described=fresh.described,
        )

    def _items(self, wanted: Mapping[str, Blob]) -> Iterator[Item]:
        paths: dict[str, list[str]] = {}
        for path, blob in sorted(wanted.items()):
            if blob.mode == _LINK:
                yield path, Reject(printable(path), Reason.SYMLINK)
            else:
                paths.setdefault(blob.id, []).append(path)
        for name, data in contents(self._folder, list(paths)):
            for path in paths[name]:
                if len(data) > MAX_FILE_BYTES:
                    detail = f"{len(data):,} bytes"
                    yield path, Reject(printable(path), Reason.TOO_LARGE, detail)
                else:
                    yield path, Content(data)
