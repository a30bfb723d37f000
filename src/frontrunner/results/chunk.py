"""Read a share of the files into columns: what one worker process does.

Rows are kept as plain arrays with numbers for the strings that repeat, so that a chunk crosses
to the parent process in milliseconds.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from typing import Any, NamedTuple, TypeVar

import msgspec

from frontrunner.catalog import Catalog, Model
from frontrunner.results.collecting import collector_paused
from frontrunner.results.contents import what_it_is
from frontrunner.results.describe import described_model
from frontrunner.results.formats import FileCell, ParsedFile, TaskIndex, UnusableFileError, parse
from frontrunner.results.layout import Identity, Kind, Names, folder_name, identity_of_meta, place
from frontrunner.results.rejects import Reason, Reject, printable
from frontrunner.results.sources import Content, Item

LONGEST_TEXT = 1_000
"""Characters of a name, revision or version; the longest of the public results has 131."""
LONGEST_PATH = 1_000
MOST_ROWS = 20_000
"""Scores of a file; the largest of the public results has 1,916."""
MOST_LANGUAGES = 2_000
"""Languages of a subset; those of the public results have up to 24."""
LARGEST_META = 256 * 1024
"""Bytes of a model_meta.json."""
LONGEST_SETTINGS = 1024 * 1024
"""Bytes of a line of run_settings.jsonl; the longest of the public results has 828,458."""


class FileColumns(NamedTuple):
    """Result files that were read, in columns; `files.Files` says what each means."""

    paths: list[str]
    texts: list[str | None]
    folder: array[int]
    task: array[int]
    version: array[int]
    dataset: array[int]
    note: array[int]
    rows: array[int]
    size: array[int]
    mtime_ns: array[int]
    ctime_ns: array[int]
    inode: array[int]
    measured: array[float]
    seconds: array[float]
    cells: list[FileCell]
    row_cell: array[int]
    row_score: array[float]


def no_files() -> FileColumns:
    """Columns to add files to."""
    ints = (array("i"), array("i"), array("i"), array("i"), array("i"), array("i"))
    stamps = (array("q"), array("q"), array("q"), array("q"))
    rows = (array("i"), array("d"))
    return FileColumns([], [], *ints, *stamps, array("d"), array("d"), [], *rows)


class RunSettings(NamedTuple):
    """One line of a run_settings.jsonl."""

    folder: str
    task: str
    settings: str
    """The line's JSON, unchanged."""


class Knowledge(NamedTuple):
    """What a worker must know of the catalog."""

    tasks: TaskIndex
    folders: frozenset[str]
    """Names of the folders of known models."""
    run_defaults: dict[str, dict[str, Any]]


def knowledge_of(catalog: Catalog) -> Knowledge:
    """The part of the catalog that workers need."""
    return Knowledge(
        TaskIndex.of(catalog),
        frozenset(
            folder_name(name) for name in (*catalog.model_by_name, *catalog.model_by_former_name)
        ),
        {model.name: dict(model.run_defaults) for model in catalog.models if model.run_defaults},
    )


class Chunk(NamedTuple):
    """What a share of the files says."""

    files: FileColumns
    identities: dict[str, Identity]
    settings: list[RunSettings]
    rejects: list[Reject]
    seen: int
    """Files looked at, of every kind."""
    described: dict[str, Model]
    """Folder -> the model that its model_meta.json describes, if no catalog knows it."""
    others: list[str]
    """Paths of the files that are not in `files`: they are read each time."""
    odd: bool = False
    """Whether something else than a file that can be found by its path lay among them."""


_Name = TypeVar("_Name")


class _Numbers(dict[_Name, int]):
    """Numbers things in the order in which they are first asked for."""

    def __missing__(self, name: _Name) -> int:
        number = self[name] = len(self)
        return number


class _Texts(_Numbers[str | None]):
    """Numbers texts; raises UnusableFileError for one that is too long."""

    def __missing__(self, name: str | None) -> int:
        if name is not None and len(name) > LONGEST_TEXT:
            raise UnusableFileError(Reason.TOO_LONG, _too_long(name))
        return super().__missing__(name)


class _Cells(_Numbers[FileCell]):
    """Numbers cells; raises UnusableFileError for one whose texts are too long or too many."""

    def __missing__(self, name: FileCell) -> int:
        split, subset, languages = name
        longest = max((split, subset, *languages), key=len)
        if len(longest) > LONGEST_TEXT:
            raise UnusableFileError(Reason.TOO_LONG, _too_long(longest))
        if len(languages) > MOST_LANGUAGES:
            raise UnusableFileError(Reason.TOO_LONG, f"{len(languages):,} languages of a subset")
        return super().__missing__(name)


def _too_long(text: str) -> str:
    return f"a text of {len(text):,} characters, which begins with {text[:40]!r}"


