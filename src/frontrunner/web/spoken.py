"""Other words for languages and kinds of task, so that searches find what readers call them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib import resources
from weakref import WeakKeyDictionary

from frontrunner.answers.service import Service
from frontrunner.catalog import Benchmark, Languages, Task
from frontrunner.web.matching import plain
from frontrunner.web.views.home import flagships
from frontrunner.web.views.rows import spaced

_FEW = 6
"""Something in more languages than these is not about any one of them."""


@cache
def _tables() -> dict[str, dict[str, str]]:
    text = resources.files(__package__).joinpath("spoken.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


class Spoken:
    """What searches of one snapshot find beside names; made once, since it takes a while."""

    def __init__(self, service: Service) -> None:
        catalog = service.snapshot.catalog
        entities = service.entities
        self.flagships = flagships(service)
        self.languages = {b.name: len(entities.benchmark(b).languages) for b in catalog.benchmarks}
        labels = catalog.languages
        self.tasks = {one.name: plain(of_task(one, labels)) for one in catalog.tasks}
        self.boards = {one.name: plain(of_board(service, one)) for one in catalog.benchmarks}


_made: WeakKeyDictionary[Service, Spoken] = WeakKeyDictionary()


def spoken(service: Service) -> Spoken:
    """The other words of the snapshot that a service answers from."""
    found = _made.get(service)
    if found is None:
        found = _made[service] = Spoken(service)
    return found


def own_names(languages: Languages) -> dict[str, str]:
    """The English name of a language -> what else it is called, above all in itself."""
    own = _tables()["own"]
    return {languages.names[code]: own[code] for code in own if code in languages.names}


def kind_words(kind: str) -> list[str]:
    """What else readers call a kind of task."""
    return _tables()["kinds"].get(kind, "").split()


def of_task(task: Task, languages: Languages) -> str:
    """The kind and the languages of a task, by all their names."""
    codes = {code.partition("-")[0] for codes in task.subsets.values() for code in codes}
    return " ".join([*_kinds([task.type]), *_spoken(codes, languages)])


def of_board(service: Service, bench: Benchmark) -> str:
    """The kinds of task and the languages of a board, by all their names."""
    catalog = service.snapshot.catalog
    tasks = [catalog.task_by_name[one.task] for one in bench.scopes]
    codes = {
        code.partition("-")[0]
        for scope, task in zip(bench.scopes, tasks, strict=True)
        for subset in scope.subsets
        for code in task.subsets.get(subset, ())
    }
    kinds = dict.fromkeys(task.type for task in tasks)
    return " ".join([*_kinds(kinds), *_spoken(codes, catalog.languages)])


def _kinds(types: Iterable[str]) -> Iterable[str]:
    known = _tables()["kinds"]
    return (f"{name} {spaced(name)} {known.get(name, '')}" for name in types)


def _spoken(codes: Iterable[str], languages: Languages) -> Iterable[str]:
    some = sorted(codes)
    if len(some) > _FEW:
        return ("multilingual",)
    own = _tables()["own"]
    return (f"{code} {languages.names.get(code, '')} {own.get(code, '')}" for code in some)
