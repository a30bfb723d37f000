"""Hold another board against a record: one finding for each item."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from urllib.parse import urlsplit

import msgspec

from frontrunner.contract.fetch import Fetch, Response
from frontrunner.contract.record import Answer, Call, Link, Record, Route
from frontrunner.contract.shape import Shape, added, few, lost
from frontrunner.contract.sources import answer_of, calls_of, routes_of
from frontrunner.errors import ContractError

_MOVED = (301, 302, 303, 307, 308)


class Verdict(StrEnum):
    """What became of one item."""

    COMPATIBLE = "compatible"
    ADDITIONS = "compatible with additions"
    CHANGED = "changed"
    MISSING = "missing"

    @property
    def holds(self) -> bool:
        """Whether programs go on working."""
        return self in (Verdict.COMPATIBLE, Verdict.ADDITIONS)


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One item of a record, held against another board."""

    kind: str
    """`route`, `answer`, `link`, `call` or `file`."""
    item: str
    verdict: Verdict
    reason: str
    ignored: str = ""
    """The reason and owner of the rule that ignores it."""


def check(record: Record, fetch: Fetch) -> Iterator[Finding]:
    """Every item of `record`, asked of the board behind `fetch`."""
    given = {route.template: route for route in routes_of(_decoded(fetch("/openapi.json")))}
    for route in record.routes:
        verdict, reason = _route(route, given.get(route.template))
        yield Finding(kind="route", item=route.template, verdict=verdict, reason=reason)
    for answer in record.answers:
        verdict, reason = _answer(answer, fetch)
        yield Finding(kind="answer", item=answer.path, verdict=verdict, reason=reason)
    for link in record.links:
        verdict, reason = _link(link, fetch)
        yield Finding(kind="link", item=link.path, verdict=verdict, reason=reason)
    calls = {one.name: one for one in calls_of(_decoded(fetch("/info")))} if record.calls else {}
    for call in record.calls:
        verdict, reason = _call(call, calls.get(call.name))
        yield Finding(kind="call", item=call.name, verdict=verdict, reason=reason)
    for path in record.files:
        verdict, reason = _file(path, fetch)
        yield Finding(kind="file", item=path, verdict=verdict, reason=reason)


def _decoded(response: Response) -> object:
    try:
        return msgspec.json.decode(response.body) if response.status == 200 else None
    except msgspec.DecodeError:
        return None


_Judged = tuple[Verdict, str]


def _route(old: Route, new: Route | None) -> _Judged:
    if new is None:
        return Verdict.MISSING, "the OpenAPI description does not have it"
    gone = [name for name in old.parameters if name not in new.parameters]
    asked = [name for name in new.required if name not in old.required]
    if gone or asked:
        lines = [f"parameter {name} is gone" for name in gone]
        return Verdict.CHANGED, few(lines + [f"parameter {name} is now required" for name in asked])
    more = [name for name in new.parameters if name not in old.parameters]
    if more:
        return Verdict.ADDITIONS, f"new parameters: {', '.join(more)}"
    return Verdict.COMPATIBLE, "the same parameters"


def _answer(old: Answer, fetch: Fetch) -> _Judged:
    try:
        new = answer_of(old.path, fetch(old.path), ())
    except ContractError as error:
        return Verdict.MISSING, str(error)
    if new.status != old.status:
        missing = old.status < 400 and new.status in (404, 405, 410)
        reason = f"answered {old.status}, and now {new.status}"
        return (Verdict.MISSING if missing else Verdict.CHANGED), reason
    if new.media_type != old.media_type:
        return Verdict.CHANGED, f"was {old.media_type}, and is {new.media_type}"
    return _shapes(old.shape, new.shape)


def _shapes(old: Shape | None, new: Shape | None) -> _Judged:
    if old is None or new is None:
        if old is new:
            return Verdict.COMPATIBLE, "the same status and type"
        return Verdict.CHANGED, "one of the two is no JSON"
    missed = lost(old, new)
    if missed:
        return Verdict.CHANGED, few(missed)
    more = added(old, new)
    if more:
        return Verdict.ADDITIONS, f"new keys: {few(more)}"
    return Verdict.COMPATIBLE, "the same shape"


def _link(link: Link, fetch: Fetch) -> _Judged:
    try:
        response = fetch(link.path)
        if response.status in _MOVED:
            return _moved(link, response, fetch)
    except ContractError as error:
        return Verdict.MISSING, str(error)
    if response.status == 200:
        return Verdict.COMPATIBLE, "answers"
    if response.status in (404, 410):
        return Verdict.MISSING, f"answers {response.status}"
    return Verdict.CHANGED, f"answers {response.status}"


def _moved(link: Link, response: Response, fetch: Fetch) -> _Judged:
    parts = urlsplit(response.location)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    if parts.path in ("", "/") and urlsplit(link.path).path + urlsplit(link.path).query != "/":
        return Verdict.CHANGED, "leads to the bare front page"
    if parts.netloc:
        return Verdict.COMPATIBLE, f"leads to {response.location}, which was not asked"
    status = fetch(target).status
    if status == 200:
        return Verdict.COMPATIBLE, f"leads to {target}"
    return Verdict.MISSING, f"leads to {target}, which answers {status}"


def _call(old: Call, new: Call | None) -> _Judged:
    if new is None:
        return Verdict.MISSING, "/info does not name it"
    if (new.inputs, new.outputs) != (old.inputs, old.outputs):
        was, now = f"{old.inputs} in, {old.outputs} out", f"{new.inputs} in, {new.outputs} out"
        return Verdict.CHANGED, f"was {was}, and is {now}"
    return Verdict.COMPATIBLE, "the same number of values in and out"


def _file(path: str, fetch: Fetch) -> _Judged:
    try:
        status = fetch(f"/{path}").status
    except ContractError as error:
        return Verdict.MISSING, str(error)
    if status == 200:
        return Verdict.COMPATIBLE, "answers"
    return Verdict.MISSING, f"answers {status}"
