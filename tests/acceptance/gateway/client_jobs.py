"""A program that uses a board through gradio_client. Runs where only gradio_client is installed.

    python client_jobs.py URL FILE SECONDS

Calls the board's functions again and again for SECONDS. Prints as JSON how often, and every
different answer that it got.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import gradio_client


def main() -> None:
    url, path, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
    until = time.monotonic() + seconds
    least = 2 if seconds else 1  # on a busy machine a round takes longer than SECONDS
    before: Any = getattr(gradio_client, "file", str)
    sent: Any = getattr(gradio_client, "handle_file", before)
    client: Any = gradio_client.Client(url, verbose=False)
    answers: dict[str, list[Any]] = {"search": [], "follow": [], "size": []}
    rounds = 0
    while rounds < least or time.monotonic() < until:
        add(answers["search"], client.predict("e5", api_name="/search"))
        job = client.submit("words", api_name="/follow")
        job.result()
        add(answers["follow"], list(job.outputs()))
        add(answers["size"], client.predict(sent(path), api_name="/size"))
        rounds += 1
    print(json.dumps({"rounds": rounds, "answers": answers}))  # noqa: T201


def add(found: list[Any], answer: Any) -> None:
    """Keep an answer that is another than those before; of a file, what is in it."""
    if isinstance(answer, str) and answer.endswith(".json") and Path(answer).is_file():
        answer = json.loads(Path(answer).read_text())
    if answer not in found:
        found.append(answer)


main()
