"""What an open page of a Gradio board sends, version by version."""

from __future__ import annotations

import base64
import json
import os
import socket
import struct
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

Event = dict[str, Any]
BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8", "user-agent": "a browser"}


class BrokenError(AssertionError):
    """A request or a stream that a user would have seen fail."""


@dataclass
class Page:
    """One open page of a board made with Gradio `version`, at `url`."""

    version: int
    url: str

    def __post_init__(self) -> None:
        self.session = uuid.uuid4().hex[:10]
        self.client = httpx.Client(base_url=self.url, timeout=20, headers={"user-agent": "a page"})
        self.prefix = "/gradio_api" if self.version >= 5 else ""

    def __enter__(self) -> Page:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def config(self) -> dict[str, Any]:
        """What the page is made of."""
        answer = self.client.get("/config")
        _check(answer)
        found: dict[str, Any] = answer.json()
        return found

    def function(self, name: str) -> int:
        """The number by which the page calls a function."""
        for number, one in enumerate(self.config()["dependencies"]):
            if one.get("api_name") == name:
                return int(one.get("id", number))
        raise BrokenError(f"the board has no function {name}")

    # --- jobs -----------------------------------------------------------------------------------

    def job(self, function: int, *data: Any) -> list[Event]:
        """The messages of one job, each with its second; the last has the result."""
        if self.version == 3:
            events = list(self._job_by_websocket(function, data))
        else:
            events = list(self._job_by_events(function, data))
        last = events[-1] if events else {}
        if last.get("msg") != "process_completed" or not last.get("success"):
            raise BrokenError(f"a job did not end well: {events}")
        return events

    def _job_by_events(self, function: int, data: tuple[Any, ...]) -> Iterator[Event]:
        body = {"data": data, "fn_index": function, "session_hash": self.session}
        joined = self.client.post(f"{self.prefix}/queue/join", json=body)
        _check(joined)
        number = joined.json()["event_id"]
        with self.client.stream(
            "GET", f"{self.prefix}/queue/data", params={"session_hash": self.session}
        ) as answer:
            for event in _events(answer):
                if event.get("event_id") == number:
                    yield event | {"at": time.monotonic()}
                if event["msg"] in ("process_completed", "close_stream"):
                    return

    def _job_by_websocket(self, function: int, data: tuple[Any, ...]) -> Iterator[Event]:
        asked = {"fn_index": function, "session_hash": self.session}
        with websocket(self.url, "/queue/join") as (receive, send):
            while True:
                event = json.loads(receive())
                if event["msg"] == "send_hash":
                    send(json.dumps(asked))
                elif event["msg"] == "send_data":
                    send(json.dumps(asked | {"data": data}))
                yield event | {"at": time.monotonic()}
                if event["msg"] == "process_completed":
                    return

    def call(self, name: str, *data: Any) -> Any:
        """The result of a function, asked as a program without gradio_client asks."""
        if self.version == 3:
            answer = self.client.post(f"/run/{name}", json={"data": data})
            _check(answer)
            return answer.json()["data"]
        answer = self.client.post(f"{self.prefix}/call/{name}", json={"data": data})
        _check(answer)
        path = f"{self.prefix}/call/{name}/{answer.json()['event_id']}"
        text = self.client.get(path)
        _check(text)
        if "event: complete" not in text.text:
            raise BrokenError(f"a call did not end well: {text.text[:300]}")
        return json.loads(text.text.rsplit("data: ", 1)[1])

    # --- files and heartbeats -------------------------------------------------------------------

    def upload(self, content: bytes) -> str:
        """Send a file; its path on the board."""
        files = {"files": ("results.bin", content)}
        if self.version == 3:
            answer = self.client.post("/upload", files=files)
        else:
            answer = self._upload_with_progress(files)
        _check(answer)
        return str(answer.json()[0])

    def _upload_with_progress(self, files: dict[str, Any]) -> httpx.Response:
        number = {"upload_id": uuid.uuid4().hex[:10]}
        told: list[str] = []

        def follow() -> None:
            path = f"{self.prefix}/upload_progress"
            with httpx.stream("GET", self.url + path, params=number, timeout=20) as answer:
                told.extend(event["msg"] for event in _events(answer))

        follower = threading.Thread(target=follow)
        follower.start()
        answer = self.client.post(f"{self.prefix}/upload", params=number, files=files)
        follower.join()
        # A stream that opens after a quick upload has ended is empty, without a gateway too.
        if told and told[-1] != "done":
            raise BrokenError(f"the progress of an upload broke off: {told}")
        return answer

    def download(self, path: str) -> bytes:
        """The content of a file on the board."""
        answer = self.client.get(f"{self.prefix}/file={path}")
        _check(answer)
        return answer.content

    def file(self, path: str) -> dict[str, Any]:
        """A file that was sent, as data of a job."""
        if self.version == 3:
            return {"name": path, "orig_name": "results.bin", "is_file": True, "data": None}
        return {"path": path, "orig_name": "results.bin", "meta": {"_type": "gradio.FileData"}}

    def heartbeats(self, enough: threading.Event) -> int:
        """The heartbeats that came until it was enough. Raises BrokenError if they ended before."""
        came = 0
        with self.client.stream("GET", f"{self.prefix}/heartbeat/{self.session}") as answer:
            _check(answer)
            for line in answer.iter_lines():
                came += line.startswith("data:")
                if enough.is_set():
                    return came
        raise BrokenError(f"the heartbeat ended after {came}")


def _check(answer: httpx.Response) -> None:
    if answer.status_code != 200:
        side = answer.headers.get("x-frontrunner-side")
        raise BrokenError(
            f"{answer.request.method} {answer.url.path}: {answer.status_code} ({side})"
        )


def _events(answer: httpx.Response) -> Iterator[Event]:
    _check(answer)
    for line in answer.iter_lines():
        if line.startswith("data:"):
            yield json.loads(line[5:])


# --- WebSockets, by hand: no library of the tests has a client -----------------------------------


@contextmanager
def websocket(url: str, path: str) -> Iterator[tuple[Any, Any]]:
    """A WebSocket: a function that receives a text, and one that sends one."""
    where = urlsplit(url)
    with socket.create_connection((where.hostname, where.port), timeout=20) as link:
        reader = link.makefile("rb")
        key = base64.b64encode(os.urandom(16)).decode()
        link.sendall(
            f"GET {path} HTTP/1.1\r\nHost: {where.netloc}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        status = reader.readline()
        if b" 101 " not in status:
            raise BrokenError(f"no WebSocket: {status!r}")
        while reader.readline() not in (b"\r\n", b""):
            pass
        yield lambda: _receive(reader, link), lambda text: _send(link, 1, text.encode())


def _receive(reader: Any, link: socket.socket) -> str:
    while True:
        head = reader.read(2)
        if len(head) < 2:
            raise BrokenError("a WebSocket was cut")
        size = head[1] & 127
        if size > 125:
            size = int.from_bytes(reader.read(2 if size == 126 else 8), "big")
        payload: bytes = reader.read(size)
        kind = head[0] & 15
        if kind == 9:
            _send(link, 10, payload)
        elif kind == 8:
            raise BrokenError(f"a WebSocket was closed: {payload!r}")
        elif kind == 1:
            return payload.decode()


def _send(link: socket.socket, kind: int, payload: bytes) -> None:
    mask = os.urandom(4)
    size = len(payload)
    if size < 126:
        head = struct.pack("!BB", 0x80 | kind, 0x80 | size)
    else:
        head = struct.pack("!BBH", 0x80 | kind, 0x80 | 126, size)
    link.sendall(head + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(payload)))
