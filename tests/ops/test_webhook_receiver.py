"""The receiver of docs/takeover.md takes what is ours, and nothing else."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from frontrunner.base.errors import NetworkError
from frontrunner.ops.channels import Webhook
from frontrunner.ops.notify import Notice
from tests.ports import free_port
from tests.waiting import next_line

DOCS = Path(__file__).parents[2] / "docs/takeover.md"
KEY = b"a key of the operator"
NOTICE = Notice(id="ledger-1", at=1.0, kind="share", title="The share is 5%, not 1 %", text="ä")


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Its URL and its process, with a key and a port of this test."""
    blocks = re.findall(r"```python\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    [program] = [one for one in blocks if "X-Frontrunner-Signature" in one]
    key, port = tmp_path / "webhook.key", free_port()
    key.write_bytes(KEY + b"\n")
    changed = program.replace("/etc/frontrunner/webhook.key", str(key)).replace("9000", f"{port}")
    assert changed.count(str(key)) == changed.count(f"{port}") == 1
    process = subprocess.Popen(
        [sys.executable, "-c", changed],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    yield f"http://127.0.0.1:{port}/hook", process
    process.kill()
    process.wait()


def sent(url: str, key: bytes, at: float = 0.0) -> str:
    """What the channel says; empty if the notice was taken."""
    until = time.monotonic() + 30
    while True:
        try:
            Webhook(url, key, now=lambda: time.time() + at).send(NOTICE)
        except NetworkError as error:
            if "answered" in str(error) or time.monotonic() > until:
                return str(error)
            time.sleep(0.1)
        else:
            return ""


def test_the_receiver_of_the_docs(receiver: tuple[str, subprocess.Popen[str]]) -> None:
    url, process = receiver
    assert sent(url, KEY) == ""
    assert sent(url, b"another key").endswith("answered 403")
    assert sent(url, b"").endswith("answered 403")
    assert sent(url, KEY, at=-3600).endswith("answered 403")
    assert sent(url, KEY) == ""
    # It prints after it has answered, so its lines are waited for.
    assert [next_line(process) for _ in range(2)] == [f"{NOTICE.title}\n"] * 2
    process.terminate()
    assert process.communicate()[0] == ""


def test_a_silent_client_does_not_stop_it(
    receiver: tuple[str, subprocess.Popen[str]],
) -> None:
    url, process = receiver
    assert sent(url, KEY) == ""
    with socket.create_connection(("127.0.0.1", urlsplit(url).port)) as silent:
        silent.sendall(b"POST /hook HTTP/1.1\r\nContent-Length: 99\r\n\r\n")
        assert sent(url, KEY) == ""
    assert [next_line(process) for _ in range(2)] == [f"{NOTICE.title}\n"] * 2
    process.terminate()
    process.communicate()
