"""The containers of the stand-in: what is started again."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from frontrunner.hub.standin import containers
from frontrunner.hub.standin.containers import _Container
from tests.hub.made_hub import wait_until


def test_a_container_that_ends_is_started_again_on_another_port(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its port is free when it is found, and may be taken before the gateway listens there."""
    free, begun = iter(range(10_000, 20_000)), list[str]()

    @contextmanager
    def process(_: Path, environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
        begun.append(environment["FRONTRUNNER_SERVER_PORT"])
        with subprocess.Popen([sys.executable, "-S", "-c", "raise SystemExit(1)"]) as ended:
            yield ended

    monkeypatch.setattr(containers, "_free_port", lambda: next(free))
    monkeypatch.setattr(containers, "_process", process)
    monkeypatch.setattr(_Container, "_write", lambda *_: None)
    one = _Container(cast(Any, SimpleNamespace(variables={}, files={})), {}, cast(Any, None))
    wait_until(lambda: len(begun) > 1, "another process")
    one.end()
    assert begun[:2] == ["10000", "10001"]
