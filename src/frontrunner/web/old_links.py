"""Links that were made for older boards, led to the page that shows what they meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote, urlencode

import msgspec

from frontrunner.answers.service import Service
from frontrunner.catalog import Catalog
from frontrunner.http.pages import Page
from frontrunner.http.reply import Headers
from frontrunner.legacy.links.meaning import (
    PARAMETERS,
    Meaning,
    ToBoard,
    ToTable,
    Unknown,
    benchmark_called,
    known_links,
    meaning,
    plain,
    spelled,
    table_of,
    tidied,
)
from frontrunner.legacy.links.present import Shown as Present
from frontrunner.legacy.links.present import compared, shown, shown_list
from frontrunner.snapshot.answers import Encoded, body_tag
from frontrunner.web import misspelled, problems
from frontrunner.web.lookup import Found
from frontrunner.web.text import quoted
from frontrunner.web.urls import Links
from frontrunner.web.views.board_table import TABS, tabs_of
from frontrunner.web.visit import Shown, Visit

GROUP = "<old link>"
_IN_QUERY = "=&!'()*~"


def read(service: Service, query: Mapping[str, str]) -> Meaning | None:
    """What a link to the front page meant; None unless it is a link of an older board."""
    if not PARAMETERS & query.keys():
        return None
    return meaning(query, service.snapshot.catalog)


def address(meant: ToBoard | ToTable, links: Links) -> str:
    """Where the link leads today."""
    if isinstance(meant, ToBoard):
        return links.board_of_types(meant.benchmark, meant.types)
    return links.old_table(meant.task, meant.language)


def directory(service: Service) -> bytes:
    """Where each link of the older boards leads from the front page of a copy, as JSON.

    A copy cannot customize rankings: if a link meant one type, the board is sorted by it.
    """
    links = Links(root="", suffix="/")
    boards: dict[str, str] = {}
    tables: dict[str, dict[str, str]] = {}
    for query, meant in known_links(service.snapshot.catalog):
        if isinstance(meant, Unknown) or not _is_there(service, meant):
            continue
        if isinstance(meant, ToBoard):
            sort = "".join(f"?sort=-{quote(one)}" for one in meant.types[:1])
            target = links.board(meant.benchmark) + sort
        else:
            target = links.old_table(meant.task, meant.language)
        if "benchmark_name" in query:
            boards[plain(query["benchmark_name"])] = target
        else:
            tables.setdefault(plain(query["task"]), {})[plain(query["language"])] = target
    return msgspec.json.encode({"boards": boards, "tables": tables}, order="deterministic")


def old_tables(service: Service) -> Iterator[ToTable]:
    """The old tables that are built from their tasks here."""
    for _, meant in known_links(service.snapshot.catalog):
        if isinstance(meant, ToTable) and _is_there(service, meant):
            yield meant


def _is_there(service: Service, meant: ToBoard | ToTable) -> bool:
    """Whether there is a page for it: a table needs some of its tasks."""
    if isinstance(meant, ToBoard):
        return True
    found = table_of(meant.task, meant.language)
    known = service.snapshot.catalog.task_by_name
    return found is not None and any(task in known for task in found.tasks)


def problem(visit: Visit, meant: Unknown) -> Shown:
    """The page for a link whose value never was, or has no successor here."""
    text = visit.t(f"old.unknown_{meant.parameter}", value=quoted(meant.value))
    near = [Found(label, f"{visit.links.page()}?{query}") for label, query in meant.near]
    return problems.problem(visit, 404, text, near, meant.value)


def unknown_reply(visit: Visit, meant: Unknown) -> Page:
    """The same for a program, in the shape of all errors, with links that work."""
    text = visit.t(f"old.unknown_{meant.parameter}", value=meant.value)
    near = [f"/?{quote(query, safe=_IN_QUERY)}" for _, query in meant.near]
    body = msgspec.json.encode({"detail": text, "near": near})
    answer = Encoded("application/json", body_tag(body), body)
    return Page(answer, GROUP, [(b"cache-control", b"no-store")], 404)


def other_spelling(service: Service, path: str, links: Links) -> str | None:
    """The address of the page that `path` spells differently; None if there is none."""
    first, _, name = path.partition("/")
    catalog = service.snapshot.catalog
    found: str | None = None
    if path in ("benchmarks", "benchmark"):
        return links.page("boards")
    if first == "benchmark":
        return _board_spelling(service, name, links)
    if first == "models":
        head, _, tab = name.rpartition("/")
        inner = spelled(head, catalog.model_by_name) if tab.lower() == "results" else None
        if inner:
            return links.model(inner, "results")
        found = spelled(name, catalog.model_by_name)
        return links.model(found) if found else None
    if first == "tasks":
        found = spelled(name, catalog.task_by_name) or catalog.old_task_names.get(name)
        return links.task(found) if found else None
    return None


def _board_spelling(service: Service, name: str, links: Links) -> str | None:
    """A board or one of its tabs in another spelling; nothing for a tab that it does not have."""
    catalog = service.snapshot.catalog
    found = benchmark_called(name, catalog)
    if found is not None:
        return links.board(found)
    head, _, tab = name.rpartition("/")
    inner = benchmark_called(head, catalog) if head else None
    if inner is None or tab.lower() not in tabs_of(service, catalog.benchmark_by_name[inner]):
        return None
    return links.board(inner, tab.lower())


def without_tab(service: Service, path: str, links: Links) -> str | None:
    """The board whose tab `path` names, if other boards have that tab and this one does not."""
    first, _, name = path.partition("/")
    head, _, tab = name.rpartition("/")
    if first != "benchmark" or not head or tab.lower() not in TABS:
        return None
    board = benchmark_called(head, service.snapshot.catalog)
    return links.board(board) if board else None


def with_query(target: str, query: bytes) -> str:
    """The address with the query of a request, which another spelling of its path leaves alone."""
    return f"{target}?{query.decode('latin-1')}" if query else target


def other_view(
    service: Service, path: str, pairs: Sequence[tuple[str, str]], links: Links
) -> str | None:
    """The address of what a link to the present board shows; None for a link of our own."""
    first, _, name = path.partition("/")
    if first == "benchmark":
        return _board_view(service, name, tidied(dict(pairs)), links)
    if path == "compare":
        return _compare_view(service, pairs, links)
    asked = shown_list(path, dict(pairs)) if path in ("models", "tasks") else None
    if asked is None:
        return None
    named = [
        (key, _language_names(service, value) if key == "language" else value)
        for key, value in asked.query
    ]
    known = misspelled.without_unknown(misspelled.rules_of_list(service, path), named)
    return _with_pairs(links.page(path), list(known))


def _language_names(service: Service, value: str) -> str:
    """The languages of a list by the names that lists use; links may give their codes."""
    languages = service.snapshot.catalog.languages
    names = (
        languages.label(one) if languages.knows_code(one) else one
        for one in value.split(misspelled.SEPARATOR)
    )
    return misspelled.SEPARATOR.join(names)


def _board_view(service: Service, name: str, query: Mapping[str, str], links: Links) -> str | None:
    asked = shown(query)
    board = benchmark_called(name, service.snapshot.catalog) if asked else None
    if asked is None or board is None:
        return None
    bench = service.snapshot.catalog.benchmark_by_name[board]
    narrowed = [*asked.query, *_tasks_of(service.snapshot.catalog, board, asked)]
    rules = misspelled.rules_of_board(service, bench)
    pairs = list(misspelled.without_unknown(rules, narrowed))
    tab = asked.tab if asked.tab in tabs_of(service, bench) else ""
    return _with_pairs(links.board(board, tab), pairs)


def _tasks_of(catalog: Catalog, board: str, asked: Present) -> Iterator[tuple[str, str]]:
    """The board's tasks of the modalities that a link asks for, if those are not all."""
    names = [scope.task for scope in catalog.benchmark_by_name[board].scopes]
    wanted = frozenset(asked.modalities)
    found = [n for n in names if not wanted.isdisjoint(catalog.task_by_name[n].modalities)]
    if found and len(found) < len(names) and "tasks" not in dict(asked.query):
        yield "tasks", "~".join(found)


def _compare_view(service: Service, pairs: Sequence[tuple[str, str]], links: Links) -> str | None:
    asked = compared(pairs)
    if asked is None:
        return None
    catalog = service.snapshot.catalog
    models = [spelled(one, catalog.model_by_name) or one for one in asked[0]]
    boards = [board for one in asked[1] if (board := benchmark_called(one, catalog))]
    return links.compare(dict.fromkeys(models), next(iter(boards), ""))


def _with_pairs(target: str, pairs: Sequence[tuple[str, str]]) -> str:
    query = urlencode(pairs, safe="~", quote_via=quote)
    return f"{target}?{query}" if query else target


def redirect(target: str, status: int = 301) -> Page:
    """A redirect that is cached for an hour, since a later snapshot may know better."""
    body = f"Moved to {target}\n".encode()
    headers: Headers = [
        (b"location", target.encode("latin-1")),
        (b"cache-control", b"public, max-age=3600"),
    ]
    return Page(Encoded("text/plain; charset=utf-8", body_tag(body), body), GROUP, headers, status)
