"""Compare another board with a record: one finding for each item."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from frontrunner.base.errors import ContractError
from frontrunner.checks.contract.careful import TOTAL_SECONDS, CarefulFetch
from frontrunner.checks.contract.compare_calls import compared_call, compared_protocol
from frontrunner.checks.contract.described_routes import routes_of
from frontrunner.checks.contract.fetch import Fetch, json_of
from frontrunner.checks.contract.finding import Compatibility, Finding, Judged
from frontrunner.checks.contract.follow_links import compared_link
from frontrunner.checks.contract.gradio_board import gradio_board
from frontrunner.checks.contract.record import Answer, File, Record, Route
from frontrunner.checks.contract.record_running import answer_of
from frontrunner.checks.contract.shape import Shape, added, columns_of, few, lost, merged


def check(
    record: Record, fetch: Fetch, files: Fetch | None = None, seconds: float = TOTAL_SECONDS
) -> Iterator[Finding]:
    """Every item of `record`, compared with the board behind `fetch`.

    Raw files are read through `files` if they are not at the board's address. After `seconds`, or
    once the board stops answering, the remaining items are errors. Raises ContractError if the
    record is empty.
    """
    if not len(record):
        raise ContractError("The record is empty: there is nothing to check. Record a board again.")
    board = CarefulFetch(fetch, seconds)
    yield from _routes(record, board)
    shapes = _shapes_by_template(record.answers)
    for answer in record.answers:
        yield _finding("answer", answer.path, _answer(answer, shapes, board))
    front = _front(board) if record.links else None
    for link in record.links:
        yield _finding("link", link.path, compared_link(link, board, front))
    yield from _calls(record, board)
    for file in record.files:
        yield _finding("file", file.path, _file(file, files or board))


def _finding(kind: str, item: str, judged: Judged) -> Finding:
    return Finding(kind=kind, item=item, verdict=judged[0], reason=judged[1])


def _json(fetch: Fetch, path: str) -> Any:
    """The JSON of a successful answer; None if there is none. Raises ContractError."""
    response = fetch(path)
    return json_of(response) if response.status == 200 else None


def _front(fetch: Fetch) -> bytes | None:
    try:
        return fetch("/").body
    except ContractError:
        return None


# --- routes and answers ---------------------------------------------------------------------------


def _routes(record: Record, fetch: Fetch) -> Iterator[Finding]:
    if not record.routes:
        return
    try:
        given = {route.template: route for route in routes_of(_json(fetch, "/openapi.json"))}
    except ContractError as error:
        for route in record.routes:
            yield _finding("route", route.template, (Compatibility.ERROR, str(error)))
        return
    for route in record.routes:
        yield _finding("route", route.template, _route(route, given.get(route.template)))


def _route(old: Route, new: Route | None) -> Judged:
    if new is None:
        return Compatibility.MISSING, "the OpenAPI description does not have it"
    gone = [name for name in old.parameters if name not in new.parameters]
    required = [name for name in new.required if name not in old.required]
    if gone or required:
        lines = [f"parameter {name} was removed" for name in gone]
        lines += [f"parameter {name} is now required" for name in required]
        return Compatibility.CHANGED, few(lines)
    more = [name for name in new.parameters if name not in old.parameters]
    if more:
        return Compatibility.ADDITIONS, f"new parameters: {', '.join(more)}"
    return Compatibility.COMPATIBLE, "the same parameters"


_Kind = tuple[str, int, str]
"""Template, status and media type: answers that share these have one shape."""


def _kind(answer: Answer) -> _Kind:
    return answer.template, answer.status, answer.media_type


def _shapes_by_template(answers: Iterable[Answer]) -> Mapping[_Kind, Shape]:
    """What programs can rely on in all answers of a kind; a single one may lack optional keys."""
    shaped = sorted((one for one in answers if one.shape is not None), key=_kind)
    return {
        kind: merged([one.shape for one in some if one.shape is not None])
        for kind, some in groupby(shaped, key=_kind)
    }


def _answer(old: Answer, shapes: Mapping[_Kind, Shape], fetch: Fetch) -> Judged:
    try:
        new = answer_of(old.path, fetch(old.path), ())
    except ContractError as error:
        return Compatibility.ERROR, str(error)
    if new.status != old.status:
        missing = old.status < 400 and new.status in (404, 405, 410)
        reason = f"the status was {old.status} and is now {new.status}"
        return (Compatibility.MISSING if missing else Compatibility.CHANGED), reason
    if new.media_type != old.media_type:
        reason = f"the type was {_type(old.media_type)} and is now {_type(new.media_type)}"
        return Compatibility.CHANGED, reason
    return _shapes(shapes.get(_kind(old)), new.shape)


def _type(media_type: str) -> str:
    return media_type or "not given"


def _shapes(old: Shape | None, new: Shape | None) -> Judged:
    if old is None and new is None:
        return Compatibility.COMPATIBLE, "the same status and type"
    if old is None or new is None:
        now = "is no longer JSON" if new is None else "was not JSON before and is now"
        return Compatibility.CHANGED, f"the answer {now}"
    missed = lost(old, new)
    if missed:
        return Compatibility.CHANGED, few(missed)
    more = added(old, new)
    if more:
        return Compatibility.ADDITIONS, f"new keys: {few(more)}"
    return Compatibility.COMPATIBLE, "the same shape"


# --- calls ----------------------------------------------------------------------------------------


def _calls(record: Record, fetch: Fetch) -> Iterator[Finding]:
    if not record.protocol and not record.calls:
        return
    try:
        board = gradio_board(lambda path: _json(fetch, path))
    except ContractError as error:
        names = ["/config"] if record.protocol else []
        for name in (*names, *(call.name for call in record.calls)):
            yield _finding("call", name, (Compatibility.ERROR, str(error)))
        return
    if record.protocol:
        yield _finding("call", "/config", compared_protocol(record.protocol, board.protocol))
    calls = {one.name: one for one in board.calls}
    for call in record.calls:
        yield _finding("call", call.name, compared_call(call, calls.get(call.name)))


# --- raw files ------------------------------------------------------------------------------------


def _file(old: File, fetch: Fetch) -> Judged:
    try:
        response = fetch(f"/{old.path}")
    except ContractError as error:
        return Compatibility.ERROR, str(error)
    if response.status != 200:
        return Compatibility.MISSING, f"the status is {response.status}"
    if not old.columns:
        return Compatibility.COMPATIBLE, "the file exists"
    return _columns(old, columns_of(response.body))


def _columns(old: File, new: tuple[str, ...]) -> Judged:
    gone = [f"column {name} is missing" for name in old.columns if name not in new]
    if gone:
        return Compatibility.CHANGED, few(gone) if new else "the file has no rows"
    more = [name for name in new if name not in old.columns]
    if more:
        return Compatibility.ADDITIONS, f"new columns: {few(more)}"
    return Compatibility.COMPATIBLE, "the same columns"
