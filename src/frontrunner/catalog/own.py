"""A team's own catalog: tasks, benchmarks and models from a catalog.toml.

The format is documented in docs/catalog.md. A mistake names the file, the line and the key.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NoReturn

import msgspec

from frontrunner.base.errors import CatalogError
from frontrunner.base.toml import parse_toml
from frontrunner.catalog.entries import (
    IN_WORDS,
    Entry,
    OwnBenchmark,
    OwnFile,
    OwnModel,
    OwnTask,
    TaskRef,
)
from frontrunner.catalog.languages import Languages
from frontrunner.catalog.model import (
    Aggregation,
    Benchmark,
    Catalog,
    MenuEntry,
    Model,
    Renamed,
    Scope,
    Task,
)

_OPEN_LICENSES = frozenset(
    {
        "mit",
        "apache-2.0",
        "bsd-3-clause",
        "gpl-3.0",
        "lgpl",
        "lgpl-3.0",
        "mpl-2.0",
        "afl-3.0",
        "eupl-1.2",
        "cc0-1.0",
        "cc-by-2.0",
        "cc-by-3.0",
        "cc-by-4.0",
        "cc-by-sa-3.0",
        "cc-by-sa-4.0",
        "odc-by",
        "cdla-sharing-1.0",
        "openmdw-1.1",
    }
)
"""Licences that mteb counts as open, in lower case."""

_VIEWS = ("/scores", "/scores.csv", "/scores.parquet", "/per-language", "/leaders",
          "/descriptive_statistics")  # fmt: skip
"""What the API puts behind a name."""


def own_alone(path: Path) -> Catalog:
    """The catalog of a file alone, without mteb's. Raises CatalogError where it has mistakes."""
    empty = Catalog(
        source="", tasks=(), benchmarks=(), models=(), menu=(), languages=default_languages()
    )
    return add_own(empty, path)


def add_own(catalog: Catalog, path: Path) -> Catalog:
    """`catalog` with the entries of a file added.

    Raises CatalogError where the file has mistakes, or names what `catalog` has already.
    """
    return _Reader(path, catalog).read()


@cache
def default_languages() -> Languages:
    """Names of the languages that ISO 639-1 knows."""
    text = files("frontrunner.catalog").joinpath("languages.toml").read_bytes()
    return msgspec.convert(parse_toml(text), Languages)


