"""A small board as people write them with Gradio. Runs where only Gradio 3, 4, 5 or 6 is installed.

    python board.py PORT TABLES

TABLES is the folder of the old board's files, or of none, where a small table is shown instead.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr

VERSION = int(gr.__version__.split(".", maxsplit=1)[0])
SCRIPT = "_js" if VERSION == 3 else "js"
TASKS = "() => [new URLSearchParams(window.location.search).get('task') || '']"
STEPS = 5
ROWS = 40
SMALL = [["1", "ada/small", 61.5], ["2", "bob/large", 60.25]]


TABS = {"overall": "data_overall", "retrieval": "data_tasks/Retrieval", "sts": "data_tasks/STS"}


def table(folder: Path, name: str) -> tuple[list[str], list[list[Any]]]:
    """The columns and first rows of one of the old board's tables of English."""
    path = folder / "boards_data" / "en" / name / "default.jsonl"
    if not path.is_file():
        return ["Rank", "Model", "Average"], SMALL
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()[:ROWS]]
    columns = [name for name in rows[0] if name != "index"][:8]
    return columns, [[row[name] for name in columns] for row in rows]


def matching(rows: list[list[Any]], text: str) -> list[list[Any]]:
    """The rows whose model has the text in its name."""
    return [row for row in rows if text.lower() in str(row[1]).lower()]


def build(folder: Path) -> gr.Blocks:
    """The board: a tab for each kind of task, a search, a job, an upload, a counter."""
    tables = {tab: table(folder, name) for tab, name in TABS.items()}
    _, rows = tables["overall"]

    def search(text: str) -> list[list[Any]]:
        return matching(rows, text)

    def follow(text: str) -> Iterator[str]:
        for step in range(1, STEPS + 1):
            time.sleep(0.2)
            yield f"{text}: step {step} of {STEPS}"

    def size(file: Any) -> str:
        path = Path(getattr(file, "name", file))
        return f"{path.stat().st_size} bytes"

    def count(seen: int) -> tuple[int, str]:
        return seen + 1, f"visit {seen + 1}"

    def choose(task: str) -> Any:
        return gr.update(selected=task if task in tables else "overall")

    with gr.Blocks(title="The old board") as board:
        gr.Markdown("# The old board")
        task = gr.Textbox(visible=False)
        with gr.Row():
            text = gr.Textbox(label="Search models", elem_id="text")
            said = gr.Textbox(label="Progress", elem_id="said")
        with gr.Row():
            file = gr.File(label="Results", elem_id="file")
            measured = gr.Textbox(label="Size of the file", elem_id="measured")
        seen = gr.State(0)
        with gr.Row():
            button = gr.Button("Count", elem_id="count")
            counted = gr.Textbox(label="Visits", elem_id="counted")
        with gr.Tabs() as tabs:
            for name, (heads, cells) in tables.items():
                with gr.TabItem(name, id=name):
                    kinds = ["markdown" if head == "Model" else "str" for head in heads]
                    shown = gr.Dataframe(cells, headers=heads, datatype=kinds)
                    if name == "overall":
                        found = shown
        text.submit(search, text, found, api_name="search")
        text.submit(follow, text, said, api_name="follow")
        file.upload(size, file, measured, api_name="size")
        button.click(count, seen, [seen, counted], api_name="count")
        board.load(choose, task, tabs, **{SCRIPT: TASKS})
    if VERSION == 3:
        return board.queue(concurrency_count=16)
    return board.queue(default_concurrency_limit=16)


if __name__ == "__main__":
    build(Path(sys.argv[2])).launch(
        server_name="127.0.0.1", server_port=int(sys.argv[1]), share=False, quiet=True
    )
