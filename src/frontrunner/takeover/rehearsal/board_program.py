"""The old board of a rehearsal, made with Gradio. It runs where only Gradio is installed.

    python board_program.py PORT DATA

DATA is a JSON file: `tables` (name -> headers and rows) are shown, a tab for each; `answers`
(path -> media type and text) are served as they are, such as the table that programs read.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path
from typing import Any

import gradio
import uvicorn
from fastapi import FastAPI

STEPS = 3


def build(tables: dict[str, dict[str, Any]]) -> gradio.Blocks:
    """The board: a tab for each table, a search, and a job that reports its progress."""
    first = next(iter(tables.values()))

    def search(text: str) -> list[list[Any]]:
        return [row for row in first["rows"] if text.lower() in str(row[1]).lower()]

    def follow(text: str) -> Iterator[str]:
        for step in range(1, STEPS + 1):
            time.sleep(0.1)
            yield f"{text}: step {step} of {STEPS}"

    with gradio.Blocks(title="The old board", analytics_enabled=False) as board:
        gradio.Markdown("# The old board")
        text = gradio.Textbox(label="Search models")
        progress = gradio.Textbox(label="Progress")
        shown = []
        with gradio.Tabs():
            for name, table in tables.items():
                with gradio.TabItem(name):
                    shown.append(gradio.Dataframe(table["rows"], headers=table["headers"]))
        text.submit(search, text, shown[0], api_name="search")
        text.submit(follow, text, progress, api_name="follow")
    return board.queue(default_concurrency_limit=16)


class WithTable:
    """Answers some paths as they are, and gives everything else to Gradio."""

    def __init__(self, board: Any, answers: dict[str, dict[str, str]]) -> None:
        self._board = board
        self._made = formatdate(usegmt=True).encode()
        self._answers = {
            path: (one["kind"].encode(), one["text"].encode()) for path, one in answers.items()
        }

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        found = self._answers.get(scope.get("path", "")) if scope["type"] == "http" else None
        if found is None:
            await self._board(scope, receive, send)
            return
        kind, body = found
        headers = [
            (b"content-type", kind),
            (b"content-length", b"%d" % len(body)),
            (b"last-modified", self._made),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def main() -> None:
    """Serve the board until the process is stopped."""
    data = json.loads(Path(sys.argv[2]).read_text("utf-8"))
    board = gradio.mount_gradio_app(FastAPI(), build(data["tables"]), path="/")
    uvicorn.run(
        WithTable(board, data["answers"]),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        log_level="warning",
        access_log=False,
    )


if __name__ == "__main__":
    main()
