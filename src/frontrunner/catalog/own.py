"""A team's own catalog: tasks, benchmarks and models from a catalog.toml.

The format is documented in docs/catalog.md. A mistake names the file, the line and the key.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import NoReturn

import msgspec

from frontrunner.base.toml import parse_toml
from frontrunner.catalog.entries import (
    Entry,
    OwnBenchmark,
    OwnModel,
    OwnTask,
    TaskRef,
    is_api_address,
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
from frontrunner.catalog.openness import openness
from frontrunner.catalog.overrides import corrected_models
from frontrunner.catalog.own_files import OwnFiles, read_own
from frontrunner.catalog.vocabulary import Vocabulary, words_used


def own_alone(*paths: Path) -> Catalog:
    """The catalog of one or several files alone, without mteb's. Raises CatalogError."""
    empty = Catalog(
        source="", tasks=(), benchmarks=(), models=(), menu=(), languages=default_languages()
    )
    return add_own(empty, *paths)


def add_own(catalog: Catalog, *paths: Path) -> Catalog:
    """`catalog` with the entries of one or several files added.

    If two files have an entry of the same name, the later file's wins, and a notice says so. Raises
    CatalogError if a file has mistakes, or adds what `catalog` already has.
    """
    return _Reader(read_own(paths), catalog).read()


@cache
def default_languages() -> Languages:
    """Names of the languages that ISO 639-1 knows."""
    text = files("frontrunner.catalog").joinpath("languages.toml").read_bytes()
    return msgspec.convert(parse_toml(text), Languages)


class _Reader:
    """Adds entries to one catalog; errors say where in which file an entry is."""

    def __init__(self, own: OwnFiles, catalog: Catalog) -> None:
        self._own = own
        self._base = catalog
        self._file = own.entries

    def _fail(self, where: str, message: str) -> NoReturn:
        raise self._own.error(where, message)

    def read(self) -> Catalog:
        """The base with the file's entries added."""
        base, own = self._base, self._file
        self._refuse_twice()
        self._refuse_addresses()
        self._refuse_near_words()
        self._refuse_own_successors()
        tasks = [self._task(number, one) for number, one in enumerate(own.task)]
        known = base.task_by_name | {task.name: task for task in tasks}
        benchmarks = [
            self._benchmark(number, one, known) for number, one in enumerate(own.benchmark)
        ]
        corrected = corrected_models(self._own, base.model_by_name)
        return Catalog(
            source=" + ".join(filter(None, (base.source, *self._own.file_names))),
            tasks=(*base.tasks, *tasks),
            benchmarks=(*base.benchmarks, *benchmarks),
            models=(
                *(corrected.get(one.name, one) for one in base.models),
                *(_model(one) for one in own.model),
            ),
            menu=(*base.menu, *_menu(own.benchmark)),
            languages=msgspec.structs.replace(
                base.languages, names=base.languages.names | own.languages
            ),
            old_task_names=base.old_task_names,
            retired_tasks=base.retired_tasks,
            renamed=(*base.renamed, *self._renamed()),
            notices=(*base.notices, *self._own.notices),
        )

    def _renamed(self) -> Iterator[Renamed]:
        models = self._base.model_by_name.keys() | {one.name for one in self._file.model}
        for number, one in enumerate(self._file.renamed):
            if one.model not in models:
                self._fail(f".renamed[{number}].model", f"there is no model {one.model!r}")
            yield Renamed(name=one.name, model=one.model, reason=one.reason)

    def _refuse_twice(self) -> None:
        """A name that exists already is a mistake: nothing is replaced without a line."""
        base, own = self._base, self._file
        kinds: tuple[tuple[str, Sequence[Entry], Collection[str]], ...] = (
            ("task", own.task, base.task_by_name),
            ("benchmark", own.benchmark, base.benchmark_by_name.keys() | base.benchmark_by_alias),
            ("model", own.model, base.model_by_name),
            ("override", own.override, ()),
            ("renamed", own.renamed, base.model_by_name.keys() | {one.name for one in own.model}),
        )
        for kind, entries, there in kinds:
            counts = Counter(entry.name for entry in entries)
            for number, entry in enumerate(entries):
                if entry.name in there or counts[entry.name] > 1:
                    where = "the catalog" if entry.name in there else "this file"
                    hint = ""
                    if kind == "model" and entry.name in base.model_by_name:
                        hint = "; to correct what it says of the model, use [[override]]"
                    message = f"{entry.name!r} is in {where} already{hint}"
                    self._fail(f".{kind}[{number}].name", message)

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
                if is_api_address(entry.name):
                    self._fail(
                        f".{kind}[{number}].name",
                        f"{entry.name!r} is reserved for a route of the API",
                    )
                if kind == "model" and "__" in entry.name:
                    message = (
                        "the name has two underscores, so its results could be mistaken "
                        "for another model's"
                    )
                    self._fail(f".model[{number}].name", message)

    def _refuse_near_words(self) -> None:
        """A word that differs little from a known one would make a second kind of the same."""
        words = Vocabulary.of(self._base)
        for kind, number, key, word in words_used(self._file):
            meant = words.meant(kind, key, word)
            if meant is not None:
                self._fail(
                    f".{kind}[{number}].{key}", f"unknown {key} {word!r}; did you mean {meant!r}?"
                )

    def _refuse_own_successors(self) -> None:
        """Nothing can be superseded by itself, directly or through others."""
        after = {one.name: [one.superseded_by] for one in self._file.model if one.superseded_by}
        after |= {one.name: one.superseded_by for one in self._file.benchmark}
        for kind, entries in (("model", self._file.model), ("benchmark", self._file.benchmark)):
            for number, one in enumerate(entries):
                if leads_back(one.name, after):
                    self._fail(
                        f".{kind}[{number}].superseded_by", f"{one.name!r} is superseded by itself"
                    )

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


def leads_back(name: str, after: Mapping[str, Sequence[str]]) -> bool:
    """Whether following the successors of `name` leads to `name` again."""
    seen: set[str] = set()
    pending = list(after.get(name, ()))
    while pending:
        one = pending.pop()
        if one == name:
            return True
        if one not in seen:
            seen.add(one)
            pending.extend(after.get(one, ()))
    return False


def _menu(benchmarks: list[OwnBenchmark]) -> tuple[MenuEntry, ...]:
    featured = tuple(bench.name for bench in benchmarks if bench.featured)
    return (MenuEntry(name="Own boards", children=featured, open=True),) if featured else ()


def _model(own: OwnModel) -> Model:
    seen = None if own.training_datasets is None else tuple(sorted(own.training_datasets))
    model = Model(
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
    return openness(model)
