"""What a link to an older board meant.

There are three generations of links:

- `?task=<type>&language=<language>`: the first board, 57 pairs; either may be missing;
- `?benchmark_name=<benchmark>`: the second board;
- `/benchmark/<name>`, `/models/<org>/<name>`, `/tasks/<name>`, `/compare`: the present board. Its
  paths are the same as ours, so only other spellings of a name need a redirect.

Capitals, hyphens, spaces and repeated encoding make no difference.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from html import unescape
from typing import NamedTuple
from urllib.parse import unquote

from frontrunner.base.near import near_names
from frontrunner.catalog import Benchmark, Catalog
from frontrunner.legacy.boardmap import Successor, load_board_map

OVERALL = "overall"
TASK_PARAMETERS = frozenset({"task", "language"})
PARAMETERS = TASK_PARAMETERS | {"benchmark_name"}
_MANY = 8


class ToBoard(NamedTuple):
    """The link meant a benchmark, or the part of it with some task types."""

    benchmark: str
    types: tuple[str, ...] = ()


class ToTable(NamedTuple):
    """The link meant an old table that is built from its tasks."""

    task: str
    language: str


class Unknown(NamedTuple):
    """The link names a value that never existed, or that has no successor."""

    parameter: str
    """Which part of the link: `task`, `language` or `benchmark_name`."""
    value: str
    near: tuple[tuple[str, str], ...]
    """Similar links that work, each a label and a query."""


Meaning = ToBoard | ToTable | Unknown


def plain(value: str) -> str:
    """A value as it is compared: decoded, in lower case, letters and digits only."""
    return re.sub(r"[\W_]+", "", decoded(value).lower())


def decoded(value: str) -> str:
    """A value without repeated encoding, such as `%2520` or `&#40;` from chats and HTML."""
    for _ in range(3):
        once = unescape(unquote(value))
        if once == value:
            break
        value = once
    return value.replace("+", " ").strip()


def tidied(query: Mapping[str, str]) -> dict[str, str]:
    """A query with its old parameters renamed, from `Task` or, out of HTML, `amp;task`."""
    plainly = {key.removeprefix("amp;").lower(): value for key, value in query.items()}
    return {key: plainly[key] for key in PARAMETERS & plainly.keys()} | dict(query)


def meaning(query: Mapping[str, str], catalog: Catalog) -> Meaning | None:
    """What the query of a link to the front page meant; None if it is not of an older board."""
    if query.get("benchmark_name", "").strip():
        return _of_benchmark(query["benchmark_name"], catalog)
    if TASK_PARAMETERS & query.keys():
        return _of_table(query.get("task", ""), query.get("language", ""), catalog)
    return None


def known_links(catalog: Catalog) -> Iterator[tuple[dict[str, str], Meaning]]:
    """The query of each link of the older boards, with its meaning today."""
    for task, languages in _tables().items():
        for language in ("", *languages):
            yield {"task": task, "language": language}, _of_table(task, language, catalog)
    for name in (*catalog.benchmark_by_alias, *catalog.benchmark_by_name):
        yield {"benchmark_name": name}, _of_benchmark(name, catalog)


def benchmark_called(name: str, catalog: Catalog) -> str | None:
    """The benchmark with that name or alias, in any spelling."""
    known = catalog.benchmark_by_name.keys() | catalog.benchmark_by_alias.keys()
    exact = decoded(name)
    found = exact if exact in known else _spelled(exact, known)
    if found is None:
        return None
    bench = catalog.benchmark_by_alias.get(found) or catalog.benchmark_by_name[found]
    return bench.name


def spelled(name: str, known: Iterable[str]) -> str | None:
    """The name in `known` that equals `name` except for capitals and encoding."""
    exact = decoded(name).lower()
    return next((one for one in known if one.lower() == exact), None)


def _spelled(name: str, known: Iterable[str]) -> str | None:
    """As `spelled`; otherwise the only name in `known` with the same letters and digits."""
    close = spelled(name, known)
    if close is not None:
        return close
    # Such as `MTEB(eng, v2)` without its brackets. If several names fit, none is taken.
    alike = [one for one in known if plain(one) == plain(name)]
    return alike[0] if len(alike) == 1 else None


def _of_benchmark(name: str, catalog: Catalog) -> Meaning:
    found = benchmark_called(name, catalog)
    if found is not None:
        return ToBoard(found)
    names = near_names(decoded(name), catalog.benchmark_by_name, most=_MANY, cutoff=0.4)
    near = tuple((one, f"benchmark_name={one}") for one in names)
    return Unknown("benchmark_name", decoded(name), near)


@cache
def _tables() -> dict[str, dict[str, Successor]]:
    """Task -> language -> what succeeds the table, in the order of the old board."""
    found: dict[str, dict[str, Successor]] = {}
    for row in load_board_map().values():
        found.setdefault(row.task, {})[row.language] = row
    return found


def _of_table(task: str, language: str, catalog: Catalog) -> Meaning:
    tables = _tables()
    wanted = plain(task) or OVERALL
    name = next((one for one in tables if plain(one) == wanted), None)
    if name is None:
        return Unknown("task", decoded(task), _near_task(wanted))
    languages = tables[name]
    asked = plain(language)
    # Without a language the old board showed English, or else its first language.
    spoken = asked or ("english" if "english" in languages else plain(next(iter(languages))))
    found = next((row for one, row in languages.items() if plain(one) == spoken), None)
    if found is None:
        near = tuple(_labelled(row) for row in languages.values())
        return Unknown("language", decoded(language), near)
    return _successor(found, catalog)


def _successor(row: Successor, catalog: Catalog) -> Meaning:
    if row.benchmark is None:
        return ToTable(row.task, row.language)
    if row.benchmark not in catalog.benchmark_by_name:
        names = near_names(row.benchmark, catalog.benchmark_by_name, most=_MANY, cutoff=0.3)
        near = tuple((one, f"benchmark_name={one}") for one in names)
        return Unknown("benchmark_name", row.benchmark, near)
    return ToBoard(row.benchmark, _types(row, catalog.benchmark_by_name[row.benchmark], catalog))


def _types(row: Successor, benchmark: Benchmark, catalog: Catalog) -> tuple[str, ...]:
    """The task types of a table; none if the benchmark has no other types."""
    kind = row.today or row.type
    tasks = (catalog.task_by_name.get(scope.task) for scope in benchmark.scopes)
    only = {task.type for task in tasks if task} == {kind}
    return (kind,) if kind and not only else ()


def _labelled(row: Successor) -> tuple[str, str]:
    return f"{row.task} · {row.language}", f"task={row.task}&language={row.language}"


def _near_task(wanted: str) -> tuple[tuple[str, str], ...]:
    """Tables whose task or language is like the value; the overall tables if none is."""
    rows = list(load_board_map().values())
    tasks = near_names(wanted, _tables(), most=2, cutoff=0.6)
    spoken = near_names(wanted, {row.language for row in rows}, most=2, cutoff=0.7)
    near = [row for row in rows if row.task in tasks or row.language in spoken]
    near = near or [row for row in rows if row.task == OVERALL]
    return tuple(_labelled(row) for row in near[:_MANY])


def table_of(task: str, language: str) -> Successor | None:
    """What succeeds an old table, by the values of its link; None if there is no such table."""
    return _tables().get(task, {}).get(language)
