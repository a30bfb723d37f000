"""One result file's bytes -> the main scores in it, whichever mteb wrote it.

The public results contain three generations of format:

- today's: `task_name`, and `scores` with a list of subset entries for each split;
- before mteb 1.11: `mteb_dataset_name`, and the splits straight at the top, each with its
  metrics or with subsets that hold metrics; there is no main score, so the task's main metric
  is taken, under the name that it had then;
- either of them with the literals `NaN` and `Infinity`, which are not JSON.

Most files are decoded by a typed decoder that skips what is not needed. Only what it refuses is
read again, slowly and leniently.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from frontrunner.base.json import loads
from frontrunner.catalog import Catalog
from frontrunner.results.contents import what_it_is
from frontrunner.results.dates import duration_of, seconds_of
from frontrunner.results.metrics import METRIC_GROUPS, beyond_range, has_number, no_number
from frontrunner.results.rejects import Reason

MISSING = math.nan
_NO_VERSION = "mteb version not available"


class TaskFacts(msgspec.Struct, frozen=True):
    """What the reader must know of a task."""

    name: str
    main_score: str
    subsets: dict[str, tuple[str, ...]]


class TaskIndex(msgspec.Struct, frozen=True):
    """The catalog's tasks, as a reader of files looks for them."""

    by_name: dict[str, TaskFacts]
    old_names: dict[str, str] = {}
    """Names in files before mteb 1.11, and names in lower case, with today's name."""
    retired: dict[str, str] = {}
    """Tasks that no longer exist, with the metric that counted."""

    @classmethod
    def of(cls, catalog: Catalog) -> TaskIndex:
        """The index of `catalog`."""
        names = {task.name.lower(): task.name for task in catalog.tasks}
        return cls(
            by_name={t.name: TaskFacts(t.name, t.main_score, t.subsets) for t in catalog.tasks},
            old_names=names | catalog.old_task_names,
            retired=catalog.retired_tasks,
        )

    def check(self, name: str) -> None:
        """Raise UnusableFileError unless `name` is a task of the catalog."""
        if name in self.by_name:
            return
        reason = Reason.RETIRED_TASK if name in self.retired else Reason.UNKNOWN_TASK
        near = self.old_names.get(name[-200:].rpartition("/")[2].strip().lower())
        hint = f"; did you mean {near}?" if near and reason is Reason.UNKNOWN_TASK else ""
        raise UnusableFileError(reason, f"task {name[:200]!r}{hint}")

    def of_old_file(self, name: str) -> TaskFacts:
        """The task that a file before mteb 1.11 means; raises UnusableFileError if none."""
        if name not in self.by_name:
            name = self.old_names.get(name) or self.old_names.get(name.lower()) or name
        self.check(name)
        return self.by_name[name]


FileCell = tuple[str, str, tuple[str, ...]]
"""Split, subset, and the codes of the subset's languages."""

Entry = tuple[FileCell, float]
"""A cell and its main score: 0 to 1 for most metrics, NaN where the file says there is none."""


class ParsedFile(NamedTuple):
    """What one result file says."""

    task: str
    mteb_version: str | None
    dataset_revision: str | None
    entries: list[Entry]
    measured: float = MISSING
    """When it was measured, in seconds since the epoch; NaN if the file does not say so."""
    note: str | None = None
    """Why no entry has a score; None if one has."""
    seconds: float = MISSING
    """How long the evaluation took, in seconds; NaN if the file does not say so."""