class _Builder:
    def __init__(self, known: Knowledge) -> None:
        self._known = known
        self._names = Names.of(known.folders)
        self._cells = _Cells()
        self._texts = _Texts()
        self._files = no_files()
        self.chunk = Chunk(self._files, {}, [], [], 0, {}, [])
        self.odd = False

    def add(self, path: str, content: Content) -> None:
        """Take one file, which may be no result, or one that cannot be used."""
        # Before it gives a folder its name: that is stored too.
        shown, known = printable(path), len(self._files.paths)
        self.odd |= shown != path
        self._add(shown, content)
        if len(self._files.paths) == known:
            self.chunk.others.append(shown)

    def _add(self, path: str, content: Content) -> None:
        where, data = place(path, self._names), content.data
        try:
            if where.kind is Kind.RESULT:
                self._add_result(path, where.folder, parse(data, self._known.tasks), content)
            elif where.kind is Kind.MODEL_META:
                if len(data) > LARGEST_META:
                    raise UnusableFileError(Reason.TOO_LONG, f"{len(data):,} bytes")
                self._add_meta(where.folder, bytes(data))
            elif where.kind is Kind.RUN_SETTINGS:
                self.chunk.settings.extend(list(_settings(where.folder, bytes(data))))
            else:
                raise UnusableFileError(Reason.OUT_OF_PLACE, "")
        except UnusableFileError as error:
            self.reject(path, error.reason, printable(error.detail))

    def _add_meta(self, folder: str, data: bytes) -> None:
        identity = identity_of_meta(data, self._known.run_defaults)
        self.chunk.identities[folder] = identity
        if folder_name(identity.model) not in self._names.exact:
            described = described_model(data)
            if described is not None:
                self.chunk.described[folder] = described

    def finish(self, seen: int) -> Chunk:
        """The chunk, after the last file."""
        files = self._files._replace(texts=list(self._texts), cells=list(self._cells))
        return self.chunk._replace(files=files, seen=seen, odd=self.odd)

    def reject(self, path: str, reason: Reason, detail: str = "") -> None:
        """Set one file aside."""
        self.chunk.rejects.append(Reject(printable(path), reason, detail))

    def _add_result(self, path: str, folder: str, file: ParsedFile, content: Content) -> None:
        texts, files = self._texts, self._files
        if len(file.entries) > MOST_ROWS:
            raise UnusableFileError(Reason.TOO_LONG, f"{len(file.entries):,} scores")
        # First what a text that is too long may stop, so that no column gets ahead of another.
        cells = [self._cells[cell] for cell, _ in file.entries]
        numbers = (
            texts[folder],
            texts[file.task],
            texts[file.mteb_version],
            texts[file.dataset_revision],
            texts[file.note],
        )
        files.row_cell.extend(cells)
        files.row_score.extend([score for _, score in file.entries])
        files.paths.append(path)
        files.folder.append(numbers[0])
        files.task.append(numbers[1])
        files.version.append(numbers[2])
        files.dataset.append(numbers[3])
        files.note.append(numbers[4])
        files.rows.append(len(cells))
        files.size.append(content.size)
        files.mtime_ns.append(content.mtime_ns)
        files.ctime_ns.append(content.ctime_ns)
        files.inode.append(content.inode)
        files.measured.append(file.measured)
        files.seconds.append(file.seconds)


def _settings(folder: str, data: bytes) -> Iterable[RunSettings]:
    for number, line in enumerate(data.splitlines(), start=1):
        if not line.strip():
            continue
        if len(line) > LONGEST_SETTINGS:
            raise UnusableFileError(Reason.TOO_LONG, f"line {number}: {len(line):,} bytes")
        try:
            task, text = _task_of(line), line.decode("utf-8")
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            said = what_it_is(line)
            detail = f"line {number}: {error if said == 'not JSON' else said}"
            raise UnusableFileError(Reason.NOT_JSON, detail[:200]) from None
        if task is None:
            raise UnusableFileError(Reason.WRONG_SHAPE, f"line {number}: expected a task")
        if len(task) > LONGEST_TEXT:
            raise UnusableFileError(Reason.TOO_LONG, f"line {number}: the name of the task")
        yield RunSettings(folder, task, text)


class _OfTask(msgspec.Struct):
    task: str


_decode_task = msgspec.json.Decoder(_OfTask).decode


def _task_of(line: bytes) -> str | None:
    """The task that a line of JSON names; None if it is no object, or names none."""
    try:
        return _decode_task(line).task
    except msgspec.ValidationError:
        entry = msgspec.json.decode(line)  # what is no JSON is said first
        task = entry.get("task") if isinstance(entry, dict) else None
        return task if isinstance(task, str) else None


def read_chunk(items: Iterable[Item], known: Knowledge) -> Chunk:
    """Read every file into one chunk."""
    builder = _Builder(known)
    seen = 0
    with collector_paused():
        for path, content in items:
            seen += 1
            if len(path) > LONGEST_PATH:
                builder.reject(f"{path[:200]}...", Reason.TOO_LONG, f"{len(path):,} characters")
                builder.odd = True
            elif isinstance(content, Reject):
                builder.chunk.rejects.append(content)
                builder.odd = True
            else:
                builder.add(path, content)
    return builder.finish(seen)
