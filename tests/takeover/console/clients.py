"""A browser of a few lines, for the console as an ASGI application: no socket, no script."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from frontrunner.base.errors import LedgerError
from frontrunner.takeover.console.desk import Console
from frontrunner.takeover.console.model import Inputs
from frontrunner.takeover.records import Commanded, Entry
from tests.takeover.console.scene import looks, scene
from tests.takeover.makers import chain

PAGES = ["/", "/ledger", "/differences", "/feedback", "/plan", "/do/rollback", "/no-such-page"]
FORM = "application/x-www-form-urlencoded"
SCRIPT = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>"
HOST = "127.0.0.1:8090"
ORIGIN = {"origin": f"http://{HOST}", "sec-fetch-site": "same-origin"}


class FakeDesk:
    """Inputs that a test sets, and the commands that came."""

    def __init__(self, inputs: Inputs | None = None) -> None:
        self.now = inputs or scene(looks=looks(8))
        self.commands: list[tuple[str, Commanded]] = []
        self.fails = False
        self._lock = threading.Lock()

    def inputs(self) -> Inputs:
        return self.now

    def command(self, actor: str, plan: str, record: Commanded) -> Entry:
        if self.fails:
            raise LedgerError("The disk is full.")
        with self._lock:
            self.commands.append((actor, record))
            [entry] = chain((actor, record))
        return entry


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: list[tuple[str, str]]
    body: str

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name), "")

    @property
    def cookie(self) -> str:
        """`name=value` of the cookie that was set; empty if none was."""
        return self.header("set-cookie").partition(";")[0]

    def field(self, name: str) -> str:
        """The value of a form's field."""
        found: list[str] = re.findall(rf'name="{name}" value="([^"]*)"', self.body)
        return found[-1]


@dataclass
class Client:
    """Somebody who asks a console."""

    console: Console
    cookie: str = ""
    host: str = HOST
    address: str = "127.0.0.1"
    extra: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, headers=headers)

    def post(
        self, path: str, fields: dict[str, str], headers: dict[str, str] | None = None
    ) -> Answer:
        given = {**ORIGIN, "content-type": "application/x-www-form-urlencoded"}
        return self.ask("POST", path, urlencode(fields).encode(), given | (headers or {}))

    def ask(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> Answer:
        sent = {"host": self.host, **({"cookie": self.cookie} if self.cookie else {})}
        sent |= {name.replace("_", "-"): value for name, value in (headers or {}).items()}
        return self.raw(method, path, [(k, v) for k, v in sent.items() if v != "(none)"], body)

    def raw(
        self, method: str, path: str, headers: list[tuple[str, str]], body: bytes | Iterator[bytes]
    ) -> Answer:
        sent: list[Any] = []
        parts = iter([body] if isinstance(body, bytes) else body)

        async def receive() -> dict[str, Any]:
            part = next(parts, None)
            if part is None:
                await asyncio.sleep(3600)
            is_last = isinstance(body, bytes)
            return {"type": "http.request", "body": part, "more_body": not is_last}

        async def take(part: Any) -> None:
            sent.append(part)

        path, _, query = path.partition("?")
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": query.encode(),
            "client": (self.address, 40_000),
            "headers": [(k.encode("latin-1"), v.encode("latin-1")) for k, v in headers],
        }
        asyncio.run(self.console(scope, receive, take))
        pairs = [(k.decode(), v.decode()) for k, v in sent[0]["headers"]]
        return Answer(sent[0]["status"], pairs, sent[1]["body"].decode())

    def log_in(self, token: str) -> Client:
        """Log in and keep the cookie."""
        answer = self.post("/login", {"token": token})
        assert answer.status == 303, answer.body
        self.cookie = answer.cookie
        return self

    def press(self, verb: str, **fields: str) -> Answer:
        """Load the page of a button and press it."""
        page = self.get(f"/do/{verb}")
        given = {"csrf": page.field("csrf"), "ticket": page.field("ticket"), "reason": "", **fields}
        return self.post(f"/do/{verb}", given)
