"""Hold another board against a record: one finding for each item."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from frontrunner.base.errors import ContractError
from frontrunner.checks.contract.fetch import Fetch, json_of
from frontrunner.checks.contract.finding import Finding, Judged, Verdict
from frontrunner.checks.contract.gradio_info import calls_of, protocol_of
from frontrunner.checks.contract.record import Answer, Call, File, Record, Route
from frontrunner.checks.contract.recorders import answer_of, routes_of
from frontrunner.checks.contract.redirects import judged_link
from frontrunner.checks.contract.shape import Shape, added, columns_of, few, lost, merged


def check(record: Record, fetch: Fetch, files: Fetch | None = None) -> Iterator[Finding]:
    """Every item of `record`, asked of the board behind `fetch`.

    Raw files are asked of `files`, where they lie elsewhere than the board.
    """
    given = {route.template: route for route in routes_of(_told(fetch, "/openapi.json"))}
    for route in record.routes:
        yield _finding("route", route.template, _route(route, given.get(route.template)))
    shapes = _shapes_by_template(record.answers)
    for answer in record.answers:
        yield _finding("answer", answer.path, _answer(answer, shapes, fetch))
    front = _front(fetch) if record.links else None
    for link in record.links:
        yield _finding("link", link.path, judged_link(link, fetch, front))
    yield from _calls(record, fetch)
    for file in record.files:
        yield _finding("file", file.path, _file(file, files or fetch))


def _finding(kind: str, item: str, judged: Judged) -> Finding:
    return Finding(kind=kind, item=item, verdict=judged[0], reason=judged[1])


def _told(fetch: Fetch, path: str) -> Any:
    """A JSON answer of success; None where there is none. Raises where nothing answers."""
    response = fetch(path)
    return json_of(response) if response.status == 200 else None


def _front(fetch: Fetch) -> bytes | None:
    try:
        return fetch("/").body
    except ContractError:
        return None


# --- routes and answers ---------------------------------------------------------------------------


def _route(old: Route, new: Route | None) -> Judged:
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


_Kind = tuple[str, int, str]
"""Template, status and type of an answer: what has one shape."""


def _kind(answer: Answer) -> _Kind:
    return answer.template, answer.status, answer.media_type


def _shapes_by_template(answers: Iterable[Answer]) -> Mapping[_Kind, Shape]:
    """What programs can rely on in all answers of a kind: one alone may lack what others have."""
    told = sorted((one for one in answers if one.shape is not None), key=_kind)
    return {
        kind: merged([one.shape for one in some if one.shape is not None])
        for kind, some in groupby(told, key=_kind)
    }


def _answer(old: Answer, shapes: Mapping[_Kind, Shape], fetch: Fetch) -> Judged:
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
    return _shapes(shapes.get(_kind(old)), new.shape)


def _shapes(old: Shape | None, new: Shape | None) -> Judged:
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


# --- calls ----------------------------------------------------------------------------------------


def _calls(record: Record, fetch: Fetch) -> Iterator[Finding]:
    if record.protocol:
        yield _finding("call", "/config", _protocol(record.protocol, fetch))
    calls = {one.name: one for one in calls_of(_tried(fetch, "/info"))} if record.calls else {}
    for call in record.calls:
        yield _finding("call", call.name, _call(call, calls.get(call.name)))


def _tried(fetch: Fetch, path: str) -> Any:
    try:
        return _told(fetch, path)
    except ContractError:
        return None


def _protocol(old: str, fetch: Fetch) -> Judged:
    new = protocol_of(_tried(fetch, "/config"))
    if not new:
        return Verdict.MISSING, "it does not name a Gradio protocol"
    if new != old:
        return Verdict.CHANGED, f"the protocol was {old}, and is {new}"
    return Verdict.COMPATIBLE, f"the same protocol, {old}"


def _call(old: Call, new: Call | None) -> Judged:
    if new is None:
        return Verdict.MISSING, "/info does not name it"
    changed = [
        f"{what}: was {_list(before)}, and is {_list(after)}"
        for what, before, after in (
            ("in", old.inputs, new.inputs),
            ("out", old.outputs, new.outputs),
        )
        if before != after
    ]
    if changed:
        return Verdict.CHANGED, few(changed)
    return Verdict.COMPATIBLE, "the same values in and out"


def _list(kinds: tuple[str, ...]) -> str:
    """`3 values (Textbox, 2 Dataframe)`."""
    runs = [(kind, len(list(some))) for kind, some in groupby(kinds)]
    return f"{len(kinds)} values ({', '.join(f'{n} {k}' if n > 1 else k for k, n in runs)})"


# --- raw files ------------------------------------------------------------------------------------


def _file(old: File, fetch: Fetch) -> Judged:
    try:
        response = fetch(f"/{old.path}")
    except ContractError as error:
        return Verdict.MISSING, str(error)
    if response.status != 200:
        return Verdict.MISSING, f"answers {response.status}"
    if not old.columns:
        return Verdict.COMPATIBLE, "it is there"
    return _columns(old, columns_of(response.body))


def _columns(old: File, new: tuple[str, ...]) -> Judged:
    gone = [f"column {name} is missing" for name in old.columns if name not in new]
    if gone:
        return Verdict.CHANGED, few(gone) if new else "it holds no rows"
    more = [name for name in new if name not in old.columns]
    if more:
        return Verdict.ADDITIONS, f"new columns: {few(more)}"
    return Verdict.COMPATIBLE, "the same columns"
