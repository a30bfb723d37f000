"""A record of a running board."""

from __future__ import annotations

from typing import Any

import pytest

from frontrunner.base.errors import ContractError
from frontrunner.checks.contract.fetch import Response
from frontrunner.checks.contract.record_running import record_board
from tests.checks.contract.made_up import Board, page


def test_a_record_of_a_board_asks_routes_with_the_names_that_it_tells() -> None:
    paths: dict[str, Any] = {
        template: {"get": {}}
        for template in ("/things", "/things/{thing_name}", "/icons/{name}", "/{a}/{b}")
    }
    answers = {
        "/openapi.json": {"paths": paths},
        "/things": [{"name": f"t {n}", "icon": f"/icons/{n}"} for n in range(5)],
        **{f"/things/t%20{n}": {"n": n} for n in range(5)},
        **{f"/icons/{n}": {"icon": n} for n in range(5)},
    }
    made, notes = record_board("old", Board(answers), [], 0)
    asked = {one.path for one in made.answers}
    assert asked >= {"/things/t%200", "/things/t%202", "/things/t%204", "/icons/2"}
    assert any("/{a}/{b}" in note for note in notes)


def test_what_fails_is_no_contract() -> None:
    answers = {
        "/openapi.json": {"paths": {}},
        "/broken": Response(500, "text/html", "", b"oops"),
        "/refused": Response(422, "application/json", "", b'{"detail": "no"}'),
    }
    asked = ["/broken", "/refused", "/moved", "/openapi.json"]
    made, notes = record_board("old", Board(answers), asked, 0)
    assert [one.path for one in made.answers] == ["/moved", "/refused"]  # 404 as JSON, and 422
    assert made.links == ()
    assert any("error: /broken" in note for note in notes)


def test_links_are_found_however_they_are_written() -> None:
    page = b'<A class="x" HREF = \'/b?x=1&amp;y=2\'>b</A> <a href="mailto:x@y">m</a>'

    def fetch(path: str) -> Response:
        return Response(200, "text/html", "", page)

    made, _ = record_board("s", fetch, [], 5)
    assert [link.path for link in made.links] == ["/", "/b?x=1&y=2"]


def test_a_board_that_stops_answering_ends_the_record() -> None:
    asked = []

    def fetch(path: str) -> Response:
        asked.append(path)
        if path.startswith("/x"):
            raise ContractError("gone")
        return Response(404, "text/plain", "", b"")

    with pytest.raises(ContractError, match="gone"):
        record_board("s", fetch, [f"/x{n}" for n in range(100)], 0)
    assert len(asked) < 10
    made, notes = record_board("s", fetch, ["/x", "/y"], 0)
    assert [one.path for one in made.answers] == ["/y"]
    assert "Left out: gone" in notes


def test_notes_say_what_is_not_in_the_record() -> None:
    answers = {
        "/openapi.json": {"paths": {"/a/{x}/{y}": {"get": {}}, "/logout": {"get": {}}}},
        "/": page('<a href="/broken?q=1">b</a> <a href="/signout?next=/">s</a>'),
        "/broken?q=1": Response(500, "text/html", "", b""),
    }
    notes = record_board("old", Board(answers), ["/x?token=secret", "/x?token=other"], 9).notes
    assert notes == (
        "Not requested, because it may change data: /logout, /signout.",
        "Not requested, because it holds a secret: /x.",
        "No answer was recorded for /a/{x}/{y}, /logout. Give requests with --requests.",
    )


def test_a_note_names_ten_paths_and_counts_the_rest() -> None:
    broken = [f"/b{n:02}" for n in range(12)]
    answers: dict[str, Any] = {path: Response(500, "", "", b"") for path in broken}
    [note] = record_board("old", Board(answers | {"/ok": {}}), [*broken, "/ok"], 0).notes
    assert note == (
        f"Left out, as the board answered with an error: {', '.join(broken[:10])} and 2 more."
    )


def test_a_crawl_goes_on_after_what_is_not_a_page() -> None:
    answers = {
        "/": page("".join(f'<a href="{one}">x</a>' for one in ("/gone", "/json", "/last", "/"))),
        "/json": {"k": 1},
        "/last": page(),
    }
    made = record_board("old", Board(answers), [], 9).record
    assert [link.path for link in made.links] == ["/", "/last"]
    asked: list[str] = []

    def fetch(path: str) -> Response:
        asked.append(path)
        return Board(answers)(path)

    record_board("old", fetch, [], 2)
    assert asked[-2:] == ["/", "/gone"]  # the front page and one more
    assert asked.count("/") == 1


def test_a_board_with_nothing_is_an_error() -> None:
    with pytest.raises(ContractError, match="Nothing was recorded of old"):
        record_board("old", Board({}), [], 0)


def test_a_board_whose_time_is_over_is_an_error() -> None:
    with pytest.raises(ContractError, match="took longer than 0 seconds"):
        record_board("old", Board({}), [], 0, seconds=0)