class UnusableFileError(Exception):
    """The file gives no rows; carries the reason and the detail of its `Reject`."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class _SubsetEntry(msgspec.Struct, gc=False):
    hf_subset: str
    languages: tuple[str, ...]
    main_score: float | str | msgspec.UnsetType | None = msgspec.UNSET


class _ResultFile(msgspec.Struct, gc=False):
    task_name: str
    scores: dict[str, list[_SubsetEntry]]
    mteb_version: str | None = None
    dataset_revision: str | None = None
    date: float | str | None = None
    evaluation_time: float | str | None = None


_decode = msgspec.json.Decoder(_ResultFile).decode
# A string that no result contains replaces NaN while the typed decoder reads.
_NAN_MARK = "\x7f"
# As long as what it replaces: bytes.replace is twice as fast for equal lengths.
_NAN_JSON = b'": "\x7f"'


def parse(data: bytes | memoryview, tasks: TaskIndex) -> ParsedFile:
    """Read one result file of one of `tasks`.

    Raises UnusableFileError where the file gives no rows.
    """
    try:
        return _from_typed(_decode(data), tasks)
    except _NeedsLenientReadError:
        pass
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _from_typed_or_lenient(_without_nan(data), data, tasks)
    except RecursionError:
        raise UnusableFileError(Reason.TOO_DEEP, "nested too deeply to be read") from None
    return _lenient(data, tasks)


class _NeedsLenientReadError(Exception):
    """A main score is absent: the whole file must be read to find the metric that counts."""


def _without_nan(data: bytes | memoryview) -> bytes:
    """`data` with `NaN` as values of keys marked.

    Inside a string, the pattern can only follow an escaped quote. Marked there, it ends the string
    before a character that no JSON has, so that the typed decoder refuses it.
    """
    return bytes(data).replace(b'": NaN', _NAN_JSON)


def _from_typed_or_lenient(quick: bytes, data: bytes | memoryview, tasks: TaskIndex) -> ParsedFile:
    try:
        return _from_typed(_decode(quick), tasks)
    except (msgspec.DecodeError, UnicodeDecodeError, _NeedsLenientReadError):
        return _lenient(data, tasks)
    except RecursionError:
        raise UnusableFileError(Reason.TOO_DEEP, "nested too deeply to be read") from None


def _from_typed(file: _ResultFile, tasks: TaskIndex) -> ParsedFile:
    entries: list[Entry] = []
    append = entries.append
    ordinary = True
    for split, subsets in file.scores.items():
        for one in subsets:
            score = one.main_score
            if score.__class__ is not float:
                if score != _NAN_MARK:
                    raise _NeedsLenientReadError
                score = MISSING
            if not 0.0 <= score <= 1.0:  # negative, missing, or on another scale
                ordinary = False
            append(((split, one.hf_subset, one.languages), score))
    facts = _check(file.task_name, entries, tasks)
    if not ordinary:
        if not has_number(entries):
            raise _NeedsLenientReadError  # to name the metrics that the file has instead
        _check_range(entries, facts.main_score)
    measured = MISSING if file.date is None else seconds_of(file.date)
    took = file.evaluation_time
    seconds = MISSING if took is None else duration_of(took)
    return ParsedFile(
        file.task_name,
        file.mteb_version,
        file.dataset_revision,
        entries,
        measured,
        seconds=seconds,
    )


def _check(task: str, entries: list[Entry], tasks: TaskIndex) -> TaskFacts:
    if not entries:
        raise UnusableFileError(Reason.NO_SCORES, "no split holds a score")
    tasks.check(task)
    return tasks.by_name[task]


def _check_range(entries: list[Entry], metric: str) -> None:
    found = beyond_range(entries, metric)
    if found:
        raise UnusableFileError(Reason.OUT_OF_RANGE, found)


# --- the slow way ---------------------------------------------------------------------------------


def _lenient(data: bytes | memoryview, tasks: TaskIndex) -> ParsedFile:
    content = _loads(data)
    if not isinstance(content, dict):
        raise _wrong_shape("$", "an object", content)
    if isinstance(content.get("scores"), dict) and isinstance(content.get("task_name"), str):
        return _todays(content, tasks)
    if isinstance(content.get("mteb_dataset_name"), str):
        return _before_1_11(content, tasks)
    missing = "scores" if "task_name" in content else "task_name"
    raise _wrong_shape(f"$.{missing}", "today's or an older layout", content.get(missing))


def _loads(data: bytes | memoryview) -> Any:
    try:
        return loads(bytes(data))
    except RecursionError:
        raise UnusableFileError(Reason.TOO_DEEP, "nested too deeply to be read") from None
    except ValueError as error:
        raise UnusableFileError(Reason.NOT_JSON, what_it_is(bytes(data), error)) from None


def _wrong_shape(where: str, wanted: str, found: object) -> UnusableFileError:
    kind = "nothing" if found is None else type(found).__name__
    return UnusableFileError(Reason.WRONG_SHAPE, f"{where}: expected {wanted}, found {kind}")


def _text_or_none(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: object, where: str) -> float:
    """A score as a float; None and NaN are both missing."""
    if value is None:
        return MISSING
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _wrong_shape(where, "a number", value)
    try:
        return float(value)
    except OverflowError:
        raise UnusableFileError(Reason.WRONG_SHAPE, f"{where}: number out of range") from None


def _parsed(
    name: str, entries: list[Entry], content: dict[str, Any], tasks: TaskIndex
) -> ParsedFile:
    facts = _check(name, entries, tasks)
    _check_range(entries, facts.main_score)
    return ParsedFile(
        name,
        _text_or_none(content.get("mteb_version")),
        _text_or_none(content.get("dataset_revision")),
        entries,
        seconds_of(content.get("date")),
        None if has_number(entries) else no_number(content, facts.main_score),
        duration_of(content.get("evaluation_time")),
    )


def _todays(content: dict[str, Any], tasks: TaskIndex) -> ParsedFile:
    name = content["task_name"]
    facts = tasks.by_name.get(name)
    entries: list[Entry] = []
    for split, subsets in content["scores"].items():
        if not isinstance(subsets, list):
            raise _wrong_shape(f"$.scores.{split[:80]}", "a list of subsets", subsets)
        for index, one in enumerate(subsets):
            entries.append(_todays_entry(split, one, f"$.scores.{split[:80]}[{index}]", facts))
    return _parsed(name, entries, content, tasks)


def _todays_entry(split: str, one: object, where: str, facts: TaskFacts | None) -> Entry:
    if not isinstance(one, dict):
        raise _wrong_shape(where, "an object", one)
    subset, languages = one.get("hf_subset"), one.get("languages")
    if not isinstance(subset, str):
        raise _wrong_shape(f"{where}.hf_subset", "text", subset)
    if not isinstance(languages, list) or not all(isinstance(code, str) for code in languages):
        raise _wrong_shape(f"{where}.languages", "a list of language codes", languages)
    score = one.get("main_score")
    if score is None and facts is not None:
        score = one.get(facts.main_score)
    return (split, subset, tuple(languages)), _number(score, f"{where}.main_score")


# --- before mteb 1.11 -----------------------------------------------------------------------------

_NOT_SPLITS = ("dataset_revision", "mteb_dataset_name", "mteb_version")
_NOT_SUBSETS = frozenset(METRIC_GROUPS) - {"similarity"} | {"v_measures"}
_FIRST_FRENCH_VERSIONS = ("1.1.2.dev0", "1.1.3.dev0")


def _before_1_11(content: dict[str, Any], tasks: TaskIndex) -> ParsedFile:
    name = content["mteb_dataset_name"]
    version = content.get("mteb_version", _NO_VERSION)
    facts = tasks.of_old_file(name)
    splits = {key: value for key, value in content.items() if key not in _NOT_SPLITS}
    for split, metrics in splits.items():
        if not isinstance(metrics, dict):
            raise _wrong_shape(f"$.{split[:80]}", "an object of metrics", metrics)
    if not any(_has_subsets(metrics) for metrics in splits.values()):
        splits = {split: {"default": metrics} for split, metrics in splits.items()}
    entries: list[Entry] = []
    for split, subsets in splits.items():
        for old_subset, score in _old_scores(split, subsets, facts.main_score):
            subset = _renamed_subset(facts.name, split, old_subset, version)
            entries.append(((split, subset, _languages(facts, subset)), score))
    took = _time_of_splits(content)
    whole = content | {"mteb_version": version, "evaluation_time": took}
    return _parsed(facts.name, entries, whole, tasks)


def _time_of_splits(content: dict[str, Any]) -> float | None:
    """The sum of what each split took; None if one does not say so."""
    splits = [value for key, value in content.items() if key not in _NOT_SPLITS]
    times = [duration_of(one.get("evaluation_time")) for one in splits if isinstance(one, dict)]
    return sum(times) if times else None


def _has_subsets(metrics: dict[str, Any]) -> bool:
    return any(isinstance(v, dict) for key, v in metrics.items() if key not in _NOT_SUBSETS)


def _old_scores(
    split: str, subsets: dict[str, Any], main_score: str
) -> Iterator[tuple[str, float]]:
    for subset, metrics in subsets.items():
        if subset == "evaluation_time":
            continue
        where = f"$.{split[:80]}.{subset[:80]}"
        if not isinstance(metrics, dict):
            raise _wrong_shape(where, "an object of metrics", metrics)
        score = metrics.get("main_score")
        if score is None:
            score = _old_metric(metrics, main_score)
        yield subset, _number(score, f"{where}.{main_score}")


def _old_metric(metrics: dict[str, Any], name: str) -> object:
    """The metric `name`, perhaps as `cos_sim: {spearman}` for `cosine_spearman`."""
    for old, new in METRIC_GROUPS.items():
        group = metrics.get(old)
        if isinstance(group, dict) and name.startswith(f"{new}_"):
            inner = group.get(name.removeprefix(f"{new}_"))
            if inner is not None:
                return inner
    return metrics.get(name)


def _renamed_subset(task: str, split: str, subset: str, version: object) -> str:
    """Subsets that were called otherwise when the file was written."""
    if split != "test":
        return subset
    if task in {"MLSUMClusteringP2P", "MLSUMClusteringS2S"} and subset == "default":
        return "fr" if version in _FIRST_FRENCH_VERSIONS else subset
    if task == "XPQARetrieval" and subset == "fr":
        return "fra-fra"
    return subset


def _languages(facts: TaskFacts, subset: str) -> tuple[str, ...]:
    """The subset's languages; all of the task's where the subset is not one of its own."""
    if subset in facts.subsets:
        return facts.subsets[subset]
    return tuple(dict.fromkeys(code for codes in facts.subsets.values() for code in codes))
