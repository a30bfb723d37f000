"""Numbers that explain: every score in the files that stand and in those that were set aside.

Only files of cells that are not equal are read again: those that stand (for metrics other than
the main score), those that another file superseded, those of retired tasks, those under a name
that the registry has changed since, and what git remembers of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from frontrunner.base.errors import SourceError
from frontrunner.base.json import loads_or_none
from frontrunner.catalog import Catalog
from frontrunner.checks.parity.history import History
from frontrunner.checks.parity.metrics import LOOKED_AT, MAIN
from frontrunner.results.archive import is_archive, walk_archive
from frontrunner.results.formats import TaskIndex, UnusableFileError, parse
from frontrunner.results.layout import folder_name
from frontrunner.results.rejects import Reason
from frontrunner.results.sources import results_root
from frontrunner.snapshot.reader import Snapshot


class Role(StrEnum):
    """What became of a file in the snapshot."""

    STANDS = "stands"
    SUPERSEDED = "superseded"
    RENAMED = "renamed"
    RETIRED = "retired"
    EARLIER = "earlier"
    """What a file held before a commit changed or deleted it."""


class Found(NamedTuple):
    """One number in one file."""

    role: Role
    path: str
    split: str
    subset: str
    metric: str
    value: float
    """On the scale of 0 to 100."""


class FileRef(NamedTuple):
    """A result file that may hold evidence."""

    role: Role
    path: str


_ROLE = {
    Reason.SUPERSEDED: Role.SUPERSEDED,
    Reason.UNKNOWN_MODEL: Role.RENAMED,
    Reason.RETIRED_TASK: Role.RETIRED,
}
Numbers = Mapping[FileRef, Sequence[Found]]
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
    files = [(path, Role.STANDS) for path in paths]
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


def refs_of(index: Index, models: Iterable[str], tasks: Iterable[str]) -> list[FileRef]:
    """The files of a model under all its names, on a task under all its names."""
    tasks = list(tasks)
    return [
        ref
        for model in models
        for task in tasks
        for ref in index.get((folder_name(model), task), ())
    ]


# --- reading --------------------------------------------------------------------------------------


class Reader:
    """Reads files again from where the snapshot's results came from."""

    def __init__(self, results: Path, catalog: Catalog) -> None:
        """`results` is a folder (with or without `results/` in it) or an archive."""
        self._results = results
        self._tasks = TaskIndex.of(catalog)
        self._root = results_root(results)

    def read(self, refs: Iterable[FileRef]) -> Numbers:
        """The numbers in each file of today. What cannot be read holds none."""
        wanted = {ref.path: ref.role for ref in refs if ref.role is not Role.EARLIER}
        return {
            FileRef(wanted[path], path): self._numbers(wanted[path], path, data)
            for path, data in self._open(wanted)
        }

    def read_earlier(self, refs: Iterable[FileRef], history: History) -> Numbers:
        """The numbers that files held before, each with the commit that took it away."""
        numbers: dict[FileRef, list[Found]] = defaultdict(list)
        for path, change, data in history.versions(r.path for r in refs if r.role is Role.EARLIER):
            where = f"{path} until commit {change}"
            numbers[FileRef(Role.EARLIER, path)] += self._numbers(Role.EARLIER, where, data)
        return numbers

    def _open(self, wanted: Mapping[str, Role]) -> Iterator[tuple[str, bytes]]:
        if self._results.is_dir():
            for path in wanted:
                file = self._root / path
                if file.is_file():
                    yield path, file.read_bytes()
            return
        if not is_archive(self._results) or not self._results.is_file():
            raise SourceError(f"{self._results} is neither a folder nor an archive of results.")
        for member in walk_archive(self._results):
            path = member.name.removeprefix("./").removeprefix("results/")
            if member.data is not None and path in wanted:
                yield path, member.data

    def _numbers(self, role: Role, path: str, data: bytes) -> list[Found]:
        content = loads_or_none(data)
        found = [
            Found(role, path, split, subset, metric, value * 100)
            for split, subset, metric, value in _metrics(content)
        ]
        return found + self._main(role, path, data)

    def _main(self, role: Role, path: str, data: bytes) -> list[Found]:
        """Main scores as the reader of results sees them, old layouts included."""
        try:
            entries = parse(data, self._tasks).entries
        except UnusableFileError:
            return []
        return [
            Found(role, path, split, subset, MAIN, score * 100)
            for (split, subset, _), score in entries
            if score == score
        ]


_Metric = tuple[str, str, str, float]
"""Split, subset, metric, value."""


def _metrics(content: Any) -> Iterator[_Metric]:
    """The metrics in question of a file of either layout."""
    if not isinstance(content, dict):
        return
    splits = content.get("scores", content)
    if not isinstance(splits, dict):
        return
    for split, entries in splits.items():
        if isinstance(entries, list):
            for entry in entries:
                if isinstance(entry, dict):
                    subset = str(entry.get("hf_subset", "default"))
                    yield from ((split, subset, *one) for one in _flat(entry))
        elif isinstance(entries, dict):
            yield from _old_metrics(split, entries)


def _old_metrics(split: str, entries: Mapping[str, Any]) -> Iterator[_Metric]:
    """A split of a file before mteb 1.11: metrics, or subsets that hold metrics."""
    yield from ((split, "default", *one) for one in _flat(entries))
    for subset, inner in entries.items():
        if isinstance(inner, dict):
            yield from ((split, subset, *one) for one in _flat(inner))


def _flat(metrics: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """Those that an old number can be; `cos_sim: {ap}` counts as `cos_sim_ap`."""
    for name, value in metrics.items():
        if isinstance(value, dict):
            inner = ((f"{name}_{key}", number) for key, number in value.items())
            yield from (one for one in inner if _counts(*one))
        elif _counts(name, value):
            yield name, value


def _counts(name: str, value: object) -> bool:
    return name in LOOKED_AT and isinstance(value, float) and value == value
