"""What both boards say of themselves."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec

from frontrunner.base.errors import NetworkError
from frontrunner.base.gateway_settings import GatewaySettings
from frontrunner.net.client import Answer
from frontrunner.takeover.both_boards import BothBoards, first_url
from frontrunner.takeover.plane import Side

SETTINGS = GatewaySettings(old="http://old/", new=("http://new", "http://new2"))
CONFIG = {
    "version": "5.1.0",
    "components": [{"id": 7, "type": "dataframe", "props": {"value": [1]}}, {"type": "html"}],
    "dependencies": [{"api_name": "search"}, {"api_name": False}],
}
ANSWERS: dict[str, tuple[int, dict[str, str], object]] = {
    "http://old/config": (200, {}, CONFIG),
    "http://old/": (302, {}, ""),
    "http://new/health": (200, {"x-frontrunner-version": "0.1.0+abc"}, {"ok": True}),
    "http://new/v1/snapshot": (200, {}, {"id": "snap-1", "builtAt": "2026-01-02T03:04:05+00:00"}),
    "http://old/date": (200, {"last-modified": "Fri, 02 Jan 2026 03:04:05 GMT"}, "now"),
}


def answering(
    changed: dict[str, tuple[int, dict[str, str], object] | None] | None = None,
) -> Callable[[str], Answer]:
    found = {**ANSWERS, **(changed or {})}

    def how(url: str) -> Answer:
        one = found.get(url)
        if one is None:
            raise NetworkError(f"{url} does not answer")
        status, headers, body = one
        return Answer(url, status, headers, json.dumps(body).encode())

    return how


def asked(
    changed: dict[str, tuple[int, dict[str, str], object] | None] | None = None,
    old_code: str = "",
    old_data: str = "",
) -> tuple[Side, Side]:
    boards = BothBoards(SETTINGS, old_code, old_data, how=answering(changed))
    boards.ask_both()
    return boards.old, boards.new


def test_what_boards_say() -> None:
    old, new = asked(old_data="http://old/date")
    at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC).timestamp()
    assert old.code is not None
    assert old.code.startswith("gradio 5.1.0 ")
    assert (old.healthy, old.data_at) == (True, at)
    assert old.data is not None
    assert new == Side(healthy=True, code="0.1.0+abc", data="snap-1", data_at=at)


def test_the_code_of_a_gradio_page_does_not_change_with_its_data_or_its_process() -> None:
    other = json.loads(json.dumps(CONFIG))
    other["components"][0] = {"id": 99, "type": "dataframe", "props": {"value": [2]}}
    assert asked({"http://old/config": (200, {}, other)})[0].code == asked()[0].code
    other["dependencies"].append({"api_name": "more"})
    assert asked({"http://old/config": (200, {}, other)})[0].code != asked()[0].code


def test_what_a_board_does_not_say_is_not_known() -> None:
    old, new = asked(dict.fromkeys(ANSWERS))
    assert old == Side(healthy=False)
    assert new == Side(healthy=False)
    broken: dict[str, tuple[int, dict[str, str], object] | None] = {
        "http://old/config": (200, {}, [1]), "http://old/": (503, {}, ""),
        "http://new/v1/snapshot": (500, {}, {"id": "x"}),
        "http://old/date": (200, {"last-modified": "soon"}, ""),
    }  # fmt: skip
    old, new = asked(broken, old_data="http://old/date")
    assert (old.healthy, old.code, old.data_at) == (False, None, None)
    assert new == Side(healthy=True, code="0.1.0+abc")


def test_a_url_of_its_own_for_the_code() -> None:
    first = asked(old_code="http://old/date")[0].code
    second = asked({"http://old/date": (200, {}, "then")}, old_code="http://old/date")[0].code
    assert None not in (first, second)
    assert first != second


def test_the_first_address_is_asked() -> None:
    assert first_url(("http://a/", "http://b")) == "http://a"
    assert first_url("http://c") == "http://c"
    assert first_url(()) == ""


def test_it_asks_again_and_ends() -> None:
    asked: list[str] = []
    often = threading.Event()

    def how(url: str) -> Answer:
        asked.append(url)
        if len(asked) > 12:
            often.set()
        raise NetworkError("nobody")

    boards = BothBoards(SETTINGS, every=0.01, how=how)
    boards.start()
    assert often.wait(20)
    boards.close()
    assert not boards._thread.is_alive()


def test_the_health_of_the_old_board_is_that_of_any_of_its_addresses() -> None:
    settings = msgspec.structs.replace(SETTINGS, old=("http://one/", "http://old"))
    assert BothBoards(settings, how=answering()).old_is_healthy()
    assert not BothBoards(settings, how=answering({"http://old/": None})).old_is_healthy()
    failing = answering({"http://old/": (503, {}, "")})
    assert not BothBoards(settings, how=failing).old_is_healthy()
