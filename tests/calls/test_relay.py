"""Old calls with several server processes: one queue, whichever process takes a request."""

from __future__ import annotations

import http.client
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.calls.test_handler import FILTER_B, home, messages, old, snapshot
from tests.http.test_server import serving

__all__ = ["home", "old", "snapshot"]


def ask(port: int, method: str, path: str, body: Any = None) -> tuple[int, str]:
    """One request on a connection of its own: any of the processes may take it."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        content = None if body is None else json.dumps(body)
        connection.request(method, path, content)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def called(port: int, number: int) -> list[str]:
    """What a session of its own is told of one call."""
    session = f"s{number}"
    body = {"data": FILTER_B, "fn_index": 137, "session_hash": session}
    status, text = ask(port, "POST", "/queue/join", body)
    assert status == 200, text
    status, text = ask(port, "GET", f"/queue/data?session_hash={session}")
    assert status == 200, text
    said = messages(text)
    assert {one["event_id"] for one in said} == {
        json.loads(said[0]["event_id"] and json.dumps(said[0]["event_id"]))
    }
    assert said[-1]["output"]["data"][0]["data"] == [[2, "b", ""]]
    return [one["msg"] for one in said]


def test_a_call_is_joined_in_one_process_and_fetched_from_another(home: Path) -> None:
    with serving(home, "--workers", "3") as (_, port):
        with ThreadPoolExecutor(4) as pool:
            told = list(pool.map(lambda n: called(port, n), range(24)))
        assert told == [["estimation", "process_starts", "process_completed"]] * 24
        for _ in range(12):
            _, text = ask(port, "POST", "/call/set_tabs_on_load", {"data": []})
            event = json.loads(text)["event_id"]
            path = f"/call/set_tabs_on_load/{event}"
            assert ask(port, "GET", path)[1].startswith("event: complete")
            assert ask(port, "GET", path)[0] == 404
        for _ in range(6):
            assert ask(port, "POST", "/api/filter_data", {"data": FILTER_B})[0] == 200
            assert ask(port, "GET", "/config")[0] == 200
            assert ask(port, "GET", "/queue/data")[0] == 404
            assert ask(port, "POST", "/call/never", {"data": []}) == (500, "Internal Server Error")
            assert json.loads(ask(port, "GET", "/queue/status")[1])["queue_size"] == 0
        text = ask(port, "GET", "/metrics")[1]
        labels = 'handler="<old calls>",method="POST",status="200"'
        assert f"http_requests_total{{{labels}}} 42.0" in text
