"""A record of a running board: its description, its answers, its pages."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import unescape
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

from frontrunner.base.errors import ContractError
from frontrunner.checks.contract.fetch import Fetch, Response, json_of
from frontrunner.checks.contract.gradio_info import calls_of, protocol_of
from frontrunner.checks.contract.record import Answer, Link, Record, Route, now
from frontrunner.checks.contract.samples import pattern, samples
from frontrunner.checks.contract.shape import shape_of

_DESCRIPTIONS = ("/openapi.json", "/info", "/config")
"""What these tell is recorded item by item."""
MOVED = (301, 302, 303, 307, 308)
_HREF = re.compile(
    r"<a\b[^>]{0,300}?\bhref\s{0,9}=\s{0,9}(?:\"([^\"]{1,2000})\"|'([^']{1,2000})')", re.I
)
_PAGE = 2 * 1024 * 1024
"""So much of a page is looked at for links."""
_IN_A_ROW = 5
"""So many requests without an answer, one after the other, mean that the board is gone."""


class Recorded(NamedTuple):
    """A record, and what could not be recorded."""

    record: Record
    notes: tuple[str, ...]


def record_board(source: str, fetch: Fetch, requests: Sequence[str], crawl: int) -> Recorded:
    """Record a running board: its OpenAPI, the `requests`, and up to `crawl` linked pages.

    Routes that need a name are asked with names that the other answers tell.
    """
    asking = _Asking(fetch)
    routes = routes_of(json_of(fetch("/openapi.json")))
    asking.ask(route.template for route in routes if "{" not in route.template)
    values = {path: json_of(response) for path, response in asking.answers.items()}
    sampled = samples(routes, values)
    asking.ask(path for paths in sampled.values() for path in paths)
    asking.ask(requests)
    answers, links = _sorted_out(asking, routes)
    links |= {Link(path) for path in _crawl(asking, crawl)}
    templates = {one.template for one in answers}
    unknown = [one.template for one in routes if one.template not in templates]
    if unknown:
        asking.notes.append(f"no answer is recorded of {', '.join(unknown)}: give requests")
    record = Record(
        source=source,
        recorded_at=now(),
        protocol=protocol_of(asking.json("/config")),
        routes=tuple(routes),
        answers=tuple(sorted(answers, key=lambda one: (one.template, one.path))),
        links=tuple(sorted(links, key=lambda one: one.path)),
        calls=tuple(calls_of(asking.json("/info"))),
    )
    return Recorded(record, tuple(asking.notes))


class _Asking:
    """Asks each path once, and notes what does not answer."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._failed = 0
        self.answers: dict[str, Response] = {}
        self.notes: list[str] = []

    def ask(self, paths: Iterable[str]) -> None:
        """Ask each path that was not asked yet."""
        for path in paths:
            if path not in self.answers:
                self.one(path)

    def one(self, path: str) -> Response | None:
        """The answer; None where there is none. Raises ContractError where the board is gone."""
        if path in self.answers:
            return self.answers[path]
        try:
            self.answers[path] = self._fetch(path)
            self._failed = 0
        except ContractError as error:
            self._failed += 1
            if self._failed == _IN_A_ROW:
                raise
            self.notes.append(f"left out: {error}")
        return self.answers.get(path)

    def json(self, path: str) -> Any:
        """A JSON answer of success; None where there is none."""
        response = self.answers.get(path) or self.one(path)
        return json_of(response) if response and response.status == 200 else None


def _sorted_out(asking: _Asking, routes: Sequence[Route]) -> tuple[list[Answer], set[Link]]:
    """Answers for programs, and links for people; what failed is neither."""
    answers, links, failed = [], set(), 0
    for path, response in asking.answers.items():
        if path in _DESCRIPTIONS:
            continue
        is_page = response.media_type.startswith("text/html")
        if response.status in MOVED or (is_page and response.status == 200):
            links.add(Link(path))
        elif response.status < 500 and not is_page:
            answers.append(answer_of(path, response, routes))
        else:
            failed += 1
    if failed:
        asking.notes.append(f"{failed} requests are left out that the board answered with an error")
    return answers, links


def answer_of(path: str, response: Response, routes: Iterable[Route]) -> Answer:
    """How a request was answered."""
    value = json_of(response)
    shape = None if value is None else shape_of(value)
    template = template_of(path, routes)
    return Answer(path, template, response.status, response.media_type, shape)


def template_of(path: str, routes: Iterable[Route]) -> str:
    """The template that a path is of, the most literal first; the path itself where none is."""
    bare = path.partition("?")[0]
    for route in sorted(routes, key=lambda one: (one.template.count("{"), -len(one.template))):
        if pattern(route.template).fullmatch(bare):
            return route.template
    return bare


# --- OpenAPI --------------------------------------------------------------------------------------


def routes_of(description: Any) -> list[Route]:
    """The GET routes of an OpenAPI description, by template; none where it is not one."""
    paths = description.get("paths") if isinstance(description, dict) else None
    found = []
    for template, methods in sorted(paths.items()) if isinstance(paths, dict) else ():
        given = methods.get("get") if isinstance(methods, dict) else None
        if isinstance(given, dict):
            told = _parameters(description, methods) | _parameters(description, given)
            required = tuple(name for name, one in told.items() if one.get("required"))
            found.append(Route(template, tuple(told), required))
    return found


def _parameters(description: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters by name, also those that are kept in a common place."""
    listed = given.get("parameters")
    found = {}
    for one in listed if isinstance(listed, list) else ():
        told = _resolved(description, one)
        if isinstance(told, dict) and "name" in told:
            found[str(told["name"])] = told
    return found


def _resolved(description: Any, value: Any) -> Any:
    """What a reference such as `#/components/parameters/x` refers to; else the value itself."""
    reference = value.get("$ref") if isinstance(value, dict) else None
    if not isinstance(reference, str):
        return value
    found = description
    for step in reference.removeprefix("#/").split("/"):
        found = found.get(step) if isinstance(found, dict) else None
    return found


# --- pages ----------------------------------------------------------------------------------------


def _crawl(asking: _Asking, most: int) -> Iterator[str]:
    """Pages that links lead to, from the front page on, on the same host."""
    waiting, seen = deque(["/"]), {"/"}
    while waiting and most:
        page = waiting.popleft()
        response = asking.one(page)
        if response is None or response.status != 200 or response.media_type != "text/html":
            continue
        yield page
        for path in _linked(page, response):
            if path not in seen and len(seen) < most:
                seen.add(path)
                waiting.append(path)


def _linked(page: str, response: Response) -> Iterator[str]:
    """The paths on the same board that a page links to."""
    for double, single in _HREF.findall(response.body[:_PAGE].decode("utf-8", "replace")):
        try:
            parts = urlsplit(urljoin(page, unescape(double or single)))
        except ValueError:
            continue  # as good as no link
        if not parts.netloc and not parts.scheme and parts.path.startswith("/"):
            yield parts.path + (f"?{parts.query}" if parts.query else "")
