"""Numbers that explain: every score in the files of today and in those that were set aside.

Only files of cells that are not equal are read again: the winning files (for metrics other than
the main score), those that another file superseded, those of retired tasks, those under a name
that the registry has changed since, and their earlier versions in git.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from frontrunner.base.errors import SourceError
from frontrunner.base.json import loads_or_none
from frontrunner.catalog import Catalog
from frontrunner.checks.parity.changes import Change
from frontrunner.checks.parity.file_numbers import metrics_in
from frontrunner.checks.parity.history import History
from frontrunner.checks.parity.old_metrics import MAIN
from frontrunner.results.archive import is_archive, walk_archive
from frontrunner.results.formats import TaskIndex, UnusableFileError, parse
from frontrunner.results.rejects import Reason
from frontrunner.results.sources import results_root
from frontrunner.snapshot.reader import Snapshot


class Role(StrEnum):
    """What became of a file in the snapshot."""

    WINS = "wins"
    SUPERSEDED = "superseded"
    RENAMED = "renamed"
    RETIRED = "retired"
    EARLIER = "earlier"
    """The content of a file before a commit changed or deleted it."""


class FoundNumber(NamedTuple):
    """One number in one file."""

    role: Role
    path: str
    split: str
    subset: str
    metric: str
    value: float
    """On the scale of 0 to 100."""
    until: Change | None = None
    """The commit that changed or deleted an earlier version."""
    lone: bool = False
    """Whether the file has one subset only."""

    def __str__(self) -> str:
        where = f"{self.path} until commit {self.until}" if self.until else self.path
        return f"{where} ({self.role}) has {self.value:.2f} as {self.metric} on {self.split}"


class FileRef(NamedTuple):
    """A result file that may have evidence."""

    role: Role
    path: str


_ROLE = {
    Reason.SUPERSEDED: Role.SUPERSEDED,
    Reason.UNKNOWN_MODEL: Role.RENAMED,
    Reason.RETIRED_TASK: Role.RETIRED,
}
NumbersByFile = Mapping[FileRef, Sequence[FoundNumber]]
ModelTask = tuple[str, str]
Index = Mapping[ModelTask, list[FileRef]]
"""Folder of a model and name of a file's task -> files."""


def index_files(
    snapshot: Snapshot, folders: Iterable[str], history: History | None = None
) -> Index:
    """The files of some models' folders, by folder and by the task in the file's name.

    Those that had other contents before, or were there before, come once more as `earlier`.
    """
    wanted = set(folders)
    index: dict[ModelTask, list[FileRef]] = defaultdict(list)
    paths = snapshot.frame("files").select("path").collect()["path"].to_list()
    rejects = snapshot.frame("rejects").select("path", "reason").collect()
    files = [(path, Role.WINS) for path in paths]
    files += [(path, role) for path, why in rejects.iter_rows() if (role := _role(why))]
    files += [(path, Role.EARLIER) for path in (history.paths if history else ())]
    for path, role in files:
        folder, _, rest = path.partition("/")
        if folder in wanted and "/experiments/" not in path and path.endswith(".json"):
            index[folder, rest.rsplit("/", 1)[-1][: -len(".json")]].append(FileRef(role, path))
    return index


def _role(reason: str) -> Role | None:
    try:
        return _ROLE.get(Reason(reason))
    except ValueError:
        return None  # a reason of a later version


def refs_of(index: Index, folders: Iterable[str], tasks: Iterable[str]) -> list[FileRef]:
    """The files of a model in all its folders, on a task under all its names."""
    tasks = list(tasks)
    return [ref for folder in folders for task in tasks for ref in index.get((folder, task), ())]


# --- reading --------------------------------------------------------------------------------------


class EvidenceReader:
    """Reads result files again from the source of the snapshot."""

    def __init__(self, results: Path, catalog: Catalog) -> None:
        """`results` is a folder (with or without `results/` in it) or an archive."""
        self._results = results
        self._tasks = TaskIndex.of(catalog)
        self._root = results_root(results)

    def read(self, refs: Iterable[FileRef], history: History | None = None) -> NumbersByFile:
        """The numbers in each file of today. A file that cannot be read has none.

        `history` is needed for a repository without a work tree.
        """
        wanted = {ref.path: ref.role for ref in refs if ref.role is not Role.EARLIER}
        return {
            FileRef(wanted[path], path): self._numbers(wanted[path], path, data)
            for path, data in self._open(wanted, history)
        }

    def read_earlier(self, refs: Iterable[FileRef], history: History) -> NumbersByFile:
        """The numbers in earlier versions, each with the commit that removed it."""
        numbers: dict[FileRef, list[FoundNumber]] = defaultdict(list)
        for path, change, data in history.versions(r.path for r in refs if r.role is Role.EARLIER):
            ref = FileRef(Role.EARLIER, path)
            numbers[ref] += self._numbers(Role.EARLIER, path, data, change)
        return numbers

    def _open(
        self, wanted: Mapping[str, Role], history: History | None
    ) -> Iterator[tuple[str, bytes]]:
        if self._results.is_dir():
            files = {path: self._root / path for path in wanted}
            present = {path: file for path, file in files.items() if file.is_file()}
            yield from ((path, file.read_bytes()) for path, file in present.items())
            if history is not None and not present:
                yield from history.today(wanted)
            return
        if not is_archive(self._results) or not self._results.is_file():
            raise SourceError(f"{self._results} is neither a folder nor an archive of results.")
        for member in walk_archive(self._results):
            path = member.name.removeprefix("./").removeprefix("results/")
            if member.data is not None and path in wanted:
                yield path, member.data

    def _numbers(
        self, role: Role, path: str, data: bytes, until: Change | None = None
    ) -> list[FoundNumber]:
        """Each metric in question, and main scores as the reader of results sees them."""
        rows = [*metrics_in(loads_or_none(data)), *self._main(data)]
        lone = len({subset for _, subset, _, _ in rows}) == 1
        return [
            FoundNumber(role, path, split, subset, metric, value * 100, until, lone)
            for split, subset, metric, value in rows
        ]

    def _main(self, data: bytes) -> Iterator[tuple[str, str, str, float]]:
        try:
            entries = parse(data, self._tasks).entries
        except UnusableFileError:
            return
        for (split, subset, _), score in entries:
            if score == score:
                yield split, subset, MAIN, score
