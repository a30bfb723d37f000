"""Record a running board: its routes and answers, its pages, its Gradio functions."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from html import unescape
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

from frontrunner.base.errors import ContractError, NotAskedError
from frontrunner.checks.contract.askable import why_not_asked
from frontrunner.checks.contract.careful import TOTAL_SECONDS, CarefulFetch
from frontrunner.checks.contract.described_routes import routes_of, template_of
from frontrunner.checks.contract.fetch import Fetch, Response, json_of
from frontrunner.checks.contract.gradio_board import GradioBoard, gradio_board
from frontrunner.checks.contract.record import Answer, Link, Record, Route, now
from frontrunner.checks.contract.sample_paths import sample_paths
from frontrunner.checks.contract.shape import shape_of

REDIRECTS = (301, 302, 303, 307, 308)
_DESCRIPTIONS = re.compile(r"(/openapi\.json|/config|(/[\w-]+)*/info)/?")
"""Their content is recorded item by item."""
_HREF = re.compile(
    r"<a\b[^>]{0,300}?\bhref\s{0,9}=\s{0,9}(?:\"([^\"]{1,2000})\"|'([^']{1,2000})')", re.I
)
_PAGE = 2 * 1024 * 1024
"""Bytes of a page that are searched for links."""
_NAMED = 10
"""Paths that one note names at most."""


class Recorded(NamedTuple):
    """A record, and notes on what could not be recorded."""

    record: Record
    notes: tuple[str, ...]


def record_board(
    source: str,
    fetch: Fetch,
    requests: Sequence[str],
    crawl: int,
    seconds: float = TOTAL_SECONDS,
) -> Recorded:
    """Record a running board: its OpenAPI, the `requests`, and up to `crawl` linked pages.

    Routes that need a name are asked with names from other answers. Raises ContractError if the
    board stops answering, if it takes longer than `seconds`, or if it exposes nothing.
    """
    asking = _Asking(CarefulFetch(fetch, seconds))
    described = routes_of(asking.json("/openapi.json"))
    board = gradio_board(asking.json)
    routes = [route for route in described if not board.is_own(route.template)]
    asking.ask(route.template for route in routes if "{" not in route.template)
    values = {path: json_of(response) for path, response in asking.answers.items()}
    sampled = sample_paths(routes, values)
    asking.ask(path for paths in sampled.values() for path in paths)
    asking.ask(path for path in requests if not board.is_plumbing(path))
    answers, links = _sorted_out(asking, routes)
    links |= {Link(path) for path in _crawl(asking, crawl)}
    record = Record(
        source=source,
        recorded_at=now(),
        protocol=board.protocol,
        routes=tuple(routes),
        answers=tuple(sorted(answers, key=lambda one: (one.template, one.path))),
        links=tuple(sorted(links, key=lambda one: one.path)),
        calls=board.calls,
    )
    if not len(record):
        raise ContractError(
            f"Nothing was recorded of {source}: it has no OpenAPI description, no Gradio "
            "functions and no pages. Check the URL."
        )
    return Recorded(record, (*asking.notes, *asking.refused(), *_gaps(record, board)))


def _gaps(record: Record, board: GradioBoard) -> Iterator[str]:
    """Notes on what the record lacks."""
    answered = {one.template for one in record.answers}
    unknown = [one.template for one in record.routes if one.template not in answered]
    if unknown:
        yield f"No answer was recorded for {_named(unknown)}. Give requests with --requests."
    if board.protocol and not board.calls:
        yield (
            "This is a Gradio board, but its functions could not be recorded: "
            f"{board.prefix}/info does not list any."
        )


def _named(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - _NAMED:,} more" if len(paths) > _NAMED else ""
    return ", ".join(paths[:_NAMED]) + more


class _Asking:
    """Asks each path once, and notes what does not answer."""

    def __init__(self, fetch: CarefulFetch) -> None:
        self._fetch = fetch
        self.answers: dict[str, Response] = {}
        self.notes: list[str] = []
        self._left_out: set[str] = set()
        self._refused: dict[str, list[str]] = {}

    def ask(self, paths: Iterable[str]) -> None:
        """Ask each path that was not asked yet."""
        for path in paths:
            self.one(path)

    def one(self, path: str) -> Response | None:
        """The answer; None if there is none. Raises ContractError if the board is gone."""
        if path in self.answers or path in self._left_out:
            return self.answers.get(path)
        if reason := why_not_asked(path):
            self._left_out.add(path)
            self._refused.setdefault(reason, []).append(path.partition("?")[0])
            return None
        try:
            self.answers[path] = self._fetch(path)
        except ContractError as error:
            if self._fetch.stopped:
                raise ContractError(_given_up(self._fetch.stopped, error)) from error
            self._left_out.add(path)
            self.notes.append(f"Left out: {error}")
        return self.answers.get(path)

    def refused(self) -> Iterator[str]:
        """Notes on the paths that were not asked, without their queries."""
        for reason, paths in self._refused.items():
            yield f"Not requested, because {reason}: {_named(list(dict.fromkeys(paths)))}."

    def json(self, path: str) -> Any:
        """The JSON of a successful answer; None if there is none."""
        response = self.one(path)
        return json_of(response) if response and response.status == 200 else None


def _given_up(why: str, error: ContractError) -> str:
    last = "" if isinstance(error, NotAskedError) else f" {error}"
    return f"Nothing is recorded: {why}.{last}"


def _sorted_out(asking: _Asking, routes: Sequence[Route]) -> tuple[list[Answer], set[Link]]:
    """Answers for programs, and links for people; errors are neither."""
    answers, links, failed = [], set(), []
    for path, response in asking.answers.items():
        if _DESCRIPTIONS.fullmatch(path):
            continue
        is_page = response.media_type.startswith("text/html")
        if response.status in REDIRECTS or (is_page and response.status == 200):
            links.add(Link(path))
        elif response.status < 500 and not is_page:
            answers.append(answer_of(path, response, routes))
        else:
            failed.append(path)
    if failed:
        asking.notes.append(f"Left out, as the board answered with an error: {_named(failed)}.")
    return answers, links


def answer_of(path: str, response: Response, routes: Iterable[Route]) -> Answer:
    """How a request was answered."""
    value = json_of(response)
    shape = None if value is None else shape_of(value)
    template = template_of(path, routes)
    return Answer(path, template, response.status, response.media_type, shape)


# --- pages ----------------------------------------------------------------------------------------


def _crawl(asking: _Asking, most: int) -> Iterator[str]:
    """The pages of the same host that links lead to, beginning at the front page."""
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
            continue
        if not parts.netloc and not parts.scheme and parts.path.startswith("/"):
            yield parts.path + (f"?{parts.query}" if parts.query else "")