class _Reader:
    """Reads one file into one catalog; knows where in the file it is, for messages."""

    def __init__(self, path: Path, catalog: Catalog) -> None:
        self._path = path
        self._base = catalog
        try:
            data = path.read_bytes()
            self._text = data.decode("utf-8-sig", "replace")
        except OSError as error:
            raise CatalogError(f"{path} cannot be read: {error.strerror or error}") from error
        self._file = self._parse(data)

    def _parse(self, data: bytes) -> OwnFile:
        try:
            content = _dates_as_text(parse_toml(data))
        except ValueError as error:
            raise CatalogError(f"{self._path} is not valid TOML: {error}") from error
        try:
            return msgspec.convert(content, OwnFile)
        except msgspec.ValidationError as error:
            message, _, where = str(error).partition(" - at `$")
            for pattern, words in IN_WORDS.items():
                message = message.replace(f"`str` matching regex {pattern!r}", words)
            self._fail(where.rstrip("`"), message)

    def _fail(self, where: str, message: str) -> NoReturn:
        """Raise for a mistake at `where`, a path such as `.task[1].name`."""
        unknown = re.search(r"unknown field `([^`]+)`", message)
        if unknown:
            where = f"{where}.{unknown[1]}"
        line = _line_of(self._text, where)
        raise CatalogError(
            f"{self._path}, line {line}, key {where.lstrip('.') or '(top level)'}: {message}. "
            "docs/catalog.md lists every key."
        )

    def read(self) -> Catalog:
        """The base with the file's entries added."""
        base, own = self._base, self._file
        self._refuse_twice()
        self._refuse_addresses()
        tasks = [self._task(number, one) for number, one in enumerate(own.task)]
        known = base.task_by_name | {task.name: task for task in tasks}
        benchmarks = [
            self._benchmark(number, one, known) for number, one in enumerate(own.benchmark)
        ]
        return Catalog(
            source=f"{base.source} + {self._path.name}" if base.source else self._path.name,
            tasks=(*base.tasks, *tasks),
            benchmarks=(*base.benchmarks, *benchmarks),
            models=(*base.models, *(_model(one) for one in own.model)),
            menu=(*base.menu, *_menu(own.benchmark)),
            languages=msgspec.structs.replace(
                base.languages, names=base.languages.names | own.languages
            ),
            old_task_names=base.old_task_names,
            retired_tasks=base.retired_tasks,
            renamed=(*base.renamed, *self._renamed()),
        )

    def _renamed(self) -> Iterator[Renamed]:
        models = self._base.model_by_name.keys() | {one.name for one in self._file.model}
        for number, one in enumerate(self._file.renamed):
            if one.model not in models:
                self._fail(f".renamed[{number}].model", f"there is no model {one.model!r}")
            yield Renamed(name=one.name, model=one.model, reason=one.reason)

    def _refuse_twice(self) -> None:
        """A name that stands already is a mistake: nothing is replaced in silence."""
        base, own = self._base, self._file
        kinds: tuple[tuple[str, Sequence[Entry], Collection[str]], ...] = (
            ("task", own.task, base.task_by_name),
            ("benchmark", own.benchmark, base.benchmark_by_name.keys() | base.benchmark_by_alias),
            ("model", own.model, base.model_by_name),
            ("renamed", own.renamed, base.model_by_name.keys() | {one.name for one in own.model}),
        )
        for kind, entries, there in kinds:
            counts = Counter(entry.name for entry in entries)
            for number, entry in enumerate(entries):
                if entry.name in there or counts[entry.name] > 1:
                    where = "the catalog" if entry.name in there else "this file"
                    self._fail(f".{kind}[{number}].name", f"{entry.name!r} is in {where} already")

        self._refuse_aliases_twice()

    def _refuse_aliases_twice(self) -> None:
        base, own = self._base, self._file.benchmark
        taken = Counter(base.benchmark_by_name.keys() | base.benchmark_by_alias)
        taken.update(name for bench in own for name in (bench.name, *bench.aliases))
        for number, bench in enumerate(own):
            for alias in bench.aliases:
                if taken[alias] > 1:
                    where = f".benchmark[{number}].aliases"
                    self._fail(where, f"{alias!r} is the name or an alias of another benchmark")

    def _refuse_addresses(self) -> None:
        """A name must not read as the address of something else, or its folder as another's."""
        own = self._file
        kinds = (("task", own.task), ("benchmark", own.benchmark), ("model", own.model))
        for kind, entries in kinds:
            for number, entry in enumerate(entries):
                if entry.name == "menu" or entry.name.endswith(_VIEWS):
                    self._fail(
                        f".{kind}[{number}].name", f"{entry.name!r} is an address of the API"
                    )
                if kind == "model" and "__" in entry.name:
                    message = "results of a name with two underscores would be taken for another's"
                    self._fail(f".model[{number}].name", message)

    def _task(self, number: int, own: OwnTask) -> Task:
        if bool(own.languages) == bool(own.subsets):
            self._fail(
                f".task[{number}].languages", "give either `languages` or a table of `subsets`"
            )
        subsets = own.subsets or {"default": own.languages}
        date_from, date_to = own.date or (None, None)
        return Task(
            name=own.name,
            type=own.type,
            simplified_type=re.sub(r"(?<=[a-z])(?=[A-Z])", "-", own.type).lower(),
            main_score=own.main_score,
            splits=tuple(own.splits),
            subsets={name: tuple(codes) for name, codes in subsets.items()},
            description=own.description,
            domains=None if own.domains is None else tuple(own.domains),
            modalities=tuple(own.modalities),
            category=own.category,
            reference=own.reference,
            citation=own.citation,
            public=own.public,
            source_dataset=own.source,
            license=own.license,
            date_from=date_from,
            date_to=date_to,
        )

    def _benchmark(self, number: int, own: OwnBenchmark, tasks: dict[str, Task]) -> Benchmark:
        scopes = []
        for place, ref in enumerate(own.tasks):
            where = f".benchmark[{number}].tasks[{place}]"
            scopes.append(self._scope(where, ref, tasks))
        self._check_benchmark(number, own)
        view = own.languages_view
        return Benchmark(
            name=own.name,
            display_name=own.display_name or own.name,
            scopes=tuple(scopes),
            aliases=tuple(own.aliases),
            description=own.description,
            reference=own.reference,
            citation=own.citation,
            icon=own.icon,
            on_menu=own.featured,
            superseded_by=tuple(own.superseded_by),
            aggregations=tuple(own.aggregations),
            show_zero_shot=own.show_zero_shot,
            language_view=tuple(view) if isinstance(view, list) else view,
            public_only=own.public_only,
        )

    def _check_benchmark(self, number: int, own: OwnBenchmark) -> None:
        where = f".benchmark[{number}]"
        names = [ref if isinstance(ref, str) else ref.name for ref in own.tasks]
        for place, name in enumerate(names):
            if name in names[:place]:
                self._fail(f"{where}.tasks[{place}]", f"{name!r} is a task of it already")
        if Aggregation.CUSTOM_GROUPS in own.aggregations:
            self._fail(f"{where}.aggregations", "groups cannot be defined in a file")
        known = self._base.benchmark_by_name.keys() | {bench.name for bench in self._file.benchmark}
        for name in own.superseded_by:
            if name not in known:
                self._fail(f"{where}.superseded_by", f"there is no benchmark {name!r}")

    def _scope(self, where: str, ref: str | TaskRef, tasks: dict[str, Task]) -> Scope:
        ref = TaskRef(name=ref) if isinstance(ref, str) else ref
        task = tasks.get(ref.name)
        if task is None:
            self._fail(where, f"there is no task {ref.name!r}")
        for kind, asked, there in (
            ("split", ref.splits, task.splits),
            ("subset", ref.subsets, tuple(task.subsets)),
        ):
            for name in asked:
                if name not in there:
                    self._fail(where, f"{ref.name} has no {kind} {name!r}; it has {there}")
        splits = tuple(ref.splits) or task.splits
        subsets = tuple(ref.subsets) or tuple(task.subsets)
        whole = set(splits) == set(task.splits) and set(subsets) == set(task.subsets)
        return Scope(task=ref.name, splits=splits, subsets=subsets, whole=whole)


