"""A made-up Hub: the people, an old board with likes and discussions, and a demo Space."""

from __future__ import annotations

import atexit
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache

from huggingface_hub import HfApi

from frontrunner.http.request import Receive, Scope, Send
from frontrunner.hub import session as opened
from frontrunner.hub.access import Token
from frontrunner.hub.standin.asgi import StandIn
from frontrunner.hub.standin.deploys import Run
from frontrunner.hub.standin.repos import AccessToken, Account, Comment, Discussion, Repository
from frontrunner.hub.standin.running import running
from frontrunner.hub.standin.stored import Stored
from frontrunner.hub.standin.switches import Switches

BOARD = "board/leaderboard"
TOKEN = "hf_TheTokenOfTheOwnerThatNobodySees"  # noqa: S105
READER = "hf_TheTokenOfAReader"
README = """---
title: Old board
emoji: 🥇
colorFrom: blue
colorTo: indigo
sdk: gradio
sdk_version: 5.49.1
app_file: app.py
pinned: true
license: mit
models:
- org/model-a
datasets:
- board/results
tags:
- leaderboard
---
# The old board
"""
OLD_FILES = {
    "README.md": README,
    "app.py": "import gradio as gr\n\nwith gr.Blocks() as demo:\n    gr.Markdown('old')\n\n"
    "demo.launch()\n",
    "requirements.txt": "gradio\n",
    "data/boards.csv": "model,score\na,1\n",
    ".gitignore": "*.tmp\n__pycache__/\n",
}


def wait_until(holds: Callable[[], bool], what: str, seconds: float = 60) -> None:
    """Wait until something holds, which takes a moment; fail if it takes longer."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, what
        time.sleep(0.005)


class Clock:
    """Time that stands until a test lets it go on."""

    def __init__(self) -> None:
        self.at = time.time()

    def __call__(self) -> float:
        return self.at

    def advance(self, seconds: float) -> None:
        self.at += seconds


@dataclass
class Hub:
    """A running stand-in, and a client of it."""

    app: StandIn
    url: str

    @property
    def stored(self) -> Stored:
        return self.app.stored

    @property
    def board(self) -> Repository:
        return self.stored.space(BOARD)

    def api(self, token: str | bool = TOKEN) -> HfApi:
        """The real client."""
        return HfApi(endpoint=self.url, token=token)

    def opened(self, token: str | None = TOKEN, *, seconds: float = 10) -> opened.Hub:
        """The project's own way to ask it."""
        return opened.open_hub(self.url, Token(token) if token else None, seconds=seconds)

    def frozen(self, after: float = 1000) -> Clock:
        """A clock of the test's own; everything that was under way is over."""
        clock = Clock()
        clock.advance(after)
        self.stored.now = clock
        return clock

    def run(self, repository: Repository | None = None) -> Run:
        return self.stored.run(repository or self.board)

    def wait(self, stage: str, repository: Repository | None = None) -> None:
        wait_until(lambda: self.run(repository).stage == stage, stage)

    def asked(self, method: str, path: str) -> int:
        """How many requests of the API had this method and ended in this path."""
        return sum(m == method and p.endswith(path) for m, p, _ in self.stored.asked)


@contextmanager
def made_hub(switches: Switches | None = None) -> Iterator[Hub]:
    """The Hub while the block runs."""
    app = StandIn(made_up(switches or Switches(build=0.05, start=0.05, hardware=0.05)))
    switchboard, url = _server()
    before, switchboard.current = switchboard.current, app
    try:
        yield Hub(app, url)
    finally:
        switchboard.current = before


class Switchboard:
    """Passes requests to the Hub of the test that runs: starting a server takes longer."""

    def __init__(self) -> None:
        self.current: StandIn | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.current is not None
        await self.current(scope, receive, send)


@cache
def _server() -> tuple[Switchboard, str]:
    """One server for all tests of the process."""
    switchboard, stack = Switchboard(), ExitStack()
    atexit.register(stack.close)
    return switchboard, stack.enter_context(running(switchboard))


def made_up(switches: Switches) -> Stored:
    """The people and the board."""
    stored = Stored(switches)
    stored.add_account(
        Account("owner", "The Owner", paid=True, followers=("fan",)),
        (TOKEN, AccessToken("owner")),
        ("hf_TheOwnerMayRead", AccessToken("owner", "read")),
    )
    stored.add_account(
        Account(
            "board",
            "The Board",
            organisation=True,
            paid=True,
            followers=("fan", "reader"),
            members=("owner",),
        )
    )
    stored.add_account(Account("reader", "A Reader"), (READER, AccessToken("reader")))
    stored.add_account(Account("fan"))
    made = stored.create("space", BOARD, author="owner", sdk="gradio")
    stored.push(made, dict(OLD_FILES), author="owner")
    made.likes |= {"fan": 1.7e9, "reader": 1.71e9, "gone": 1.72e9}
    first = Comment("a1", "reader", 1.72e9, "Where is my model?")
    made.discussions.append(Discussion(1, "A model is missing", "reader", 1.72e9, [first]))
    if made.space is not None:
        made.space.variables["RESULTS"] = {"key": "RESULTS", "value": "board/results"}
        made.space.secrets["API_KEY"] = {"key": "API_KEY", "value": "secret-value"}
    return stored
