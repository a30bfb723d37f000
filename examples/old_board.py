"""A small Gradio board, such as one that a new board takes over: a table, a search, links.

It runs on Gradio 4, 5 and 6: `python old_board.py PORT`. The numbers are made up.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

import gradio

HEADS = ["Rank", "Model", "Average"]
ROWS = [[number, f"old-model-{number}", round(70 - 1.3 * number, 2)] for number in range(1, 21)]


def search(text: str) -> list[list[object]]:
    """Rows whose model has a text in its name."""
    return [list(row) for row in ROWS if text.lower() in str(row[1])]


def count(text: str) -> Iterator[str]:
    """A job that streams: it counts the rows that match, one after another."""
    for number, _ in enumerate(search(text), start=1):
        time.sleep(0.2)
        yield f"{number} found so far"


with gradio.Blocks(title="The old board") as board:
    gradio.Markdown("# The old board")
    words = gradio.Textbox(label="Search for a model")
    table = gradio.Dataframe(ROWS, headers=HEADS, interactive=False)
    counted = gradio.Textbox(label="Count", interactive=False)
    button = gradio.Button("Count matches")
    words.change(search, words, table, api_name="search")
    button.click(count, words, counted, api_name="count")

if __name__ == "__main__":
    board.queue().launch(server_name="127.0.0.1", server_port=int(sys.argv[1]), quiet=True)
