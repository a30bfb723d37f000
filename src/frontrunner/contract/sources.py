"""Where a record comes from: a running board, or a folder of what an older one answered."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import msgspec

from frontrunner.contract.fetch import Fetch, Response
from frontrunner.contract.record import Answer, Call, Link, Record, Route
from frontrunner.contract.shape import shape_of
from frontrunner.errors import ContractError

_LOGGED = re.compile(r'"(?:GET|HEAD) (\S+) HTTP/')
_HREF = re.compile(r'<a\b[^>]*\bhref="([^"]+)"', re.I)


def requests_in(text: str) -> list[str]:
    """The paths in an access log, or one a line; each once, in order."""
    found = []
    for line in text.splitlines():
        logged = _LOGGED.search(line)
        if logged:
            found.append(logged[1])
        elif line.startswith("/"):
            found.append(line.strip())
    return list(dict.fromkeys(found))


def record_board(
    source: str, fetch: Fetch, requests: Sequence[str], crawl: int, extra: Sequence[str] = ()
) -> Record:
    """Record a running board: its OpenAPI, the `requests`, and up to `crawl` linked pages."""
    routes = routes_of(_json(fetch("/openapi.json")))
    plain = [route.template for route in routes if "{" not in route.template]
    asked = dict.fromkeys([*plain, *requests, *extra])
    answers, links = [], []
    for path in asked:
        response = fetch(path)
        if response.media_type.startswith("text/html") or response.status in (301, 302, 307, 308):
            links.append(Link(path))
        else:
            answers.append(answer_of(path, response, routes))
    links += [Link(path) for path in _crawl(fetch, crawl) if path not in asked]
    return Record(
        source=source,
        recorded_at=_now(),
        routes=tuple(routes),
        answers=tuple(answers),
        links=tuple(links),
        calls=tuple(calls_of(_json(fetch("/info")))),
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _json(response: Response) -> Any:
    """A JSON answer; None where there is none."""
    if response.status != 200 or "json" not in response.media_type:
        return None
    try:
        return msgspec.json.decode(response.body)
    except msgspec.DecodeError:
        return None


def routes_of(description: Any) -> list[Route]:
    """The GET routes of an OpenAPI description; none where it is not one."""
    paths = description.get("paths", {}) if isinstance(description, dict) else {}
    found = []
    for template, methods in sorted(paths.items()):
        given = methods.get("get") if isinstance(methods, dict) else None
        if isinstance(given, dict):
            told = [p for p in given.get("parameters", []) if isinstance(p, dict) and "name" in p]
            names = tuple(str(one["name"]) for one in told)
            required = tuple(str(one["name"]) for one in told if one.get("required"))
            found.append(Route(template, names, required))
    return found


def template_of(path: str, routes: Iterable[Route]) -> str:
    """The template that a path is of, the most literal first; the path itself where none is."""
    bare = path.partition("?")[0]
    for route in sorted(routes, key=lambda one: (one.template.count("{"), -len(one.template))):
        pattern = re.sub(r"\\\{[^}]*\\\}", "[^?]+", re.escape(route.template))
        if re.fullmatch(pattern, bare):
            return route.template
    return bare


def answer_of(path: str, response: Response, routes: Iterable[Route]) -> Answer:
    """How a request was answered."""
    value = _json(response._replace(status=200)) if response.body else None
    shape = None if value is None else shape_of(value)
    template = template_of(path, routes)
    return Answer(path, template, response.status, response.media_type, shape)


def calls_of(info: Any) -> list[Call]:
    """The named endpoints of a Gradio board; none where it is not one."""
    named = info.get("named_endpoints", {}) if isinstance(info, dict) else {}
    return [
        Call(name, len(one.get("parameters", [])), len(one.get("returns", [])))
        for name, one in sorted(named.items())
        if isinstance(one, dict)
    ]


def _crawl(fetch: Fetch, most: int) -> Iterator[str]:
    """Pages that links lead to, from the front page on, on the same host."""
    waiting, seen = ["/"], {"/"}
    while waiting and most:
        page = waiting.pop(0)
        response = fetch(page)
        if response.status != 200 or not response.media_type.startswith("text/html"):
            continue
        yield page
        for target in _HREF.findall(response.body.decode("utf-8", "replace")):
            parts = urlsplit(urljoin(page, target.replace("&amp;", "&")))
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            if not parts.netloc and path not in seen and len(seen) < most:
                seen.add(path)
                waiting.append(path)


# --- a folder -------------------------------------------------------------------------------------


def record_folder(folder: Path) -> Record:
    """Record what an older Gradio board left: `urls.json`, `info.json` and `raw_files.json`.

    Raises ContractError where none of them is there.
    """
    names = ("urls.json", "info.json", "raw_files.json")
    urls, info, raw = (_file(folder / name) for name in names)
    if urls is None and info is None and raw is None:
        raise ContractError(
            f"{folder} holds none of {', '.join(names)}. Give the address of a running board, "
            "or a folder with a recorded one."
        )
    pairs = (urls or {}).get("pairs", [])
    return Record(
        source=folder.name,
        recorded_at=_now(),
        links=tuple(Link(one["url"], one.get("heading", "")) for one in pairs),
        calls=tuple(calls_of(info)),
        files=tuple(sorted(one["path"] for one in (raw or {}).get("files", []))),
    )


def _file(path: Path) -> Any:
    if not path.is_file():
        return None
    try:
        return msgspec.json.decode(path.read_bytes())
    except (OSError, msgspec.DecodeError) as error:
        raise ContractError(f"{path} cannot be read: {error}.") from error
