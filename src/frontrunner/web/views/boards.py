"""The boards: the list of them, and the tabs of one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from frontrunner.answers.service import Service
from frontrunner.answers.values import BoardValues
from frontrunner.base.errors import UnknownNameError
from frontrunner.catalog import Benchmark
from frontrunner.web.choices import written
from frontrunner.web.views import board_sort, board_table, pictures, row_facts
from frontrunner.web.views.board_filters import chips, kept
from frontrunner.web.views.home import menu
from frontrunner.web.views.languages import by_language
from frontrunner.web.views.ranked import form, ranked
from frontrunner.web.visit import Shown, Visit


def index(visit: Visit) -> Shown:
    """All boards, by the headings of the menu; the front page counts those that rank a model."""
    every = len(visit.service.snapshot.catalog.benchmarks)
    values = {
        "groups": menu(visit, everything=True),
        "all": every,
        "empty": every - visit.service.boards_ranked,
    }
    return Shown("boards.html", visit.t("boards.title"), values, visit.t("boards.lead"))


def split(visit: Visit) -> tuple[Benchmark, str]:
    """The board and the tab that a path names; a name may hold slashes, so it goes first."""
    try:
        return _find(visit.service, visit.name), ""
    except UnknownNameError:
        name, _, tab = visit.name.rpartition("/")
        if not name or tab not in board_table.TABS:
            raise
        return _find(visit.service, name), tab


def _find(service: Service, name: str) -> Benchmark:
    return service.find_benchmark_or_alias(name)


def board(visit: Visit) -> Shown:
    """One tab of a board."""
    bench, tab = split(visit)
    values = _TABS[tab](visit, bench)
    if "table" in values:
        values |= _sorted(visit, values)
    heading = values["heading"]
    if tab not in (*heading.tabs, board_table.CUSTOMIZE):
        raise UnknownNameError(visit.name)
    values |= {"tab": tab, "board": bench}
    template = "board_table.html" if "table" in values else f"board_{tab}.html"
    title, about = _title(visit, bench, tab), _about(visit, heading)
    return Shown(template, title, values, about, f"benchmark/{bench.name}")


def _sorted(visit: Visit, values: dict[str, Any]) -> dict[str, Any]:
    """The table in the order that the address asks for, and where its headings lead."""
    keys = board_sort.read(visit.query)
    return {
        "table": board_sort.in_order(values["table"], values["numbers"], keys),
        "sorting": board_sort.Sorting(keys, visit.query, visit.live),
    }


def _title(visit: Visit, bench: Benchmark, tab: str) -> str:
    title = visit.t.named("titles", bench.display_name)
    return f"{title} · {visit.t(f'tabs.{tab}')}" if tab else title


def _about(visit: Visit, heading: board_table.Heading) -> str:
    return visit.t(
        "board.summary",
        models=heading.models,
        tasks=heading.tasks,
        complete=heading.complete,
    )


def _table(table: board_table.BoardTable, numbers: BoardValues) -> dict[str, Any]:
    return {"heading": table.heading, "table": table, "numbers": numbers}


def _summary(visit: Visit, bench: Benchmark) -> dict[str, Any]:
    heading = board_table.heading(visit.service, bench, visit.service.board(bench.name))
    found = ranked(visit, bench, heading)
    table = board_table.table_of(heading, found.board, visit.t, found.tasks)
    shown = kept(visit.query, found.board, found.tasks)
    hidden = frozenset(place for place, is_kept in enumerate(shown) if not is_kept)
    return {
        **_table(table._replace(hidden=hidden), found.board),
        "said": found.said,
        "failed": found.failed,
        "customize": visit.links.board(bench.name, board_table.CUSTOMIZE)
        + written(visit.query.items()),
        "filters": chips(visit, bench.name),
    }


def _customize(visit: Visit, bench: Benchmark) -> dict[str, Any]:
    if not visit.live:
        raise UnknownNameError(visit.name)
    numbers = visit.service.board(bench.name)
    heading = board_table.heading(visit.service, bench, numbers)
    return {"heading": heading, "form": form(visit, bench)}


def _tasks(visit: Visit, bench: Benchmark) -> dict[str, Any]:
    table = board_table.task_table(visit.service, bench, visit.t, visit.links)
    return _table(table, visit.service.board(bench.name))


def _languages(visit: Visit, bench: Benchmark) -> dict[str, Any]:
    found = by_language(visit.service, bench, visit.t, visit.query.get("show", ""))
    bars = pictures.language_bars(visit.service, bench)
    return {**_table(found.table, visit.service.board(bench.name)), "by": found, "bars": bars}


def _size(visit: Visit, bench: Benchmark) -> dict[str, Any]:
    return _chart(visit, bench, pictures.size_against_score)


def _time(visit: Visit, bench: Benchmark) -> dict[str, Any]:
    return _chart(visit, bench, pictures.score_over_time)


def _chart(visit: Visit, bench: Benchmark, draw: Callable[..., pictures.Picture]) -> dict[str, Any]:
    numbers = visit.service.board(bench.name)
    return {
        "heading": board_table.heading(visit.service, bench, numbers),
        "picture": draw(numbers, visit.t, visit.links),
        "facts": row_facts.facts(numbers),
    }


def _list(visit: Visit, bench: Benchmark) -> dict[str, Any]:
    numbers = visit.service.board(bench.name)
    counts = visit.service.numbers.tasks
    return {
        "heading": board_table.heading(visit.service, bench, numbers),
        "tasks": [(task, counts.get(task.name, 0)) for task in numbers.tasks_meta],
        "scored": frozenset(numbers.tasks),
    }


def _about_tab(visit: Visit, bench: Benchmark) -> dict[str, Any]:
    numbers = visit.service.board(bench.name)
    return {"heading": board_table.heading(visit.service, bench, numbers)}


_TABS: dict[str, Callable[[Visit, Benchmark], dict[str, Any]]] = {
    "": _summary,
    "tasks": _tasks,
    "languages": _languages,
    "size": _size,
    "time": _time,
    "list": _list,
    "about": _about_tab,
    board_table.CUSTOMIZE: _customize,
}