def _dates_as_text(value: Any) -> Any:
    """TOML has dates of its own; the catalog keeps them as text."""
    if isinstance(value, dict):
        return {key: _dates_as_text(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_dates_as_text(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def _line_of(text: str, where: str) -> int:
    """The line in which the key at a path such as `.task[1].name` stands, or its table."""
    lines = text.splitlines()
    table = re.match(r"\.(\w+)\[(\d+)\]", where)
    start = 0
    if table:
        heads = [i for i, line in enumerate(lines) if line.strip().startswith(f"[[{table[1]}]]")]
        start = heads[int(table[2])] if int(table[2]) < len(heads) else 0
    key = re.search(r"\.([A-Za-z_]+)(?:\[[^\]]*\])?$", where[table.end() :] if table else where)
    if key:
        for index in range(start + bool(table), len(lines)):
            if lines[index].startswith("[["):
                break
            if re.match(rf"\s*\[?[\w.]*\b{key[1]}\b\s*[\]=]", lines[index]):
                return index + 1
    return start + 1


def _menu(benchmarks: list[OwnBenchmark]) -> tuple[MenuEntry, ...]:
    featured = tuple(bench.name for bench in benchmarks if bench.featured)
    return (MenuEntry(name="Own boards", children=featured, open=True),) if featured else ()


def _model(own: OwnModel) -> Model:
    seen = None if own.training_datasets is None else tuple(sorted(own.training_datasets))
    return Model(
        name=own.name,
        revision=own.revision,
        url=own.url,
        parameters=own.parameters,
        active_parameters=own.active_parameters,
        embedding_dim=own.embedding_dim,
        max_tokens=own.max_tokens,
        release_date=own.release_date,
        types=(own.type,),
        instruction_tuned=own.instruction_tuned,
        open_weights=own.open_weights,
        openness=_openness(own),
        frameworks=tuple(own.frameworks),
        modalities=tuple(own.modalities),
        languages=tuple(own.languages),
        citation=own.citation,
        memory_mb=own.memory_mb,
        license=own.license,
        training_code=own.training_code,
        training_data=own.training_data,
        adapted_from=own.adapted_from,
        superseded_by=own.superseded_by,
        training_datasets=seen,
        seen_tasks=seen,
    )


def _openness(own: OwnModel) -> dict[str, bool]:
    return {
        "open weights": own.open_weights is True,
        "open license": (own.license or "").lower() in _OPEN_LICENSES,
        "open training code": bool(own.training_code),
        "open training data": bool(own.training_data),
        "paper": bool(own.citation),
        "model card": True,
    }
